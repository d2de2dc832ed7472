"""Read an Excel workbook by turning one sheet into CSV in a limited child process."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from leads.csvguess import SAMPLE, Dialect, Unreadable, shape

CHILD = Path(__file__).with_name("sheetchild.py")
WALL_SECONDS = 120

REFUSALS = {
    "not_a_workbook": noop("This is a zip archive, not a workbook. Choose a CSV or XLSX file."),
    "too_big": noop("This workbook is too big to open. Save the sheet as CSV and choose that."),
    "bomb": noop("This workbook unpacks to a size no lead list has. Save the sheet as CSV."),
    "entities": noop("This workbook holds definitions that Excel never writes. Save it as CSV."),
    "damaged": noop("This workbook is damaged. Open it in Excel, save it again and choose that."),
    "locked": noop("This workbook has a password. Save a copy without it and choose that."),
    "no_such_sheet": noop("The workbook has no sheet “{sheet}”. It has: {sheets}."),
    "empty": noop("The sheet is empty. Choose another sheet, or export the leads again."),
}

# A part that only other kinds of archive hold -> what to say of it.
OTHERS = {
    "content.xml": noop("This is an OpenDocument sheet (.ods). Save it as XLSX or CSV."),
    "xl/workbook.bin": noop("This is a binary workbook (.xlsb). Save it as XLSX or CSV."),
    "Index/Document.iwa": noop("This is a Numbers sheet of Apple. Export it as XLSX or CSV."),
    "word/document.xml": noop(
        "This is a Word document. Copy its table into a sheet, save it as XLSX."
    ),
}


def is_workbook(file: BinaryIO) -> bool:
    """Whether an open file is an XLSX workbook, by its content and not by its name.

    Raises Unreadable for half a workbook, as a broken download leaves it, and for other programs'
    sheets.
    """
    file.seek(0)
    head = file.read(2048)
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
    except zipfile.BadZipFile as trouble:
        if b"[Content_Types].xml" in head or b"xl/" in head:
            raise Unreadable(_(REFUSALS["damaged"])) from trouble
        return False
    for part in OTHERS.keys() & parts:
        raise Unreadable(_(OTHERS[part]))
    return "xl/workbook.xml" in parts


def sheet_names(path: Path) -> list[str]:
    """Return the workbook's sheets. Raises Unreadable."""
    names: list[str] = _child("sheets", str(path))["sheets"]
    return names


def to_csv(path: Path, sheet: str, out: Path, names: Sequence[str] = ()) -> Dialect:
    """Write the sheet (the first when `sheet` is empty) to `out` and return how to read it.

    `names` are the workbook's sheets where they are known. Raises Unreadable for a sheet that is
    missing or empty and for workbooks nobody should open.
    """
    names = names or sheet_names(path)
    if sheet and sheet not in names:
        words = _(REFUSALS["no_such_sheet"])
        raise Unreadable(words.format(sheet=sheet, sheets=", ".join(names)))
    sheet = sheet or next(iter(names), "")
    if not _child("rows", str(path), sheet, str(out))["rows"]:
        raise Unreadable(_(REFUSALS["empty"]))
    return numbered_dialect(out)


def numbered_dialect(path: Path) -> Dialect:
    """Return how to read what the child wrote: a row number first in each row."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    text = sample.decode("utf-8", "ignore")
    bare = io.StringIO(newline="")
    csv.writer(bare).writerows(row[1:] for row in csv.reader(io.StringIO(text, newline="")))
    found = shape(bare.getvalue(), Dialect())
    above = list(io.StringIO(text, newline=""))[: found.line - 1]
    titles = "".join(above)
    start, line = len(titles.encode()), int(text[len(titles) :].partition(",")[0])
    return Dialect("utf-8", ",", has_header=found.has_header, start=start, line=line, numbered=True)


def _child(*arguments: str) -> dict[str, Any]:
    """Run the child and return its answer; whatever kills it ends as a sentence."""
    try:
        finished = subprocess.run(  # noqa: S603 - our own script, no shell, file names only
            [sys.executable, "-I", str(CHILD), *arguments],
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as trouble:
        raise Unreadable(_(REFUSALS["too_big"])) from trouble
    try:
        answer: dict[str, Any] = json.loads(finished.stdout)
    except ValueError as trouble:
        raise Unreadable(_(REFUSALS["too_big"])) from trouble
    if "refused" in answer:
        raise Unreadable(_(REFUSALS[answer["refused"]]))
    return answer
