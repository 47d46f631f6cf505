"""The windows of budgets against Python's datetime: random moments, and those where windows meet.

usage: windows.py PROGRAM, which answers questions about windows

SPDX-License-Identifier: MIT
"""
import random
import subprocess
import sys
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
LAST = 253402300799999  # of the year 9999
FOREVER = 2**63 - 1
WINDOWS = ("hour", "day", "week", "month", "quarter", "year", "total")


def ms_of(moment):
    return (moment - EPOCH) // timedelta(milliseconds=1)


def month_start(year, month):
    """In ms; the year 10000, which datetime does not have, is 400 years after 9600."""
    year, month = year + month // 12, month % 12
    if year < 10000:
        return ms_of(datetime(year, month + 1, 1))
    return ms_of(datetime(year - 400, month + 1, 1)) + 146097 * 86400000


def local_bounds(window, at):
    """Both in local ms; the year of `at` may be 10000, so the days are those of 400 years before."""
    moment = EPOCH + timedelta(milliseconds=at - 146097 * 86400000 * (at > LAST))
    year = moment.year + 400 * (at > LAST)
    months = {"month": 1, "quarter": 3, "year": 12}
    if window in months:
        first = (moment.month - 1) // months[window] * months[window]
        return month_start(year, first), month_start(year, first + months[window])
    if window == "week":
        # Mondays of 1969 to 10000 are a whole number of weeks apart, and 400 years are, too.
        start = datetime(moment.year, moment.month, moment.day) - timedelta(days=moment.isocalendar()[2] - 1)
        length = 7 * 86400000
    elif window == "day":
        start, length = datetime(moment.year, moment.month, moment.day), 86400000
    else:
        start, length = moment.replace(minute=0, second=0, microsecond=0), 3600000
    first = ms_of(start) + 146097 * 86400000 * (at > LAST)
    return first, first + length


def bounds(window, offset, at):
    if window == "total":
        return 0, FOREVER
    shift = offset * 60000
    first, behind = local_bounds(window, min(max(at, 0), LAST) + shift)
    first, behind = first - shift, behind - shift
    return max(first, 0), behind if behind <= LAST else FOREVER


def moments(chance):
    """Random ones, and some around where something ends."""
    edges = [0, LAST, 2**62, -(2**62), FOREVER, -FOREVER - 1]
    for year in (1970, 1972, 1999, 2000, 2023, 2024, 2025, 2026, 2027, 2028, 2099, 2100, 2400, 9999):
        for month in range(12):
            edges.append(month_start(year, month + 1))
        for day in range(22, 32):  # where the ISO year begins
            edges.append(ms_of(datetime(year, 12, day)))
        edges.append(ms_of(datetime(year, 2, 28)) + 86400000)
        edges.append(ms_of(datetime(year, 3, 1)))
    for edge in edges:
        yield from (at for at in (edge - 1, edge, edge + 1) if -(2**63) <= at < 2**63)
    for _ in range(4000):
        yield chance.randrange(ms_of(datetime(2020, 1, 1)), ms_of(datetime(2040, 1, 1)))
    for _ in range(4000):
        yield chance.randrange(-10**13, LAST + 10**13)


def main():
    chance = random.Random(1970)
    questions = []
    for at in moments(chance):
        for window in WINDOWS:
            offset = chance.choice((0, -840, 840, 60, -300, 330, 345, chance.randint(-840, 840)))
            shift = offset * 60000
            questions.append((window, offset, at))
            if abs(at) < LAST:  # the same edge, as it is seen there
                questions.append((window, offset, at - shift))
    given = "".join(f"{w} {o} {a}\n" for w, o, a in questions)
    answers = subprocess.run([sys.argv[1]], input=given, capture_output=True, check=True, text=True).stdout.split("\n")
    wrong = 0
    for question, answer in zip(questions, answers, strict=False):
        if answer != "%d %d" % bounds(*question):
            wrong += 1
            print("#", *question, "->", answer, "not", *bounds(*question))
    print("1..1")
    enough = len(questions) > 100000 and len(answers) == len(questions) + 1
    print(f"{'ok' if enough and not wrong else 'not ok'} 1 - {len(questions)} windows")
    sys.exit(0 if enough and not wrong else 1)


main()
