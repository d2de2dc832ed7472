"""Field types of a Telecrm workspace: what is kept and what is silently dropped (seed 002)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from sync.sandbox import checks

DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: (\d{2}):(\d{2}):(\d{2}))?", re.ASCII)
WEBSITE = re.compile(r"https?://[^\s/]+\.[^\s]+", re.ASCII)
MONEY = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
DAY_2000 = 946684800  # Unix seconds; smaller numbers are not taken for a date
INDIA = timezone(timedelta(hours=5, minutes=30))


class Dropped(ValueError):
    """The value is not processed; the text says why."""


@dataclass
class FieldType:
    """One lead or action field: its API name, type and, for choices, its options."""

    name: str
    kind: str
    options: list[str] = field(default_factory=list)


@dataclass
class Rules:
    """What the workspace decides about values."""

    country_code: str
    team: list[str]
    timezone: timezone = INDIA
    grow_dropdowns: bool = False


def phone(value: Any, country_code: str) -> str:
    """Return the number as digits with country code; raises Dropped when it cannot be one."""
    if not isinstance(value, str):
        raise Dropped("a phone is a string")
    text = re.sub(r"[\s()-]", "", value)
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise Dropped("a phone has digits only")
    if not text.startswith("+"):
        digits = digits.lstrip("0")
        digits = country_code + digits if len(digits) == 10 else digits
    # Without a plus sign a short number is no number; with one it may be a small country's.
    if not (8 if text.startswith("+") else 10) <= len(digits) <= 15:
        raise Dropped("not a whole phone number")
    return digits


def moment(value: Any, zone: timezone) -> float:
    """Return Unix seconds for epoch seconds, epoch ms or DD/MM/YYYY[ HH:mm:ss].

    Raises Dropped for every other format, ISO 8601 included.
    """
    if checks.is_number(value):
        if value < DAY_2000:
            raise Dropped("a date is epoch time or DD/MM/YYYY HH:mm:ss")
        return value / 1000 if value > 100 * DAY_2000 else float(value)
    matched = DATE.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise Dropped("a date is epoch time or DD/MM/YYYY HH:mm:ss")
    day, month, year, hour, minute, second = (int(part or 0) for part in matched.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    except ValueError as error:
        raise Dropped("a day that does not exist") from error


def kept(field_type: FieldType, value: Any, rules: Rules) -> Any:
    """Return the value as stored; raises Dropped when Telecrm would not process it."""
    if field_type.kind == "phone":
        return phone(value, rules.country_code)
    if field_type.kind == "date":
        return moment(value, rules.timezone) and value
    if field_type.kind in ("dropdown", "status", "lostReason"):
        return _option(field_type, value, rules)
    if field_type.kind in ("assignee", "activeUsers"):
        return _member(value, rules)
    if field_type.kind == "tags":
        return _tags(value)
    accepts, wanted = PLAIN[field_type.kind]
    if not accepts(value):
        raise Dropped(f"{field_type.name} wants {wanted}")
    return value


def _option(field_type: FieldType, value: Any, rules: Rules) -> str:
    if not isinstance(value, str):
        raise Dropped(f"{field_type.name} wants a label")
    for option in field_type.options:
        if option.lower() == value.lower():
            return option
    if field_type.kind == "dropdown" and rules.grow_dropdowns:
        field_type.options.append(value)
        return value
    raise Dropped(f"{field_type.name} has no option {value!r}")


def _member(value: Any, rules: Rules) -> str:
    if isinstance(value, str) and value.lower() in rules.team:
        return value.lower()
    raise Dropped("not an employee of the workspace")


def _tags(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
        return value
    raise Dropped("tags are an array of strings")


PLAIN: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str), "a string"),
    "email": (lambda value: not checks.email(value), "an email address"),
    "rating": (lambda value: checks.is_integer(value) and 1 <= value <= 5, "an integer 1 to 5"),
    "number": (checks.is_number, "a number"),
    "money": (
        lambda value: isinstance(value, str) and bool(MONEY.fullmatch(value)),
        "a numeric string",
    ),
    "website": (
        lambda value: isinstance(value, str) and bool(WEBSITE.fullmatch(value)),
        "a web address",
    ),
    "medialink": (
        lambda value: isinstance(value, str) and bool(WEBSITE.fullmatch(value)),
        "a web address",
    ),
}
