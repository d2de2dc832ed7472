"""Today: the verdict, what runs, the lists in work, and what was settled lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account, Hold, Team
from leads.models import Import
from leads.views.imports.wizard import address as import_address
from sync.models import Decision, Push
from sync.pages import figure, moment, open_holds, provider_name, stops
from sync.pages_jobs import Job
from sync.pages_lists import Row, Table, in_work, table, visible_lists
from sync.pages_problems import Problem
from sync.wording import how_many

MOST_JOBS = 4
MOST_LOOKED_AT = 100
MOST_LISTS = 12
LATELY = timedelta(days=3)


@dataclass
class Work:
    """The lists in work: the ones that ask for attention, and how many more are ready."""

    table: Table
    all: int
    quiet: int
    good: int
    there: int
    provider: str


def work(user: Any, team: Team) -> Work:
    """Return the lists in work of `team`; the rows that move or need somebody are shown."""
    lists = list(in_work(visible_lists(user, team))[:MOST_LISTS])
    drawn = table(lists, team)
    loud = [row for row in drawn.rows if row.needs_somebody or row.campaigns.url]
    shown = loud or drawn.rows
    used = {account.pk for row in shown for account, cell in row.cells if cell}
    accounts = [one for one in drawn.accounts if one.pk in used]
    for row in shown:
        row.cells = [(account, cell) for account, cell in row.cells if account.pk in used]
    provider, there = _there(drawn.rows)
    good = sum(row.lead_list.lead_count for row in drawn.rows)
    quiet = len(drawn.rows) - len(shown)
    return Work(Table(accounts, shown), len(drawn.rows), quiet, good, there, provider)


def _there(rows: Sequence[Row]) -> tuple[str, int]:
    """The provider that has most of these leads, and how many it has."""
    sums: Counter[str] = Counter()
    for row in rows:
        mine: Counter[str] = Counter()
        for account, _cell in row.cells:
            tally = row.tallies.get(account.pk)
            mine[account.provider] += tally.gone if tally else 0
        for provider, gone in mine.items():
            sums[provider] += min(gone, row.lead_list.lead_count)
    return sums.most_common(1)[0] if sums else ("", 0)


def verdict(problems: Sequence[Problem]) -> str:
    """Return the title of the page: the worst first, or that nothing needs anybody."""
    stopped = [one for one in problems if one.hold]
    if stopped:
        wait = sum(one.blocked for one in stopped)
        words = {"account": stopped[0].account.name, "n": figure(len(stopped))}
        words["wait"] = how_many(None, wait)
        if len(stopped) > 1:
            return _("%(n)s accounts are stopped: %(wait)s waiting.") % words
        if not wait:
            return _("%(account)s is stopped.") % words
        return _("%(account)s is stopped: %(wait)s waiting.") % words
    if problems:
        return f"{problems[0].title}."
    return _("Nothing needs you.")


def lede(problems: Sequence[Problem], work: Work) -> str:
    """Return the sentences under the title: what else, and where the leads are."""
    said = []
    more = len(problems) - 1
    if more > 0:
        words = ngettext("%(n)s more thing needs you.", "%(n)s more things need you.", more)
        said.append(words % {"n": figure(more)})
    if work.good and work.provider:
        place = {
            "there": figure(work.there),
            "good": figure(work.good),
            "name": provider_name(work.provider),
        }
        if work.there >= work.good:
            said.append(_("All %(good)s leads in work are at %(name)s.") % place)
        else:
            said.append(_("%(there)s of %(good)s leads in work are at %(name)s.") % place)
    elif work.good:
        said.append(
            _("%(good)s leads are in work, sent nowhere yet.") % {"good": figure(work.good)}
        )
    return " ".join(said)


def running(team: Team) -> list[Push]:
    """Return the sends that move, oldest first; what a stopped account holds is under To fix."""
    holds = open_holds(Account.objects.usable_by(team))
    sends = Push.objects.filter(team=team, finished_at=None, waiting__gt=0)
    oldest = sends.select_related("account").order_by("pk")[:MOST_LOOKED_AT]
    moving = [push for push in oldest if not stops(holds.get(push.account_id), push)]
    return moving[: MOST_JOBS + 1]


def imports(team: Team) -> list[Job]:
    """Return a strip for each file that is checked or imported just now."""
    busy = (Import.State.CHECKING, Import.State.IMPORTING, Import.State.UNDOING)
    files = Import.objects.filter(team=team, state__in=busy).order_by("pk")[:MOST_JOBS]
    return [_import_job(file) for file in files]


def _import_job(file: Import) -> Job:
    all_rows = max(file.row_count, file.rows_read)
    words = {"n": figure(file.rows_read), "all": figure(all_rows)}
    return Job(
        push=None,
        s="sending",
        before=f"{file.get_state_display()}:",
        title=file.file_name,
        after="",
        url=import_address(file),
        value=file.rows_read,
        max=all_rows or 1,
        words=_("%(n)s of %(all)s rows") % words if all_rows else "",
        why="",
        levers=[],
    )


def lately(team: Team) -> list[dict[str, str]]:
    """Return what was settled in the last three days and what comes next, for a quiet page."""
    since = timezone.now() - LATELY
    accounts = Account.objects.usable_by(team)
    lines = [
        {
            "s": "done",
            "text": _("%(account)s works again since %(time)s.")
            % {"account": hold.account.name, "time": moment(hold.released_at)},
        }
        for hold in Hold.objects.filter(account__in=accounts, released_at__gte=since)
        .select_related("account")
        .order_by("-released_at")[:3]
    ]
    again = Push.objects.filter(team=team, again_of__isnull=False, created_at__gte=since)
    lines += [
        {
            "s": "done",
            "text": _("%(many)s of %(list)s put right and sent again by %(who)s, %(time)s.")
            % {
                "many": how_many(None, push.total),
                "list": push.label,
                "who": push.created_by or _("the command line"),
                "time": moment(push.created_at),
            },
        }
        for push in again.select_related("created_by").order_by("-pk")[:3]
    ]
    lines += _decided(team, since) + _next(team)
    return lines


def _decided(team: Team, since: Any) -> list[dict[str, str]]:
    decided = Decision.objects.filter(delivery__push__team=team, at__gte=since)
    return [
        {
            "s": "done",
            "text": _("%(who)s decided about %(list)s: %(verdict)s.")
            % {
                "who": one.by_label,
                "list": one.delivery.push.label,
                "verdict": one.get_verdict_display().lower(),
            },
        }
        for one in decided.select_related("delivery__push").order_by("-at")[:3]
    ]


def _next(team: Team) -> list[dict[str, str]]:
    later = Push.objects.filter(team=team, finished_at=None, starts_at__gt=timezone.now())
    return [
        {
            "s": "wait",
            "text": _("Next: %(list)s goes to %(account)s at %(time)s.")
            % {"list": push.label, "account": push.account.name, "time": moment(push.starts_at)},
        }
        for push in later.select_related("account").order_by("starts_at")[:3]
    ]


def last_confirmed(team: Team) -> str:
    """Return when the last send ended, for people; "" when nothing was sent."""
    done = Push.objects.filter(team=team, finished_at__isnull=False)
    return moment(done.aggregate(at=Max("finished_at"))["at"])
