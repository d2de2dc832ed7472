"""Who sends what next: one conditional UPDATE under a fresh lease, with every rule in the query."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from access.models import Account, Hold
from sync import clock, gate, limits
from sync.crashpoints import crashpoint
from sync.ledger import move
from sync.models import ENDS, WAITING, Delivery, DeliveryQuerySet, Gate, Push, State
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
    """Return (account id, endpoint) of every send that has something left, in random order."""
    found = list(
        Push.objects.filter(finished_at=None)
        .order_by()
        .values_list("account_id", "endpoint")
        .distinct()
    )
    random.shuffle(found)
    return found


def claim() -> Claim | None:
    """Claim one due delivery of any account, or return None when none may go now."""
    return next(filter(None, (claim_from(account, slug) for account, slug in lanes())), None)


def claim_from(account_id: int, slug: str) -> Claim | None:
    """Claim one due delivery of one endpoint of one account, or return None."""
    if not due(account_id, slug, clock.now()).exists():
        return None  # peeked without a write lock: an idle worker never takes SQLite's
    with transaction.atomic():
        claimed = _claim_locked(account_id, slug)
        crashpoint("claim_before_commit")
    if claimed:
        crashpoint("claim_after_commit")
    return claimed


def due(account_id: int, slug: str, now: datetime) -> DeliveryQuerySet:
    """Return the deliveries whose time has come, whose send runs and whose forerunner has ended."""
    return Delivery.objects.filter(
        account_id=account_id,
        endpoint=slug,
        state__in=WAITING,
        next_at__lte=now,
        push__paused_at=None,
        push__cancelled_at=None,
        push__starts_at__lte=now,
    ).filter(Q(waits_for=None) | Q(waits_for__state__in=ENDS))


def _claim_locked(account_id: int, slug: str) -> Claim | None:
    account_gate = gate.lock(account_id)
    account = Account.objects.get(pk=account_id)
    endpoint = gate.endpoint_of(account, slug)
    now = clock.now()
    if gate.opens_at(account_gate, now) > now or is_held(account, endpoint.credential):
        return None
    flying = Delivery.objects.filter(account=account, state=State.SENDING)
    if gate.is_probing(account_gate) and flying.exists():
        return None
    keys = list(flying.filter(endpoint=slug).values_list("record_key", flat=True))
    if len(keys) >= endpoint.in_flight:
        return None
    candidates = due(account_id, slug, now)
    if endpoint.one_per_record:
        candidates = candidates.exclude(record_key__in=[key for key in keys if key])
    if not gate.may_repeat(account_gate, account, endpoint, now):
        candidates = candidates.filter(tries=0)
    order = ("item_count", "id") if gate.is_probing(account_gate) else ("next_at", "id")
    delivery = _first(candidates.order_by(*order))
    if delivery is None:
        return None
    return _take(delivery, account_gate, account, endpoint, now)


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
    return Claim(delivery, endpoint, token, start_at, (start_at - now).total_seconds())


def is_held(account: Account, credential: str) -> bool:
    """Return whether the account, or the credential the endpoint needs, is stopped."""
    stops = Hold.objects.filter(account=account, released_at=None)
    return stops.filter(credential__in=["", credential]).exists()
