"""What must be true after any crash, I1 to I10, checked against the sandbox's state and journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.models import Contact, Lead
from sync.models import ENDS, Attempt, Delivery, DeliveryItem, Push, Standing, State
from tests.crash.endpoints import EDITED, Way, digits

THERE = (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE)
NOT_THERE = (State.REJECTED, State.FAILED, State.CANCELLED, State.SUPERSEDED)
AT_REST = (*ENDS, State.UNCERTAIN)
CLOCK = 0.005  # seconds: the journal's clock and the database's are read one after the other


@dataclass(frozen=True)
class Evidence:
    """What both sides hold after a scenario. `records` counts what was saved before it."""

    way: Way
    pushes: Sequence[int]
    records: Mapping[str, int]
    state: Mapping[str, Any]
    journal: Sequence[Mapping[str, Any]]
    provoked: bool = False  # a contradictory answer was scripted, so "not sure" is right

    @property
    def items(self) -> list[DeliveryItem]:
        """The records sent, with what they are about."""
        found = DeliveryItem.objects.filter(delivery__push__in=self.pushes)
        return list(found.select_related("lead", "contact", "campaign", "action", "delivery"))

    @property
    def attempts(self) -> list[Attempt]:
        """Every try, oldest first."""
        found = Attempt.objects.filter(delivery__push__in=self.pushes)
        return list(found.order_by("started_at"))


def counted(team_id: int) -> dict[str, int]:
    """Return how many records a team has, and a checksum of what they hold."""
    leads = Lead.objects.filter(team_id=team_id).values_list("phone", "first_name", "version")
    contacts = Contact.objects.filter(team_id=team_id).values_list("phone", "first_name")
    return {"leads": hash(tuple(sorted(leads))), "contacts": hash(tuple(sorted(contacts)))}


def violations(found: Evidence) -> list[str]:
    """Return every promise that is broken, in words; none is the only good answer."""
    checks = (
        _saved,
        _settled,
        _copies,
        _ends_agree,
        _written_before,
        _nothing_in_flight,
        _one_at_a_time,
        _doubts,
        _journal_agrees,
        _newest_version,
        _explained,
        _counters,
        _same_bytes,
    )
    return [words for check in checks for words in check(found)]


def _saved(found: Evidence) -> Iterator[str]:
    team = Push.objects.filter(pk__in=found.pushes).values_list("team_id", flat=True).first()
    if team and counted(team) != dict(found.records):
        yield "I1 a saved record is gone or changed"


def _settled(found: Evidence) -> Iterator[str]:
    left = Delivery.objects.filter(push__in=found.pushes).exclude(state__in=AT_REST)
    for one in left:
        yield f"I2 delivery {one.pk} is still {one.state}: {one.reason}"


def _copies(found: Evidence) -> Iterator[str]:
    for key, count in found.way.copies(found.state).items():
        if count > 1:
            yield f"I3 {count} copies of {key} at the provider"


def _ends_agree(found: Evidence) -> Iterator[str]:
    there = found.way.copies(found.state)
    latest: dict[str, str] = {}
    for item in sorted(found.items, key=lambda one: one.pk):
        latest[found.way.key(item)] = item.state
    for key, state in latest.items():
        if state in THERE and not there[key]:
            yield f"I4 {key} is {state} here and not at the provider"
        if state in NOT_THERE and there[key]:
            yield f"I4 {key} is {state} here but the provider has it"


def _written_before(found: Evidence) -> Iterator[str]:
    starts = [one.started_at.timestamp() for one in found.attempts]
    for number, entry in enumerate(found.journal, 1):
        if sum(start <= entry["time"] + CLOCK for start in starts) < number:
            yield f"I5 request {number} was not written down before it left"


def _nothing_in_flight(found: Evidence) -> Iterator[str]:
    for one in found.attempts:
        if one.result == Attempt.Result.IN_FLIGHT:
            yield f"I6 try {one.number} of delivery {one.delivery_id} is still on its way"


def _one_at_a_time(found: Evidence) -> Iterator[str]:
    last: dict[int, Attempt] = {}
    for one in found.attempts:
        before = last.get(one.delivery_id)
        if before and (before.finished_at is None or before.finished_at > one.started_at):
            yield f"two workers were at delivery {one.delivery_id} at once"
        last[one.delivery_id] = one


def _doubts(found: Evidence) -> Iterator[str]:
    allowed = not found.way.repeatable or found.provoked
    for item in found.items:
        if item.state == State.UNCERTAIN and not allowed:
            yield f"I7 {item.label} is not sure although a repeat would tell: {item.quote}"


def _journal_agrees(found: Evidence) -> Iterator[str]:
    results = Counter(one.result for one in found.attempts)
    arrived = len(found.journal)
    answered = results[Attempt.Result.ANSWERED]
    if answered > arrived:
        yield f"I8 {answered} answers are written down, the provider saw {arrived} requests"
    if arrived > answered + results[Attempt.Result.UNKNOWN]:
        yield f"I8 the provider saw {arrived} requests, {dict(results)} are written down"


def _newest_version(found: Evidence) -> Iterator[str]:
    if not found.way.names:
        return
    names = found.way.names(found.state)
    sent = Standing.objects.filter(item__delivery__push__in=found.pushes, lead__isnull=False)
    for standing in sent.filter(state__in=THERE).select_related("lead"):
        lead = standing.lead
        if lead is None:
            continue
        first = lead.first_name.removesuffix(EDITED)
        expected = first if standing.version_sent == 1 else first + EDITED
        if names.get(digits(lead.phone)) != expected:
            yield f"I9 {lead.phone}: not version {standing.version_sent} stands at the provider"


def _explained(found: Evidence) -> Iterator[str]:
    for item in found.items:
        if not item.reason.strip():
            yield f"I10 {item.label} ended as {item.state} without a reason"


def _counters(found: Evidence) -> Iterator[str]:
    for push in Push.objects.filter(pk__in=found.pushes):
        states = Counter(item.state for item in found.items if item.delivery.push_id == push.pk)
        for state in AT_REST:
            if state is not State.SPLIT and getattr(push, state) != states[state]:
                yield f"counter {state} says {getattr(push, state)}, records say {states[state]}"
        if push.waiting or push.finished_at is None:
            yield f"{push.waiting} records of the send still count as waiting"


def _same_bytes(found: Evidence) -> Iterator[str]:
    bodies = {entry["sha256"] for entry in found.journal if not entry["partial"]}
    if found.way.same_bytes and len(bodies) > 1:
        yield f"the provider saw {len(bodies)} different bodies of one request"
