"""Taking over from workers that died: leases that ran out are settled from what was written."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, transaction

from sync import clock
from sync.crashpoints import crashpoint
from sync.levers import take_back
from sync.models import Delivery, Push, State
from sync.results import settle
from sync.sending import left_behind

log = logging.getLogger(__name__)
AT_ONCE = 500


def sweep() -> int:
    """Settle every delivery whose lease ran out; return how many this call moved."""
    late = Delivery.objects.filter(state=State.SENDING, lease_until__lt=clock.now())
    for push in Push.objects.filter(finished_at=None).exclude(cancelled_at=None):
        take_back(push)
    moved = sum(_surely(pk) for pk in list(late.values_list("pk", flat=True)[:AT_ONCE]))
    crashpoint("sweep_after_commit")
    return moved


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
        if delivery.lease_until >= clock.now():
            return False
        moved = settle(delivery, delivery.lease_token, *left_behind(delivery))
        crashpoint("sweep_before_commit")
    return moved
