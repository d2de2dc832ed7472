"""Runs alone, as a child process with little memory and time, and turns a sheet into CSV.

    python sheetchild.py sheets FILE            prints the names of the sheets
    python sheetchild.py rows FILE SHEET OUT    writes the rows, each after its row number

Prints one JSON object: {"sheets": [...]}, {"rows": n} or {"refused": code}. It is a process of
its own because the reader aborts on a cell placed at the far end of a sheet (measured: it asks
for 550 GB), which no exception handler survives. Imports nothing of ours.
"""

import csv
import datetime as dt
import json
import resource
import sys
import zipfile
from pathlib import Path

MEMORY = 1024**3
CPU_SECONDS = 60
MOST_ENTRIES = 200
MOST_UNPACKED = 300 * 1024**2
MOST_RATIO = 100
SMALL = 5 * 1024**2  # below this, a high ratio is only a repetitive small file


class Refused(Exception):
    """The workbook must not be read; the argument is the code of the reason."""


def limit() -> None:
    """Give this process a ceiling of memory and processor time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def inspect(path: str) -> None:
    """Refuse archives made to explode, and XML that defines entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries) or 1
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise Refused("not_a_workbook")
            if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
                raise Refused("too_big")
            if unpacked > SMALL and unpacked > MOST_RATIO * packed:
                raise Refused("bomb")
            for entry in entries:
                with archive.open(entry) as part:
                    head = part.read(4096).replace(b"\0", b"").upper()
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise Refused("entities")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError) as trouble:
        raise Refused("damaged") from trouble


def cell_text(cell: object) -> str:
    """Write a cell as a person would type it: 9876543210, not 9876543210.0; dates in ISO form."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return str(cell)


def write_rows(path: str, sheet: str, out: str) -> int:
    """Write the sheet's rows, each after its number in the sheet; return how many."""
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    table = workbook.get_sheet_by_name(sheet or workbook.sheet_names[0])
    first = (table.start or (0, 0))[0] + 1
    count = 0
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # not with "\n": a lone CR in a cell would go unquoted
        for number, cells in enumerate(table.to_python(skip_empty_area=True), first):
            texts = [cell_text(cell) for cell in cells]
            if any(texts):
                writer.writerow([number, *texts])
                count += 1
    return count


def sheet_names(path: str) -> list[str]:
    """Return the names of the sheets that hold tables: those people see come first."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    found = CalamineWorkbook.from_path(path).sheets_metadata
    sheets = [sheet for sheet in found if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    return [sheet.name for sheet in sheets]


def main() -> dict[str, object]:
    """Do what the arguments say and return the answer."""
    from python_calamine import CalamineError

    limit()
    job, path, *rest = sys.argv[1:]
    try:
        inspect(path)
        if job == "sheets":
            return {"sheets": sheet_names(path)}
        return {"rows": write_rows(path, *rest)}
    except Refused as trouble:
        return {"refused": str(trouble)}
    except CalamineError as trouble:
        return {"refused": "locked" if "password" in str(trouble).lower() else "damaged"}
    except MemoryError:
        return {"refused": "too_big"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
