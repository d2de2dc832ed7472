"""Save rows, a block at a time: the rows, the counts and the cursor in one transaction."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
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
    fresh: list[tuple[Any, ...]] = field(default_factory=list)  # new and also, for the database
    tags: dict[str, list[str]] = field(default_factory=dict)  # by key
    skipped: int = 0
    repeated: int = 0
    left_out: int = 0


@dataclass
class Portion:
    """A block on its way: its rows, who is here already, and, where begun, the sorting of them."""

    block: Block
    rows: list[Row]
    found: dict[str, list[Found]]
    sorting: Future[Sorted] | None = None


class Commit:
    """The saving of one import, a block at a time.

    While the database saves one block, the next is sorted and the one after it read.
    """

    def __init__(self, record: Import, reader: RowReader, table: Table) -> None:
        self.record, self.reader = record, reader
        self.at = record.cursor["at"] if record.cursor else list(table.first)
        self.ahead = Ahead(reader, table, Cursor(*self.at))
        self.next: Portion | None = None
        self.last = Sorted()
        self.scope = Scope(record, reader)
        self.is_nowhere = bool(reader.target.place) and record.lead_list_id is None
        self.policy = record.options.get("duplicates", "skip")
        self.key = reader.target.key
        self.loader: Loader | None = None
        columns = {field.attname for field in reader.target.model._meta.concrete_fields}
        self.extra = [name for name in ("phone_rev", "origin_row") if name in columns]

    def step(self) -> bool:
        """Save the next block; False when there is none."""
        mine, self.next = self.next or self._look(), None
        if not mine.rows and list(mine.block.end) == self.at:
            return False
        if self.is_nowhere:
            self.record.lead_list = named_list(self.record)
        done = mine.sorting.result() if mine.sorting else self._sort(mine)
        self.last = done
        if self.ahead.is_ready:
            self.next = self._look()
        notebook = Notebook(self.record)
        for row, cells in zip(mine.rows, mine.block.rows, strict=True):
            if row.problems:
                notebook.problem(row, cells)
            elif row.warnings:
                notebook.warn(row)
        with transaction.atomic():
            self._save(mine, done, notebook)
        return True

    def _look(self) -> Portion:
        """Return the next block, with what the database knows of its rows."""
        block, rows = self.ahead.take()
        refuse_blocked(self.record, self.reader, rows)
        keys = [row.values[self.key] for row in rows if not row.problems]
        return Portion(block, rows, look_up(self.record, self.reader, keys))

    def _meanwhile(self) -> None:
        """Begin what needs no database, before it is waited for."""
        if self.next:
            self.next.sorting = self.ahead.do(partial(self._sort, self.next))
        self.ahead.begin()

    def _save(self, mine: Portion, done: Sorted, notebook: Notebook) -> None:
        record, rows, first = self.record, len(mine.rows), self.is_nowhere
        inserted = self._insert(done.fresh) if done.fresh else 0
        # Somebody else added these in this very moment; one of `also` is updated all the same.
        missed = min(len(done.fresh) - inserted, len(done.new))
        if done.changed:
            update(record, self.reader, list(done.changed.values()))
        if done.tags:
            put_tags(record, done.tags)
        counts = {
            "rows_read": record.rows_read + rows,
            "added": record.added + len(done.new) - missed,
            "updated": record.updated + len(done.changed),
            "skipped": record.skipped + done.skipped + done.repeated + missed,
            "repeated": record.repeated + done.repeated,
            "left_out": record.left_out + done.left_out,
        }
        self._count_in_list(record, inserted, done, rows, first=first)
        place = {"lead_list_id": record.lead_list_id, "options": record.options} if first else {}
        self.at = list(mine.block.end)
        share = mine.block.end.offset / max(record.size, 1)
        cursor = {"at": self.at, "share": share}
        progress.write(record, **counts, **notebook.save(), **place, cursor=cursor)
        self.is_nowhere = first and record.lead_list_id is None

    def _sort(self, portion: Portion) -> Sorted:
        """Decide for every row by the duplicates policy; an empty value never erases."""
        done, before = Sorted(), self.last
        good = [row for row in portion.rows if not row.problems]
        done.left_out = len(portion.rows) - len(good)
        for row in good:
            key = row.values[self.key]
            hits = portion.found.get(key)
            if key in done.new or key in done.changed or key in before.new or key in before.also:
                done.repeated += 1
            elif not hits:
                done.new[key] = row
            else:
                self._sort_known(done, row, key, hits)
        fresh = _in_order({**done.new, **done.also}) if done.also else done.new
        if self.reader.has_tags:
            done.tags = tags_of(fresh, done.changed)
        done.fresh = self._tuples(fresh)
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

    def _insert(self, fresh: list[tuple[Any, ...]]) -> int:
        if self.loader is None:
            target = self.reader.target
            target.open_place(self.record)
            names = [*self.extra, *self.reader.blank]
            self.loader = Loader(target.model, names, target.constants(self.record))
        return self.loader.insert(fresh, self._meanwhile)

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
