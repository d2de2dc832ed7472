"""How an account has answered lately, from its last tries: how quick, how often in vain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from statistics import median
from typing import NamedTuple

from django.db.models import QuerySet

from access.models import Account
from sync import providers
from sync.models import Attempt, State
from sync.providers.base import Outcome, Role

RECENT_TRIES = 240  # tells how many are in vain
QUICK_TRIES = 60  # the tries whose times tell how quick the account is now
AMONG = 20_000  # the newest tries of all accounts, so that an account without any costs no search
ENOUGH_TRIES = 8
ENOUGH_FOR_A_SHARE = 20
FRESH_SECONDS = 60
A_REQUEST = 0.6  # seconds, while no try has been answered yet
STALL = 2.0  # seconds: a gap longer than an answer and this,
STALL_OF_GAPS = 5  # and than so many usual ones, is an interruption
ODD_ONES = 0.05  # the slowest twentieth is an accident
IN_VAIN = {Outcome.RETRY.value, Outcome.UNCERTAIN.value}
NOT_REPEATED = {State.UNCERTAIN.value, State.FAILED.value}


class Try(NamedTuple):
    """One finished request: `start` and `end` in seconds; `again`: it has to be repeated."""

    endpoint: str
    start: float
    end: float
    again: bool = False


@dataclass(frozen=True)
class Lately:
    """The last tries of an account by endpoint, oldest first: those of this run, once enough.

    `fresh` are the starts of this run in its last minute. A run is the time since the oldest
    send that still waits began: what was tried before it says nothing of the speed in a queue.
    `in_vain` is the share of its requests that had to be made once more.
    """

    times: dict[str, list[Try]] = field(default_factory=dict)
    fresh: Sequence[Try] = ()
    in_vain: float = 0.0

    def each(self, endpoint: str) -> float:
        """Seconds from request to answer, as it usually is."""
        took = sorted(one.end - one.start for one in self.times.get(endpoint, ()))
        odd = max(int(len(took) * ODD_ONES), len(took) >= ENOUGH_TRIES)
        usual = took[: len(took) - odd]
        return max(sum(usual) / len(usual), 0.005) if usual else A_REQUEST

    def cycle(self, endpoint: str, places: int) -> float:
        """Seconds a request takes one of `places`: its answer, and our own work between two.

        Where the places are what limits it, the speed it really had is the best witness.
        """
        each = self.each(endpoint)
        observed = self.observed()
        alone = {one.endpoint for one in self.fresh} == {endpoint}
        if not (alone and observed):
            return each
        return max(each, min(places / observed, each / 0.7))

    def observed(self) -> float | None:
        """Requests a second while they ran just now, interruptions left out; None: too few."""
        starts = [one.start for one in self.fresh]
        gaps = [after - before for before, after in zip(starts, starts[1:], strict=False)]
        if len(gaps) < ENOUGH_TRIES:
            return None
        answer = max(self.each(endpoint) for endpoint in {one.endpoint for one in self.fresh})
        stall = max(STALL + answer, STALL_OF_GAPS * median(gaps))
        usual = [gap for gap in gaps if gap < stall]
        return len(usual) / sum(usual) if usual and sum(usual) > 0 else None

    def most(self, rate: float) -> float:
        """Return what the workers reached, where that is clearly less than `rate`."""
        observed = self.observed()
        if observed is None:
            return inf
        clearly = 1 - 3 / (len(self.fresh) + 1)
        return observed if observed < clearly * rate else inf


def lately(
    account: Account, endpoints: Collection[str], now: datetime, since: datetime | None
) -> Lately:
    """Return the last writes of an account, and of `endpoints` where none is among them.

    `since`: when the oldest of its waiting sends began; None where nothing waits.
    """
    newest = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Attempt.objects.filter(
        pk__gt=newest - AMONG, delivery__account=account, finished_at__isnull=False
    )
    all_of_them = providers.get(account.provider).endpoints
    writes = [endpoint.slug for endpoint in all_of_them if endpoint.role is Role.WRITE]
    found = list(_tries(recent.filter(endpoint__in=writes)))
    known = {one.endpoint for one in found}
    for endpoint in set(endpoints) - known:
        found += _tries(recent.filter(endpoint=endpoint))
    return of_tries(found, now, since)


def _tries(attempts: QuerySet[Attempt]) -> Iterable[Try]:
    told = "endpoint", "started_at", "finished_at", "outcome", "result", "delivery__state"
    rows = attempts.order_by("-pk").values_list(*told)[:RECENT_TRIES]
    for name, start, end, outcome, result, state in rows:
        in_vain = outcome in IN_VAIN or result != Attempt.Result.ANSWERED
        again = in_vain and state not in NOT_REPEATED
        yield Try(name, start.timestamp(), end.timestamp(), again)


def of_tries(tries: Iterable[Try], now: datetime, since: datetime | None) -> Lately:
    """Return what finished tries tell at `now` of a run that began at `since` (None: no run)."""
    began = since.timestamp() if since else inf
    times: dict[str, list[Try]] = defaultdict(list)
    tries = sorted(tries, key=lambda one: one.start)
    for one in tries:
        times[one.endpoint].append(one)
    run = [one for one in tries if one.start >= began]
    for endpoint, some in times.items():
        mine = [one for one in run if one.endpoint == endpoint]
        times[endpoint] = (mine if len(mine) >= ENOUGH_TRIES else some)[-QUICK_TRIES:]
    minute = (now - timedelta(seconds=FRESH_SECONDS)).timestamp()
    fresh = [one for one in run if one.start > minute][-QUICK_TRIES:]
    enough = len(run) >= ENOUGH_FOR_A_SHARE
    share = sum(one.again for one in run) / len(run) if enough else 0.0
    return Lately(dict(times), fresh, share)
