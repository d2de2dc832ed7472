"""Today: is anything stuck, what runs, what is ready. And the first ten minutes of a team."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.requests import TeamRequest
from access.roles import Right, can, needs
from campaigns import hours
from sync import pages_start, pages_today
from sync.accounts import administrators
from sync.pages_jobs import jobs, look_again
from sync.pages_marks import key
from sync.pages_problems import problems

SHOWN_PROBLEMS = 5


@needs(Right.SEE)
@require_safe
def today(request: TeamRequest) -> HttpResponse:
    """The verdict and what it rests on; for a new team, its first steps."""
    team = request.team
    if not pages_start.is_started(team):
        return start(request)
    may = can(request.user, team, Right.ACCOUNTS)
    found = problems(team, may_open_accounts=may)
    may_act = can(request.user, team, Right.EDIT)
    work = pages_today.work(request.user, team)
    now = timezone.now()
    strip_of_day = hours.today(team, now)
    context = {
        "now": now,
        "hours": strip_of_day,
        "verdict": pages_today.verdict(found),
        "lede": pages_today.lede(found, work),
        "fixes": [one.as_fix(may_act=may_act) for one in found[:SHOWN_PROBLEMS]],
        "more_fixes": max(len(found) - SHOWN_PROBLEMS, 0),
        "work": work,
        "key": key(),
        "lately": [] if found else pages_today.lately(team),
        "last": pages_today.last_confirmed(team),
        "practice": team.accounts.filter(is_practice=True).exists(),
        **strip(request),
    }
    return render(request, "today.html", context)


def strip(request: TeamRequest) -> dict[str, Any]:
    """Return the strips of what runs, and in how many seconds they ask again."""
    pushes = pages_today.running(request.team)
    files = pages_today.imports(request.team)
    shown = pushes[: pages_today.MOST_JOBS]
    may_send = can(request.user, request.team, Right.SEND)
    return {
        "jobs": [*files, *jobs(shown, may_send=may_send, named=True)],
        "more_jobs": len(pushes) > len(shown),
        "look_again": 2 if files else look_again(shown),
    }


@needs(Right.SEE)
@require_safe
def running(request: TeamRequest) -> HttpResponse:
    """What runs, as a fragment that asks for itself until nothing runs any more."""
    return render(request, "_jobs.html", strip(request))


@needs(Right.SEE)
@require_safe
def start(request: TeamRequest) -> HttpResponse:
    """The first ten minutes: connect an account, import, send five leads, the rest, plan calls."""
    steps = pages_start.read(request.team)
    practice = bool(steps.account and steps.account.is_practice)
    context = {
        "start": steps,
        "practice": practice,
        "click": uuid.uuid4().hex,
        "may_send": can(request.user, request.team, Right.SEND),
        "may_act": can(request.user, request.team, _right_of(steps)),
        "administrators": administrators(request.team),
        **strip(request),
    }
    return render(request, "start.html", context)


def _right_of(steps: pages_start.Start) -> Right:
    """Return what the next step takes: a link nobody may follow is not shown."""
    number = steps.here.number if steps.here else 0
    return {1: Right.ACCOUNTS, 2: Right.IMPORT}.get(number, Right.SEND)
