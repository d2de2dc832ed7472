"""One bounded turn of work: what every engine calls, embedded or not."""

from __future__ import annotations

import time

from leads import jobs
from sync.keeping import forget_if_due
from sync.next_part import plan_full_parts
from sync.pulling import plan_finished_imports
from sync.verifying import look_once
from sync.work import deliver_one, sweep_if_due

LANES = ("deliveries", "jobs")


def turn(lane: str, seconds: float = 1.0) -> int:
    """Work in `lane` for about `seconds` and return how many pieces were done.

    `deliveries`: sweep if due, then one delivery after the other, and looks at what became of
    those that rest without proof. `jobs`: chunks of imports, each at most a second, the sends that
    finished imports ask for, parts that are full by now, and what was kept long enough.
    """
    if lane not in LANES:
        raise ValueError(f"There is no lane {lane}: choose one of {', '.join(LANES)}.")
    until = time.monotonic() + seconds
    done = 0
    step = _deliver if lane == "deliveries" else _job
    while step():
        done += 1
        if time.monotonic() >= until:
            break
    return done


def _deliver() -> bool:
    sweep_if_due()
    return deliver_one() or look_once()


def _job() -> bool:
    """One chunk of one import, the sends that imports and full parts ask for, old bodies."""
    worked = bool(jobs.run(1.0))
    planned = plan_finished_imports() + plan_full_parts()
    return bool(planned) or bool(forget_if_due()) or worked
