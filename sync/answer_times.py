"""How quick an account has been lately: from the times of its last tries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from statistics import median

from django.db.models import QuerySet

from sync.models import Attempt

RECENT_TRIES = 60  # the tries whose times tell how quick the account is now
AMONG = 20_000  # the newest tries of all accounts, so that an account without any costs no search
ENOUGH_TRIES = 8
FRESH_SECONDS = 60
A_REQUEST = 0.6  # seconds, while no try has been answered yet
STALL, STALL_OF_GAPS = (
    2.0,
    5,
)  # a gap this long, and so many times the usual one, is an interruption
ODD_ONES = 0.05  # the slowest twentieth is an accident


@dataclass(frozen=True)
class Lately:
    """The last answered tries of an account: (start, end) in seconds by endpoint, oldest first.

    `fresh` are the starts of the last minute, whatever the endpoint.
    """

    times: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    fresh: Sequence[float] = ()

    def each(self, endpoint: str) -> float:
        """Seconds from request to answer, as it usually is."""
        took = sorted(end - start for start, end in self.times.get(endpoint, ()))
        usual = took[: len(took) - int(len(took) * ODD_ONES)]
        return max(sum(usual) / len(usual), 0.005) if usual else A_REQUEST

    def cycle(self, endpoint: str, places: int) -> float:
        """Seconds a request takes one of `places`: its answer, and our own work between two.

        Where the places are what limits it, the speed it really had is the best witness.
        """
        each = self.each(endpoint)
        observed = self.observed()
        alone = len(self.times) == 1 and endpoint in self.times
        if not (alone and observed):
            return each
        return max(each, min(places / observed, each / 0.7))

    def observed(self) -> float | None:
        """Requests a second while they ran just now, interruptions left out; None: too few."""
        gaps = [after - before for before, after in zip(self.fresh, self.fresh[1:], strict=False)]
        if len(gaps) < ENOUGH_TRIES:
            return None
        stall = max(STALL, STALL_OF_GAPS * median(gaps))
        usual = [gap for gap in gaps if gap < stall]
        return len(usual) / sum(usual) if usual and sum(usual) > 0 else None

    def most(self, rate: float) -> float:
        """Return what the workers reached, where that is clearly less than `rate`."""
        observed = self.observed()
        if observed is None:
            return inf
        clearly = 1 - 3 / (len(self.fresh) + 1)
        return observed if observed < clearly * rate else inf


def lately(account_id: int, endpoints: Collection[str], now: datetime) -> Lately:
    """Return the last tries of an account, and of `endpoints` where none is among them."""
    newest = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Attempt.objects.filter(
        pk__gt=newest - AMONG,
        delivery__account=account_id,
        result=Attempt.Result.ANSWERED,
        finished_at__isnull=False,
    )
    found = list(_times(recent))
    known = {endpoint for endpoint, _start, _end in found}
    for endpoint in set(endpoints) - known:
        found += _times(recent.filter(endpoint=endpoint))
    return of_tries(((name, at.timestamp(), end.timestamp()) for name, at, end in found), now)


def _times(tries: QuerySet[Attempt]) -> Iterable[tuple[str, datetime, datetime]]:
    rows = tries.order_by("-pk").values_list("endpoint", "started_at", "finished_at")
    return [(name, start, end) for name, start, end in rows[:RECENT_TRIES] if end]


def of_tries(tries: Iterable[tuple[str, float, float]], now: datetime) -> Lately:
    """Return what (endpoint, start, end) of tries, in seconds, tell."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    since = (now - timedelta(seconds=FRESH_SECONDS)).timestamp()
    for name, start, end in sorted(tries, key=lambda one: one[1]):
        times[name].append((start, end))
    fresh = sorted(start for some in times.values() for start, _end in some if start > since)
    return Lately(dict(times), fresh)
