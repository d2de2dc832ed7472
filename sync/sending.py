"""One delivery from claim to end: intent, request, answer, result.

No transaction is open while talking to a provider, and every write is fenced by the lease token.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from access.models import Account
from sync import client, clock, gate, limits, outcomes, providers, retry_after
from sync.claiming import Claim
from sync.crashpoints import crashpoint
from sync.freezing import freeze, keep, parcel_of
from sync.hosts import HostPolicy
from sync.models import Attempt, Delivery, DeliveryItem, State
from sync.outcomes import Situation
from sync.providers.base import Endpoint, Parcel, Reply, Request, Role
from sync.redaction import masked, secret_values, storable
from sync.results import finish_attempt, finish_empty, finish_step, settle, settle_surely

log = logging.getLogger(__name__)

MOST_STEPS = 6  # a login, the request, a read-back; more would be a loop
Exchange = Callable[..., client.Answer]
_exchange: Exchange = client.send


def talk_through(exchange: Exchange) -> Exchange:
    """Send every request through `exchange` from now on, and return what was used before.

    It has the shape of client.send. The model test puts a provider of its own there.
    """
    global _exchange  # noqa: PLW0603
    before, _exchange = _exchange, exchange
    return before


@dataclass
class Flight:
    """What one delivery carries through its steps. `made` requests of it were written down."""

    claim: Claim
    account: Account
    made: int = 0
    items: list[DeliveryItem] = field(default_factory=list)

    @property
    def delivery(self) -> Delivery:
        """The delivery under way."""
        return self.claim.delivery


@dataclass(frozen=True)
class Leaving:
    """One request that is written down and about to leave; `began` is when we looked at our lease.

    `hidden` are the secrets it carries.
    """

    parcel: Parcel
    endpoint: Endpoint
    request: Request
    hidden: list[str]
    attempt: Attempt
    began: float


def send(claim: Claim) -> None:
    """Send the claimed delivery: everything it needs until it ends, rests or waits again.

    An error of ours is written down like any other trouble; one bad record stops no worker.
    """
    _wait_until(claim)
    try:
        _fly(claim)
    except (OperationalError, InterfaceError):
        raise  # the database is busy or away: the lease runs out and the sweeper settles
    except Exception:
        log.exception("Delivery %s could not be sent", claim.delivery.pk)
        _give_back(claim)


def _fly(claim: Claim) -> None:
    flight = Flight(claim, claim.delivery.account)
    leaving = _depart(flight)
    for left in reversed(range(MOST_STEPS)):
        step = _step(flight, leaving) if leaving else None
        if step is None:
            return
        leaving = _intend(flight, step) if left else None
    settle(flight.delivery, claim.token, None, outcomes.after_unknown(situation(flight)))


def _give_back(claim: Claim) -> None:
    """Settle a delivery that an error of ours interrupted, from what was written down."""
    delivery = Delivery.objects.select_related("account", "push").get(pk=claim.delivery.pk)
    if delivery.state != State.SENDING or delivery.lease_token != claim.token:
        return
    attempt, settlement = left_behind(delivery)
    if attempt is None:
        delivery.tries += 1
        delivery.save(update_fields=["tries"])
        now = situation_of(delivery, claim.endpoint, delivery.item_count)
        settlement = outcomes.after_our_fault(now)
    settle(delivery, claim.token, attempt, settlement)


def left_behind(delivery: Delivery) -> tuple[Attempt | None, outcomes.Settlement]:
    """Return the attempt that was under way when its worker stopped, and what follows from it.

    What left the house may have arrived; the rest did not.
    """
    attempt = delivery.attempts.filter(result=Attempt.Result.IN_FLIGHT).order_by("-number").first()
    endpoint = gate.endpoint_of(delivery.account, delivery.endpoint)
    now = situation_of(delivery, endpoint, delivery.item_count)
    if attempt is None:
        return None, outcomes.after_no_start(now)
    writes = gate.endpoint_of(delivery.account, attempt.endpoint).role is Role.WRITE
    attempt.result = Attempt.Result.UNKNOWN if writes else Attempt.Result.NEVER_SENT
    attempt.words = "The worker stopped before the answer came."
    return attempt, outcomes.after_unknown(now) if writes else outcomes.after_never_sent(now)


def _wait_until(claim: Claim) -> None:
    """Wait for our slot, which is at most a second away."""
    if claim.ahead > 0:
        pause = (claim.start_at - clock.now()).total_seconds()
        time.sleep(min(max(pause, 0), limits.RESERVE_AHEAD))


def _depart(flight: Flight) -> Leaving | None:
    """Freeze the payload and write the first intent down, under our lease and in one transaction.

    None when the lease is lost or nothing is left to send.
    """
    claim, delivery = flight.claim, flight.delivery
    began = time.monotonic()
    with transaction.atomic():
        now = clock.now()
        frozen = freeze(delivery, claim.endpoint)
        if delivery.payload_hash:  # kept from the first intent on, whatever is decided later
            flight.made = delivery.attempts.count()
        first = delivery.first_attempt_at or now
        spent = {"tries": delivery.tries + 1, "first_attempt_at": first} if frozen.going else {}
        if not _fence(claim, now, **frozen.columns(now), **spent):
            return None
        keep(delivery, frozen, now)
        if not frozen.going:
            finish_empty(delivery, claim.token, now)
            return None
        crashpoint("payload_before_commit")
        flight.items = frozen.going
        parcel = parcel_of(delivery, flight.account, [str(item.pk) for item in flight.items])
        opening = providers.get(flight.account.provider).opening(parcel)
        leaving = _write_down(flight, opening, began, now)
        crashpoint("intent_before_commit")
    crashpoint("intent_after_commit")
    return leaving


def _fence(claim: Claim, now: datetime, **changes: Any) -> bool:
    """Renew our lease, and write `changes`, if it still is ours with enough of it left."""
    margin = limits.wait(limits.LEASE_MARGIN)
    mine = Delivery.objects.filter(
        pk=claim.delivery.pk,
        state=State.SENDING,
        lease_token=claim.token,
        lease_until__gt=now + margin,
    )
    if not mine.update(lease_until=now + limits.wait(limits.LEASE), **changes):
        return False
    for name, value in changes.items():
        setattr(claim.delivery, name, value)
    return True


def _intend(flight: Flight, parcel: Parcel) -> Leaving | None:
    """Write a further request down, in one transaction with the check of our lease."""
    began = time.monotonic()
    with transaction.atomic():
        now = clock.now()
        if not _fence(flight.claim, now):
            return None
        leaving = _write_down(flight, parcel, began, now)
        crashpoint("intent_before_commit")
    crashpoint("intent_after_commit")
    return leaving


def _write_down(flight: Flight, parcel: Parcel, began: float, now: datetime) -> Leaving:
    """Make the request and its attempt; bytes may leave only after the caller's commit."""
    provider = providers.get(flight.account.provider)
    request = provider.request(parcel)
    hidden = secret_values(provider.account_fields, parcel.credentials)
    attempt = Attempt.objects.create(
        delivery=flight.delivery,
        number=flight.made + 1,
        endpoint=parcel.endpoint,
        lease_token=flight.claim.token,
        started_at=now,
        request_line=storable(f"{request.method} {request.url}", hidden)[:300],
        request_body=storable(request.content, hidden),
    )
    flight.made += 1
    endpoint = gate.endpoint_of(flight.account, parcel.endpoint)
    return Leaving(parcel, endpoint, request, hidden, attempt, began)


