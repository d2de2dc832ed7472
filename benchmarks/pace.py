"""Two worker processes share one account: how near to its pace, how fair, and beside a sick one.

manage.py benchmark pace [--seconds N]
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

from benchmarks.practice import Practice, fork, practice
from sync.planning import plan_list

PACE = 8.0  # requests a second; enough for a steady picture, far below what the sandbox takes
WARM = 3.0  # seconds before the measurement begins


def run(seconds: int) -> dict[str, float]:
    """Return shares of the configured pace, and the smaller worker's share of the requests."""
    with practice() as house, tempfile.TemporaryDirectory() as folder:
        alone = _measure(house, seconds, Path(folder))
        with_sick = _measure(house, seconds, Path(folder), sick=True)
    return {
        "pace reached / pace configured": alone["reached"],
        "busiest minute / pace configured": alone["busiest"],
        "share of the smaller of two workers": alone["share"],
        "pace beside a hanging provider / pace alone": with_sick["reached"] / alone["reached"],
    }


def _measure(
    house: Practice, seconds: int, folder: Path, *, sick: bool = False
) -> dict[str, float]:
    account = house.account("telecrm", PACE)
    count = int((seconds + 2 * WARM) * PACE)
    accounts = [account.pk]
    if sick:
        house.ask("POST", "faults", [{"provider": "smartflo", "kind": "hang", "times": -1}])
        other = house.account("smartflo", PACE, duplicate_option="skip")
        plan_list(house.leads(1000, 500_000), other, by=None, click_token=f"{time.time()}")
        accounts.append(other.pk)
    before = len(_times(house))
    plan_list(house.leads(count, before * 10), account, by=None, click_token=f"{time.time()}")
    workers = [fork(accounts, folder) for _ in range(2)]
    time.sleep(seconds + WARM)
    for worker in workers:
        worker.end(signal.SIGKILL)
    times = [moment for moment in _times(house)[before:] if moment]
    times = [moment for moment in times if moment > times[0] + WARM]
    made = [worker.requests() for worker in workers]
    return {
        "reached": (len(times) - 1) / (times[-1] - times[0]) / PACE,
        "busiest": _busiest(times) / PACE,
        "share": min(made) / sum(made),
    }


def _times(house: Practice) -> list[float]:
    entries: list[dict[str, Any]] = house.ask("GET", "journal?provider=telecrm")
    return [entry["time"] for entry in entries]


def _busiest(times: list[float]) -> float:
    """Return requests a second in the busiest minute (or in all of it, where it is shorter)."""
    span = min(60.0, times[-1] - times[0])
    window: deque[float] = deque()
    most = 0
    for moment in times:
        window.append(moment)
        while window[0] < moment - span:
            window.popleft()
        most = max(most, len(window) - 1)  # n requests have n - 1 spaces between them
    return most / span
