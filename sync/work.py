"""One bounded turn of the deliveries lane; any number of workers may call it at the same time."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from access.models import Account
from sync import client, clock, limits, looks
from sync.claiming import Claim, claim_from, is_held, lanes
from sync.gate import endpoint_of
from sync.models import Delivery, Gate, State
from sync.sending import send
from sync.sweeping import sweep
from sync.verifying import look_once

log = logging.getLogger(__name__)

IDLE, IDLE_MOST = 0.25, 2.0  # seconds between looks when nothing is due
_swept = threading.local()


def deliver_one(accounts: Iterable[int] | None = None) -> bool:
    """Claim and send one delivery; False when none may go now."""
    claimed = _claim(accounts)
    if claimed is None:
        return False
    send(claimed)
    return True


def _claim(accounts: Iterable[int] | None) -> Claim | None:
    only = None if accounts is None else set(accounts)
    for account, endpoint in lanes():
        if only is None or account in only:
            claimed = claim_from(account, endpoint)
            if claimed:
                return claimed
    return None


def sweep_if_due() -> None:
    """Take over from dead workers, at most once per SWEEP_EVERY in each thread."""
    now = time.monotonic()
    last = getattr(_swept, "at", 0.0)
    if now - last >= limits.wait(limits.SWEEP_EVERY).total_seconds():
        _swept.at = now
        sweep()


def anything_due() -> bool:
    """Return whether a delivery is under way, or would go now but for its pace.

    A "not sure" counts too while it waits for the one look at its provider that is made at once.
    """
    if looks.first_is_due() or Delivery.objects.filter(state=State.SENDING).exists():
        return True
    now = clock.now()
    return any(_may_go(account, endpoint, now) for account, endpoint in lanes())


def _may_go(account_id: int, endpoint: str, now: datetime) -> bool:
    """Return whether what is due there is not stopped, and its provider answers."""
    account = Account.objects.get(pk=account_id)
    gate = Gate.objects.filter(account=account).first()
    if is_held(account, endpoint_of(account, endpoint).credential):
        return False
    return not (gate and gate.open_until and gate.open_until > now)


def run(stop: Callable[[], bool], accounts: Iterable[int] | None = None) -> None:
    """Deliver until `stop()`; a database that is locked or away is waited for, never died of.

    Who finds nothing looks again less and less often, so that an idle worker costs nothing.
    """
    only = None if accounts is None else list(accounts)
    pause = 0.0
    try:
        while not stop():
            pause = _turn(only, pause)
            time.sleep(pause)
    finally:
        client.hang_up()
        connections.close_all()


def _turn(only: list[int] | None, paused: float) -> float:
    """Sweep if due and deliver one; return the seconds to wait before the next turn.

    Where the pace is the limit, who just had a turn gives way for part of the time it had to
    spare, so that workers share an account evenly (manage.py benchmark pace).
    """
    try:
        sweep_if_due()
        claimed = _claim(only)
        if claimed:
            send(claimed)
            return random.uniform(0, claimed.ahead / 2)  # noqa: S311 - not a secret
        if look_once(only):
            return 0.0
        if _is_anything_waiting(only):
            return IDLE
    except (OperationalError, InterfaceError) as error:
        log.warning("The database is busy or away; trying again: %s", error)
        close_old_connections()
    except Exception:
        log.exception("A turn went wrong; the worker goes on")
    return min(max(IDLE, paused * 2), IDLE_MOST)


def _is_anything_waiting(only: list[int] | None) -> bool:
    """Return whether something would go now but for pace and places."""
    now = clock.now()
    mine = (lane for lane in lanes() if only is None or lane[0] in only)
    return any(_may_go(account, endpoint, now) for account, endpoint in mine)


class Crew:
    """Threads that deliver side by side, so that one hanging provider stops nobody."""

    def __init__(self, size: int, accounts: Iterable[int] | None = None) -> None:
        self._stop = threading.Event()
        only = None if accounts is None else list(accounts)
        self._threads = [
            threading.Thread(
                target=run, args=(self._stop.is_set, only), name=f"deliver-{n}", daemon=True
            )
            for n in range(size)
        ]

    def __enter__(self) -> Crew:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=limits.REQUEST_DEADLINE + 5)
