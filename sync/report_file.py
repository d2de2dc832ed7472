"""The report as a workbook, for people who go on working in Excel."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from leads.formulas import safe
from sync.pages_reports import AccountLine, Line


def workbook(title: str, lines: list[Line], together: Line, accounts: list[AccountLine]) -> bytes:
    """Return an XLSX file: the report, its sum, and the accounts on a second sheet.

    Names are cells nobody's spreadsheet runs (leads/formulas.py).
    """
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError(title)
    sheet.title = title[:31]
    _head(sheet, [_("Name"), *headings()])
    for line in [*lines, together]:
        sheet.append([safe(line.name), *figures(line)])
    second = book.create_sheet(_("Accounts"))
    names = [words for _state, words, _number in AccountLine("", "").cells]
    _head(second, [_("Account"), *names])
    for account in accounts:
        second.append([safe(account.name), *(number for _state, _words, number in account.cells)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def headings() -> list[str]:
    """Return the names of the figures of a line."""
    return [
        _("Received"),
        _("Repeated"),
        _("Bad"),
        _("Good"),
        _("At a provider"),
        _("Refused"),
        _("Deleted since"),
        _("Not there yet"),
    ]


def figures(line: Line) -> list[int]:
    """Return the figures of a line in the order of `headings`."""
    known = [line.received, line.repeated, line.bad, line.good]
    return [*known, line.there, line.refused, line.deleted, line.not_yet]


def _head(sheet: Any, names: list[str]) -> None:
    sheet.append(names)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 36
    sheet.freeze_panes = "B2"
