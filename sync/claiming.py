"""Who sends what next: one conditional UPDATE under a fresh lease, with every rule in the query."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access.models import Account, Hold
from sync import clock, gate, limits, providers
from sync.crashpoints import crashpoint
from sync.ledger import move
from sync.models import (
    ENDS,
    IS_WAITING,
    Delivery,
    DeliveryQuerySet,
    Gate,
    Push,
    State,
)
from sync.providers.base import Endpoint


@dataclass(frozen=True)
class Claim:
    """A delivery under our lease, and the moment its request may start, `ahead` seconds off."""

    delivery: Delivery
    endpoint: Endpoint
    token: str
    start_at: datetime
    ahead: float = 0.0


def lanes() -> list[tuple[int, str]]:
    """Return (account id, endpoint) of every send with something due, in random order.

    Read without a write lock: an idle worker never takes SQLite's.
    """
    running = Push.objects.filter(finished_at=None)
    something = due(OuterRef("account_id"), OuterRef("endpoint"), clock.now())
    lanes = running.filter(Exists(something)).order_by()
    found = list(lanes.values_list("account_id", "endpoint").distinct())
    random.shuffle(found)
    return found


def claim() -> Claim | None:
    """Claim one due delivery of any account, or return None when none may go now."""
    return next(filter(None, (claim_from(account, slug) for account, slug in lanes())), None)


def claim_from(account_id: int, slug: str) -> Claim | None:
    """Claim one due delivery of one endpoint of one account, or return None."""
    with transaction.atomic():
        claimed = _claim_locked(account_id, slug)
        crashpoint("claim_before_commit")
    if claimed:
        crashpoint("claim_after_commit")
    return claimed


def due(account_id: int | OuterRef, slug: str | OuterRef, now: datetime) -> DeliveryQuerySet:
    """Return the deliveries whose time has come, whose send runs and whose forerunner has ended."""
    return Delivery.objects.filter(
        IS_WAITING,
        account_id=account_id,
        endpoint=slug,
        next_at__lte=now,
        push__paused_at=None,
        push__cancelled_at=None,
        push__starts_at__lte=now,
    ).filter(Q(waits_for=None) | Q(waits_for__state__in=ENDS))


def _claim_locked(account_id: int, slug: str) -> Claim | None:
    account_gate = gate.lock(account_id)
    account = account_gate.account
    endpoint = gate.endpoint_of(account, slug)
    now = clock.now()
    if gate.opens_at(account_gate, now) > now:
        return None
    candidates = _eligible(account, endpoint, now)
    if gate.is_probing(account_gate):
        candidates = candidates.exclude(Exists(_flying(account_id)))
    if not gate.may_repeat(account_gate, account, endpoint, now):
        candidates = candidates.filter(tries=0)
    order = ("item_count", "id") if gate.is_probing(account_gate) else ("next_at", "id")
    delivery = _first(candidates.order_by(*order))
    here: int = getattr(delivery, "here", 0)
    if delivery is None or here >= endpoint.in_flight:
        return None
    return _take(delivery, account_gate, account, endpoint, now)


def _eligible(account: Account, endpoint: Endpoint, now: datetime) -> DeliveryQuerySet:
    """Return what is due and not stopped, each row with how many requests are `here` already.

    One statement, run when the gate's row is locked, so that it sees what the last claim wrote.
    """
    found = due(account.pk, endpoint.slug, now).exclude(Exists(_stops(OuterRef("account_id"))))
    if endpoint.one_per_record:
        for one in providers.get(account.provider).endpoints:
            if one.one_per_record:  # endpoint by endpoint, as the index of what flies is made
                people = _flying(account.pk).filter(endpoint=one.slug).exclude(record_key="")
                found = found.exclude(record_key__in=people.values("record_key"))
    here = _flying(account.pk).filter(endpoint=endpoint.slug)
    counted = Subquery(here.values("account").annotate(rows=Count("pk")).values("rows"))
    return found.annotate(here=Coalesce(counted, 0))


def _flying(account_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(account=account_id, state=State.SENDING).order_by()


def _stops(account: OuterRef) -> QuerySet[Hold]:
    """Return the stops of a delivery's account that stop its credential."""
    stops = Hold.objects.filter(account=account, released_at=None)
    return stops.filter(Q(credential="") | Q(credential=OuterRef("credential")))


def _first(candidates: DeliveryQuerySet) -> Delivery | None:
    """Lock the first candidate; on PostgreSQL one that another worker is at is skipped."""
    if connection.features.has_select_for_update_skip_locked:
        candidates = candidates.select_for_update(skip_locked=True, of=("self",))
    return candidates.select_related("push").first()


def _take(
    delivery: Delivery, account_gate: Gate, account: Account, endpoint: Endpoint, now: datetime
) -> Claim | None:
    token = secrets.token_hex(16)
    lease_until = now + limits.wait(limits.LEASE)
    if not move(delivery, State.SENDING, lease_token=token, lease_until=lease_until):
        return None
    start_at = gate.reserve(account_gate, account, endpoint, now)
    gate.count_request(account_gate, repeat=delivery.tries > 0, now=now)
    account_gate.save()
    delivery.account = account
    ahead = (start_at - now).total_seconds()
    return Claim(delivery, endpoint, token, start_at, ahead)


def is_held(account: Account, credential: str) -> bool:
    """Return whether the account, or the credential the endpoint needs, is stopped."""
    stops = Hold.objects.filter(account=account, released_at=None)
    return stops.filter(credential__in=["", credential]).exists()
