"""What a job does with every block: read its rows, and look up which are already here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import DateTimeField, Value
from django.utils import timezone

from leads import erased
from leads.csvfile import Block
from leads.importing.rows import Row, RowReader
from leads.lookups import unweighed
from leads.models import DoNotCall, Import


class Found(NamedTuple):
    """A record that already has the key of a row."""

    pk: int
    place: int | None
    origin: int | None
    created_at: datetime


def read_rows(record: Import, reader: RowReader, block: Block) -> list[Row]:
    """Read a block's rows and refuse the numbers nobody of the team may call."""
    rows = read_lines(reader, block)
    refuse_blocked(record, reader, rows)
    return rows


def read_lines(reader: RowReader, block: Block) -> list[Row]:
    """Read a block's rows by themselves, without the database."""
    faults = block.faults.get
    return [
        reader.read(line, cells, faults(place, ""))
        for place, (line, cells) in enumerate(zip(block.lines, block.rows, strict=True))
    ]


def refuse_blocked(record: Import, reader: RowReader, rows: list[Row]) -> None:
    """Refuse the numbers nobody of the team may call."""
    if reader.target.key != "phone":
        return
    numbers = [row.values["phone"] for row in rows if not row.problems]
    listed = DoNotCall.objects.filter(team_id=unweighed(record.team_id)).order_by()
    blocked = erased.among(record.team_id, numbers)
    if numbers and listed.exists():
        blocked |= set(listed.filter(phone__among=set(numbers)).values_list("phone", flat=True))
    if not blocked:
        return
    for row in rows:
        if row.values.get("phone") in blocked and not row.problems:
            row.refuse("do_not_call", reader.key_place, row.values["phone"])


def look_up(record: Import, reader: RowReader, keys: list[str]) -> dict[str, list[Found]]:
    """Return the live records that already have these keys, by key.

    Whether they live is looked at here: asked for live leads, PostgreSQL thinks of
    phone_once_in_list, which is of live leads by list. Once all were deleted, it takes that index
    for empty whatever has come since, and reads the whole of it for every phone.
    """
    target = reader.target
    found: dict[str, list[Found]] = {}
    names = {field.attname for field in target.model._meta.concrete_fields}
    gone = "deleted_at" if "deleted_at" in names else Value(None, output_field=DateTimeField())
    columns = (target.key, gone, "pk", target.place or "pk", "origin_id", "created_at")
    query = target.found(record).filter(**{f"{target.key}__among": set(keys)}).order_by()
    for key, deleted_at, *one in query.values_list(*columns):
        if deleted_at is None:
            found.setdefault(key, []).append(Found(*one))
    return found


class Scope:
    """Which of the records found make a row "already here" (options: scope and days)."""

    def __init__(self, record: Import, reader: RowReader) -> None:
        self.record, self.target = record, reader.target
        self.scope = record.options.get("scope", "team")
        days = int(record.options.get("days") or 0)
        self.since = timezone.now() - timedelta(days=days) if self.scope == "days" else None

    def here(self, found: Iterable[Found]) -> Found | None:
        """Return the record that stands exactly where the import would put the row."""
        for one in found:
            if self.target.is_here(self.record, one.place):
                return one
        return None

    def bucket(self, found: Iterable[Found], *, repeated: bool) -> tuple[str, int | None]:
        """Return the count a good row stands in; for "already_here" also the list that has it, its
        own where that is one of them (0: in none).
        """
        if repeated:
            return "repeated", None
        counted = self.counted(found)
        if not counted:
            return "ready", None
        return "already_here", (self.here(counted) or counted[0]).place or 0

    def counted(self, found: Iterable[Found]) -> list[Found]:
        """Return the records that count: in this place always, elsewhere by the scope."""
        return [one for one in found if self._counts(one)]

    def _counts(self, one: Found) -> bool:
        if self.target.is_here(self.record, one.place):
            return True
        if self.scope == "list":
            return False
        return self.since is None or one.created_at >= self.since
