"""Calling hours on the wall clock of a place: offsets, clock changes, Sundays.

A zone is an IANA name ("Europe/London"), or a fixed offset ("+05:30") where somebody knew no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

FIXED = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)", re.ASCII)
NOON = time(12)
SUNDAY = 6


class UnknownZone(ValueError):
    """No such zone; the text is what was asked for."""


@lru_cache(maxsize=256)
def place(zone: str) -> tzinfo:
    """Return the clock of `zone`. Raises UnknownZone."""
    if fixed := FIXED.fullmatch(zone):
        sign, hours, minutes = fixed.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(ahead if sign == "+" else -ahead, zone)
    if zone not in names():
        raise UnknownZone(zone)
    return ZoneInfo(zone)


def is_known(zone: str) -> bool:
    """Whether `zone` is a place or an offset."""
    return FIXED.fullmatch(zone) is not None or zone in names()


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """All IANA names this machine knows."""
    return frozenset(available_timezones())


def offset(zone: str, day: date, at: time = NOON) -> str:
    """Return the wire form of the zone's offset on `day` at wall clock `at`, like "+05:30"."""
    ahead = datetime.combine(day, at, place(zone)).utcoffset() or timedelta()
    minutes = round(ahead.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def short_name(zone: str, day: date) -> str:
    """Return what people there call their time ("IST", "GMT"), else the offset."""
    name = datetime.combine(day, NOON, place(zone)).tzname() or ""
    return name if name.isalpha() else offset(zone, day)


@dataclass(frozen=True)
class ClockChange:
    """The first day on which the zone's noon has another offset than the day before."""

    day: date
    before: str
    after: str


def clock_changes(zone: str, first: date, last: date) -> list[ClockChange]:
    """Return the clock changes after `first`, up to and including `last`."""
    found = []
    before = offset(zone, first)
    for number in range(1, (last - first).days + 1):
        day = first + timedelta(days=number)
        after = offset(zone, day)
        if after != before:
            found.append(ClockChange(day, before, after))
        before = after
    return found


def split_at_changes(zone: str, first: date, last: date) -> list[tuple[date, date]]:
    """Return the spans of `first`..`last` that have one offset each, in order."""
    starts = [first, *(change.day for change in clock_changes(zone, first, last))]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    return list(zip(starts, ends, strict=True))


def days(first: date, last: date) -> int:
    """Return the number of days, both ends included; 0 when they are the wrong way round."""
    return max(0, (last - first).days + 1)


def sundays(first: date, last: date) -> int:
    """Return how many of those days are Sundays."""
    whole, rest = divmod(days(first, last), 7)
    until = first.weekday() + rest
    return whole + int(rest > 0 and first.weekday() <= SUNDAY < until)


def is_overnight(start: time | None, end: time | None) -> bool:
    """Whether a daily window ends on the morning after it starts."""
    return start is not None and end is not None and end < start


def hours(start: time, end: time) -> float:
    """Return the length of the daily window in hours, past midnight where it ends before it starts;
    0 when both are the same.
    """
    minutes = (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)
    return minutes % (24 * 60) / 60


def ends_at(zone: str, last: date, end: time, *, start: time | None = None) -> datetime:
    """Return the moment the last day's window ends, in UTC; `start` tells one that runs past
    midnight.
    """
    if is_overnight(start, end):
        last += timedelta(days=1)
    return datetime.combine(last, end, place(zone)).astimezone(UTC)
