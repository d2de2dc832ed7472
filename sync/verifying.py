"""Looking up at the provider what rests without proof: one recorded read at a time.

A look only reads, so it may be made again after any accident. It settles what it has seen, and
says "not there" only where one record was looked up by what identifies it; anything less leaves
the record as it was. docs/decisions/0008 says why.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from access.models import Account
from sync import client, clock, gate, limits, looks, providers, retry_after
from sync.claiming import is_held
from sync.crashpoints import crashpoint
from sync.findings import apply, close_abandoned, forget, no_answer
from sync.models import Attempt, Delivery, Look, Push
from sync.providers.base import Endpoint, Parcel, Reply, Role
from sync.redaction import masked, secret_values, storable
from sync.results import complete, finish_attempt, finish_step
from sync.sending import ask

log = logging.getLogger(__name__)

MOST_STEPS = 4  # a sign-in and the read behind it, twice; more would be a loop


@dataclass(frozen=True)
class Claim:
    """A look that is ours to make, its read, and the moment that may start."""

    look: Look
    account: Account
    parcel: Parcel
    token: str
    start_at: datetime


def look_once(accounts: Iterable[int] | None = None) -> bool:
    """Make one read for a look that is due; False when none may be made now."""
    for account_id in _accounts_with_looks(accounts):
        claimed = _claim(account_id)
        if claimed:
            _make(claimed)
            return True
    return False


def _accounts_with_looks(accounts: Iterable[int] | None) -> list[int]:
    due = Look.objects.filter(due_at__lte=clock.now())
    if accounts is not None:
        due = due.filter(account__in=list(accounts))
    return list(due.order_by().values_list("account_id", flat=True).distinct())


def _claim(account_id: int) -> Claim | None:
    """Claim the look of an account that waits longest, if it may go now."""
    now = clock.now()
    known = Look.objects.filter(account_id=account_id)
    look = known.filter(due_at__lte=now).select_related("delivery__account").first()
    if look is None or known.exclude(token="").filter(due_at__gt=now).exists():
        return None  # one read at a time: a provider that hangs keeps one worker, not all
    account = look.delivery.account
    parcel = looks.next_step(look, account)
    if parcel is None or look.delivery.state not in looks.RESTING:
        forget(look)
        return None
    read = gate.endpoint_of(account, parcel.endpoint)
    if is_held(account, read.credential):
        return None
    return _take(look, account, parcel)


def _take(look: Look, account: Account, parcel: Parcel) -> Claim | None:
    """Reserve a slot at the account's gate and lease the look; None when another was quicker."""
    token = secrets.token_hex(16)
    with transaction.atomic():
        account_gate = gate.lock(account.pk)
        now = clock.now()
        if not gate.may_look(account_gate, now):
            return None
        until = now + limits.wait(limits.LEASE)
        same = Look.objects.filter(pk=look.pk, due_at=look.due_at, token=look.token)
        if not same.update(token=token, due_at=until):
            return None
        busy = Push.objects.filter(account=account, finished_at=None).exists()
        endpoint = gate.endpoint_of(account, look.delivery.endpoint)
        start_at = gate.reserve_look(account_gate, account, endpoint, now, busy=busy)
        account_gate.save()
    return Claim(look, account, parcel, token, start_at)


def _make(claim: Claim) -> None:
    """Make the read, and a sign-in in front of it where one is needed."""
    pause = (claim.start_at - clock.now()).total_seconds()
    time.sleep(min(max(pause, 0), limits.RESERVE_AHEAD))
    provider = providers.get(claim.account.provider)
    step: Parcel | None = provider.opening(claim.parcel)
    for _ in range(MOST_STEPS):
        step = _step(claim, step) if step else None
        if step is None:
            return
    no_answer(claim.look, claim.token)


def _step(claim: Claim, parcel: Parcel) -> Parcel | None:
    """Make one request and write down what it showed; return what belongs right behind it."""
    account, provider = claim.account, providers.get(claim.account.provider)
    endpoint = gate.endpoint_of(account, parcel.endpoint)
    request = provider.request(parcel)
    hidden = secret_values(provider.account_fields, parcel.credentials)
    line = storable(f"{request.method} {request.url}", hidden)
    began = time.monotonic()
    attempt = _intend(claim, endpoint, line, storable(request.content, hidden))
    if attempt is None:
        return None
    answer = ask(account, endpoint, request, began)
    crashpoint("read_before_write")
    if isinstance(answer, client.NoAnswer):
        unknown = answer.kind is client.Kind.UNKNOWN
        attempt.result = Attempt.Result.UNKNOWN if unknown else Attempt.Result.NEVER_SENT
        attempt.words = answer.words
        no_answer(claim.look, claim.token, attempt)
        return None
    attempt.http_status = answer.status_code
    attempt.response_body = storable(answer.content, hidden)
    reply = masked(provider.reply(parcel, answer), hidden)
    finish_attempt(attempt, reply)
    return _goes_on(claim, endpoint, attempt, reply, retry_after.asked(answer))


def _goes_on(
    claim: Claim, endpoint: Endpoint, attempt: Attempt, reply: Reply, pause: float | None
) -> Parcel | None:
    """Return the request that goes right behind a sign-in; a further read waits for its turn."""
    if reply.next is None:
        apply(claim.look, claim.token, attempt, endpoint, reply, pause)
        return None
    after = gate.endpoint_of(claim.account, reply.next.endpoint)
    if Role.LOGIN in (endpoint.role, after.role):
        finish_step(attempt, claim.account, reply)
        return reply.next
    with transaction.atomic():
        now = clock.now()
        attempt.finished_at = now
        complete(attempt)
        mine = Look.objects.filter(pk=claim.look.pk, token=claim.token)
        mine.update(step=looks.noted(reply.next), due_at=now, token="", misses=0)
    return None


def _intend(claim: Claim, endpoint: Endpoint, line: str, body: str) -> Attempt | None:
    """Write that a read is about to leave, while the look is ours and the delivery still rests."""
    with transaction.atomic():
        now = clock.now()
        delivery = Delivery.objects.select_for_update().get(pk=claim.look.delivery_id)
        mine = Look.objects.filter(pk=claim.look.pk, token=claim.token)
        if delivery.state not in looks.RESTING:
            forget(claim.look)
            return None
        if not mine.update(due_at=now + limits.wait(limits.LEASE)):
            return None
        close_abandoned(delivery, now)
        return Attempt.objects.create(
            delivery=delivery,
            number=delivery.attempts.count() + 1,
            endpoint=endpoint.slug,
            lease_token=claim.token,
            started_at=now,
            request_line=line[:300],
            request_body=body,
        )
