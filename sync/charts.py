"""Geometry of server-drawn charts: per cent across, pixels down, so text keeps its size."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sync.pages import figure

TOP, BASE = 22.0, 212.0  # pixels of the highest bar's top and of the zero line
LINES = 4
ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50)


@dataclass(frozen=True)
class Bar:
    """One day's bar with its words."""

    x: str
    y: str
    height: str
    width: str
    title: str
    middle: str
    top: str  # the figure above the highest bar, "" for the others


@dataclass(frozen=True)
class Grid:
    """One line across, with its figure."""

    y: str
    text_y: str
    text: str


@dataclass(frozen=True)
class Day:
    """One label below the axis; `odd` ones are left out on phones."""

    x: str
    text: str
    odd: bool


@dataclass(frozen=True)
class Chart:
    """Bars of one month, its axes, and the whole of it in words."""

    bars: list[Bar]
    grid: list[Grid]
    days: list[Day]
    label: str


def month_of_days(days: list[tuple[date, int]], month: date) -> Chart:
    """Return the chart of (day, number) pairs of the month that begins on `month`."""
    length = monthrange(month.year, month.month)[1]
    step = _step(max((number for _day, number in days), default=0))
    highest = step * (LINES - 1)
    slot = 100 / length
    most = max(days, key=lambda pair: pair[1], default=(month, 0))
    bars = [_bar(day, number, slot, highest, day == most[0]) for day, number in days]
    grid = [_line(step * at, highest) for at in range(LINES)]
    ticks = [
        Day(f"{slot * (number - 0.5):.2f}%", str(number), number % 4 != 0)
        for number in range(2, length + 1, 2)
    ]
    words = _("Leads taken by providers, by day. Most on %(day)s: %(n)s.")
    label = words % {"day": date_format(most[0], "j F"), "n": figure(most[1])}
    return Chart(bars, grid, ticks, label)


def _step(most: int) -> int:
    """A round distance between lines, so that the highest bar ends below the topmost one."""
    size = 1
    while size * ROUND[-1] * (LINES - 1) < most:
        size *= 10
    return next(size * factor for factor in ROUND if size * factor * (LINES - 1) >= most)


def _y(number: int, highest: int) -> float:
    return BASE - (BASE - TOP) * number / max(highest, 1)


def _bar(day: date, number: int, slot: float, highest: int, is_most: bool) -> Bar:
    top = _y(number, highest)
    middle = slot * (day.day - 0.5)
    return Bar(
        x=f"{middle - slot * 0.32:.2f}%",
        y=f"{top:.1f}",
        height=f"{BASE - top:.1f}",
        width=f"{slot * 0.64:.2f}%",
        title=f"{date_format(day, 'j F')}: {figure(number)}",
        middle=f"{middle:.2f}%",
        top=figure(number) if is_most else "",
    )


def _line(number: int, highest: int) -> Grid:
    y = _y(number, highest)
    return Grid(f"{y:.1f}", f"{y + 4:.1f}", figure(number))
