"""What to do after an answer, or after none: the one place that decides about repeating."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sync import limits
from sync.explanations import (
    BLOCKED,
    NO_ANSWER,
    NO_CONNECTION,
    NOT_STARTED,
    OUR_FAULT,
    REFUSED_IN_DOUBT,
    UNPROVEN,
)
from sync.models import Delivery, State
from sync.providers.base import Endpoint, Note, Outcome, Reply

ENDS = {
    Outcome.ACCEPTED: State.DELIVERED,
    Outcome.HANDED_OVER: State.ACCEPTED,
    Outcome.ALREADY_THERE: State.ALREADY_THERE,
    Outcome.REJECTED: State.REJECTED,
    Outcome.UNCERTAIN: State.UNCERTAIN,
}


@dataclass(frozen=True)
class Situation:
    """What the ledger knows of a delivery when an answer is judged."""

    endpoint: Endpoint
    repeatable: bool
    had_unknown: bool
    tries: int  # this one included
    items: int
    expired: bool = False


@dataclass(frozen=True)
class Settlement:
    """What the ledger shall do: the next state and everything that goes with it."""

    state: State
    had_unknown: bool = False
    evidence: str = ""
    delay: timedelta | None = None
    quiet: timedelta | None = None  # nothing else of the account leaves before that either
    spends_try: bool = True
    hold: bool = False
    split: bool = False
    code: str = ""
    quote: str = ""
    notes: tuple[Note, ...] = field(default_factory=tuple)


def is_expired(delivery: Delivery, now: datetime) -> bool:
    """Return whether 24 hours of time not stopped have passed since the first try."""
    if delivery.first_attempt_at is None:
        return False
    spent = (now - delivery.first_attempt_at).total_seconds() - delivery.held_seconds
    return spent > limits.wait(limits.EXPIRY).total_seconds()


def after_reply(now: Situation, reply: Reply, retry_after: float | None = None) -> Settlement:
    """Return what to do after `reply`; `retry_after` is the provider's wish in seconds."""
    if reply.outcome is Outcome.REJECTED and now.had_unknown and not now.repeatable:
        # Sent once more by a person's word: this refusal says nothing of the try in doubt.
        return Settlement(State.UNCERTAIN, True, code=REFUSED_IN_DOUBT, quote=reply.message)
    settled = _by_outcome(now, reply, retry_after)
    return replace(settled, code=reply.code, quote=reply.message)


def _by_outcome(now: Situation, reply: Reply, retry_after: float | None) -> Settlement:
    known = Settlement(State.QUEUED, had_unknown=now.had_unknown)
    if reply.outcome is Outcome.UNCERTAIN and reply.ask:
        return Settlement(State.UNCERTAIN, True)
    if reply.outcome is Outcome.UNCERTAIN:
        return _not_before(after_unknown(now), retry_after)
    if reply.outcome is Outcome.MISCONFIGURED:
        return replace(known, hold=True, spends_try=False, delay=timedelta(0))
    if reply.outcome is Outcome.RETRY:
        return _again(now, known, retry_after, too_fast=reply.code == "429")
    if reply.outcome is Outcome.REJECTED and reply.splittable and now.items > 1:
        return Settlement(State.SPLIT, had_unknown=now.had_unknown, split=True)
    evidence = reply.evidence.value if reply.outcome is Outcome.ACCEPTED else ""
    return Settlement(ENDS[reply.outcome], now.had_unknown, evidence, notes=reply.notes)


def _again(
    now: Situation, known: Settlement, retry_after: float | None, *, too_fast: bool
) -> Settlement:
    """A refusal that says "later": a 429 spends no try, anything else does."""
    if now.expired or (now.tries >= limits.MAX_TRIES and not too_fast):
        return _give_up(now)
    delay = pause_after(now.tries)
    if retry_after is not None:
        delay = limits.wait(retry_after)
    return replace(known, state=State.RETRY_WAIT, delay=delay, spends_try=not too_fast)


def _not_before(settled: Settlement, wish: float | None) -> Settlement:
    """A 503 may say when to come back: neither this nor anything else goes there earlier."""
    if wish is None:
        return settled
    quiet = limits.wait(wish)
    later = None if settled.delay is None else max(settled.delay, quiet)
    return replace(settled, delay=later, quiet=quiet)


def after_unknown(now: Situation) -> Settlement:
    """Bytes may have left and no answer can be trusted: repeat only where a repeat is harmless.

    There, time alone ends it: a person asked after nine tries could not know more than a tenth.
    """
    unknown = replace(now, had_unknown=True)
    if not now.repeatable:
        return Settlement(State.UNCERTAIN, had_unknown=True, code=NO_ANSWER)
    if now.expired:
        return _give_up(unknown)
    return Settlement(
        State.RETRY_WAIT, had_unknown=True, delay=pause_after(now.tries), code=NO_ANSWER
    )


def after_never_sent(now: Situation, reason: str = "") -> Settlement:
    """No byte left this house: repeatable, but some reasons are for a person to see to first."""
    if reason in (UNPROVEN, BLOCKED):
        wait = Settlement(State.QUEUED, now.had_unknown, hold=True, spends_try=False, code=reason)
        return replace(wait, delay=timedelta(0))
    if now.expired or now.tries >= limits.MAX_TRIES:
        return replace(_give_up(now), code=NO_ANSWER if now.had_unknown else NO_CONNECTION)
    return Settlement(
        State.RETRY_WAIT, now.had_unknown, delay=pause_after(now.tries), code=NO_CONNECTION
    )


def after_no_start(now: Situation) -> Settlement:
    """The worker died before any request left: nothing happened, no try was spent."""
    return Settlement(State.RETRY_WAIT, now.had_unknown, delay=pause_after(1), code=NOT_STARTED)


def after_our_fault(now: Situation) -> Settlement:
    """We could not make the request: a later version of us may, but not for ever."""
    if now.tries >= limits.MAX_TRIES:
        return replace(_give_up(now), code=NO_ANSWER if now.had_unknown else OUR_FAULT)
    return Settlement(
        State.RETRY_WAIT, now.had_unknown, delay=pause_after(now.tries), code=OUR_FAULT
    )


def _give_up(now: Situation) -> Settlement:
    """Tries or time are used up: not sure when one of them may have landed, else known not sent."""
    if now.had_unknown:
        return Settlement(State.UNCERTAIN, had_unknown=True, code=NO_ANSWER)
    return Settlement(State.FAILED, code=NO_CONNECTION)


def pause_after(tries: int) -> timedelta:
    """Return the waiting time after try number `tries` (1 = the first), with its jitter."""
    base = limits.SCHEDULE[min(max(tries, 1), len(limits.SCHEDULE)) - 1]
    spread = random.uniform(1 - limits.JITTER, 1 + limits.JITTER)  # noqa: S311 - not a secret
    return limits.wait(base * spread)
