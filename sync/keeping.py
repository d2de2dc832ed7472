"""How long requests and answers are kept word for word; the facts and quotes stay for ever."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from sync.models import Attempt

AT_ONCE = 500
EVERY = 3_600.0  # seconds between two looks
_looked_at = [-EVERY]


def forget_old_bodies() -> int:
    """Empty the stored bodies of tries older than KEEP_BODIES_DAYS; return how many, at most 500.

    When, what came back, the status and the provider's quote stay: they are the record of what
    was sent. Bodies are there to find faults, and hold people's data.
    """
    now = timezone.now()
    before = now - timedelta(days=settings.KEEP_BODIES_DAYS)
    old = Attempt.objects.filter(bodies_removed_at=None, started_at__lt=before)
    settled = old.exclude(result=Attempt.Result.IN_FLIGHT).order_by("started_at")
    some = list(settled.values_list("pk", flat=True)[:AT_ONCE])
    return Attempt.objects.filter(pk__in=some).update(
        request_body="", response_body="", bodies_removed_at=now
    )


def forget_if_due() -> int:
    """Do it once an hour in each process, in as many turns as it takes."""
    if time.monotonic() - _looked_at[0] < EVERY:
        return 0
    done = forget_old_bodies()
    if done < AT_ONCE:
        _looked_at[0] = time.monotonic()
    return done
