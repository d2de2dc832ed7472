"""Put many rows into a table: COPY on PostgreSQL; on SQLite a temporary table, INSERT..SELECT."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction

STAGING = "import_rows"
PIECE = 500  # rows sent to PostgreSQL at a time
# What COPY's text format writes otherwise (PostgreSQL manual, COPY, "Text Format").
COPIED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
SPECIAL = re.compile(r"[\\\t\n\r]")


class Loader:
    """Inserts rows of one model: `columns` differ from row to row, the rest is the same for all.

    A row that meets a unique constraint is passed over, so the caller compares counts.
    """

    def __init__(
        self, model: type[models.Model], columns: Sequence[str], shared: dict[str, Any]
    ) -> None:
        """Take attribute names (`team_id`); `shared` may leave out columns with a default."""
        self.model, self.columns = model, tuple(columns)
        fields = [f for f in model._meta.concrete_fields if not f.primary_key]
        self.by_name = {field.attname: field for field in fields}
        rest = [field for field in fields if field.attname not in self.columns]
        self.shared = tuple(
            self._prepared(field, shared.get(field.attname, field.get_default())) for field in rest
        )
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.varying = [self._quoted(name) for name in self.columns]
        self.names = ", ".join([*self.varying, *(self._quoted(f.attname) for f in rest)])
        self.copy_in = f"COPY {self.table} ({self.names}) FROM STDIN"
        self.empty = tuple(self._prepared(f, f.get_default()) for f in self._varying_fields())

    def _varying_fields(self) -> list[models.Field[Any, Any]]:
        return [self.by_name[name] for name in self.columns]

    def _quoted(self, name: str) -> str:
        return _column(self.by_name[name])

    def _prepared(self, field: models.Field[Any, Any], value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def insert(
        self, rows: list[tuple[Any, ...]], meanwhile: Callable[[], None] = lambda: None
    ) -> int:
        """Insert rows of database-ready values, ordered as `columns`; return how many went in.

        `meanwhile` is called before the database is waited for; it begins work in a thread.
        """
        if not rows:
            return 0
        if connection.vendor == "postgresql":
            meanwhile()
            try:
                with transaction.atomic():  # somebody may add the same number in this very moment
                    self._copy(rows)
            except IntegrityError:
                return self._through_staging(rows)
            return len(rows)
        return self._through_staging(rows, meanwhile)

    def lines(self, rows: Iterable[tuple[Any, ...]]) -> bytes:
        """Return rows as COPY reads them: every column, those of `shared` the same in each."""
        end = "".join(f"\t{_copied(value)}" for value in self.shared) + "\n"
        width = len(self.columns) - 1
        lines = []
        for row in rows:
            texts = [value if value.__class__ is str else _copied(value) for value in row]
            line = "\t".join(texts)
            if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != width:
                line = "\t".join(map(_copied, row))
            lines.append(line)
        return (end.join(lines) + end).encode()

    def _copy(self, rows: list[tuple[Any, ...]]) -> None:
        """Send rows in pieces: the server saves the first while the next is written out."""
        errors, cursor = connection.wrap_database_errors, connection.cursor()
        with errors, cursor, cursor.copy(self.copy_in) as copy:
            for start in range(0, len(rows), PIECE):
                copy.write(self.lines(rows[start : start + PIECE]))

    def _through_staging(
        self, rows: list[tuple[Any, ...]], meanwhile: Callable[[], None] = lambda: None
    ) -> int:
        columns = ", ".join(self.varying)
        marks = ", ".join(["%s"] * len(self.shared))
        with connection.cursor() as cursor:
            self._stage(cursor, columns, rows)
            meanwhile()  # not before: SQLite hands Python's lock over with every row it stages
            cursor.execute(
                f"INSERT INTO {self.table} ({self.names}) SELECT {columns}, {marks} "  # noqa: S608
                f"FROM {STAGING} WHERE true ON CONFLICT DO NOTHING",
                self.shared,
            )
            return int(cursor.rowcount)

    def _stage(self, cursor: Any, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Fill the staging table: one statement then moves all rows, so that the triggers of the
        name index are settled once and not once a row (measured: 60 times faster on SQLite). On
        PostgreSQL it is the way around rows that meet a constraint.
        """
        cursor.execute(f"DROP TABLE IF EXISTS {STAGING}")
        like = f"SELECT {columns} FROM {self.table} LIMIT 0"  # noqa: S608
        cursor.execute(f"CREATE TEMP TABLE {STAGING} AS {like}")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {STAGING} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(self.columns))
            cursor.executemany(f"INSERT INTO {STAGING} VALUES ({marks})", rows)  # noqa: S608


def write_changes(
    model: type[models.Model], columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    """Set `columns` of the rows named by the primary key at the end of each tuple."""
    if not rows:
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    sets = ", ".join(f"{_column(fields[name])} = %s" for name in columns)
    chosen = [fields[name] for name in columns]
    prepared = []
    for *values, pk in rows:
        pairs = zip(chosen, values, strict=True)
        prepared.append((*(f.get_db_prep_save(v, connection) for f, v in pairs), pk))
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name("id")
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", prepared)  # noqa: S608


def _column(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(field.column or "")


def _copied(value: Any) -> str:
    """Return a database-ready value as COPY's text format has it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    text = value if isinstance(value, str) else _plain(value)
    return SPECIAL.sub(lambda found: COPIED[found[0]], text)


def _plain(value: Any) -> str:
    """Return a value that is no text as text: numbers, times, JSON (psycopg's wrapper)."""
    wrapped = getattr(value, "obj", value)
    return json.dumps(wrapped) if isinstance(wrapped, dict | list) else str(wrapped)
