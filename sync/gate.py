"""What all workers share about an account: pace, breaker, budget of repeats.

A function that takes a Gate wants its row locked by the caller, who saves it. Numbers come from
sync/limits.py; the pace is one GCRA row, so a reserved slot is fair between any number of workers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, F, IntegerField, Q, Value, When

from access.models import Account
from sync import clock, limits, providers
from sync.models import Gate
from sync.providers.base import Endpoint

INT = IntegerField()


def lock(account_id: int) -> Gate:
    """Return the gate with its account, locked until the transaction ends.

    SQLite locks everything.
    """
    known = Gate.objects.select_related("account").select_for_update(of=("self",))
    gate = known.filter(account_id=account_id).first()
    return gate or known.get_or_create(account_id=account_id, defaults=_new(clock.now()))[0]


def _new(now: datetime) -> dict[str, object]:
    """Return the times of a new gate: the ledger's, for this machine's clock may be wrong."""
    times = ("slot_at", "look_slot_at", "rate_changed_at", "window_started_at", "hour_started_at")
    return dict.fromkeys(times, now)


def endpoint_of(account: Account, slug: str) -> Endpoint:
    """Return the endpoint `slug` of the account's provider; raises KeyError when it has none."""
    for endpoint in providers.get(account.provider).endpoints:
        if endpoint.slug == slug:
            return endpoint
    raise KeyError(slug)


def rate(gate: Gate, account: Account, endpoint: Endpoint, now: datetime) -> float:
    """Return the requests a second allowed now: the account's pace, less after a 429."""
    minutes = max((now - gate.rate_changed_at).total_seconds(), 0) / 60
    factor = min(1.0, gate.rate_factor + limits.RATE_GROWTH * minutes)
    return (account.pace or endpoint.pace) * factor


def opens_at(gate: Gate, now: datetime) -> datetime:
    """Return the earliest moment at which a request may be claimed; `now` when it is open."""
    ahead = gate.slot_at - timedelta(seconds=limits.RESERVE_AHEAD)
    if _is_after_a_jump(ahead, now):
        ahead = now
    opens = gate.open_until or now
    return max(now, ahead, now if _is_after_a_jump(opens, now) else opens)


def _is_after_a_jump(moment: datetime, now: datetime) -> bool:
    """Whether `moment` is further ahead than we ever set one: the clock was put back meanwhile."""
    return moment - now > limits.FARTHEST


def is_probing(gate: Gate) -> bool:
    """Return whether the breaker is half open: one request may find out, no more."""
    return gate.openings > 0


def reserve(gate: Gate, account: Account, endpoint: Endpoint, now: datetime) -> datetime:
    """Take the next slot and return its time, at most RESERVE_AHEAD from now."""
    slot = now if _is_after_a_jump(gate.slot_at, now) else max(gate.slot_at, now)
    gate.slot_at = slot + timedelta(seconds=1 / rate(gate, account, endpoint, now))
    return slot


def may_look(gate: Gate, now: datetime) -> bool:
    """Return whether a look-up may go now: the pace allows it and nothing is being found out."""
    return max(opens_at(gate, now), gate.look_slot_at) <= now and not is_probing(gate)


def reserve_look(
    gate: Gate, account: Account, endpoint: Endpoint, now: datetime, *, busy: bool
) -> datetime:
    """Take the next slot for a look-up, which gets only a share of them; return its time."""
    share = limits.LOOK_SHARE if busy else limits.LOOK_SHARE_IDLE
    pause = 1 / (rate(gate, account, endpoint, now) * share)
    gate.look_slot_at = now + timedelta(seconds=pause)
    return reserve(gate, account, endpoint, now)


def may_repeat(gate: Gate, account: Account, endpoint: Endpoint, now: datetime) -> bool:
    """Return whether a repeat fits the budget: a tenth of what the pace allows in an hour."""
    _turn_hour(gate, now)
    hourly = (account.pace or endpoint.pace) * limits.wait(3600).total_seconds()
    allowed = max(limits.REPEAT_LEAST, limits.REPEAT_SHARE * hourly)
    return gate.hour_repeats < allowed


def count_request(gate: Gate, *, repeat: bool, now: datetime) -> None:
    """Count one request against the hour's budget."""
    _turn_hour(gate, now)
    gate.hour_requests += 1
    gate.hour_repeats += int(repeat)


def _turn_hour(gate: Gate, now: datetime) -> None:
    if now - gate.hour_started_at > limits.wait(3600):
        gate.hour_started_at, gate.hour_requests, gate.hour_repeats = now, 0, 0


def note_answer(account_id: int, now: datetime) -> None:
    """The provider answered sensibly: close the breaker, in one statement that needs no lock."""
    old = Q(window_started_at__lt=now - limits.wait(limits.BREAKER_WINDOW))
    Gate.objects.filter(pk=account_id).update(
        window_started_at=Case(When(old, then=Value(now)), default=F("window_started_at")),
        window_requests=Case(When(old, then=1), default=F("window_requests") + 1, output_field=INT),
        window_failures=Case(When(old, then=0), default=F("window_failures"), output_field=INT),
        answered_at=now,
        failures_in_row=0,
        openings=0,
        open_until=None,
        opened_at=None,
    )


def note_failure(gate: Gate, now: datetime) -> None:
    """No answer, or a 5xx: open the breaker after a run of them, longer each time."""
    if gate.open_until and gate.open_until > now:
        return  # it was under way when the breaker opened: no news
    _count_failure(gate, now)
    gate.failures_in_row += 1
    share = gate.window_failures / gate.window_requests
    storm = gate.window_requests >= limits.BREAKER_LEAST and share >= limits.BREAKER_SHARE
    if gate.failures_in_row >= limits.BREAKER_STREAK or storm or gate.openings:
        pause = min(limits.BREAKER_OPEN * 2**gate.openings, limits.BREAKER_OPEN_MOST)
        gate.openings = min(gate.openings + 1, 10)
        gate.opened_at = gate.opened_at or now
        gate.open_until = now + limits.wait(pause)
        gate.window_requests = gate.window_failures = 0


def _count_failure(gate: Gate, now: datetime) -> None:
    if now - gate.window_started_at > limits.wait(limits.BREAKER_WINDOW):
        gate.window_started_at, gate.window_requests, gate.window_failures = now, 0, 0
    gate.window_requests += 1
    gate.window_failures += 1


def note_too_fast(gate: Gate, now: datetime, pause: timedelta) -> None:
    """A 429: halve the rate, and let nobody start before `pause` is over."""
    opens = gate.slot_at - timedelta(seconds=limits.RESERVE_AHEAD)
    if gate.rate_factor == 1 or opens <= now:  # several under way met the same limit: one cut
        minutes = max((now - gate.rate_changed_at).total_seconds(), 0) / 60
        current = min(1.0, gate.rate_factor + limits.RATE_GROWTH * minutes)
        gate.rate_factor = max(limits.RATE_LEAST, current * limits.RATE_CUT)
        gate.rate_changed_at = now
    keep_quiet(gate, now, pause)


def keep_quiet(gate: Gate, now: datetime, pause: timedelta) -> None:
    """Let nobody start before `pause` is over."""
    gate.slot_at = max(gate.slot_at, now + pause + timedelta(seconds=limits.RESERVE_AHEAD))
