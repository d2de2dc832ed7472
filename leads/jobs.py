"""The `jobs` lane: bounded work on imports, for workers and for whoever cannot wait."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import InterfaceError, OperationalError, connection, transaction

from leads import acting
from leads.importing import progress, staging
from leads.importing.checking import Check
from leads.importing.committing import Commit
from leads.importing.rows import RowReader
from leads.importing.undoing import Undo
from leads.models import Import

log = logging.getLogger(__name__)

LARGE_BLOCK = 512 * 1024
PAUSE = 0.02  # at least, between two commits: others wait for SQLite's one pen
LONGEST_PAUSE = 0.1
COMPANY = 2.0  # seconds after another's commit during which others are reckoned with

HOUSEKEEPING = 3_600.0  # seconds between two looks for old files
_looked_at = [0.0]


class Job(Protocol):
    """One import being checked, saved or taken back."""

    def step(self) -> bool:
        """Do a piece; False when nothing is left."""

    def finish(self) -> None:
        """Say that it is done."""

    def close(self) -> None:
        """Let go of what is open."""


def run(seconds: float) -> int:
    """Work about `seconds` on an act on many leads, else on the import that waits longest.

    Return how many pieces were done.
    """
    if acted := acting.run(seconds):
        return acted
    record = progress.claim()
    if record is None:
        return forget_old_files()
    try:
        with ending(record):
            return work(record, seconds)
    finally:
        progress.release(record)
    return 1


@contextmanager
def ending(record: Import) -> Iterator[None]:
    """End an import that cannot go on, with the reason; one somebody else has is left to them."""
    try:
        yield
    except progress.LostLease:
        pass
    except (OperationalError, InterfaceError):
        raise  # a busy or restarting database: whoever works tries again
    except Exception as trouble:
        log.exception("Import %s cannot go on", record.pk)
        progress.fail(record, trouble)


def forget_old_files() -> int:
    """Once an hour, remove uploads older than 30 days; return how many were removed."""
    if time.monotonic() - _looked_at[0] < HOUSEKEEPING:
        return 0
    _looked_at[0] = time.monotonic()
    return staging.forget_old_files()


def finish(record: Import, *, one_transaction: bool = False) -> Import:
    """Do everything an import waits for, now and here; return it as it is then.

    For the command line and for small files in a request. When another worker has it, or it is
    stopped meanwhile, it is returned as it stands.
    """
    mine = progress.take(record.pk)
    if mine is None:
        record.refresh_from_db()
        return record
    try:
        if one_transaction:
            with transaction.atomic():
                work(mine, None, at_once=True)
        else:
            work(mine, None)
    except progress.LostLease:
        pass  # stopped by somebody: what was saved is counted
    finally:
        progress.release(mine)
    record.refresh_from_db()
    return record


class Manners:
    """How long to leave SQLite's one pen to others: as long as it was held, while others write."""

    def __init__(self) -> None:
        self.is_sqlite = connection.vendor == "sqlite"
        self.version = self._version()
        self.others_at = float("-inf")

    def pause(self, held: float) -> float:
        """Return seconds to wait after a step that took `held` seconds."""
        if not self.is_sqlite:
            return 0.0
        version, now = self._version(), time.monotonic()
        if version != self.version:
            self.version, self.others_at = version, now
        if now - self.others_at > COMPANY:
            return 0.0
        return min(max(PAUSE, held), LONGEST_PAUSE)

    def _version(self) -> int:
        """Return a number that changes when another connection has written."""
        if not self.is_sqlite:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])


def work(record: Import, seconds: float | None, *, at_once: bool = False) -> int:
    """Work on a leased import until it is done or the time is used; return pieces done.

    `at_once`: inside one transaction, where nobody can be let in between.
    """
    manners = None if at_once else Manners()
    until = time.monotonic() + seconds if seconds is not None else None
    if record.state == Import.State.UNDOING:
        return _drive(Undo(record), until, manners)
    with staging.table(record) as table:
        table.block_size = LARGE_BLOCK if at_once else table.block_size * _times()
        kind: Callable[..., Job] = Check if record.state == Import.State.CHECKING else Commit
        if kind is Commit and not record.cursor:
            staging.seen_path(record).unlink(missing_ok=True)
        return _drive(kind(record, RowReader(record, table.header), table), until, manners)


def _times() -> int:
    """Return how much larger a block may be where nobody waits for a commit of others."""
    return 4 if connection.vendor == "postgresql" else 1


def _drive(job: Job, until: float | None, manners: Manners | None) -> int:
    try:
        with _without_collector():
            return _steps(job, until, manners)
    finally:
        job.close()


def _steps(job: Job, until: float | None, manners: Manners | None) -> int:
    pieces = 0
    begun = time.monotonic()
    while job.step():
        pieces += 1
        now = time.monotonic()
        if until is not None and now >= until:
            return pieces
        if manners:
            time.sleep(manners.pause(now - begun))
        begun = time.monotonic()
    job.finish()
    return pieces + 1


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cycle collector off: it walks thousands of rows that have no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
