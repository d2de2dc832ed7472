"""Sums over very long lists, remembered in this process for as long as they hold.

A sum of a long list is kept under a fingerprint of what it rests on. The same fingerprint gives
the same answer; a new one is worked out again, but never more than a tenth of the time is spent on
it. Lists of fewer than 20,000 leads are counted each time, so they are always exact.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from django.db.models import Count, Max, Sum

from leads.models import LeadList
from sync import ledger
from sync.models import Push

LARGE = 20_000  # leads
SHARE = 10  # a sum that took 2 s is used for 20 s while what it rests on changes
LONGEST = 60.0  # seconds; what has no fingerprint (a number marked do not call) shows by then
ENTRIES = 500
T = TypeVar("T")
COUNTERS = ("waiting", *ledger.COUNTERS.values())


@dataclass(frozen=True)
class _Kept:
    fingerprint: Hashable
    answer: Any
    at: float
    took: float


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_lock = Lock()


def recall(key: Hashable, fingerprint: Hashable, work_out: Callable[[], T]) -> T:
    """Return the answer for `key`, remembered or worked out now."""
    with _lock:
        kept = _kept.get(key)
    if kept:
        age = time.monotonic() - kept.at
        holds = kept.fingerprint == fingerprint and age < LONGEST
        if holds or age < SHARE * kept.took:
            answer: T = kept.answer
            return answer
    start = time.monotonic()
    answer = work_out()
    took = time.monotonic() - start
    with _lock:
        _kept.pop(key, None)
        _kept[key] = _Kept(fingerprint, answer, time.monotonic(), took)
        while len(_kept) > ENTRIES:
            _kept.popitem(last=False)
    return answer


def forget() -> None:
    """Remember nothing any more."""
    with _lock:
        _kept.clear()


def large(list_ids: Iterable[int]) -> dict[int, Hashable]:
    """Return the long lists among `list_ids`, with what their sums rest on.

    That is the counters of their sends and their number of leads.
    """
    long = LeadList.objects.filter(pk__in=list(list_ids), lead_count__gte=LARGE)
    sizes = dict(long.values_list("pk", "lead_count"))
    if not sizes:
        return {}
    sums = {name: Sum(name) for name in COUNTERS}
    sends = Push.objects.filter(lead_list__in=sizes).order_by().values("lead_list")
    found = {
        row["lead_list"]: tuple(row.values())
        for row in sends.annotate(sends=Count("pk"), last=Max("pk"), **sums)
    }
    return {pk: (size, found.get(pk)) for pk, size in sizes.items()}
