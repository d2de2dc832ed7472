"""The rows left out as a file: the original columns and bytes, and why. Fixed, it re-imports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby

from leads.csvfile import Dialect
from leads.csvguess import ONE_BYTE
from leads.formulas import safe
from leads.importing import problems, staging
from leads.importing.looking import read_rows
from leads.importing.problems import Issue
from leads.importing.rows import Row, RowReader
from leads.mapping import REJECT_COLUMNS, our_columns
from leads.models import Import


class _Echo:
    """What csv.writer writes into: it hands each line back."""

    def write(self, line: str) -> str:
        """Return the line instead of keeping it."""
        return line


def rejects(record: Import) -> Iterator[bytes]:
    """Yield the rows left out, in the encoding and with the delimiter of the original.

    Adds row_number, problem and how_to_fix. A cell a spreadsheet would run as a formula gets an
    apostrophe in front; reading a file with these three columns takes it off again.
    """
    dialect = Dialect(**record.options["dialect"])
    utf16 = dialect.encoding.startswith("utf-16")
    encoding = "utf-8" if dialect.numbered else dialect.encoding
    errors = "surrogatepass" if utf16 else "surrogateescape"
    writer = csv.writer(_Echo(), delimiter=dialect.delimiter, lineterminator="\r\n")

    def line(cells: list[str], note: list[str], beyond: list[str]) -> bytes:
        own = [_writable(cell, encoding) for cell in note]
        texts = [*map(safe, cells), *own, *map(safe, beyond)]
        return str(writer.writerow(texts)).encode(encoding, errors)

    ours = our_columns(record.header)
    kept = [place for place in range(len(record.header)) if place not in ours]
    names = _names(record)
    mark = b"" if encoding in ONE_BYTE else "\ufeff".encode(encoding)
    yield mark + line([names[place] for place in kept], list(REJECT_COLUMNS), [])
    for row, cells in _left_out(record):
        own = [cells[place] for place in kept if place < len(cells)]
        yield line(own, notes(row), cells[len(record.header) :])


def _names(record: Import) -> list[str]:
    """Return the names of the columns as the file has them; ours where it has none."""
    if not (record.has_header and staging.is_kept(record)):
        return list(record.header)
    with staging.table(record) as table:
        return table.names


def notes(row: Row) -> list[str]:
    """Return row number, problem and how to fix it, as the three columns say it."""
    words = " ".join(issue.words for issue in row.problems)
    fixes = dict.fromkeys(problems.fix(issue.code) for issue in row.problems)
    return [str(row.line), words, " ".join(fixes)]


def _writable(text: str, encoding: str) -> str:
    return text.encode(encoding, "replace").decode(encoding) if encoding in ONE_BYTE else text


def _left_out(record: Import) -> Iterator[tuple[Row, list[str]]]:
    """Yield the rows with problems, with their cells as the file has them.

    Once the upload is removed, what is left are the first 1,000 rows of each kind.
    """
    if not staging.is_kept(record):
        yield from _noted(record)
        return
    with staging.table(record) as table:
        reader = RowReader(record, table.header)
        for block in table.blocks():
            originals = [list(cells) for cells in block.rows]
            for row, cells in zip(read_rows(record, reader, block), originals, strict=True):
                if row.problems:
                    yield row, cells


def _noted(record: Import) -> Iterator[tuple[Row, list[str]]]:
    issues = record.issues.filter(is_warning=False).order_by("row_number", "pk")
    for line, some in groupby(issues.iterator(chunk_size=1_000), lambda one: one.row_number):
        noted = list(some)
        row = Row(line, {})
        row.problems = [
            Issue(one.code, figures=one.figures, words_kept=one.words_kept) for one in noted
        ]
        yield row, noted[0].cells
