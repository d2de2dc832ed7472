"""Every number of the ledger, in one place.

Waiting times pass through `wait()`, so that the crash and soak suites can shorten all of them with
the one setting LEDGER_TIME_SCALE and still run the same code.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

REQUEST_DEADLINE = 30.0  # seconds for a whole request, however it drips
LEASE = 90.0  # three times the deadline, so a slow answer never loses its lease
LEASE_MARGIN = 35.0  # no request starts with less of the lease left than it may take
SWEEP_EVERY = 10.0
SCHEDULE = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)  # after try 1, 2, ...
MAX_TRIES = len(SCHEDULE) + 1
JITTER = 0.2
EXPIRY = 24 * 3600.0  # of time not stopped, from the first try
RESERVE_AHEAD = 1.0  # a slot this near is taken; a later one is left to whoever comes then
BREAKER_STREAK = 5
BREAKER_SHARE, BREAKER_LEAST, BREAKER_WINDOW = 0.5, 10, 300.0
BREAKER_OPEN, BREAKER_OPEN_MOST = 30.0, 600.0
REPEAT_SHARE, REPEAT_LEAST = 0.1, 10  # of what the pace allows in an hour
RATE_CUT, RATE_GROWTH, RATE_LEAST = 0.5, 0.1, 0.05  # after a 429; per minute; never below
SPLIT_TO_SINGLES = 7  # halving down to 7, then one by one: at most 131 requests for 100 records
LOOKS = (120.0, 900.0, 3600.0)  # after "given" or "not sure": when it is looked up at the provider
LOOK_SHARE, LOOK_SHARE_IDLE = 0.1, 0.5  # of the pace, while something waits and while nothing does
LOOK_MISSES = 6  # look-ups in a row without a usable answer; then it stays as it is
JUMP = timedelta(minutes=1)  # the newest send lies this far ahead: the clock was put back
FARTHEST = timedelta(hours=1)  # no slot, pause or lease is set further ahead than this
STORED_BYTES = 8 * 1024
CANCEL_WINDOW = 10.0  # seconds a manager may take a send back before it starts


def wait(seconds: float) -> timedelta:
    """Return `seconds` as a waiting time, shortened by LEDGER_TIME_SCALE in the crash suites."""
    return timedelta(seconds=seconds / settings.LEDGER_TIME_SCALE)


def time_to_cancel() -> float:
    """Return the seconds between a yes and the first request, shortened as `wait()` is."""
    return wait(CANCEL_WINDOW).total_seconds()
