"""Checks of single JSON values; a check returns the complaint, or an empty string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], str]

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s,;<>()\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
PHONE = re.compile(r"[1-9][0-9]{6,14}")


def text(value: Any) -> str:
    """A string, possibly empty."""
    return "" if isinstance(value, str) else "must be a string"


def filled_text(value: Any) -> str:
    """A string with something in it."""
    return "" if isinstance(value, str) and value.strip() else "must be a string, not empty"


def integer(value: Any) -> str:
    """A JSON integer; true and false are not numbers."""
    return "" if is_integer(value) else "must be an integer"


def is_integer(value: Any) -> bool:
    """Whether the value is a JSON integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether the value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def not_negative(value: Any) -> str:
    """An integer from 0 up."""
    return "" if is_integer(value) and value >= 0 else "must be an integer, 0 or more"


def boolean(value: Any) -> str:
    """true or false, not a string and not 0 or 1."""
    return "" if isinstance(value, bool) else "must be true or false"


def uuid(value: Any) -> str:
    """A UUID in its usual spelling."""
    return "" if isinstance(value, str) and UUID.fullmatch(value) else "must be a UUID"


def email(value: Any) -> str:
    """An email address."""
    return "" if isinstance(value, str) and EMAIL.fullmatch(value) else "must be an email address"


def phone(value: Any) -> str:
    """Digits with country code and no plus sign, e.g. 919876543210."""
    fits = isinstance(value, str) and PHONE.fullmatch(value)
    return "" if fits else "must be digits with country code, without +"


def one_of(*choices: Any) -> Check:
    """Return a check for a fixed set of values; 1 and true are different."""

    def check(value: Any) -> str:
        same = any(value == choice and type(value) is type(choice) for choice in choices)
        return "" if same else "must be one of " + ", ".join(str(choice) for choice in choices)

    return check


def matching(pattern: str, example: str) -> Check:
    """Return a check for a string that matches the whole pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any) -> str:
        fits = isinstance(value, str) and compiled.fullmatch(value)
        return "" if fits else f"must look like {example}"

    return check


def array(least: int, most: int) -> Check:
    """Return a check for an array of a certain length."""

    def check(value: Any) -> str:
        fits = isinstance(value, list) and least <= len(value) <= most
        return "" if fits else f"must be an array of {least} to {most}"

    return check


def complaint(
    body: Any,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    at: str = "",
    others: bool = False,
) -> str:
    """Return the first thing wrong with an object's fields, e.g. "leads[3].phone: must be ...".

    `others` lets fields pass that are neither required nor optional.
    """
    if not isinstance(body, dict):
        return f"{at or 'body'}: must be an object"
    place = f"{at}." if at else ""
    for name, check in required.items():
        if name not in body:
            return f"missing required field: {place}{name}"
        if trouble := check(body[name]):
            return f"{place}{name}: {trouble}"
    for name, value in body.items():
        if name in required:
            continue
        if name not in (optional or {}):
            if others:
                continue
            return f"{place}{name}: not a field of this request"
        if trouble := (optional or {})[name](value):
            return f"{place}{name}: {trouble}"
    return ""
