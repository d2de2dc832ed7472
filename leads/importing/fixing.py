"""Correct rows on the check page: a cell, a row, a whole kind. The file stays as it is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from access.models import User
from leads.csvfile import Block, Cursor
from leads.importing import problems, progress, staging
from leads.importing.checking import Seen
from leads.importing.looking import Scope, look_up, read_rows
from leads.importing.notes import Notebook
from leads.importing.problems import BLANK, CORRECTED, LEFT_BY_HAND, Issue
from leads.importing.rows import ROW_LEFT_OUT, Row, RowReader
from leads.models import Import, ImportEdit, ImportIssue

BUCKETS = ("ready", "already_here", "repeated", "to_fix", "left_out")
STRUCTURAL = frozenset(
    ("unclosed_quote", "cell_too_long", "line_too_long", "bad_bytes", "nul", "extra_cells")
)


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
    """Return the kinds of problems of a checked import, most rows first, then by name; blank rows,
    which nobody need look at, are the last.
    """
    chosen = record.options.get("fixes", {})
    found = []
    for code, count in sorted(
        record.problems.items(), key=lambda item: (item[0] == BLANK, -item[1], item[0])
    ):
        hows = [(how, problems.how_words(how)) for how in problems.fixes_for(code)]
        title = problems.title(code)
        found.append(Kind(code, count, title, problems.fix(code), hows, chosen.get(code, "")))
    return found


def bad_rows(
    record: Import, *, code: str = "", without: str = "", after: int = 0, count: int = 50
) -> list[BadRow]:
    """Return rows to fix after a line, of one kind or of all `without` one; of CORRECTED: those
    corrected.
    """
    issues = record.issues.filter(is_warning=code == CORRECTED, row_number__gt=after)
    lines = issues.filter(code=code) if code else issues.exclude(code=without)
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
        if issue.code == CORRECTED:
            changed = {at: issue.cells[at] for at in range(len(issue.cells)) if (line, at) in edits}
            rows[line].issues.update(changed)
        else:
            rows[line].issues[column] = issue.words
    return [rows[line] for line in wanted]


def warned(record: Import) -> list[tuple[str, int, str]]:
    """Return title and count of each kind of warning, and where it first stands: "row 3, City"."""
    found = []
    for code, count in record.warnings.items():
        first = record.issues.filter(code=code, is_warning=True).order_by("row_number").first()
        found.append((problems.title(code), count, _place(record, first) if first else ""))
    return found


def _place(record: Import, issue: ImportIssue) -> str:
    column = record.header[issue.column] if issue.column is not None else ""
    words = _("row {number}, {column}") if column else _("row {number}")
    return words.format(number=issue.row_number, column=column)


def corrected(record: Import) -> int:
    """Return how many rows were corrected by hand and are good now."""
    return record.issues.filter(code=CORRECTED).count()


def _edits(record: Import, lines: list[int]) -> dict[tuple[int, int], str]:
    rows = ImportEdit.objects.filter(record=record, row_number__in=lines)
    return {(e.row_number, e.column): e.value for e in rows}


def edit_cell(record: Import, line: int, column: int, value: str, *, by: User | None) -> Row:
    """Write a corrected cell, check its row again and count it anew; return what became of it.

    A row corrected before can be corrected again. Raises ImportIssue.DoesNotExist for a row that
    never had a problem, progress.WrongTime once the import has begun: its counts are what became
    of the rows.
    """
    with transaction.atomic():
        noted = _noted(record, line)
        ImportEdit.objects.update_or_create(
            record=record, row_number=line, column=column, defaults={"value": value, "by": by}
        )
        return _check_again(record, noted)


def leave_out(record: Import, line: int, *, by: User | None) -> Row:
    """Leave a whole row out by hand."""
    return edit_cell(record, line, ROW_LEFT_OUT, "", by=by)


def bring_back(record: Import, line: int) -> Row:
    """Take back that a row was left out by hand; corrections of its cells stay."""
    with transaction.atomic():
        noted = _noted(record, line)
        ImportEdit.objects.filter(record=record, row_number=line, column=ROW_LEFT_OUT).delete()
        return _check_again(record, noted)


def fix_kind(record: Import, code: str, how: str) -> None:
    """Fix every row of a kind in one way ("" takes the fix back), and check the file again.

    Raises ValueError for a fix this kind cannot get, progress.WrongTime.
    """
    if how and how not in problems.fixes_for(code):
        raise ValueError(f"{code} cannot be fixed by {how}.")
    fixes = {**record.options.get("fixes", {}), code: how}
    record.options["fixes"] = {kind: way for kind, way in fixes.items() if way}
    progress.start_check(record)


def _issues(record: Import, line: int) -> QuerySet[ImportIssue]:
    return record.issues.filter(Q(is_warning=False) | Q(code=CORRECTED), row_number=line)


def _noted(record: Import, line: int) -> ImportIssue:
    """Return what is noted about a row of a checked import, which is locked meanwhile."""
    progress.hold(record, Import.State.CHECKED)
    first = _issues(record, line).order_by("pk").first()
    if first is None:
        raise ImportIssue.DoesNotExist
    return first


def _check_again(record: Import, noted: ImportIssue) -> Row:
    with staging.table(record) as table:
        reader = RowReader(record, table.header)
    fault = _fault(noted)
    faults = {0: fault} if fault else {}
    cells = [*noted.cells, *[""] * (len(table.header) - len(noted.cells))]
    block = Block(Cursor(0, 0), [noted.row_number], [cells], faults)
    row = read_rows(record, reader, block)[0]
    _recount(record, reader, row, noted)
    return row


def _fault(issue: ImportIssue) -> str:
    """Return what the line of the file suffers from, whatever was done about it since."""
    if issue.code == CORRECTED:
        return str(issue.figures.get("fault", ""))
    fault = issue.value if issue.code == LEFT_BY_HAND else issue.code
    return fault if fault in STRUCTURAL else ""


def _recount(record: Import, reader: RowReader, row: Row, old: ImportIssue) -> None:
    """Move a row from its old count to its new one."""
    now = Import.objects.select_for_update().get(pk=record.pk)
    before = Row(row.line, {})
    before.problems = [Issue(old.code)]
    bucket, cells, fault = reader.bucket_of(before), list(old.cells), _fault(old)
    if old.code == CORRECTED:
        bucket = old.figures.get("bucket", "ready")  # emptied, when its person was erased
        _bump(now.already_in, old.figures.get("place"), -1)
    else:
        _bump(now.problems, old.code, -1)
    setattr(now, bucket, getattr(now, bucket) - 1)
    _issues(record, row.line).delete()
    notebook, repeats = Notebook(now), _repeats(record, reader, row)
    if row.problems:
        bucket = reader.bucket_of(row)
        notebook.problem(row, cells)
    else:
        key = row.values[reader.target.key]
        known = look_up(now, reader, [key]).get(key, ())
        bucket, place = Scope(now, reader).bucket(known, repeated=repeats)
        _bump(now.already_in, place, 1)
        notebook.corrected(row, cells, bucket, place, fault)
    now.problems = dict(notebook.save()["problems"])
    setattr(now, bucket, getattr(now, bucket) + 1)
    now.save(update_fields=["problems", "already_in", *BUCKETS])
    record.refresh_from_db()


def _repeats(record: Import, reader: RowReader, row: Row) -> bool:
    """Whether a corrected row is now the same as another line, as far as the check has noted."""
    path = staging.seen_path(record)
    if not path.exists():
        return False
    with closing(Seen(path)) as seen:
        return seen.corrected(row, reader.target.key)


def _bump(counts: dict[str, int], of: str | int | None, by: int) -> None:
    if of is None:
        return
    code = str(of)
    counts[code] = counts.get(code, 0) + by
    if counts[code] <= 0:
        del counts[code]
