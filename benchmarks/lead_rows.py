"""Lead files for the benchmarks, the same every time: 20 messy shapes of phones, 4 % repeats.

The shapes are what Indian sales teams paste from Excel and web forms: bare numbers, +91, 91 and
0 before them, spaces, hyphens, brackets, landlines, foreign numbers, Excel damage, two numbers
in a cell, junk.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

FIRST = ("Aarav", "Priya", "Ananya", "Rahul", "Sneha", "Kavya", "Imran", "Fatima", "José", "Zoë")
LAST = ("Sharma", "Verma", "Patel", "Iyer", "Nair", "Khan", "Singh", "Gupta", "Reddy", "Müller")
CITY = ("Mumbai", "Pune", "Delhi", "Bengaluru", "Chennai", "Kochi", "Hyderabad", "Jaipur", "Surat")
NOTES = (
    "",
    "",
    "call after 6pm",
    "wants EMI, soon",
    "from FB; hot",
    'said "maybe"',
    "a\nb",
    "हिंदी",
)
LANDLINES = ("022-{:08d}", "(0484) 2{:06d}", "011 4{:07d}", "080-2{:07d}")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
HINDI = str.maketrans("0123456789", "०१२३४५६७८९")


def mobile(dice: random.Random) -> str:
    """Return ten digits that start like an Indian mobile."""
    return dice.choice("6789") + f"{dice.randrange(10**9):09d}"


def phone(dice: random.Random) -> str:
    """Return one phone cell as people and programs write them."""
    number = mobile(dice)
    halves = (number[:5], number[5:])
    share = dice.random()
    plain = (
        (0.45, number),
        (0.60, f"+91{number}"),
        (0.70, f"91{number}"),
        (0.78, f"+91 {halves[0]} {halves[1]}"),
        (0.83, f"+91-{halves[0]}-{halves[1]}"),
        (0.87, f"0{number}"),
        (0.90, f"0{halves[0]} {halves[1]}"),
    )
    for limit, text in plain:
        if share < limit:
            return text
    return odd_phone(dice, number, share)


def odd_phone(dice: random.Random, number: str, share: float) -> str:
    """Return the rarer tenth: landlines, foreign numbers, damage, junk."""
    low, four = dice.randrange(10**6, 10**7 - 1), dice.randrange(10**4)
    if share < 0.92:
        return dice.choice(("022-{:08d}", "(0484) 2{:06d}", "011 4{:07d}", "080-2{:07d}")).format(
            low
        )
    if share < 0.95:
        far = (f"+1 (415) 555-{four:04d}", f"+44 20 7946 {four:04d}", f"+971 50 123 {four:04d}")
        return dice.choice((*far, f"0091{number}", f"+65 9123 {four:04d}"))
    if share < 0.96:
        return dice.choice((f"{number[0]}.{number[1:6]}E+09", f"{number}.0"))
    if share < 0.97:
        return f"{number}/{mobile(dice)}"
    if share < 0.98:
        return number + dice.choice((" ext 12", " x5", ";ext=9"))
    if share < 0.99:
        return dice.choice(("12345", "N/A", "", "0000000000", "-", number[:9], f"{number}1"))
    scripts = (number.translate(WIDE), number.translate(HINDI), f"'{number}", f"tel:+91{number}")
    return dice.choice((*scripts, f"{number[:5]}\u00a0{number[5:]}", f"+91(0){number}"))


def rows(count: int, seed: int = 7) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield name, phone, email, city, notes."""
    dice = random.Random(seed)
    earlier: list[str] = []
    for place in range(count):
        repeat = earlier and dice.random() < 0.04
        cell = dice.choice(earlier) if repeat else phone(dice)
        if not repeat and len(earlier) < 50_000:
            earlier.append(cell)
        first, last = dice.choice(FIRST), dice.choice(LAST)
        email = f"lead{place}@example.com"
        yield f"{first} {last}", cell, email, dice.choice(CITY), dice.choice(NOTES)


def write(path: Path, count: int, seed: int = 7) -> Path:
    """Write a CSV file of `count` rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("name", "phone", "email", "city", "notes"))
        writer.writerows(rows(count, seed))
    return path
