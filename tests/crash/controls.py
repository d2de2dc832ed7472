"""Five wrong ledgers. The suite must find every one of them, else it proves nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

from access.models import Account
from sync import claiming, clock, gate, ledger, outcomes, results, sending, sweeping, work
from sync.crashpoints import crashpoint
from sync.models import Attempt, Delivery, State

HAS_READ = "control_has_read"  # the instant between reading a row and saving it
LONG = timedelta(minutes=1)


def put(module: ModuleType, name: str, wrong: Callable[..., Any]) -> None:
    """Replace a function of ours, in this process only."""
    setattr(module, name, wrong)


def retry_everything() -> None:
    """Repeat whatever got no answer, also what the provider would store twice."""
    honest = sending.situation_of

    def hopeful(*facts: Any) -> outcomes.Situation:
        return replace(honest(*facts), repeatable=True)

    put(sending, "situation_of", hopeful)


def number_afresh() -> None:
    """Number a request by counting again: two of one number would stop each other by chance."""
    honest = sending._write_down

    def numbered(flight: sending.Flight, *more: Any) -> sending.Leaving:
        flight.made = flight.delivery.attempts.count()
        return honest(flight, *more)

    put(sending, "_write_down", numbered)


def unfenced_intent() -> None:
    """Write the intent without looking whether the lease still is ours."""
    number_afresh()

    def careless(claim: claiming.Claim, now: Any, **changes: Any) -> bool:
        Delivery.objects.filter(pk=claim.delivery.pk).update(**changes)
        for name, value in changes.items():
            setattr(claim.delivery, name, value)
        return True

    put(sending, "_fence", careless)


def result_without_token() -> None:
    """Write the result whoever holds the lease by now."""
    honest = ledger.move

    def careless(delivery: Delivery, to: State, *, token: str = "", **changes: Any) -> bool:
        held = Delivery.objects.filter(pk=delivery.pk, state=delivery.state)
        return honest(
            delivery, to, token=str(held.values_list("lease_token", flat=True).first()), **changes
        )

    put(results, "move", careless)


def read_then_save() -> None:
    """Claim by reading a row and saving it, with no condition and no lock."""
    number_afresh()

    def careless(account_id: int, slug: str) -> claiming.Claim | None:
        due = claiming.due(account_id, slug, clock.now())
        delivery = due.order_by("next_at", "id").first()
        if delivery is None:
            return None
        crashpoint(HAS_READ)
        token, now = secrets.token_hex(16), clock.now()
        delivery.state, delivery.lease_token = State.SENDING, token
        delivery.lease_until = now + LONG
        delivery.save()
        delivery.account = Account.objects.get(pk=account_id)
        endpoint = gate.endpoint_of(delivery.account, slug)
        return claiming.Claim(delivery, endpoint, token, now)

    put(work, "claim_from", careless)


def forgetful_sweeper() -> None:
    """Take a dead worker's delivery as if nothing of it had left."""

    def forgetful(delivery: Delivery) -> tuple[Attempt | None, outcomes.Settlement]:
        delivery.attempts.filter(result=Attempt.Result.IN_FLIGHT).update(
            result=Attempt.Result.NEVER_SENT, finished_at=clock.now()
        )
        return None, outcomes.Settlement(State.RETRY_WAIT, delay=timedelta(0))

    put(sweeping, "left_behind", forgetful)


COPIES, FALSE_END = "I3", "I4"
# Each wrong ledger with the promise it breaks: any other finding would be an accident.
CONTROLS: dict[str, tuple[Callable[[], None], str]] = {
    one.__name__: (one, promise)
    for one, promise in (
        (retry_everything, COPIES),
        (unfenced_intent, COPIES),
        (result_without_token, FALSE_END),
        (read_then_save, COPIES),
        (forgetful_sweeper, COPIES),
    )
}


def apply(name: str) -> None:
    """Make the ledger of this process wrong in the way named; nothing for an empty name."""
    if name:
        make_wrong, _promise = CONTROLS[name]
        make_wrong()


def is_found(name: str, violations: list[str]) -> bool:
    """Return whether `violations` show what is wrong with the ledger named."""
    _make_wrong, promise = CONTROLS[name]
    return any(words.startswith(promise) for words in violations)
