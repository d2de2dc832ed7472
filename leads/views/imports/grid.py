"""The grid of rows to fix: which columns stand there, and one row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from leads.importing import fixing, problems
from leads.importing.problems import BLANK, CORRECTED, LEFT_BY_HAND
from leads.importing.rows import Row
from leads.models import Import
from leads.targets import target_of

PAGE = 50
MOST_COLUMNS = 3
FIRST = ("phone", "agent_id", "email", "city", "company", "alt_phone", "comment")
NAMES = ("full_name", "first_name", "last_name", "name")


@dataclass(frozen=True)
class CellShown:
    """One cell: an input with the reason when it is bad, plain text else."""

    column: int
    label: str
    value: str
    error: str
    is_bad: bool
    was: str = ""  # what the file has, where it was corrected by hand


@dataclass(frozen=True)
class RowShown:
    """One row: `words` are about the whole row; `end` says how it ended once it is settled."""

    line: int
    name: str
    cells: list[CellShown]
    words: str = ""
    end: str = ""
    is_out: bool = False  # left out by hand: it can be brought back
    corrected: Sequence[CellShown] = ()  # all that has to be drawn anew, where it is not the row


@dataclass(frozen=True)
class Grid:
    """Some rows to fix; `next` is the query string of the following ones."""

    labels: list[str]
    rows: list[RowShown]
    next: str
    code: str
    title: str
    left: int
    shown: str  # the columns, for the address a corrected row is drawn from


def grid(record: Import, query: QueryDict) -> Grid:
    """Return the rows after `after`, of the kind `code` or of all."""
    code, after = query.get("code", ""), query.get("after", "")
    fixed = code == CORRECTED
    code = code if fixed or code in record.problems else ""
    start = int(after) if after.isdecimal() and len(after) < 10 else 0
    hidden = "" if code else BLANK  # nobody need look at them, unless asked to
    bad = fixing.bad_rows(record, code=code, without=hidden, after=start, count=PAGE + 1)
    places = named(record, query.get("cols", "")) or columns(record, bad)
    draw = _fixed_row if fixed else _row
    rows = [draw(record, one, places) for one in bad[:PAGE]]
    shown = "-".join(str(place) for place, _label in places)
    more = f"?code={code}&cols={shown}&after={rows[-1].line}" if len(bad) > PAGE else ""
    every = sum(record.problems.values()) - record.problems.get(hidden, 0)
    count = record.problems.get(code, 0) if code else every
    count = fixing.corrected(record) if fixed else count
    title = problems.title(code) if code else ""
    labels = [label for _place, label in places]
    return Grid(labels, rows, more, code, title, count, shown)


def named(record: Import, shown: str) -> list[tuple[int, str]]:
    """Return the columns an address names ("2-5-7"), with their labels."""
    places = [int(text) for text in shown.split("-") if text.isdecimal() and len(text) < 4]
    labels = _labels(record)
    return [(place, labels[place]) for place in places if place < len(record.header)]


def _labels(record: Import) -> list[str]:
    fields = {field.key: str(field.label) for field in target_of(record.kind).fields(record.team)}
    entries = [record.mapping.get(str(place), {}) for place in range(len(record.header))]
    pairs = zip(entries, record.header, strict=True)
    return [fields.get(entry.get("to", ""), name) for entry, name in pairs]


def columns(record: Import, bad: Sequence[fixing.BadRow] = ()) -> list[tuple[int, str]]:
    """Return (place, label) of the columns shown: bad ones, then those that tell people apart."""
    labels = _labels(record)
    by_key: dict[str, int] = {}
    for place, entry in record.mapping.items():
        if entry["to"] and int(place) < len(record.header):
            by_key.setdefault(entry["to"], int(place))
    troubled = {place for row in bad for place in row.issues if place >= 0}
    wanted = [place for key, place in by_key.items() if key not in NAMES and place in troubled]
    wanted += [place for place in sorted(troubled) if place not in wanted]
    wanted += [by_key[key] for key in FIRST if key in by_key and by_key[key] not in wanted]
    keys = {place: key for key, place in by_key.items()}
    chosen = sorted(wanted[:MOST_COLUMNS], key=lambda place: _order(keys.get(place, "")))
    return [(place, labels[place]) for place in chosen if place < len(labels)]


def _order(key: str) -> int:
    return FIRST.index(key) if key in FIRST else len(FIRST)


def _row(record: Import, bad: fixing.BadRow, places: list[tuple[int, str]]) -> RowShown:
    cells = []
    for place, label in places:
        error = bad.issues.get(place, "")
        value = bad.cells[place] if place < len(bad.cells) else ""
        cells.append(CellShown(place, label, value, error, bool(error)))
    words = bad.issues.get(problems.WHOLE_ROW, "")
    is_out = words == problems.sentence(LEFT_BY_HAND, {})
    return RowShown(bad.line, name_of(record, bad.cells), cells, words, is_out=is_out)


def _fixed_row(record: Import, row: fixing.BadRow, places: list[tuple[int, str]]) -> RowShown:
    """Return a row corrected by hand: its corrected cells can be corrected again."""
    cells = []
    for place, label in places:
        value = row.cells[place] if place < len(row.cells) else ""
        was = row.issues.get(place)
        words = "" if was is None else _("In the file: %(value)s") % {"value": was[:40] or "–"}
        cells.append(CellShown(place, label, value, "", was is not None, words))
    return RowShown(row.line, name_of(record, row.cells), cells)


def name_of(record: Import, cells: Sequence[str]) -> str:
    """Return the name a row's cells give, "" when they give none."""
    places = {entry["to"]: int(place) for place, entry in record.mapping.items()}
    words = [cells[places[key]] for key in NAMES if key in places and places[key] < len(cells)]
    return " ".join(" ".join(words).split())[:80]


def row_shown(
    record: Import, line: int, row: Row | None, shown: str, column: int | None = None
) -> RowShown:
    """Return one row as it stands after `column` was corrected, in the columns the page shows."""
    found = fixing.bad_rows(record, after=line - 1, count=1)
    here = [bad for bad in found if bad.line == line]
    if here and (row is None or row.problems[:1] and row.problems[0].code != "left_by_hand"):
        drawn = _row(record, here[0], named(record, shown) or columns(record, here))
        same = [cell for cell in drawn.cells if cell.column == column]
        return replace(drawn, corrected=[] if drawn.words else same)
    name = name_of(record, here[0].cells) if here else _name(row)
    return RowShown(line, name, [], end=_end(row), is_out=bool(row and row.problems))


def _name(row: Row | None) -> str:
    if row is None:
        return ""
    return " ".join(str(row.values[key]) for key in NAMES if row.values.get(key))


def _end(row: Row | None) -> str:
    return _("Left out") if row is not None and row.problems else _("Ready")
