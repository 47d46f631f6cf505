"""The bound of random requests is never below what a tokenizer of single bytes counts of them, with or
without NFKC; and of plain texts it is exactly what the rule says.

usage: bound.py PROGRAM

SPDX-License-Identifier: MIT
"""
import json
import random
import subprocess
import sys
import unicodedata

ALPHABETS = (
    "etaoin shrdlu\n\t\"\\/.,{}[]:",
    "".join(chr(c) for c in range(0xC0, 0x250)),
    "".join(chr(c) for c in range(0x300, 0x370)),
    "".join(chr(c) for c in range(0x3041, 0x3100)),
    "".join(chr(c) for c in range(0x3300, 0x3400)),
    "".join(chr(c) for c in range(0xFB00, 0xFE00)),
    "".join(chr(c) for c in range(0x1D400, 0x1D500)),
    "".join(chr(c) for c in range(0xAC00, 0xAD00)) + "\u1100\u1161\u11a8",
)


def text_of(chance, alphabets=ALPHABETS):
    alphabet = chance.choice(alphabets) + ALPHABETS[0]
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(1, 60)))


def tokens(text):
    return max(len(text.encode()), len(unicodedata.normalize("NFKC", text).encode()))


def block_of(chance, plain):
    """A block, and the texts in it that a model reads."""
    if plain:
        text = text_of(chance, ALPHABETS[:1])
        return {"text": text}, [text]
    a, b, c = (text_of(chance) for _ in range(3))
    kind = chance.randrange(6)
    if kind == 0:
        value = {"k" + a: [b, {"c": c}]}
        return {"toolUse": {"toolUseId": "i", "name": "n", "input": value}}, [json.dumps(value, ensure_ascii=False)]
    if kind == 1:
        return {"toolResult": {"toolUseId": "i", "content": [{"text": a}, {"json": {"x": b}}]}}, [a, b]
    if kind == 2:
        return {"reasoningContent": {"reasoningText": {"text": a, "signature": b}}}, [a, b]
    if kind == 3:
        return {"searchResult": {"source": a, "title": b, "content": [{"text": c}]}}, [a, b, c]
    return {"text": a}, [a]


def request_of(chance):
    """Its lines, the least its bound may be, and whether it is just that: if it is plain."""
    least, lines, plain = 0, [], chance.random() < 0.3
    for _ in range(chance.randint(1, 4)):
        blocks = [block_of(chance, plain) for _ in range(chance.randint(1, 4))]
        least += 64 + sum(tokens(text) for _, texts in blocks for text in texts)
        lines.append(("m", {"role": "user", "content": [block for block, _ in blocks]}))
    if not plain and chance.random() < 0.5:
        text = text_of(chance)
        least += tokens(text)
        lines.append(("s", [{"text": text}]))
    if not plain and chance.random() < 0.3:
        text = text_of(chance)
        least += 1024 + tokens(text)
        lines.append(("t", {"tools": [{"toolSpec": {"name": "n", "description": text}}]}))
    escape = chance.random() < 0.5
    given = "".join(f"{letter} {json.dumps(part, ensure_ascii=escape)}\n" for letter, part in lines)
    return given + "\n", least, plain


def main():
    chance = random.Random(1953)
    requests = [request_of(chance) for _ in range(6000)]
    given = "".join(lines for lines, _, _ in requests).encode()
    answers = subprocess.run([sys.argv[1]], input=given, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(answers) == len(requests), (len(answers), len(requests))
    wrong = exact = 0
    for (lines, least, is_exact), answer in zip(requests, answers, strict=True):
        bound, _, unbounded = answer.partition(" ")
        exact += is_exact
        if unbounded or int(bound) < least or (is_exact and int(bound) != least):
            wrong += 1
            print("#", answer, "against", least, lines.encode("unicode_escape").decode()[:300])
    passed = not wrong and exact > 1000
    print(f"1..1\n{'ok' if passed else 'not ok'} 1 - {len(requests)} requests, {exact} of them to the byte")
    sys.exit(not passed)


main()
