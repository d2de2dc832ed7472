"""Phones to E.164: leads/phones.py against calling phonenumbers for every row.

    manage.py benchmark phones [--rows N]

Counts differences: a number accepted without a repair that phonenumbers reads otherwise, on the
generated rows and on 0.4 as many adversarial strings. There must be none.
"""

from __future__ import annotations

import random
import time

import phonenumbers

from benchmarks import lead_rows
from leads.phones import PhoneReader

CODES = ("", "", "+91", "91", "0", "0091", "+", "00", "+910", "910", "091", "1", "+44", "p:+91")
NOISE = " -  -().,/xX'\u00a0*#;\uff0b"


def authority(cell: str) -> str | None:
    """Return what phonenumbers says."""
    try:
        number = phonenumbers.parse(cell, "IN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def adversarial(count: int, seed: int = 1) -> list[str]:
    """Return prefixes, lengths and punctuation thrown together."""
    dice = random.Random(seed)
    cells = []
    for _ in range(count):
        length = dice.choice((8, 9, 10, 10, 10, 10, 11, 12))
        core = dice.choice(CODES) + "".join(dice.choice("0123456789") for _ in range(length))
        cells.append(
            "".join(c + (dice.choice(NOISE) if dice.random() < 0.06 else "") for c in core)
        )
    return cells


def run(rows: int) -> dict[str, float]:
    """Return rates, their ratio and the differences found."""
    cells = [cell for _name, cell, *_rest in lead_rows.rows(rows)]
    reader = PhoneReader("IN")
    start = time.perf_counter()
    for cell in cells:
        if reader.quick(cell) is None:
            reader.read(cell)
    middle = time.perf_counter()
    expected = [authority(cell) for cell in cells]
    end = time.perf_counter()
    hard = adversarial(rows * 4 // 10)
    different = _differences(reader, cells, expected)
    different += _differences(reader, hard, [authority(cell) for cell in hard])
    return {
        "ours, rows/s": rows / (middle - start),
        "phonenumbers, rows/s": rows / (end - middle),
        "ours / phonenumbers": (end - middle) / (middle - start),
        "differences": float(different),
    }


def _differences(reader: PhoneReader, cells: list[str], expected: list[str | None]) -> int:
    count = 0
    for cell, known in zip(cells, expected, strict=True):
        phone = reader.read(cell)
        if phone.e164 and phone.e164 != known and not (phone.repair and known is None):
            count += 1
    return count
