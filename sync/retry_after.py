"""Reading the Retry-After header in all the shapes it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sync import clock
from sync.providers.base import Response

SHORTEST, LONGEST = 1.0, 15 * 60.0  # seconds; a provider's typing error must not stop a day's work
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def asked(answer: Response) -> float | None:
    """Return how many seconds a provider asks to be left alone, or None."""
    headers = answer.headers.get_list("retry-after")
    return longest(headers, clock.now()) if headers else None


def longest(headers: Iterable[str], now: datetime) -> float | None:
    """Return the longest wait that any of several such headers asks for, or None."""
    waits = (seconds(header, now) for header in headers)
    return max((wait for wait in waits if wait is not None), default=None)


def seconds(header: str | None, now: datetime) -> float | None:
    """Return how long to wait from `now` (aware), 1 s to 15 min, or None when it says nothing."""
    text = (header or "").strip()
    if _NUMBER.fullmatch(text):
        return _clamped(float(text))
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return _clamped((when - now).total_seconds())


def _clamped(wait: float) -> float:
    return min(max(wait, SHORTEST), LONGEST)
