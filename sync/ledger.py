"""The state machine: every move of a delivery goes through `move`, and through nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, Q, Value, When

from sync import standings
from sync.models import WAITING, Delivery, DeliveryItem, Push, State

# Every move there is; anything else raises.
MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset(
        {State.SENDING, State.CANCELLED, State.SUPERSEDED, State.UNCERTAIN, State.REJECTED}
    ),
    State.RETRY_WAIT: frozenset(
        {State.SENDING, State.CANCELLED, State.SUPERSEDED, State.UNCERTAIN, State.REJECTED}
    ),
    State.SENDING: frozenset(set(State) - {State.SENDING}),
    State.UNCERTAIN: frozenset(
        {State.DELIVERED, State.ACCEPTED, State.REJECTED, State.FAILED, State.QUEUED}
    ),
    State.ACCEPTED: frozenset({State.DELIVERED, State.REJECTED}),
}
# Push counter of each item state; everything that is not there waits.
COUNTERS = {
    State.DELIVERED: "delivered",
    State.ACCEPTED: "accepted",
    State.ALREADY_THERE: "already_there",
    State.REJECTED: "rejected",
    State.UNCERTAIN: "uncertain",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.SUPERSEDED: "superseded",
}


class IllegalMove(Exception):
    """A move the state machine does not have."""


@dataclass(frozen=True)
class End:
    """How one record ended, or rests, in words. `quote` is the provider's, `reason` ours."""

    state: State
    evidence: str = ""
    cause: str = ""
    quote: str = ""
    reason: str = ""


def move(delivery: Delivery, to: State, *, token: str = "", **changes: object) -> bool:
    """Move `delivery` to `to` if it still is where the caller saw it, under the caller's lease.

    Returns False when somebody else moved it first. Raises IllegalMove for a move that does not
    exist. On success `delivery` carries the new values.
    """
    if to not in MOVES.get(State(delivery.state), frozenset()):
        raise IllegalMove(f"{delivery.state} -> {to}")
    changes = {"state": to, **changes}
    if to is not State.SENDING:
        changes |= {"lease_token": "", "lease_until": None}
    mine = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, lease_token=token)
    if not mine.update(**changes):
        return False
    for name, value in changes.items():
        setattr(delivery, name, value)
    return True


def move_many(waiting: Sequence[Delivery], to: State, **changes: object) -> None:
    """Move `waiting` deliveries, whose rows the caller has locked, to `to` in one statement.

    Raises IllegalMove like `move`. A delivery that waits has no lease to compare.
    """
    for state in {State(delivery.state) for delivery in waiting}:
        if state not in WAITING or to not in MOVES[state]:
            raise IllegalMove(f"{state} -> {to}")
    locked = Delivery.objects.filter(pk__in=[delivery.pk for delivery in waiting])
    locked.filter(state__in=WAITING).update(state=to, **changes)


def close_items(
    delivery: Delivery, ends: Mapping[int, End], items: Sequence[DeliveryItem], now: datetime
) -> None:
    """Write how each of `items` ended (`ends` by item id): standing, item, counters, in that order.

    The caller holds the transaction and has moved the delivery; items of further deliveries of the
    same send may be among them.
    """
    groups: dict[End, list[DeliveryItem]] = defaultdict(list)
    for item in items:
        groups[ends[item.pk]].append(item)
    changed: Counter[str] = Counter()
    for end, group in groups.items():
        standings.close(group, delivery.account, end.state, now)
        for item in group:
            changed[counter_of(item.state)] -= 1
            changed[counter_of(end.state)] += 1
            item.state = end.state
        DeliveryItem.objects.filter(pk__in=[item.pk for item in group]).update(
            state=end.state,
            evidence=end.evidence,
            cause=end.cause,
            quote=end.quote,
            reason=end.reason,
            ended_at=now,
        )
        words = {"cause": end.cause, "quote": end.quote, "reason": end.reason}
        standings.tell_campaigns(group, evidence=end.evidence, now=now, **words)
    count(delivery.push_id, changed, now)


def counter_of(state: str) -> str:
    """Return the push counter a record in `state` is counted in."""
    return COUNTERS.get(State(state), "waiting")


def count(push_id: int, changed: Mapping[str, int], now: datetime) -> None:
    """Add `changed` to the counters of a push, and note when nothing of it waits any more."""
    moves = {name: F(name) + number for name, number in changed.items() if number}
    through = Q(finished_at=None, waiting=-changed.get("waiting", 0))
    ended = Case(When(through, then=Value(now)), default=F("finished_at"))
    Push.objects.filter(pk=push_id).update(**moves, finished_at=ended)


def reopen_items(items: Iterable[DeliveryItem], push_id: int, now: datetime) -> None:
    """Let records that rested wait again (a person decided to send them once more)."""
    changed: Counter[str] = Counter()
    ids = []
    for item in items:
        changed[counter_of(item.state)] -= 1
        changed["waiting"] += 1
        ids.append(item.pk)
    DeliveryItem.objects.filter(pk__in=ids).update(state=State.QUEUED, ended_at=None)
    Push.objects.filter(pk=push_id).update(finished_at=None)
    count(push_id, changed, now)
