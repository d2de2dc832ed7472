"""Peak memory of a worker that imports a big file in chunks, as it does in production.

manage.py benchmark memory [--rows 1000000]
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from access.models import Team
from benchmarks import lead_rows
from benchmarks.import_leads import clean
from leads import jobs
from leads.importing import progress, staging


def run(rows: int) -> dict[str, float]:
    """Check and import a file of `rows` rows; return seconds and mebibytes."""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    with tempfile.TemporaryDirectory() as folder:
        path = lead_rows.write(Path(folder) / "leads.csv", rows)
        start = time.perf_counter()
        with path.open("rb") as file:
            record = staging.stage(file, path.name, team=team, list_name="memory")
        progress.start_check(record)
        record = jobs.finish(record)
        checked = time.perf_counter()
        progress.start_import(record)
        record = jobs.finish(record)
        ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    saved = record.added
    clean(team)
    team.delete()
    return {
        "check, rows/s": rows / (checked - start),
        "import, rows/s": rows / (ended - checked),
        "leads saved": float(saved),
        "peak memory of the process, MiB": peak,
    }
