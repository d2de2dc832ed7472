"""Read the text of a cell as a value: email, number, amount, date, rating. Phones: phones.py."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# What people type where they know nothing.
NOTHING = frozenset(("-", "--", "n/a", "na", "n.a.", "nil", "none", "null", "nan", "not available"))
LONGEST_EMAIL = 254  # characters, as its column and the providers' schemas hold
PLAIN_EMAIL = re.compile(
    r"(?=.{1,254}\Z)[a-z0-9][a-z0-9._+-]{0,62}@(?:[a-z0-9-]+\.)+[a-z]{2,24}", re.I | re.A
)
MULTIPLES = {
    "k": 1_000,
    "thousand": 1_000,
    "l": 100_000,
    "lac": 100_000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "lacs": 100_000,
    "cr": 10_000_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "million": 1_000_000,
}
AMOUNT = re.compile(
    r"(?:rs\.?|inr|₹|\$|aed|usd)?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*([a-z]*)\.?/?-?", re.I
)
ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.A)
NUMERIC_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ,].*)?", re.A)
WORD_DATE = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?[\s,-]+(\d{4}|\d{2})(?:[ ,].*)?", re.I | re.A
)
MONTH_FIRST = re.compile(
    r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[ ,].*)?", re.I | re.A
)
YEAR = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(YEAR.split(), 1)}
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)  # day 0 of Excel's calendar


class Unclear(ValueError):
    """The text is not such a value; the argument is the code of the problem."""


def email(text: str) -> str:
    """Return the address. Raises Unclear("email_bad")."""
    address = text.strip().strip("<>,;").removeprefix("mailto:")
    if PLAIN_EMAIL.fullmatch(address) and ".." not in address:
        return address
    try:
        validate_email(address)
    except ValidationError as trouble:
        raise Unclear("email_bad") from trouble
    if len(address) > LONGEST_EMAIL:
        raise Unclear("email_bad")
    return address


def number(text: str) -> int | float:
    """Return "1,250" or "1.5" as a number. Raises Unclear("number_bad")."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as trouble:
        raise Unclear("number_bad") from trouble
    if not amount.is_finite() or abs(amount) >= 10**15:
        raise Unclear("number_bad")
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def money(text: str) -> int | float:
    """Return "25 lakh", "₹45,00,000" or "1.2 cr" as a number. Raises Unclear("number_bad")."""
    match = AMOUNT.fullmatch(text.strip())
    multiple = MULTIPLES.get(match[2].lower(), 0) if match and match[2] else 1
    if match is None or not multiple:
        raise Unclear("number_bad")
    return number(str(Decimal(match[1].replace(",", "")) * multiple))


def rating(text: str) -> int:
    """Return 1 to 5. Raises Unclear("rating_bad")."""
    stars = text.count("★") + text.count("⭐")
    figure = str(stars) if stars else text.strip().removesuffix(".0").removesuffix("/5").strip()
    if figure not in {"1", "2", "3", "4", "5"}:
        raise Unclear("rating_bad")
    return int(figure)


def date(text: str, order: str = "DMY") -> str:
    """Return a date as YYYY-MM-DD; `order` says how 03/04/2026 is meant. Raises Unclear."""
    text = text.strip().removesuffix(".0")
    iso, digits = ISO_DATE.fullmatch(text), NUMERIC_DATE.fullmatch(text)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif digits:
        first, second, year = int(digits[1]), int(digits[2]), int(digits[3])
        day, month = (second, first) if order == "MDY" else (first, second)
    elif words := WORD_DATE.fullmatch(text):
        day, year = int(words[1]), int(words[3])
        month = MONTHS.get(words[2][:3].lower(), 0)
    elif words := MONTH_FIRST.fullmatch(text):
        day, year = int(words[2]), int(words[3])
        month = MONTHS.get(words[1][:3].lower(), 0)
    elif text.isascii() and text.isdigit() and 20_000 < int(text) < 80_000:
        return (EXCEL_DAY_ZERO + dt.timedelta(days=int(text))).isoformat()
    else:
        raise Unclear("date_bad")
    try:
        if year < 100:  # 69 to 99 are 19xx, as POSIX has it
            year += 1900 if year >= 69 else 2000
        return dt.date(year, month, day).isoformat()
    except ValueError as trouble:
        raise Unclear("date_bad") from trouble


def website(text: str) -> str:
    """Return the address as typed. Raises Unclear("website_bad") when it cannot be one."""
    text = text.strip()
    if " " in text or "." not in text:
        raise Unclear("website_bad")
    return text


def split_name(text: str) -> tuple[str, str]:
    """Return first and last name, split at the last space."""
    words = text.split()
    if len(words) == 2:
        return words[0], words[1]
    last = words.pop() if words[1:] else ""
    return " ".join(words), last


READERS: dict[str, Callable[[str], Any]] = {
    "email": email,
    "number": number,
    "money": money,
    "rating": rating,
    "date": date,
    "website": website,
}
