"""What sending a list to an account would do, before anything is planned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from access.models import Account
from leads.models import DoNotCall, Lead, LeadList
from sync import partial
from sync.enqueueing import balanced
from sync.providers.base import RecordKind
from sync.selecting import endpoint_for, sendable


@dataclass(frozen=True)
class Forecast:
    """How many `records` would go, in requests of which sizes (`parts`), and how many may not be
    called. `waiting` may go at all, up to `batch` in a request.
    """

    waiting: int
    batch: int
    do_not_call: int
    records: int = 0
    parts: tuple[int, ...] = ()

    @property
    def requests(self) -> int:
        """How many requests it takes."""
        return len(self.parts)

    def of(self, first: int | None = None, parts: Collection[int] = ()) -> Forecast:
        """Return the same for the first few or some parts of what waits, as in plan_list."""
        spans = partial.spans(self.waiting, self.batch, first, parts)
        records = sum(end - start for start, end in spans)
        return replace(self, records=records, parts=tuple(balanced(records, self.batch)))


def forecast(lead_list: LeadList, account: Account) -> Forecast:
    """Return what sending all of a list to `account` would do. Raises CannotSend."""
    waiting = sendable(lead_list, account).count()
    batch = endpoint_for(account, RecordKind.LEAD).batch_size
    return Forecast(waiting, batch, blocked(lead_list)).of()


def blocked(lead_list: LeadList) -> int:
    """Return how many leads of a list may not be called.

    Counted from the few that are marked and from the numbers on the list, never lead by lead; the
    team is named although the list says it, for the index of marked leads.
    """
    live = Lead.objects.filter(team=lead_list.team_id, lead_list=lead_list, deleted_at=None)
    listed = DoNotCall.objects.filter(team=lead_list.team_id).values("phone")
    marked = live.filter(do_not_call=True).count()
    return marked + live.filter(do_not_call=False, phone__in=listed).count()
