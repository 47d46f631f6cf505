"""The table of lib/nfkc.c against Python's unicodedata: every code point, and random texts.

usage: nfkc.py PROGRAM   compares; PROGRAM prints the table's runs
       nfkc.py --table   writes the table anew

What a character may add to a text's NFKC is no more than its compatibility decomposition (NFKD)
has, for composing two characters never makes them longer. Its own NFKC would be too little: U+00E9
has two bytes, but before U+0323 it falls apart and composes anew, five bytes together with that. Only
where a character composes again whatever stands around it do its own bytes suffice.

SPDX-License-Identifier: MIT
"""
import random
import subprocess
import sys
import unicodedata

# Decompositions that came with Unicode 15 to 17, in bytes.
LATER = {
    0x105C9: 6, 0x105E4: 6, 0x11383: 8, 0x11385: 8, 0x1138E: 8, 0x11391: 8, 0x113C5: 8,
    0x113C7: 8, 0x113C8: 8, 0x16121: 8, 0x16122: 8, 0x16123: 8, 0x16124: 8, 0x16125: 8,
    0x16126: 12, 0x16127: 12, 0x16128: 12, 0x16D68: 8, 0x16D69: 8, 0x16D6A: 12,
}
NEWEST = 17
HANGUL = range(0xAC00, 0xD7A4)
POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def length(text):
    return len(text.encode())


def parts_of(c):
    """The two characters that compose to this one, or None."""
    parts = unicodedata.decomposition(chr(c)).split()
    if len(parts) != 2 or "<" in parts[0] or unicodedata.normalize("NFC", chr(c)) != chr(c):
        return None
    return chr(int(parts[0], 16)), chr(int(parts[1], 16))


PAIRS = {parts_of(c): chr(c) for c in POINTS if parts_of(c)}
MARKS = {}  # of each first part, the combining classes of what it composes with
for first, second in PAIRS:
    MARKS.setdefault(first, set()).add(unicodedata.combining(second))
SECONDS = {second for _, second in PAIRS}


def always_composes(c):
    """True if nothing that stands around c keeps its parts apart: the first part belongs to nothing
    else, and composes with nothing that canonical order would put before the second."""
    if c in HANGUL:
        return True
    if parts_of(c) is None:
        return False
    first, second = parts_of(c)
    if first in SECONDS or unicodedata.normalize("NFKD", chr(c)) != first + second:
        return False
    return not any(0 < m < unicodedata.combining(second) for m in MARKS[first])


def bytes_of(c):
    form = "NFKC" if always_composes(c) else "NFKD"
    return max(length(chr(c)), length(unicodedata.normalize(form, chr(c))), LATER.get(c, 0))


def runs():
    found = []
    for c in POINTS:
        grown = bytes_of(c)
        grown = 0 if grown == length(chr(c)) else grown
        if not found or found[-1][1] != grown:
            found.append((c, grown))
    return found


def write_table():
    entries = [f"0x{c << 8 | grown:08x}," for c, grown in runs()]
    for i in range(0, len(entries), 8):
        print("    " + " ".join(entries[i : i + 8]))


def read_table(program):
    """Bytes of each code point, by the library."""
    table, at = [0] * 0x110000, 0
    lines = subprocess.run([program], capture_output=True, check=True, text=True).stdout.splitlines()
    for line in lines:
        first, last, grown = (int(word) for word in line.split())
        assert first == at and last >= first, line
        table[first : last + 1] = [grown] * (last + 1 - first)
        at = last + 1
    assert at == 0x110000, at
    return [grown or length(chr(c)) if not 0xD800 <= c < 0xE000 else 3 for c, grown in enumerate(table)]


def compare_points(table):
    version = int(unicodedata.unidata_version.split(".")[0])
    wrong = 0
    for c in POINTS:
        # What an older Python does not know yet, or a newer one knows besides, is no fault.
        known = unicodedata.category(chr(c)) != "Cn" and (version <= NEWEST or table[c] > length(chr(c)))
        if known and table[c] != bytes_of(c):
            print(f"# U+{c:04X}: {table[c]} bytes, not {bytes_of(c)}")
            wrong += 1
    return wrong


def compare_pairs():
    return sum(length(whole) > length(a) + length(b) for (a, b), whole in PAIRS.items())


def random_text(chance, marks, composed, grown):
    pools = (marks, composed, grown, HANGUL, range(0x1100, 0x1200), range(0x3040, 0x3100), POINTS)
    text = ""
    for _ in range(chance.randint(1, 12)):
        text += chr(chance.choice(chance.choice(pools)))
    return text


def compare_texts(table):
    chance = random.Random(6)
    marks = [c for c in POINTS if unicodedata.combining(chr(c))]
    composed = [ord(whole) for whole in PAIRS.values()]
    grown = [c for c in POINTS if table[c] > length(chr(c))]
    wrong = 0
    for _ in range(150000):
        text = random_text(chance, marks, composed, grown)
        bound = sum(table[ord(c)] for c in text)
        if max(length(text), length(unicodedata.normalize("NFKC", text))) > bound:
            print("#", [f"U+{ord(c):04X}" for c in text], bound)
            wrong += 1
    # The two that show why a character's own NFKC is too little.
    assert length(unicodedata.normalize("NFKC", "\u00e9\u0323")) == 5
    assert table[0xFDFA] == 33
    return wrong


def main():
    if sys.argv[1] == "--table":
        write_table()
        return
    table = read_table(sys.argv[1])
    checks = [("every code point", compare_points(table)), ("no pair composes to more", compare_pairs()),
              ("no text grows beyond its characters", compare_texts(table))]
    print(f"1..{len(checks)}")
    for i, (name, wrong) in enumerate(checks, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
    sys.exit(any(wrong for _, wrong in checks))


main()
