"""Our values as Telecrm's field types want them (seed 002).

Telecrm queues every request with a 200 and drops values of the wrong type without a word, so what
is not refused here is never heard of again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .base import FieldKind, FieldValue, Json
from .wire import CannotSend, as_text, e164, is_email

RATINGS = range(1, 6)
_DROPPED_PHONE = re.compile(r"(?:\+?91)?9{5}")  # the documents name it as one that is dropped
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{2,3})+(?:\.[0-9]+)?", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.+Zz-]+)?", re.ASCII)
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")


def wire(value: FieldValue, options: Mapping[str, Any]) -> Json:
    """Return `value` in its wire form; raises CannotSend when Telecrm would drop it."""
    make = _MAKERS.get(value.kind)
    if make is not None:
        return make(value.remote, value.value)
    if value.kind is FieldKind.DATE:
        return moment(value.remote, value.value, options)
    return label(value.remote, as_text(value.value), _labels(value, options), options)


def phone(name: str, value: object) -> str:
    """Return a number with + and country code."""
    if _DROPPED_PHONE.fullmatch(as_text(value)):
        raise CannotSend(f"{name} {value}: a filler number that Telecrm drops. Correct it.")
    return e164(value)


def email(name: str, value: object) -> str:
    """Return a mail address."""
    text = as_text(value)
    if not is_email(text):
        raise CannotSend(f"{name} “{text}” is not a full email address. Correct it or clear it.")
    return text


def rating(name: str, value: object) -> int:
    """Return 1..5 as a JSON integer; Telecrm drops "3"."""
    text = as_text(value)
    if text not in {str(number) for number in RATINGS}:
        raise CannotSend(f"{name} {text}: Telecrm takes whole numbers from 1 to 5. Correct it.")
    return int(text)


def number(name: str, value: object) -> int | float:
    """Return a JSON number."""
    text = _plain_number(name, value)
    return float(text) if "." in text else int(text)


def money(name: str, value: object) -> str:
    """Return an amount as a numeric string, as the field's type wants it."""
    return _plain_number(name, value)


def _plain_number(name: str, value: object) -> str:
    text = as_text(value)
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text) or len(text) > 20:
        raise CannotSend(f"{name} “{text}” is not a plain number. Write digits only, like 1500.50.")
    return text


def tags(name: str, value: object) -> list[str]:
    """Return a list of texts; Telecrm takes "a, b" for nothing."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Sequence):
        parts = [parts]
    return [str(part).strip() for part in parts if str(part).strip()]


def link(name: str, value: object) -> str:
    """Return a web address with its http or https."""
    text = as_text(value)
    parts = urlsplit(text) if "[" not in text else None
    if parts is None or parts.scheme not in ("http", "https") or "." not in parts.netloc:
        raise CannotSend(f"{name} “{text}” is not a web address. It starts with https://.")
    return text


def text(name: str, value: object) -> str:
    """Return plain text."""
    return as_text(value)


def moment(name: str, value: object, options: Mapping[str, Any]) -> str:
    """Return a date as DD/MM/YYYY HH:mm:ss in the workspace's time; it parses no ISO date.

    Takes a date, a datetime (an aware one is converted to `options["timezone"]`), ISO text or
    day-first text.
    """
    if isinstance(value, str):
        value = _read_moment(name, value.strip())
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(_zone(str(options.get("timezone") or "Asia/Kolkata")))
        return value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y 00:00:00")
    raise CannotSend(f"{name} “{value}” is not a date. Write it as DD/MM/YYYY.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CannotSend(
            f"The account's time zone “{name}” is not known. Write it like Asia/Kolkata."
        ) from None


def _read_moment(name: str, written: str) -> datetime:
    try:
        if _ISO.fullmatch(written):
            return datetime.fromisoformat(written)
        for pattern in DAY_FIRST:
            try:
                return datetime.strptime(written, pattern)  # noqa: DTZ007 - the workspace's own time
            except ValueError:
                continue
    except ValueError:
        pass
    raise CannotSend(f"{name} “{written}” is not a date. Write it as DD/MM/YYYY.")


def label(name: str, held: str, known: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return a label in the workspace's own spelling; one it does not have is refused.

    Nothing is checked while no labels are configured, or with `options["new_options"]` "allow".
    """
    by_fold = {one.casefold(): one for one in known}
    if not known or held.casefold() in by_fold:
        return by_fold.get(held.casefold(), held)
    if options.get("new_options") == "allow":
        return held
    near = get_close_matches(held.casefold(), by_fold, n=1)
    hint = f" Did you mean “{by_fold[near[0]]}”?" if near else ""
    raise CannotSend(f"{name} “{held}” is not one of the labels in Telecrm.{hint} Choose one.")


def _labels(value: FieldValue, options: Mapping[str, Any]) -> list[str]:
    """What is set for the account stands above what was read from the workspace."""
    read = options.get("metadata")
    known = read if isinstance(read, Mapping) else {}
    if value.kind is FieldKind.STATUS:
        return lines(options.get("statuses")) or lines(known.get("statuses"))
    for choices in (options.get("choices"), known.get("choices")):
        if isinstance(choices, Mapping) and choices.get(value.remote):
            return lines(choices[value.remote])
    return []


def lines(held: object) -> list[str]:
    """Return the labels of a setting: a list, or text with one on each line or between commas."""
    parts = re.split(r"[\n,]", held) if isinstance(held, str) else held
    if not isinstance(parts, list | tuple):
        return []
    return [str(part).strip() for part in parts if str(part).strip()]


_MAKERS: dict[FieldKind, Callable[[str, Any], Json]] = {
    FieldKind.TEXT: text,
    FieldKind.PHONE: phone,
    FieldKind.EMAIL: email,
    FieldKind.ASSIGNEE: email,
    FieldKind.RATING: rating,
    FieldKind.NUMBER: number,
    FieldKind.MONEY: money,
    FieldKind.TAGS: tags,
    FieldKind.WEBSITE: link,
    FieldKind.MEDIALINK: link,
}
