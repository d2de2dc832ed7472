"""Count the problems of rows and keep the details of the first 1,000 of each kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from leads.importing.bulk import Loader
from leads.importing.problems import CORRECTED, WHOLE_ROW, Issue
from leads.importing.rows import STRAY, Row
from leads.models import Import, ImportIssue

KEPT = 1_000
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
LONGEST_CELL = 2_000
COLUMNS = ("row_number", "column", "code", "value", "cells", "figures", "is_warning")


class Notebook:
    """Collects what one block adds; `save` writes it inside the chunk's transaction."""

    def __init__(self, record: Import) -> None:
        self.record = record
        self.problems: dict[str, int] = dict(record.problems)
        self.warnings: dict[str, int] = dict(record.warnings)
        self.details: list[tuple[Any, ...]] = []

    def problem(self, row: Row, cells: list[str]) -> None:
        """Count a row under its first problem; keep all its problems with its cells."""
        code = row.problems[0].code
        self.problems[code] = self.problems.get(code, 0) + 1
        if self.problems[code] <= KEPT:
            for issue in row.problems:
                self._keep(row.line, issue, cells)

    def corrected(
        self, row: Row, cells: list[str], bucket: str, place: int | None, fault: str
    ) -> None:
        """Keep a good row that was corrected by hand, so that it can be corrected again: its cells
        as the file has them, where it is counted (Scope.bucket), what the file's line suffers from.
        """
        figures: dict[str, str | int] = {"bucket": bucket, "fault": fault}
        if place is not None:
            figures["place"] = place
        self._keep(row.line, Issue(CORRECTED, figures=figures), cells, is_note=True)

    def warn(self, row: Row) -> None:
        """Count the warnings of a row that goes in all the same."""
        for issue in row.warnings:
            self.warnings[issue.code] = self.warnings.get(issue.code, 0) + 1
            if self.warnings[issue.code] <= KEPT:
                self._keep(row.line, issue, None)

    def _keep(
        self, line: int, issue: Issue, cells: list[str] | None, *, is_note: bool = False
    ) -> None:
        self.details.append(
            (
                line,
                None if issue.column == WHOLE_ROW else issue.column,
                issue.code,
                storable(issue.value)[:LONGEST_CELL],
                json.dumps([storable(cell)[:LONGEST_CELL] for cell in cells or ()]),
                json.dumps(dict(issue.figures)),
                is_note or cells is None,
            )
        )

    def save(self) -> Mapping[str, Any]:
        """Write the details; return the columns of the Import that changed."""
        Loader(ImportIssue, COLUMNS, {"record_id": self.record.pk}).insert(self.details)
        self.details = []
        return {"problems": dict(self.problems), "warnings": dict(self.warnings)}


def storable(text: str) -> str:
    """Return text every database takes: stray bytes and NUL shown as U+FFFD."""
    return text if text.isascii() and "\0" not in text else UNSTORABLE.sub(STRAY, text)
