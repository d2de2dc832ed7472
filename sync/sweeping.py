"""Taking over from workers that died: leases that ran out are settled from what was written."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from sync import clock, limits
from sync.crashpoints import crashpoint
from sync.models import Delivery, Push, State
from sync.results import settle
from sync.sending import left_behind
from sync.taking_back import take_back

log = logging.getLogger(__name__)
AT_ONCE = 500


def sweep() -> int:
    """Settle every delivery whose lease ran out; return how many this call moved."""
    now = clock.now()
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + limits.FARTHEST)  # or the clock jumped
    late = Delivery.objects.filter(over, state=State.SENDING)
    _set_right(now)
    for push in Push.objects.filter(finished_at=None).exclude(cancelled_at=None):
        take_back(push)
    moved = sum(_surely(pk) for pk in list(late.values_list("pk", flat=True)[:AT_ONCE]))
    crashpoint("sweep_after_commit")
    return moved


def _set_right(now: datetime) -> None:
    """Let what was planned before the clock was put back go at once, not when it is that late."""
    newest = Push.objects.order_by("-pk").values_list("created_at", flat=True).first()
    if newest is None or newest <= now + limits.JUMP:
        return
    for push in Push.objects.filter(finished_at=None, created_at__gt=now):
        push.starts_at -= push.created_at - now  # a send asked for later stays as much later
        push.created_at = now
        push.save(update_fields=["starts_at", "created_at"])
    Delivery.objects.filter(state=State.QUEUED, next_at__gt=now).update(next_at=now)


def _surely(pk: int) -> bool:
    """Settle one; one that cannot be settled keeps none of the others waiting."""
    try:
        return _take_over(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Delivery %s could not be taken over", pk)
        return False


def _take_over(pk: int) -> bool:
    """Settle one abandoned delivery: what left the house may have arrived, the rest did not."""
    with transaction.atomic():
        delivery = Delivery.objects.select_related("account", "push").get(pk=pk)
        if delivery.state != State.SENDING or not delivery.lease_until:
            return False
        now = clock.now()
        if now <= delivery.lease_until <= now + limits.FARTHEST:
            return False
        moved = settle(delivery, delivery.lease_token, *left_behind(delivery))
        crashpoint("sweep_before_commit")
    return moved
