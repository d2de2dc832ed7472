"""Sends that run, as strips: how far, how long, what stops them, and the one lever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Account
from sync import eta
from sync.models import Push
from sync.pages import figure, moment, open_holds, stops

QUICK, SLOW = 2, 5  # seconds between two looks: for the first minute, then
FIRST = timedelta(seconds=60)
MINUTE = 60


@dataclass(frozen=True)
class Lever:
    """One button of a strip."""

    label: str
    action: str


@dataclass(frozen=True)
class Job:
    """One running send, or (`push` None) a file.

    `s` is its mark; `levers` only where the reader may use them.
    """

    push: Push | None
    s: str
    before: str
    title: str
    after: str
    url: str
    value: int
    max: int
    words: str
    why: str
    levers: list[Lever]


def jobs(pushes: Sequence[Push], *, may_send: bool, named: bool) -> list[Job]:
    """Return a strip for each of `pushes`; `named` says which list it is, with a link."""
    if not pushes:
        return []
    holds = open_holds(Account.objects.filter(pk__in={push.account_id for push in pushes}))
    ends = eta.of_pushes(pushes, holds)
    return [
        _job(push, ends[push.pk], stops(holds.get(push.account_id), push), may_send, named)
        for push in pushes
    ]


def _job(push: Push, end: eta.Estimate, stopped: bool, may_send: bool, named: bool) -> Job:
    done = push.total - push.waiting
    wait = ceil((push.starts_at - timezone.now()).total_seconds())
    place = {"n": figure(done), "all": figure(push.total)}
    words = _("%(n)s of %(all)s") % place
    s, before, why = "sending", _("Sending"), end.why
    if push.cancelled_at:
        s, before, why = "wait", _("Cancelled, what had left still ends:"), ""
    elif push.paused_at:
        s, before, why = "wait", _("Paused:"), ""
    elif stopped:
        s, before, why = "stopped", _("Waiting:"), ""
        words, why = f"{words}, {end.why}", ""
    elif wait > 0:
        s, before = "wait", _starts(push, wait)
    else:
        words = f"{words}, {end.words}"
    return Job(
        push=push,
        s=s,
        before=before,
        title=_title(push, named),
        after=_("to %(account)s") % {"account": push.account.name},
        url=reverse("leads:list", args=[push.lead_list_id]) if named and push.lead_list_id else "",
        value=done,
        max=push.total,
        words=words,
        why=why,
        levers=_levers(push, wait > 0) if may_send and not push.cancelled_at else [],
    )


def _starts(push: Push, wait: int) -> str:
    """Say in how many seconds it starts; when that is more than a minute, at what time."""
    if wait <= MINUTE:
        return _("Starts in %(n)s s:") % {"n": wait}
    return _("Starts %(when)s:") % {"when": moment(push.starts_at)}


def _title(push: Push, named: bool) -> str:
    return push.label if named else _("%(n)s leads") % {"n": figure(push.total)}


def _levers(push: Push, can_be_taken_back: bool) -> list[Lever]:
    cancel = Lever(_("Cancel"), reverse("sync:cancel", args=[push.pk]))
    if push.paused_at:
        return [Lever(_("Go on"), reverse("sync:resume", args=[push.pk])), cancel]
    if can_be_taken_back:
        return [cancel]
    return [Lever(_("Pause"), reverse("sync:pause", args=[push.pk]))]


def look_again(pushes: Sequence[Push]) -> int:
    """Return in how many seconds the strip asks again; 0 when nothing runs."""
    if not pushes:
        return 0
    now = timezone.now()
    return QUICK if any(abs(now - push.starts_at) < FIRST for push in pushes) else SLOW
