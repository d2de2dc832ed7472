"""A month in figures: rows received, what was good, and where it stands; every sum adds up.

A month is the files imported in it. received = repeated + bad + good; good = there + refused +
not there yet + deleted since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from access.models import Team
from leads.models import Import, Lead
from leads.months import Month, files
from sync.fixes import address
from sync.models import Delivery, Standing, State

GONE = (State.DELIVERED, State.ALREADY_THERE, State.ACCEPTED)
BAD = (State.REJECTED, State.FAILED)
GROUPS = {
    "source": ("source", "source"),
    "list": ("lead_list__name", "lead_list"),
    "who": ("created_by__username", "created_by"),
}
MONTHS = 24  # how far back the select goes


@dataclass
class Line:
    """One line of the report, or its sum. Figures are records."""

    name: str
    query: str = ""  # of the leads page
    received: int = 0
    repeated: int = 0
    bad: int = 0
    good: int = 0
    there: int = 0
    refused: int = 0
    deleted: int = 0

    @property
    def not_yet(self) -> int:
        """Good leads that are nowhere yet."""
        return max(self.good - self.there - self.refused - self.deleted, 0)

    @property
    def left_out(self) -> float:
        """Per cent of the rows that were repeated or bad."""
        return 100 * (self.repeated + self.bad) / self.received if self.received else 0

    def add(self, other: Line) -> None:
        """Count another line into this one."""
        for name in ("received", "repeated", "bad", "good", "there", "refused", "deleted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def month_of(text: str, team: Team, now: datetime) -> Month:
    """Return the month the address names, else the current one."""
    zone = ZoneInfo(team.time_zone)
    return Month.read(text, team) or Month(now.astimezone(zone).date().replace(day=1), zone)


def months(team: Team, now: datetime) -> list[Month]:
    """Return the months from the team's first to now, newest first."""
    zone = ZoneInfo(team.time_zone)
    first = Import.objects.filter(team=team).order_by("created_at").first()
    oldest = (first.created_at if first else now).astimezone(zone).date().replace(day=1)
    found: list[Month] = []
    at = now.astimezone(zone).date().replace(day=1)
    while at >= oldest and len(found) < MONTHS:
        found.append(Month(at, zone))
        at = (at - timedelta(days=1)).replace(day=1)
    return found


def lines(team: Team, month: Month, group: str) -> list[Line]:
    """Return the report by source, list or person, most rows first."""
    label, key = GROUPS[group]
    found: dict[Any, Line] = {}
    chosen = files(team, month)
    sums = (
        chosen.order_by()
        .values(key, label)
        .annotate(
            received=Sum(F("added") + F("updated") + F("skipped") + F("left_out")),
            repeated=Sum(F("updated") + F("skipped")),
            bad=Sum("left_out"),
            good=Sum("added"),
        )
    )
    for row in sums:
        line = Line(row[label] or _("Not named"), _query(month, group, row[key]))
        line.received, line.repeated = row["received"] or 0, row["repeated"] or 0
        line.bad, line.good = row["bad"] or 0, row["good"] or 0
        found[row[key]] = line
    for row in _stands(chosen, f"origin__{key}"):
        line = found[row[f"origin__{key}"]]
        line.there, line.refused = row["there"], row["refused"]
        line.deleted = max(line.good - row["alive"], 0)
    return sorted(found.values(), key=lambda line: -line.received)


def _stands(chosen: QuerySet[Import], key: str) -> Iterable[dict[str, Any]]:
    here = Standing.objects.filter(lead=OuterRef("pk"))
    leads = Lead.objects.filter(origin__in=chosen.order_by().values("pk"))
    alive = Q(deleted_at=None)
    leads = leads.annotate(
        gone=Exists(here.filter(state__in=GONE)), stuck=Exists(here.filter(state__in=BAD))
    )
    rows = (
        leads.order_by()
        .values(key)
        .annotate(
            alive=Count("pk", filter=alive),
            there=Count("pk", filter=alive & Q(gone=True)),
            refused=Count("pk", filter=alive & Q(gone=False, stuck=True)),
        )
    )
    return [{**row} for row in rows]


def _query(month: Month, group: str, value: Any) -> str:
    """Return what narrows the pages of leads and of imports to a line."""
    meant = {group: value} if value else {"unnamed": group}
    return urlencode({"month": month.value, **meant})


def total(of: list[Line], month: Month) -> Line:
    """Return the sum of the lines."""
    summed = Line(_("Together"), urlencode({"month": month.value}))
    for line in of:
        summed.add(line)
    return summed


@dataclass
class AccountLine:
    """Where the month's leads stand at one account."""

    name: str
    url: str
    states: dict[str, int] = field(default_factory=dict)

    def of(self, *states: str) -> int:
        """Return the leads in any of `states`."""
        return sum(self.states.get(state, 0) for state in states)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """State of the leads page, its words and the number, in the order of the columns."""
        there = self.of(State.DELIVERED, State.ALREADY_THERE)
        return [
            ("at", _("At the provider"), there),
            ("given", _("Given, not confirmed"), self.of(State.ACCEPTED)),
            ("wait", _("Waiting"), self.of(State.QUEUED, State.RETRY_WAIT, State.SENDING)),
            ("refused", _("Refused"), self.of(*BAD)),
            ("unsure", _("Not sure"), self.of(State.UNCERTAIN)),
        ]

    @property
    def sent(self) -> int:
        """Everything that was ever asked for at this account."""
        return sum(number for _state, _words, number in self.cells)


def by_account(team: Team, month: Month) -> list[AccountLine]:
    """Return where the leads imported in `month` stand at each account."""
    chosen = files(team, month).order_by().values("pk")
    rows = (
        Standing.objects.filter(lead__origin__in=chosen, lead__deleted_at=None)
        .order_by()
        .values_list("account", "account__name", "state")
        .annotate(leads=Count("pk"))
    )
    found: dict[int, AccountLine] = {}
    for pk, name, state, leads in rows:
        url = f"{address('leads:leads')}?month={month.value}&account={pk}"
        found.setdefault(pk, AccountLine(name, url)).states[state] = leads
    return sorted(found.values(), key=lambda line: line.name)


def by_day(team: Team, month: Month) -> list[tuple[date, int]]:
    """Return the leads that reached a provider on each day of `month` that had any."""
    ended = Delivery.objects.filter(
        push__team=team,
        endpoint="leads",
        state__in=GONE,
        ended_at__gte=month.start,
        ended_at__lt=month.end,
    )
    days = ended.annotate(day=TruncDate("ended_at", tzinfo=month.zone)).order_by()
    sums: dict[date, int] = defaultdict(int)
    for day, leads in days.values_list("day").annotate(leads=Sum("item_count")):
        sums[day] += leads
    return sorted(sums.items())
