"""The clock that all workers share: database time, so that wrong clocks agree on leases."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone

SERVER_TIME = "SELECT clock_timestamp()"


def now() -> datetime:
    """Return the time of the database server; SQLite has none, its workers share one machine."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(SERVER_TIME)
        moment: datetime = cursor.fetchone()[0]
    return moment
