"""What others feel while an import runs: one process imports, another writes and reads.

    manage.py benchmark beside [--rows N]

The other process opens a list page's query and commits a small change every 20 ms, as a web
process does, and notes how long each pair took and whether the database said "locked".
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections, transaction

from access.models import Team
from benchmarks import lead_rows
from benchmarks.import_leads import clean
from leads import jobs
from leads.importing import progress, staging
from leads.models import Lead, LeadList

EVERY = 0.02


def _beside(team: int, lead_list: int, stop: Event, answers: Any) -> None:
    """Read a page and write a row again and again until told to stop."""
    took, locked = [], 0
    while not stop.is_set():
        start = time.perf_counter()
        try:
            list(Lead.objects.filter(team_id=team).order_by("-pk")[:50])
            with transaction.atomic():
                LeadList.objects.filter(pk=lead_list).update(source=f"{start:.6f}"[:100])
        except OperationalError:
            locked += 1
        took.append(1000 * (time.perf_counter() - start))
        time.sleep(EVERY)
    answers.put((took, locked))


def run(rows: int) -> dict[str, float]:
    """Return milliseconds (p50, p95, longest) and the number of "locked" errors."""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    other = LeadList.objects.create(team=team, name="others work here")
    fork = multiprocessing.get_context("fork")
    stop, answers = fork.Event(), fork.Queue()
    with tempfile.TemporaryDirectory() as folder:
        path = lead_rows.write(Path(folder) / "leads.csv", rows)
        with path.open("rb") as file:
            record = staging.stage(file, path.name, team=team, list_name="beside")
        progress.start_import(record)
        connections.close_all()
        neighbour = fork.Process(target=_beside, args=(team.pk, other.pk, stop, answers))
        neighbour.start()
        start = time.perf_counter()
        jobs.finish(record)
        rate = rows / (time.perf_counter() - start)
        stop.set()
        took, locked = answers.get()
        neighbour.join()
    clean(team)
    team.delete()
    return {
        "import meanwhile, rows/s": rate,
        "pages and writes beside it": float(len(took)),
        "p50, ms": statistics.median(took),
        "p95, ms": statistics.quantiles(took, n=20)[-1],
        "longest, ms": max(took),
        "locked errors": float(locked),
    }
