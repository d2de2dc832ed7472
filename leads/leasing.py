"""One worker at a time on a job that is done in portions: who holds it, and until when.

A job is a row with `lease_token` and `lease_until`. A worker that dies loses its lease by itself;
one that lost it writes nothing more. The time is the database's: workers' clocks may differ.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from access import clock

LEASE = timedelta(seconds=60)


def free() -> Q:
    """Return the condition for jobs that nobody holds."""
    return Q(lease_until=None) | Q(lease_until__lt=clock.now())


def take(job: QuerySet[Any]) -> bool:
    """Take the one row of `job`; False when somebody holds it."""
    until = clock.now() + LEASE
    return bool(job.filter(free()).update(lease_token=secrets.token_hex(8), lease_until=until))


def keep(job: QuerySet[Any], **changes: Any) -> bool:
    """Write `changes` and hold on; False when `job`, which names our token, is no row any more."""
    return bool(job.update(**changes, lease_until=clock.now() + LEASE))


def give_back(job: QuerySet[Any]) -> None:
    """Let others have it."""
    job.update(lease_token="", lease_until=None)
