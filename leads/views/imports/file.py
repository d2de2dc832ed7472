"""How the file is read: encoding, delimiter, header, sheet; guessed, shown, changeable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from access.requests import TeamRequest
from access.roles import Right, needs
from leads import sheetfile
from leads.csvfile import Unreadable
from leads.importing import progress, staging
from leads.models import Import
from leads.views.imports import wizard

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16 (big endian)"),
    ("cp1252", lazy("Windows, Western European")),
    ("mac_roman", lazy("Mac, Western European")),
)
DELIMITERS = (
    (",", lazy("commas")),
    (";", lazy("semicolons")),
    ("\t", lazy("tabs")),
    ("|", lazy("bars |")),
)
MOST_COLUMNS = 12  # shown; all of them are read


@needs(Right.IMPORT)
def file(request: TeamRequest, pk: int) -> HttpResponse:
    """Show ten rows as they are read, and change how."""
    record = wizard.find(request, pk)
    if record.state not in (Import.State.UPLOADED, Import.State.CHECKED):
        return wizard.go(request, record)
    if request.method != "POST":
        return _draw(request, record)
    try:
        staging.reread(record, **_choices(request))
    except (Unreadable, progress.WrongTime) as reason:
        record.refresh_from_db()
        return _draw(request, record, str(reason))
    return redirect("leads:import_file", record.pk)


def _choices(request: TeamRequest) -> dict[str, Any]:
    """Return what was chosen; what is not on offer is left as guessed."""
    chosen: dict[str, Any] = {}
    if request.POST.get("encoding") in dict(ENCODINGS):
        chosen["encoding"] = request.POST["encoding"]
    if request.POST.get("delimiter") in dict(DELIMITERS):
        chosen["delimiter"] = request.POST["delimiter"]
    if request.POST.get("header") in ("yes", "no"):
        chosen["has_header"] = request.POST["header"] == "yes"
    if request.POST.get("sheet"):
        chosen["sheet"] = request.POST["sheet"][:100]
    return chosen


def _draw(request: TeamRequest, record: Import, error: str = "") -> HttpResponse:
    preview = [(line, cells[:MOST_COLUMNS]) for line, cells in staging.preview(record)]
    context = {
        "record": record,
        "again": staging.twin(record),
        "sentence": sentence(record),
        "header": record.header[:MOST_COLUMNS],
        "hidden": max(len(record.header) - MOST_COLUMNS, 0),
        "preview": preview,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "sheets": sheets(record),
        "steps": wizard.steps(record, "file"),
        "error": error,
    }
    return render(request, "imports/file.html", context, status=422 if error else 200)


def sheets(record: Import) -> list[str]:
    """Return the sheets of a workbook; none for a text file."""
    if not record.options["dialect"].get("numbered"):
        return []
    return sheetfile.sheet_names(Path(record.file.path))


def sentence(record: Import) -> str:
    """Say how the file is read: "Read as UTF-8, separated by semicolons, names in row 1."."""
    place = {
        "encoding": str(dict(ENCODINGS).get(record.encoding, record.encoding)),
        "delimiter": str(dict(DELIMITERS).get(record.delimiter, record.delimiter)),
        "line": record.options["dialect"].get("line", 1),
        "sheet": record.sheet,
    }
    if record.options["dialect"].get("numbered"):
        how = _("Read from the sheet “%(sheet)s”") % place
    else:
        how = _("Read as %(encoding)s, separated by %(delimiter)s") % place
    names = _("names in row %(line)s") % place if record.has_header else _("no row of names")
    return f"{how}, {names}."


@require_POST
@needs(Right.IMPORT)
def onward(request: TeamRequest, pk: int) -> HttpResponse:
    """Go on from the file: to the check when its columns are remembered, else to the columns."""
    record = wizard.find(request, pk)
    if record.state == Import.State.UPLOADED and wizard.is_remembered(record):
        if not progress.trouble(record):
            return wizard.check_rows(request, record)
    elif record.state == Import.State.CHECKED:
        return redirect("leads:import_columns", record.pk)
    return redirect(wizard.address(record))
