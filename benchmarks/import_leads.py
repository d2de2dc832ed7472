"""File to saved leads: ours, django-import-export (default and bulk), and the raw limit.

    manage.py benchmark import [--rows N] [--peer-rows N]

All on the database of DATABASE_URL, in one run, with all indexes and triggers in place and
SQLite at synchronous=FULL, by turns. Ours keeps the file, checks, normalises, looks for
duplicates over the team and keeps per-row errors, in one transaction (`import --at-once`).
The raw limit is the quickest way found to put ready rows into the same table: COPY of text
written beforehand on PostgreSQL, a temporary table and INSERT..SELECT on SQLite. The peer gets
the same file, reads numbers with phonenumbers as its users do, to the same E.164, and makes a
dry run and the import, which is what its page does; its slow mode gets --peer-rows of the rows.
Its bulk mode is measured once more with our own reader of phones given to it.
"""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from access.models import Team
from benchmarks import lead_rows
from benchmarks.phones import authority
from leads import jobs
from leads.importing import progress, staging
from leads.importing.bulk import Loader
from leads.models import Import, Lead, LeadList
from leads.phones import PhoneReader

REPEATS = 3
AT_ONCE = 3_000
RAW = "raw limit"
BULK = "django-import-export, bulk"
GIVEN = "django-import-export, bulk, given our phone reader"
DEFAULT = "django-import-export, default"


def timed(work: Callable[[], int]) -> float:
    """Return rows a second of one go."""
    start = time.perf_counter()
    return work() / (time.perf_counter() - start)


def ours(path: Path, team: Team) -> float:
    """Import a file as `import --at-once` does; rows a second."""

    def load() -> int:
        with path.open("rb") as file:
            record = staging.stage(file, path.name, team=team, list_name=f"ours {time.time()}")
        progress.start_import(record)
        return jobs.finish(record, one_transaction=True).row_count

    rate = timed(load)
    clean(team)
    return rate


def clean(team: Team) -> None:
    """Remove the leads and imports of a team: everybody begins with the same tables.

    On PostgreSQL deleted rows stay in every index until VACUUM; and the check of what refers to a
    deleted lead keeps the plan it made for a table that was empty, until ANALYZE (without it: each
    of 90,000 deletes reads a whole index).
    """
    _tidy("ANALYZE")
    leads = Lead.objects.filter(team=team)
    leads._raw_delete(leads.db)
    for record in Import.objects.filter(team=team):
        record.issues.all()._raw_delete("default")
        staging.discard(record)
    LeadList.objects.filter(team=team).delete()
    _tidy("VACUUM ANALYZE")


def _tidy(statement: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement)


def ready_rows(path: Path) -> list[tuple[Any, ...]]:
    """Return valid, distinct rows, prepared outside the clock."""
    reader, seen = PhoneReader("IN"), {}
    with path.open(encoding="utf-8", newline="") as file:
        for name, cell, email, city, notes in list(csv.reader(file))[1:]:
            number = reader.read(cell).e164
            if number and number not in seen:
                seen[number] = (*name.split(" ", 1), email, city, notes)
    return [
        (number[:0:-1], line, number, *rest) for line, (number, rest) in enumerate(seen.items())
    ]


def raw(rows: list[tuple[Any, ...]], team: Team) -> float:
    """Put ready tuples into the table; rows a second."""
    made = LeadList.objects.create(team=team, name=f"raw {time.time()}")
    names = ["phone_rev", "origin_row", "phone", "first_name", "last_name", "email"]
    shared = {"team_id": team.pk, "lead_list_id": made.pk}
    loader = Loader(Lead, [*names, "city", "comment"], shared)
    parts = [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]
    texts = [loader.lines(part) for part in parts]

    def copy() -> int:
        cursor = connection.cursor()
        with transaction.atomic(), cursor, cursor.copy(loader.copy_in) as target:
            for text in texts:
                target.write(text)
        return len(rows)

    def load() -> int:
        with transaction.atomic():
            for part in parts:
                loader.insert(part)
        return len(rows)

    rate = timed(copy if connection.vendor == "postgresql" else load)
    clean(team)
    return rate


def peer(path: Path, team: Team, *, bulk: bool, given: bool = False) -> float:
    """Import with django-import-export, dry run and import; rows a second."""
    from benchmarks.peer_resource import our_reader, run

    made = LeadList.objects.create(team=team, name=f"peer {time.time()}")
    read = our_reader if given else authority
    rate = timed(lambda: run(path, team, made, read, bulk=bulk))
    clean(team)
    return rate


def run(rows: int, peer_rows: int) -> dict[str, float]:
    """Return rows a second and ratios, medians of three rounds (the peer's slow mode: one go)."""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    rounds: list[dict[str, float]] = []
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = lead_rows.write(Path(folder) / "leads.csv", rows)
        small = lead_rows.write(Path(folder) / "small.csv", peer_rows)
        ready = ready_rows(path)
        for _round in range(REPEATS):
            rates = {"ours": ours(path, team), RAW: raw(ready, team)}
            if find_spec("import_export"):
                rates[BULK] = peer(path, team, bulk=True)
                rates[GIVEN] = peer(path, team, bulk=True, given=True)
            rounds.append(rates)
        found = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        ratios = {
            f"ours / {name}": statistics.median(one["ours"] / one[name] for one in rounds)
            for name in rounds[0]
            if name != "ours"
        }
        if find_spec("import_export"):
            found[DEFAULT] = peer(small, team, bulk=False)
            ratios[f"ours / {DEFAULT}"] = found["ours"] / found[DEFAULT]
        else:
            found["django-import-export is not installed (make setup)"] = 0.0
    team.delete()
    return {**{f"{name}, rows/s": rate for name, rate in found.items()}, **ratios}
