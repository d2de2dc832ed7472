"""Read every row and say what would become of it. Writes no record."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from leads.csvfile import Block, Cursor, Table
from leads.importing import progress, staging
from leads.importing.looking import Scope, look_up, read_rows
from leads.importing.notes import Notebook
from leads.importing.rows import Row, RowReader
from leads.models import Import


class Seen:
    """The keys met so far with their first line: a small file beside the upload, not memory.

    Reading a block twice (after a kill) gives the same answer, because a key is repeated only
    where its first line is another one.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.base = sqlite3.connect(path)
        self.base.execute("PRAGMA synchronous=OFF")
        self.base.execute(
            "CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"
        )

    def repeated(self, rows: Iterable[Row], key: str) -> set[int]:
        """Note the keys of `rows`; return the lines whose key stood on an earlier line."""
        pairs = [(row.values[key], row.line) for row in rows]
        with self.base:
            self.base.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", pairs)
        find = "SELECT line FROM seen WHERE key = ?"
        return {line for k, line in pairs if self.base.execute(find, (k,)).fetchone()[0] != line}

    def close(self) -> None:
        """Let go of the file."""
        self.base.close()

    def corrected(self, row: Row, key: str) -> bool:
        """Note a row anew after a correction; return whether another line has its key."""
        with self.base:
            self.base.execute("DELETE FROM seen WHERE line = ?", (row.line,))
        return not row.problems and bool(self.repeated([row], key))


class Check:
    """The check of one import, a block at a time."""

    def __init__(self, record: Import, reader: RowReader, table: Table) -> None:
        self.record, self.reader, self.table = record, reader, table
        self.scope = Scope(record, reader)
        path = staging.seen_path(record)
        if not record.cursor:
            path.unlink(missing_ok=True)
        self.seen = Seen(path)

    def step(self) -> bool:
        """Check the next block; False when there is none."""
        at = Cursor(*self.record.cursor["at"]) if self.record.cursor else self.table.first
        block = self.table.block(at)
        if not block.rows and block.end == at:
            return False
        rows = read_rows(self.record, self.reader, block)
        self._note(rows, block)
        return True

    def _note(self, rows: list[Row], block: Block) -> None:
        record, notebook = self.record, Notebook(self.record)
        good = [row for row in rows if not row.problems]
        key = self.reader.target.key
        found = look_up(record, self.reader, [row.values[key] for row in good])
        repeated = self.seen.repeated(good, key)
        counts: Counter[str] = Counter(rows_read=len(rows))
        places = Counter({int(k): v for k, v in record.already_in.items()})
        for at, (row, cells) in enumerate(zip(rows, block.rows, strict=True)):
            if row.problems:
                counts[self.reader.bucket_of(row)] += 1
                notebook.problem(row, cells)
                continue
            if row.warnings:
                notebook.warn(row)
            known = found.get(row.values[key], ())
            bucket, place = self.scope.bucket(known, repeated=row.line in repeated)
            counts[bucket] += 1
            if place is not None:
                places[place] += 1
            if row.line in self.reader.edits:
                notebook.corrected(row, cells, bucket, place, block.faults.get(at, ""))
        self._save(notebook, counts, places, block)

    def _save(
        self, notebook: Notebook, counts: Counter[str], places: Counter[int], block: Block
    ) -> None:
        """Write what a block came to, and where the next one begins: all of it, or nothing."""
        record = self.record
        totals = {name: getattr(record, name) + n for name, n in counts.items()}
        already_in = {str(place): n for place, n in places.items()}
        cursor = {"at": list(block.end), "share": block.end.offset / max(record.size, 1)}
        with transaction.atomic():
            noted = notebook.save()
            progress.write(record, **totals, **noted, already_in=already_in, cursor=cursor)

    def close(self) -> None:
        """Let go of the notes; they stay on disk for whoever goes on."""
        self.seen.close()

    def finish(self) -> None:
        """Say that every row was read."""
        with transaction.atomic():
            rows = self.record.rows_read
            progress.write(self.record, state=Import.State.CHECKED, row_count=rows)
        self.seen.close()  # the file stays for the rows that will be corrected
