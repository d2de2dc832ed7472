"""The table of lists: each with its source, its good rows and one mark per account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.models import Account, Hold, Team
from campaigns.models import Campaign
from leads.models import LeadList, ListPart
from sync import eta
from sync.models import Push
from sync.pages import figure, moment, open_holds, stops
from sync.pages_marks import Mark, Tallies, Tally, mark, tallies

TROUBLE = ("refused", "stopped", "unsure")
MOST_COLUMNS = 6  # accounts with a column of their own
QUIET_DAYS = 30  # a list without campaigns counts as finished when nothing moved for so long


@dataclass
class Row:
    """One list of the table; `others` are its marks at accounts without a column."""

    lead_list: LeadList
    cells: list[tuple[Account, Mark | None]]
    campaigns: Mark
    ready: str
    tallies: dict[int, Tally] = field(default_factory=dict)
    others: list[Mark] = field(default_factory=list)

    @property
    def needs_somebody(self) -> bool:
        """Whether anything of this list is refused, stopped or not sure."""
        marks = [cell.s for _account, cell in self.cells if cell] + [self.campaigns.s]
        marks += [mark.s for mark in self.others]
        return any(s in (*TROUBLE, "sending") for s in marks)


@dataclass
class Table:
    """The lists of one page and the accounts that are its columns."""

    accounts: list[Account]
    rows: list[Row]


def in_work(lists: QuerySet[LeadList], wanted: bool = True) -> QuerySet[LeadList]:
    """Return the lists somebody still works with, or (`wanted` False) the finished ones.

    Finished: nothing is on its way, and its campaigns are over, or it has none and nothing was
    sent for 30 days.
    """
    today = timezone.localdate()
    running = Push.objects.filter(lead_list=OuterRef("pk"), finished_at=None)
    recent = Push.objects.filter(
        lead_list=OuterRef("pk"), created_at__gte=timezone.now() - timedelta(days=QUIET_DAYS)
    )
    campaigns = Campaign.objects.filter(lead_list=OuterRef("pk"), deleted_at=None)
    alive = campaigns.filter(Q(end_date__gte=today) | Q(end_date=None))
    fresh = Q(created_at__gte=timezone.now() - timedelta(days=QUIET_DAYS)) | Exists(recent)
    finished = ~Exists(running) & ~Exists(alive) & (Exists(campaigns) | ~fresh)
    return lists.filter(~finished if wanted else finished)


def table(lists: Sequence[LeadList], team: Team) -> Table:
    """Return the table of `lists`: a fixed number of queries, however many there are."""
    ids = [one.pk for one in lists]
    counted = tallies(ids)
    usable = Account.objects.usable_by(team).order_by("provider", "name")
    used = {account_id for _list_id, account_id in counted}
    accounts = sorted(
        (one for one in usable if one.pk in used),
        key=lambda one: (one.provider != "telecmi", one.provider != "telecrm", one.name),
    )
    holds = open_holds(Account.objects.filter(pk__in=used))
    pushes = _running(ids)
    ends = eta.of_pushes([push for some in pushes.values() for push in some], holds)
    plans, lasts = _plans(ids), _last(ids)
    rows = [
        Row(
            one,
            [(to, _cell(one, to, counted, holds, pushes)) for to in accounts],
            plans.get(one.pk, Mark("", "")),
            _ready(one.pk, counted, pushes[one.pk], ends, lasts.get(one.pk)),
            {to.pk: counted[one.pk, to.pk] for to in accounts if (one.pk, to.pk) in counted},
        )
        for one in lists
    ]
    return _cut(Table(accounts, rows))


def _cut(wide: Table) -> Table:
    """Give a column to a few accounts only: those with trouble first, then those of most lists."""
    if len(wide.accounts) <= MOST_COLUMNS:
        return wide
    worth: dict[int, tuple[int, int]] = {}
    for at, account in enumerate(wide.accounts):
        marks = [mark for row in wide.rows if (mark := row.cells[at][1])]
        worth[account.pk] = (sum(mark.s in TROUBLE for mark in marks), len(marks))
    best = sorted(worth, key=lambda pk: worth[pk], reverse=True)[:MOST_COLUMNS]
    for row in wide.rows:
        row.others = [mark for account, mark in row.cells if mark and account.pk not in best]
        row.cells = [cell for cell in row.cells if cell[0].pk in best]
    return Table([one for one in wide.accounts if one.pk in best], wide.rows)


def _running(ids: list[int]) -> dict[int, list[Push]]:
    found: dict[int, list[Push]] = defaultdict(list)
    rows = Push.objects.filter(lead_list__in=ids, finished_at=None).select_related("account")
    for push in rows:
        found[push.lead_list_id or 0].append(push)
    return found


def _cell(
    lead_list: LeadList,
    account: Account,
    counted: Tallies,
    holds: dict[int, Hold],
    pushes: dict[int, list[Push]],
) -> Mark | None:
    tally = counted.get((lead_list.pk, account.pk))
    if tally is None:
        return None
    waiting = [push for push in pushes[lead_list.pk] if push.account_id == account.pk]
    stopped = any(stops(holds.get(account.pk), push) for push in waiting)
    return mark(tally, lead_list.lead_count, stopped)


def _ready(
    list_id: int,
    counted: Tallies,
    pushes: list[Push],
    ends: dict[int, eta.Estimate],
    last: datetime | None,
) -> str:
    """When what runs is through, else the day the last send was; a dash when a person must act."""
    mine = [tally for (pk, _account), tally in counted.items() if pk == list_id]
    if any(tally.refused or tally.unsure for tally in mine):
        return "–"
    if pushes:
        known = [end for push in pushes if (end := ends[push.pk].at)]
        return moment(max(known)) if len(known) == len(pushes) else "–"
    return date_format(timezone.localtime(last), "j M") if last else ""


def _last(ids: list[int]) -> dict[int, datetime]:
    rows = Push.objects.filter(lead_list__in=ids, finished_at__isnull=False)
    latest = rows.order_by().values_list("lead_list").annotate(at=Max("finished_at"))
    return dict(latest)


def _plans(ids: list[int]) -> dict[int, Mark]:
    """Return list id -> its campaigns in a few words; worst first."""
    states: dict[int, list[tuple[str, date | None]]] = defaultdict(list)
    made = Campaign.objects.filter(lead_list__in=ids, deleted_at=None)
    for list_id, state, end in made.values_list("lead_list", "state", "end_date"):
        states[list_id].append((state, end))
    plan = Campaign.objects.filter(part=OuterRef("pk"), deleted_at=None)
    parts = ListPart.objects.filter(~Exists(plan), lead_list__in=ids, sent_at__isnull=False)
    missing: dict[int, int] = defaultdict(int)
    for list_id in parts.values_list("lead_list", flat=True):
        missing[list_id] += 1
    return {pk: _plan(pk, states[pk], missing[pk]) for pk in ids if states[pk] or missing[pk]}


def _plan(list_id: int, states: list[tuple[str, date | None]], missing: int) -> Mark:
    refused = sum(state == Campaign.State.REFUSED for state, _end in states)
    unsure = sum(state == Campaign.State.UNSURE for state, _end in states)
    if refused:
        return Mark("refused", _("%(n)s refused") % {"n": figure(refused)})
    if unsure:
        return Mark("unsure", _("%(n)s not sure") % {"n": figure(unsure)})
    if missing:
        return Mark("", _("Plan %(n)s") % {"n": figure(missing)}, plan_url(list_id))
    ends = [end for _state, end in states if end]
    if not ends:
        return Mark("", figure(len(states)))
    return Mark("", f"{figure(len(states))}, {_until(max(ends))}")


def _until(end: date) -> str:
    today = timezone.localdate()
    if end == today:
        return _("last day")
    words = _("to %(day)s") if end > today else _("ended %(day)s")
    return words % {"day": date_format(end, "j M")}


def plan_url(list_id: int) -> str:
    """Return the address where campaigns for a list are planned; "" while there is no such page."""
    try:
        return f"{reverse('campaigns:new')}?list={list_id}"
    except NoReverseMatch:
        return ""


def visible_lists(user: Any, team: Team) -> QuerySet[LeadList]:
    """Return the lists of `team` as `user` may see them, newest first."""
    found: QuerySet[LeadList] = LeadList.objects.visible_to(user).filter(team=team, deleted_at=None)
    return found.order_by("-pk")
