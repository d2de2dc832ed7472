"""Taking over from workers that died: leases that ran out are settled from what was written."""

from __future__ import annotations

from django.db import transaction

from sync import clock, outcomes
from sync.crashpoints import crashpoint
from sync.gate import endpoint_of
from sync.models import Attempt, Delivery, State
from sync.outcomes import Settlement
from sync.providers.base import Role
from sync.results import settle
from sync.sending import situation_of


def sweep() -> int:
    """Settle every delivery whose lease ran out; return how many this call moved."""
    late = Delivery.objects.filter(state=State.SENDING, lease_until__lt=clock.now())
    moved = sum(_take_over(pk) for pk in list(late.values_list("pk", flat=True)[:500]))
    crashpoint("sweep_after_commit")
    return moved


def _take_over(pk: int) -> bool:
    """Settle one abandoned delivery: what left the house may have arrived, the rest did not."""
    with transaction.atomic():
        delivery = Delivery.objects.select_related("account", "push").get(pk=pk)
        if delivery.state != State.SENDING or not delivery.lease_until:
            return False
        if delivery.lease_until >= clock.now():
            return False
        moved = settle(delivery, delivery.lease_token, *_verdict(delivery))
        crashpoint("sweep_before_commit")
    return moved


def _verdict(delivery: Delivery) -> tuple[Attempt | None, Settlement]:
    """Return the attempt that was under way, if any, and what becomes of the delivery."""
    attempt = delivery.attempts.filter(result=Attempt.Result.IN_FLIGHT).order_by("-number").first()
    if attempt is None:
        return None, Settlement(
            State.RETRY_WAIT, had_unknown=delivery.had_unknown, delay=outcomes.pause_after(1)
        )
    endpoint = endpoint_of(delivery.account, delivery.endpoint)
    now = situation_of(delivery, endpoint, delivery.item_count)
    writes = endpoint_of(delivery.account, attempt.endpoint).role is Role.WRITE
    attempt.result = Attempt.Result.UNKNOWN if writes else Attempt.Result.NEVER_SENT
    attempt.words = "The worker stopped before the answer came."
    return attempt, outcomes.after_unknown(now) if writes else outcomes.after_never_sent(now)
