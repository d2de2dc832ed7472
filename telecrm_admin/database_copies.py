"""The whole database in one file and back: SQLite by its own online copy, PostgreSQL by pg_dump."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections
from django.db.backends.postgresql.client import DatabaseClient

PATIENCE = "-c lock_timeout=15s"  # somebody still works with it: say so instead of waiting


class CopyFailed(Exception):
    """The copy could not be made or put back; the message says why."""


def write(copy: Path) -> None:
    """Write the database as it is at one moment to `copy`; others go on reading and writing."""
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
        return
    with _sqlite(_name()) as source, _sqlite(copy) as target:
        source.backup(target)  # all pages at once: one moment, and in WAL nobody waits
        target.execute("PRAGMA journal_mode=DELETE")  # one file, no journal beside it


def read(copy: Path) -> None:
    """Put `copy` in the place of the database, in one transaction; raises CopyFailed."""
    connections.close_all()
    if connection.vendor == "postgresql":
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges",
             "--single-transaction", "--exit-on-error", str(copy), target="--dbname")  # fmt: skip
        return
    try:
        with _sqlite(copy) as source, _sqlite(_name()) as target:
            state = source.execute("PRAGMA integrity_check").fetchone()[0]
            if state != "ok":
                raise CopyFailed(f"The database in the backup is damaged: {state}")
            source.backup(target)
    except sqlite3.Error as trouble:
        raise CopyFailed(f"The database cannot be put back: {trouble}") from trouble


def _name() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _sqlite(path: Path) -> closing[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return closing(sqlite3.connect(path, timeout=20))


def _run(program: str, *words: str, target: str = "") -> None:
    """Run one of PostgreSQL's programs against the database; the password is never on the line."""
    found = shutil.which(program)
    if not found:
        raise CopyFailed(f"There is no {program} here. On Debian: apt install postgresql-client")
    line, given = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    where = [*line[1:-1], *([target] if target else []), line[-1]]
    environment = {**os.environ, **(given or {}), "PGOPTIONS": PATIENCE}
    done = subprocess.run(  # noqa: S603 - a fixed program, words of ours
        [found, *words, *where], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CopyFailed(f"{program}: {done.stderr.strip()[-400:]}")
