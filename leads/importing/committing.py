"""Save rows, a block at a time: the rows, the counts and the cursor in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from access import audit
from leads.csvfile import Block, Cursor, Table
from leads.importing import progress
from leads.importing.ahead import Ahead
from leads.importing.bulk import Loader
from leads.importing.looking import Found, Scope, look_up, refuse_blocked
from leads.importing.notes import Notebook
from leads.importing.rows import Row, RowReader
from leads.importing.updating import put_tags, update
from leads.models import Import, LeadList
from leads.targets import named_list


@dataclass
class Sorted:
    """The rows of a block by what becomes of them."""

    new: dict[str, Row] = field(default_factory=dict)  # added
    changed: dict[str, tuple[Row, list[Found]]] = field(default_factory=dict)  # updated
    also: dict[str, Row] = field(default_factory=dict)  # updated elsewhere and put here too
    skipped: int = 0
    repeated: int = 0
    left_out: int = 0


class Commit:
    """The saving of one import, a block at a time."""

    def __init__(self, record: Import, reader: RowReader, table: Table) -> None:
        self.record, self.reader, self.table = record, reader, table
        self.ahead = Ahead(reader, table)
        self.scope = Scope(record, reader)
        self.policy = record.options.get("duplicates", "skip")
        self.key = reader.target.key
        self.loader: Loader | None = None
        columns = {field.attname for field in reader.target.model._meta.concrete_fields}
        self.extra = [name for name in ("phone_rev", "origin_row") if name in columns]

    def step(self) -> bool:
        """Save the next block; False when there is none."""
        at = Cursor(*self.record.cursor["at"]) if self.record.cursor else self.table.first
        block, rows = self.ahead.read(at)
        if not block.rows and block.end == at:
            return False
        refuse_blocked(self.record, self.reader, rows)
        notebook = Notebook(self.record)
        for row, cells in zip(rows, block.rows, strict=True):
            if row.problems:
                notebook.problem(row, cells)
            elif row.warnings:
                notebook.warn(row)
        with transaction.atomic():
            self._save(rows, notebook, block)
        return True

    def _save(self, rows: list[Row], notebook: Notebook, block: Block) -> None:
        record = self.record
        first = record.lead_list_id is None
        if first and self.reader.target.place:
            record.lead_list = named_list(record)
        done = self._sort(rows)
        fresh = _in_order({**done.new, **done.also}) if done.also else done.new
        tagged = tags_of(fresh, done.changed) if self.reader.has_tags else {}
        if fresh:
            inserted = self._insert(fresh, block.end)
            # Somebody else added these in this very moment; one of `also` is updated all the same.
            missed = min(len(fresh) - inserted, len(done.new))
            done.skipped += missed
        else:
            inserted = missed = 0
        if done.changed:
            update(record, self.reader, list(done.changed.values()))
        if tagged:
            put_tags(record, tagged)
        counts = {
            "rows_read": record.rows_read + len(rows),
            "added": record.added + len(done.new) - missed,
            "updated": record.updated + len(done.changed),
            "skipped": record.skipped + done.skipped + done.repeated,
            "repeated": record.repeated + done.repeated,
            "left_out": record.left_out + done.left_out,
        }
        cursor = {"at": list(block.end), "share": block.end.offset / max(record.size, 1)}
        self._count_in_list(record, inserted, done, len(rows), first=first)
        place = {"lead_list_id": record.lead_list_id, "options": record.options} if first else {}
        progress.write(record, **counts, **notebook.save(), **place, cursor=cursor)

    def _sort(self, rows: Iterable[Row]) -> Sorted:
        """Decide for every row by the duplicates policy; an empty value never erases."""
        done = Sorted()
        good = [row for row in rows if not row.problems]
        done.left_out = len(list(rows)) - len(good)
        found = look_up(self.record, self.reader, [row.values[self.key] for row in good])
        for row in good:
            key = row.values[self.key]
            hits = found.get(key)
            if key in done.new or key in done.changed:
                done.repeated += 1
            elif not hits:
                done.new[key] = row
            else:
                self._sort_known(done, row, key, hits)
        return done

    def _sort_known(self, done: Sorted, row: Row, key: str, hits: list[Found]) -> None:
        here, counted = self.scope.here(hits), self.scope.counted(hits)
        if here and here.origin == self.record.pk:
            done.repeated += 1  # an earlier line of this very file
        elif not counted or (self.policy == "keep" and not here):
            done.new[key] = row
        elif self.policy == "update":
            done.changed[key] = (row, counted)
            if not here:
                done.also[key] = row
        else:
            done.skipped += 1

    def _insert(self, fresh: dict[str, Row], end: Cursor) -> int:
        if self.loader is None:
            target = self.reader.target
            target.open_place(self.record)
            names = [*self.extra, *self.reader.blank]
            self.loader = Loader(target.model, names, target.constants(self.record))
        return self.loader.insert(self._tuples(fresh), lambda: self.ahead.begin(end))

    def _tuples(self, fresh: dict[str, Row]) -> list[tuple[Any, ...]]:
        """Return rows ready for the database, in the order of `extra` and the reader's values."""
        if "custom" in self.reader.blank:
            for row in fresh.values():
                row.values["custom"] = json.dumps(row.values["custom"] or {})
        if self.reader.has_tags:
            for row in fresh.values():
                row.values.pop("tags", None)
        if len(self.extra) < 2:
            return [tuple(row.values.values()) for row in fresh.values()]
        return [(key[:0:-1], row.line, *row.values.values()) for key, row in fresh.items()]

    def _count_in_list(
        self, record: Import, inserted: int, done: Sorted, rows: int, *, first: bool
    ) -> None:
        """Keep the list's counters; a list made just now also gets what was read before it."""
        if record.lead_list_id is None:
            return
        before = record if first else Import()
        LeadList.objects.filter(pk=record.lead_list_id).update(
            lead_count=F("lead_count") + inserted,
            row_count=F("row_count") + rows + before.rows_read,
            repeated_count=F("repeated_count") + done.repeated + before.repeated,
            bad_count=F("bad_count") + done.left_out + before.left_out,
        )

    def close(self) -> None:
        """Let go of the file."""
        self.ahead.close()

    def finish(self) -> None:
        """Say that every row has its end."""
        record = self.record
        with transaction.atomic():
            now = timezone.now()
            done = Import.State.DONE
            progress.write(record, state=done, row_count=record.rows_read, finished_at=now)
            audit.record("imported", actor=record.created_by, target=record, count=record.added)


def tags_of(
    fresh: dict[str, Row], changed: dict[str, tuple[Row, list[Found]]]
) -> dict[str, list[str]]:
    """Return the tags of rows by key."""
    rows = [*fresh.items(), *((key, row) for key, (row, _found) in changed.items())]
    return {key: row.values["tags"] for key, row in rows if row.values.get("tags")}


def _in_order(rows: dict[str, Row]) -> dict[str, Row]:
    return dict(sorted(rows.items(), key=lambda item: item[1].line))