def _step(flight: Flight, leaving: Leaving) -> Parcel | None:
    """Make one request, write down what came of it, and return the next one if there is one."""
    attempt = leaving.attempt
    answer = ask(flight.account, leaving.endpoint, leaving.request, leaving.began)
    crashpoint("response_before_write")
    if isinstance(answer, client.NoAnswer):
        _no_answer(flight, attempt, answer, leaving.endpoint)
        return None
    attempt.http_status = answer.status_code
    attempt.response_body = storable(answer.content, leaving.hidden)
    reply = providers.get(flight.account.provider).reply(leaving.parcel, answer)
    return _answered(flight, attempt, masked(reply, leaving.hidden), answer)


def ask(account: Account, endpoint: Endpoint, request: Request, began: float) -> client.Answer:
    """Send `request`, unless we were frozen since `began`: the lease may be another's by now."""
    most = limits.wait(limits.LEASE - limits.LEASE_MARGIN).total_seconds()
    if time.monotonic() - began > most:
        return client.NoAnswer(
            client.Kind.NEVER_SENT, "late", "The worker was held up. Nothing was sent."
        )
    return _exchange(
        request,
        allow=policy(account),
        keep_alive=endpoint.keep_alive,
        deadline=limits.wait(limits.REQUEST_DEADLINE).total_seconds(),
    )


def _answered(
    flight: Flight, attempt: Attempt, reply: Reply, answer: client.Response
) -> Parcel | None:
    finish_attempt(attempt, reply)
    if reply.next is not None:
        finish_step(attempt, flight.account, reply)
        return reply.next
    settlement = outcomes.after_reply(situation(flight), reply, retry_after.asked(answer))
    settle_surely(flight.delivery, flight.claim.token, attempt, settlement, reply)
    return None


def _no_answer(
    flight: Flight, attempt: Attempt, answer: client.NoAnswer, endpoint: Endpoint
) -> None:
    """No whole answer: known not sent, or unknown where the request changes something."""
    now = situation(flight)
    unknown = answer.kind is client.Kind.UNKNOWN and endpoint.role is Role.WRITE
    attempt.result = Attempt.Result.UNKNOWN if unknown else Attempt.Result.NEVER_SENT
    attempt.words = answer.words
    if unknown:
        settlement = outcomes.after_unknown(now)
    else:
        settlement = outcomes.after_never_sent(now, answer.reason)
    settle_surely(flight.delivery, flight.claim.token, attempt, settlement)


def situation(flight: Flight) -> Situation:
    """Return what the ledger knows of this delivery now."""
    return situation_of(flight.delivery, flight.claim.endpoint, len(flight.items))


def situation_of(delivery: Delivery, endpoint: Endpoint, items: int) -> Situation:
    """Return what the ledger knows of `delivery`, for the rules in sync/outcomes.py."""
    parcel = parcel_of(delivery, delivery.account, ())
    return Situation(
        endpoint=endpoint,
        repeatable=parcel.payload is None or endpoint.repeatable(parcel),
        had_unknown=delivery.had_unknown,
        tries=delivery.tries,
        items=items,
        expired=outcomes.is_expired(delivery, clock.now()),
    )


def policy(account: Account) -> HostPolicy:
    """Return where requests of `account` may go."""
    from django.conf import settings

    provider = providers.get(account.provider)
    extra = tuple(account.settings.get("extra_hosts", ()))
    return HostPolicy((*provider.hosts, *extra), allow_local=settings.ALLOW_LOCAL_PROVIDERS)
