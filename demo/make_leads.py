"""Write the demo's files again, the same every time: `python demo/make_leads.py`.

leads.csv: 2,500 rows as a lead vendor really sends them: a Facebook lead form (ids prefixed `l:`,
`f:` and `p:`), pasted together with what two branches typed into Excel. About nine rows in ten
are good. The numbers are invented: every mobile starts with 90000 and counts upwards.
walk_ins.csv: 60 clean rows typed at a branch.
"""

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import chain, repeat
from pathlib import Path

HEADER = (
    "id created_time platform form_id form_name full_name phone_number email city branch "
    "loan_amount notes"
)
FIRST = (
    "Aarav Vivaan Aditya Priya Ananya Diya Rahul Rohan Sneha Kavya Arjun Meera Imran Fatima José "
    "Lakshmi Suresh Ramesh Gita Harpreet Zoë Naseem"
)
LAST = (
    "Sharma Verma Patel Iyer Nair Khan Singh Gupta Reddy Menon Das Joshi Kulkarni Fernandes D'Souza"
)
WHOLE = (
    "प्रिया शर्मा",
    "राहुल वर्मा",
    "अनिता देवी",
    "सुनील कुमार गुप्ता",
    "Iyer, Lakshmi",
    'Rakesh "Rocky" Sinha',
    "Shah & Sons, Traders",
    "MEENA KUMARI",
    "  Vijay   Anand ",
)
CITIES = "Mumbai Pune Delhi Bengaluru Chennai Kochi Hyderabad Jaipur Lucknow Indore Surat पुणे"
NOTES = (
    "call after 6pm",
    "asked for brochure, wants EMI table",
    'said "maybe next month"',
    "line one: salaried\nline two: owns a flat in Thane",
    "spoke to wife; call again",
    "हिंदी में बात करें",
    "=B2+C2",
    "budget 45-50L, 2BHK; prefers Baner, Aundh\nloan from SBI running",
)
FORMS = (("f:777100200300401", "Q2 home loans"), ("f:777100200300402", "Balance transfer"))
DAMAGED = ("9.00E+09", "9.0000E+09", "9E+09")
SHORT = ("90000", "900001234", "12345", "0000000000")
WORDS = ("N/A", "not given", "same as above", "ask brother")
LANDLINES = ("022-2{:07d}", "(0484) 2{:06d}", "011 4{:07d}", "080-2{:07d}")
HINDI_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
OPENING = datetime(2026, 4, 1, 9, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))

# What is written in the phone cell, and in how many of the 2,500 rows.
KINDS = {
    "facebook": 820,
    "bare": 608,
    "spaced": 230,
    "country": 190,
    "trunk": 130,
    "hyphens": 110,
    "decimal": 90,
    "apostrophe": 30,
    "hindi digits": 20,
    "abroad": 4,
    "landline": 8,
    "two numbers": 45,
    "repeated": 90,
    "empty": 45,
    "damaged": 35,
    "short": 25,
    "word": 15,
    "test": 5,
}
TYPED_IN = {"bare", "trunk", "decimal", "apostrophe", "landline", "damaged"}


def mobile(number: int) -> str:
    """The number-th invented Indian mobile, ten digits."""
    return f"90000{number + 10_000:05d}"


def phone(kind: str, number: int, pick: random.Random) -> str:
    """One phone cell of this kind, as people and programs write them."""
    digits = mobile(number)
    halves = f"{digits[:5]} {digits[5:]}"
    written = {
        "facebook": f"p:+91{digits}",
        "spaced": f"+91 {halves}",
        "country": f"91{digits}",
        "trunk": f"0{digits}",
        "hyphens": f"+91-{digits[:5]}-{digits[5:]}",
        "decimal": f"{digits}.0",
        "apostrophe": f"'{digits}",
        "hindi digits": digits.translate(HINDI_DIGITS),
        "abroad": f"+1 (415) 555-{2_000 + number:04d}",
        "landline": pick.choice(LANDLINES).format(210_000 + number),
        "two numbers": pick.choice(("{0}/{1}", "{0}, {1}", "{0} {1}")).format(
            digits, mobile(number + 50_000)
        ),
        "empty": pick.choice(("", "", " ")),
        "damaged": pick.choice(DAMAGED),
        "short": pick.choice(SHORT),
        "word": pick.choice(WORDS),
        "test": "p:<test lead: dummy data for phone_number>",
    }
    return written.get(kind, digits)


def name(kind: str, pick: random.Random) -> str:
    """A name; Facebook's own test rows say so themselves."""
    if kind == "test":
        return "<test lead: dummy data for full_name>"
    if pick.random() < 0.12:
        return pick.choice(WHOLE)
    return f"{pick.choice(FIRST.split())} {pick.choice(LAST.split())}"


def row(kind: str, number: int, pick: random.Random) -> list[str]:
    """One line of the file, in the order of HEADER."""
    form_id, form_name = pick.choice(FORMS)
    typed_in = kind in TYPED_IN
    email = "" if pick.random() < 0.3 else f"lead{number}@example.com"
    return [
        "" if typed_in else f"l:{880_000_000_000_000 + number}",
        (OPENING + timedelta(minutes=number * 7)).isoformat(),
        "branch" if typed_in else pick.choice(("fb", "ig")),
        form_id,
        form_name,
        name(kind, pick),
        phone(kind, number, pick),
        "lead at example.com" if number % 400 == 399 else email,
        pick.choice(CITIES.split()),
        pick.choice(("Andheri", "Baner", "")) if typed_in else "",
        pick.choice(("", "2500000", "45,00,000", "3000000")),
        pick.choice(NOTES) if pick.random() < 0.4 else "",
    ]


def rows(seed: int = 2026) -> Iterator[list[str]]:
    """All 2,500 rows; a repeated one spells the phone of an earlier row another way."""
    pick = random.Random(seed)  # noqa: S311 - the same file every time, nothing secret
    kinds = list(chain.from_iterable(repeat(kind, count) for kind, count in KINDS.items()))
    pick.shuffle(kinds)
    seen: list[int] = []
    for number, kind in enumerate(kinds):
        if kind == "repeated" and seen:
            yield row("spaced", pick.choice(seen), pick)
            continue
        if kind in {"facebook", "bare", "country", "trunk"}:
            seen.append(number)
        yield row(kind, number, pick)


def walk_ins(seed: int = 60) -> Iterator[list[str]]:
    """Sixty people who came to a branch: nothing is wrong with any of them."""
    pick = random.Random(seed)  # noqa: S311 - the same file every time, nothing secret
    for number in range(60):
        person = f"{pick.choice(FIRST.split())} {pick.choice(LAST.split())}"
        yield [person, f"+91 90000 {80_000 + number}", pick.choice(NOTES[:3])]


def write(name: str, header: list[str], lines: Iterator[list[str]]) -> None:
    """Write a file beside this one: UTF-8 with a byte order mark, as Excel saves it."""
    with Path(__file__).with_name(name).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)


def main() -> None:
    """Write both files."""
    write("leads.csv", HEADER.split(), rows())
    write("walk_ins.csv", ["Name", "Mobile", "Remarks"], walk_ins())


if __name__ == "__main__":
    main()
