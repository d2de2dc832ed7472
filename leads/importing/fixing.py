"""Correct rows on the check page: a cell, a row, a whole kind. The file stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from access.models import User
from leads.importing import problems, progress, staging
from leads.importing.looking import Scope, look_up
from leads.importing.notes import Notebook
from leads.importing.rows import ROW_LEFT_OUT, Row, RowReader
from leads.models import Import, ImportEdit, ImportIssue

STRUCTURAL = frozenset(("unclosed_quote", "cell_too_long", "bad_bytes", "nul", "extra_cells"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem with its count, the words of it and the fixes it can get."""

    code: str
    count: int
    title: str
    fix: str
    hows: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row of the grid: its line, its cells (with edits), and the issue of each bad column."""

    line: int
    cells: list[str]
    issues: dict[int, str]  # column (problems.WHOLE_ROW for the row) -> words


def kinds(record: Import) -> list[Kind]:
    """Return the kinds of problems of a checked import, most rows first, then by name."""
    chosen = record.options.get("fixes", {})
    found = []
    for code, count in sorted(record.problems.items(), key=lambda item: (-item[1], item[0])):
        hows = [(how, problems.how_words(how)) for how in problems.fixes_for(code)]
        title = problems.title(code)
        found.append(Kind(code, count, title, problems.fix(code), hows, chosen.get(code, "")))
    return found


def bad_rows(record: Import, *, code: str = "", after: int = 0, count: int = 50) -> list[BadRow]:
    """Return rows to fix after a line, of one kind or of all."""
    issues = record.issues.filter(is_warning=False, row_number__gt=after)
    lines = issues.filter(code=code) if code else issues
    numbers = lines.order_by("row_number").values_list("row_number", flat=True)
    wanted = list(numbers.distinct()[:count])
    edits = _edits(record, wanted)
    rows: dict[int, BadRow] = {}
    for issue in issues.filter(row_number__in=wanted):
        line = issue.row_number
        if line not in rows:
            cells = [edits.get((line, at), cell) for at, cell in enumerate(issue.cells)]
            rows[line] = BadRow(line, cells, {})
        column = problems.WHOLE_ROW if issue.column is None else issue.column
        rows[line].issues[column] = issue.words
    return [rows[line] for line in wanted]


def _edits(record: Import, lines: list[int]) -> dict[tuple[int, int], str]:
    rows = ImportEdit.objects.filter(record=record, row_number__in=lines)
    return {(e.row_number, e.column): e.value for e in rows}


def edit_cell(record: Import, line: int, column: int, value: str, *, by: User | None) -> Row:
    """Write a corrected cell, check its row again and count it anew; return what became of it.

    Raises ImportIssue.DoesNotExist for a row that has no problem on record.
    """
    return _settle(record, line, column, value, by)


def leave_out(record: Import, line: int, *, by: User | None) -> Row:
    """Leave a whole row out by hand."""
    return _settle(record, line, ROW_LEFT_OUT, "", by)


def fix_kind(record: Import, code: str, how: str) -> None:
    """Fix every row of a kind in one way ("" takes the fix back), and check the file again.

    Raises ValueError for a fix this kind cannot get, progress.WrongTime.
    """
    if how and how not in problems.fixes_for(code):
        raise ValueError(f"{code} cannot be fixed by {how}.")
    fixes = {**record.options.get("fixes", {}), code: how}
    record.options["fixes"] = {kind: way for kind, way in fixes.items() if way}
    progress.start_check(record)


@transaction.atomic
def _settle(record: Import, line: int, column: int, value: str, by: User | None) -> Row:
    issues = record.issues.filter(row_number=line, is_warning=False)
    first = issues.order_by("pk").first()
    if first is None:
        raise ImportIssue.DoesNotExist
    ImportEdit.objects.update_or_create(
        record=record, row_number=line, column=column, defaults={"value": value, "by": by}
    )
    with staging.table(record) as table:
        reader = RowReader(record, table.header)
    fault = first.code if first.code in STRUCTURAL else ""
    row = reader.read(line, list(first.cells), fault)
    _recount(record, reader, row, first, issues)
    return row


def _recount(
    record: Import, reader: RowReader, row: Row, old: ImportIssue, issues: QuerySet[ImportIssue]
) -> None:
    """Move a row from its old count to its new one."""
    now = Import.objects.select_for_update().get(pk=record.pk)
    left = old.code == "left_by_hand"
    _bump(now.problems, old.code, -1)
    now.left_out -= left
    now.to_fix -= not left
    issues.delete()
    if not row.problems:
        key = row.values[reader.target.key]
        known = Scope(now, reader).counted(look_up(now, reader, [key]).get(key, ()))
        now.already_here += bool(known)
        now.ready += not known
    else:
        by_hand = row.problems[0].code == "left_by_hand"
        now.left_out += by_hand
        now.to_fix += not by_hand
        notebook = Notebook(now)
        notebook.problem(row, list(old.cells))
        now.problems = dict(notebook.save()["problems"])
    now.save(update_fields=["problems", "to_fix", "left_out", "ready", "already_here"])
    record.refresh_from_db()


def _bump(counts: dict[str, int], code: str, by: int) -> None:
    counts[code] = counts.get(code, 0) + by
    if counts[code] <= 0:
        del counts[code]
