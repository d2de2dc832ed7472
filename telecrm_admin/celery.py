"""Celery, for many machines around one broker (requirements-scale.txt, docs/many-machines.md).

The database stays the truth: a message only says "take a turn". A lost, doubled or late one changes
nothing, so there are no arguments, no results, no retries and no acknowledgement after the work.
"""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "telecrm_admin.settings")

LANES = ("deliveries", "jobs")
EVERY = 5.0  # seconds between two turns that beat asks for
TURN = 20.0  # seconds of work one message may take
NUDGE_PAUSE = 0.5  # seconds in which several nudges are one

app = Celery("telecrm_admin")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5},
    task_ignore_result=True,
    task_acks_late=False,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    task_routes={f"turn.{lane}": {"queue": lane} for lane in LANES},
    beat_schedule={
        f"{lane} every {EVERY:g} s": {
            "task": f"turn.{lane}",
            "schedule": EVERY,
            "options": {"expires": EVERY},
        }
        for lane in LANES
    },
)
_nudged_at: dict[str, float] = {}


def nudge(lane: str) -> None:
    """Ask for a turn now instead of at the next beat; several in a moment are one."""
    now = time.monotonic()
    if now - _nudged_at.get(lane, float("-inf")) >= NUDGE_PAUSE:
        _nudged_at[lane] = now
        app.send_task(f"turn.{lane}", queue=lane, expires=EVERY)


def deliver() -> None:
    """Send what is due, for one turn."""
    _turn("deliveries")


def do_jobs() -> None:
    """Carry on imports and other jobs, for one turn."""
    _turn("jobs")


app.task(name="turn.deliveries")(deliver)
app.task(name="turn.jobs")(do_jobs)


def _turn(lane: str) -> None:
    from telecrm_admin.work import turn  # needs the models, which are not loaded yet above

    turn(lane, TURN)


def _forget_what_the_parent_opened(**_: Any) -> None:
    """Close inherited connections: one shared over a fork would mix two conversations."""
    connections.close_all()


worker_process_init.connect(_forget_what_the_parent_opened, weak=False)
