"""Planned calling hours of one day as a strip: geometry in per cent, drawn by the template.

TeleCMI does not report whether dialling runs; these are plans, and the page says so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Team
from campaigns import clock
from campaigns.models import HOLDING, Campaign, CampaignState

EARLIEST, LATEST = 8, 22  # the axis; wider only when a plan is
STEP = 2


@dataclass(frozen=True)
class Tick:
    """An hour on the axis: `x` in per cent, `odd` ones are left out on phones."""

    x: str
    text: str
    anchor: str
    odd: bool


@dataclass(frozen=True)
class Row:
    """Equal hours of one list: `kind` is on, past or soon (not created); x, width in per cent."""

    name: str
    url: str
    count: str
    times: str
    kind: str
    x: str
    width: str

    @property
    def label(self) -> str:
        """The row for a screen reader."""
        return f"{self.name}: {self.count}, {self.times}"


NEAR = 10.0  # per cent of the axis that half of the words may need on a phone


@dataclass(frozen=True)
class Strip:
    """One day: its rows, its axis, and where now is (both empty when nothing is planned)."""

    rows: list[Row]
    ticks: list[Tick]
    now: str
    now_text: str
    zone: str

    @property
    def now_anchor(self) -> str:
        """How "Now 21:40" hangs on its line, so that it stays inside a narrow page."""
        place = float(self.now.rstrip("%") or 50)
        return "start" if place < NEAR else "end" if place > 100 - NEAR else "middle"


@dataclass(frozen=True)
class _Span:
    start: datetime
    end: datetime

    def hours(self, midnight: datetime) -> tuple[float, float]:
        day = timedelta(hours=1)
        return (self.start - midnight) / day, (self.end - midnight) / day


def today(team: Team, now: datetime) -> Strip:
    """Return the strip of `team` for the day that `now` (aware) falls on in the team's zone."""
    here = clock.place(team.time_zone)
    local = now.astimezone(here)
    midnight = datetime.combine(local.date(), time(), here)
    spans = _spans(team, midnight, here)
    hours = [span.hours(midnight) for _key, span, _group in spans]
    first = min([EARLIEST, *(int(start) for start, _end in hours)])
    last = max([LATEST, *(-int(-end // 1) for _start, end in hours)])
    first, last = max(0, first), min(24, last + last % STEP)
    rows = [_row(key, span, group, midnight, (first, last), local) for key, span, group in spans]
    at = (local - midnight) / timedelta(hours=1)
    return Strip(
        rows,
        _ticks(first, last),
        _per_cent(at, first, last) if first <= at <= last else "",
        f"{local:%H:%M}",
        clock.short_name(team.time_zone, local.date()),
    )


Key = tuple[int, str, str]  # list, zone, kind of state


def _spans(team: Team, midnight: datetime, here: tzinfo) -> list[tuple[Key, _Span, list[Campaign]]]:
    """Return the plans that touch the day, equal hours of one list together, in order of time."""
    around = midnight.date()
    plans = Campaign.objects.living().filter(
        team=team,
        state__in=(*HOLDING, CampaignState.REFUSED),
        ended_confirmed_at=None,
        start_date__lte=around + timedelta(days=1),
        end_date__gte=around - timedelta(days=1),
    )
    groups: dict[tuple[Key, _Span], list[Campaign]] = defaultdict(list)
    for campaign in plans.select_related("lead_list"):
        kind = "refused" if campaign.state == CampaignState.REFUSED else "planned"
        for span in _of_day(campaign, midnight, here):
            groups[((campaign.lead_list_id, campaign.time_zone, kind), span)].append(campaign)
    found = [(key, span, group) for (key, span), group in groups.items()]
    return sorted(found, key=lambda one: (one[1].start, one[1].end, one[2][0].lead_list.name))


def _of_day(campaign: Campaign, midnight: datetime, here: tzinfo) -> list[_Span]:
    """Return the campaign's window of this day on the reader's clock; it may be its neighbour's."""
    if not (
        campaign.start_time and campaign.end_time and campaign.start_date and campaign.end_date
    ):
        return []
    there = clock.place(campaign.time_zone)
    found = []
    for shift in (-1, 0, 1):
        day = midnight.date() + timedelta(days=shift)
        if not campaign.start_date <= day <= campaign.end_date:
            continue
        start = datetime.combine(day, campaign.start_time, there).astimezone(here)
        ends = day + timedelta(days=clock.is_overnight(campaign.start_time, campaign.end_time))
        end = datetime.combine(ends, campaign.end_time, there).astimezone(here)
        if end > midnight and start < midnight + timedelta(days=1) and end > start:
            found.append(_Span(start, end))
    return found


def _row(
    key: Key,
    span: _Span,
    group: list[Campaign],
    midnight: datetime,
    axis: tuple[int, int],
    now: datetime,
) -> Row:
    first, last = axis
    start, end = span.hours(midnight)
    start, end = max(start, first), min(end, last)
    refused = key[2] == "refused"
    count = ngettext("%(count)d campaign", "%(count)d campaigns", len(group)) % {
        "count": len(group)
    }
    return Row(
        group[0].lead_list.name,
        group[0].get_absolute_url(),
        _("campaign refused") if refused else count,
        _times(group[0], span, now),
        "soon" if refused else "past" if span.end <= now else "on",
        _per_cent(start, first, last),
        _per_cent(end - start, 0, last - first),
    )


def _times(campaign: Campaign, span: _Span, now: datetime) -> str:
    """Return the hours on the reader's clock, and on the campaign's where that is another."""
    words = f"{span.start:%H:%M}–{span.end:%H:%M}"
    there = clock.place(campaign.time_zone)
    start = span.start.astimezone(there)
    if start.utcoffset() != span.start.utcoffset():
        name = clock.short_name(campaign.time_zone, start.date())
        words += f" ({start:%H:%M}–{span.end.astimezone(there):%H:%M} {name})"
    if campaign.end_date == now.astimezone(there).date():
        words += ", " + _("last day")
    return words


def _ticks(first: int, last: int) -> list[Tick]:
    ticks = []
    for number, hour in enumerate(range(first, last + 1, STEP)):
        anchor = "start" if hour == first else "end" if hour == last else "middle"
        ticks.append(Tick(_per_cent(hour, first, last), f"{hour:02}:00", anchor, number % 2 == 1))
    return ticks


def _per_cent(value: float, first: float, last: float) -> str:
    return f"{100 * (value - first) / (last - first):.2f}%"
