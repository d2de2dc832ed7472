"""File to saved leads: ours, django-import-export (default and bulk), and the raw limit.

    manage.py benchmark import [--rows N] [--peer-rows N]

All on the database of DATABASE_URL, in one run, with all indexes and triggers in place and
SQLite at synchronous=FULL. Ours checks, normalises, looks for duplicates over the team and
keeps per-row errors. The raw limit is the quickest way found to put ready tuples into the same
table: a temporary table, then INSERT..SELECT (COPY on PostgreSQL). The peer gets the same
phone normalisation, and dry-run + import, which is what its page does.
"""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from access.models import Team
from benchmarks import lead_rows
from leads import jobs
from leads.importing import progress, staging
from leads.importing.bulk import Loader, uuids
from leads.models import Import, Lead, LeadList
from leads.phones import PhoneReader

REPEATS = 3


def timed(work: Callable[[], int]) -> float:
    """Return rows a second of one go."""
    start = time.perf_counter()
    return work() / (time.perf_counter() - start)


def ours(path: Path, team: Team) -> float:
    """Import a file as the command line does, in one transaction; rows a second."""
    with path.open("rb") as file:
        record = staging.stage(file, path.name, team=team, list_name=f"ours {time.time()}")
    progress.start_import(record)
    rate = timed(lambda: jobs.finish(record, one_transaction=True).row_count)
    clean(team)
    return rate


def clean(team: Team) -> None:
    """Remove the leads and imports of a team for the next go."""
    leads = Lead.objects.filter(team=team)
    leads._raw_delete(leads.db)
    for record in Import.objects.filter(team=team):
        record.issues.all()._raw_delete("default")
        staging.discard(record)
    LeadList.objects.filter(team=team).delete()


def ready_rows(path: Path) -> list[tuple[Any, ...]]:
    """Return valid, distinct rows, prepared outside the clock."""
    reader, seen = PhoneReader("IN"), {}
    with path.open(encoding="utf-8", newline="") as file:
        for name, cell, email, city, notes in list(csv.reader(file))[1:]:
            number = reader.read(cell).e164
            if number and number not in seen:
                seen[number] = (*name.split(" ", 1), email, city, notes)
    return [
        (identity, number[:0:-1], line, number, *rest)
        for line, (identity, (number, rest)) in enumerate(
            zip(uuids(len(seen)), seen.items(), strict=True)
        )
    ]


def raw(rows: list[tuple[Any, ...]], team: Team) -> float:
    """Put ready tuples into the table; rows a second."""
    made = LeadList.objects.create(team=team, name=f"raw {time.time()}")
    names = ["uuid", "phone_rev", "origin_row", "phone", "first_name", "last_name", "email"]
    shared = {"team_id": team.pk, "lead_list_id": made.pk}
    loader = Loader(Lead, [*names, "city", "comment"], shared)

    def load() -> int:
        with transaction.atomic():
            for at in range(0, len(rows), 3_000):
                loader.insert(rows[at : at + 3_000])
        return len(rows)

    rate = timed(load)
    clean(team)
    return rate


def peer(path: Path, team: Team, *, bulk: bool) -> float:
    """Import with django-import-export, dry run and import; rows a second."""
    from benchmarks.peer_resource import run

    made = LeadList.objects.create(team=team, name=f"peer {time.time()}")
    rate = timed(lambda: run(path, team, made, bulk=bulk))
    clean(team)
    return rate


def run(rows: int, peer_rows: int) -> dict[str, float]:
    """Return rows a second of each, medians of three goes (the peer's slow mode: one)."""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = lead_rows.write(Path(folder) / "leads.csv", rows)
        middle = lead_rows.write(Path(folder) / "middle.csv", peer_rows * 4)
        small = lead_rows.write(Path(folder) / "small.csv", peer_rows)
        ready = ready_rows(path)
        pairs = [(ours(path, team), raw(ready, team)) for _ in range(REPEATS)]  # taking turns
        found["ours"] = statistics.median(mine for mine, _limit in pairs)
        found["raw limit"] = statistics.median(limit for _mine, limit in pairs)
        found["ours / raw limit"] = statistics.median(mine / limit for mine, limit in pairs)
        try:
            found["django-import-export, bulk"] = peer(middle, team, bulk=True)
            found["django-import-export, default"] = peer(small, team, bulk=False)
        except ModuleNotFoundError:
            found["django-import-export is not installed (requirements-bench.in)"] = 0.0
    team.delete()
    return found
