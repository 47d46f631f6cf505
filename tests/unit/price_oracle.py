"""A million random usages, priced at a thousand random tariffs by the library and, in whole numbers of
any size, by the few lines below: bit for bit the same, and never more than the worst case.

usage: price_oracle.py PRICE_RECORDS

SPDX-License-Identifier: MIT
"""
import random
import struct
import subprocess
import sys
from array import array

TARIFFS, EACH = 1000, 1000
MOST = 2**63 - 1
RANGE = -3
UNSPLIT, AS_INPUT = 1, 2

chance = random.Random(20261125)


def number(bits=63):
    """Of any size: as often small as large."""
    return chance.getrandbits(chance.randint(0, bits))


def rates():
    some = [number(46) for _ in range(5)]
    return [rate if i < 2 or chance.random() < 0.8 else -1 for i, rate in enumerate(some)]


def tariff():
    threshold = chance.choice([MOST, number(40)])
    multiplier = chance.choice([10**6, 10**6, 500_000, 1_750_000, 1, 0, number(24)])
    return rates(), rates(), threshold, multiplier


def counts():
    """Of one size for each kind, one in sixteen not known."""
    raw = array("q", chance.randbytes(8 * 6 * EACH))
    shifts = [chance.randint(1, 63) for _ in range(6)] * EACH
    return array("q", [-1 if n & 15 == 0 else (n & MOST) >> s for n, s in zip(raw, shifts)])


def resolve(of):
    """Rates with those that are missing filled in, and which were missing."""
    dearest = max(of[0], of[2], of[3], of[4])
    return [dearest if rate < 0 else rate for rate in of], [rate < 0 for rate in of]


def check(asked, usages, answers):
    short, long, threshold, multiplier = asked
    both = resolve(short), resolve(long)
    seen = {0: 0, RANGE: 0}
    for usage, (code, cost, flags, worst) in zip(usages, answers):
        i, o, r, w, w5, w1 = [n if n > 0 else 0 for n in usage]
        rest = w - w5 - w1 if w > w5 + w1 else 0
        is_long = threshold < MOST and i + r + w5 + w1 + rest > threshold
        (ri, ro, rr, r5, r1), (_, _, no_r, no_5, no_1) = both[is_long]
        total = i * ri + o * ro + r * rr + w5 * r5 + w1 * r1 + rest * max(r5, r1)
        right = -(-total * multiplier // 10**12)
        flag = UNSPLIT if rest else 0
        if no_r and r or no_5 and (w5 or rest) or no_1 and (w1 or rest):
            flag |= AS_INPUT
        seen[code] += 1
        assert (code, cost) == ((0, right) if right <= MOST else (RANGE, 0)), (asked, usage, code, cost)
        assert code or flags == flag, (asked, usage, flags, flag)
        assert code or worst == -1 or worst >= cost, (asked, usage, cost, worst)
    return seen


def main():
    asked = [(tariff(), counts()) for _ in range(TARIFFS)]
    told = b"".join(
        struct.pack("=13q", *short, *long, threshold, multiplier, 0) + usages.tobytes()
        for (short, long, threshold, multiplier), usages in asked
    )
    done = subprocess.run([sys.argv[1], str(EACH)], input=told, stdout=subprocess.PIPE, check=True)
    answers = struct.iter_unpack("=4q", done.stdout)
    assert len(done.stdout) == TARIFFS * EACH * 32, len(done.stdout)
    exact = too_much = 0
    for one, usages in asked:
        seen = check(one, struct.iter_unpack("=6q", usages.tobytes()), (next(answers) for _ in range(EACH)))
        exact, too_much = exact + seen[0], too_much + seen[RANGE]
    print(f"{exact} costs are exact, {too_much} are too much for an amount")
    assert exact > 600_000 and too_much > 20_000


main()
