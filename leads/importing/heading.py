"""Find the row of names below titles, dates and the names of groups of columns."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from access.models import Team
from leads.column_names import fields_named
from leads.csvguess import SAMPLE, Dialect, errors_of, text_of
from leads.csvparse import parse
from leads.mapping import our_columns
from leads.phones import PhoneReader
from leads.targets import Target

MOST_ROWS = 10


def by_names(path: Path, dialect: Dialect, target: Target, team: Team, country: str) -> Dialect:
    """Return `dialect` with the row as header, among the first ten, that names the most fields.

    The row guessed by its shape stays where no other names more, where a phone number stands above
    the other (that is a lead), and in our own rejects file.
    """
    with path.open("rb") as file:
        file.seek(dialect.start)
        text = text_of(file.read(SAMPLE), dialect.encoding, whole=True)
    lines = list(io.StringIO(text, newline=""))
    found = parse(lines, 0, dialect.delimiter, 0, final=True)
    own = 1 if dialect.numbered else 0
    rows = [[cell[:100] for cell in cells[own:]] for cells in found.rows[:MOST_ROWS]]
    if rows and our_columns(rows[0]):  # also where a name among them is a number
        return replace(dialect, has_header=True)
    named = fields_named(rows, target, team)
    best = named.index(max(named, default=0)) if named else 0
    if not best or named[best] < 2 or _hold_phone(rows[:best], country):
        return dialect
    above = "".join(lines[: found.lines[best]]).encode(
        dialect.encoding, errors_of(dialect.encoding)
    )
    line = int(found.rows[best][0]) if own else dialect.line + found.lines[best]
    start, width = dialect.start + len(above), len(rows[best])
    return replace(dialect, start=start, line=line, has_header=True, width=width)


def _hold_phone(rows: list[list[str]], country: str) -> bool:
    reader = PhoneReader(country)
    return any(reader.read(cell).holds_number for cells in rows for cell in cells)
