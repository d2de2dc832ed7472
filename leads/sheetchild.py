"""Runs alone, as a child process with little memory and time, and turns a sheet into CSV.

    python sheetchild.py sheets FILE            prints the names of the sheets
    python sheetchild.py rows FILE SHEET OUT    writes the rows, each after its row number

Prints one JSON object: {"sheets": [...]}, {"rows": n} or {"refused": code}. It is a process of
its own because the reader aborts on a cell placed at the far end of a sheet (measured: it asks
for 550 GB), which no exception handler survives. Imports nothing of ours.
"""

import csv
import datetime as dt
import html
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

MEMORY = 1024**3
CPU_SECONDS = 60
MOST_ENTRIES = 200
MOST_UNPACKED = 300 * 1024**2
MOST_RATIO = 100
PIECE = 4 * 1024**2  # of a sheet's XML, looked at in one go
SMALL = 5 * 1024**2  # below this, a high ratio is only a repetitive small file

TOKEN = re.compile(
    rb"<(?:\w+:)?(?:row\b([^>]*)|c\b(?:([^>]*)/>|([^>]*)>(.*?)</(?:\w+:)?c>))", re.DOTALL
)
ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
MARK = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f\b""")  # an error, or a formula
TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
PLACE = re.compile(rb"""\br=["']([A-Z]*)([0-9]+)["']""")
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]+)<")


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
    name = sheet or workbook.sheet_names[0]
    table = workbook.get_sheet_by_name(name)
    unread, top, left = unread_cells(path, name), *(table.start or (0, 0))
    edge = min([left, *(column for cells in unread.values() for column in cells)])
    count = 0
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # not with "\n": a lone CR in a cell would go unquoted
        for number, cells in numbered(table.to_python(skip_empty_area=True), top, unread):
            texts = [""] * (left - edge) + [cell_text(cell) for cell in cells]
            for column, text in unread.get(number, {}).items():
                texts += [""] * (column - edge + 1 - len(texts))
                texts[column - edge] = text
            if any(texts):
                writer.writerow([number + 1, *texts])
                count += 1
    return count


def numbered(
    rows: Sequence[Sequence[object]], top: int, unread: dict[int, dict[int, str]]
) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield rows with their numbers from 0, with those only `unread` knows before and after."""
    yield from ((number, []) for number in sorted(unread) if number < top)
    yield from enumerate(rows, top)
    yield from ((number, []) for number in sorted(unread) if number >= top + len(rows))


def unread_cells(path: str, sheet: str) -> dict[int, dict[int, str]]:
    """Return row -> column -> text, from 0, of cells the reader leaves empty: errors, and formulas
    that a program wrote without their result.
    """
    found: dict[int, dict[int, str]] = {}
    row = column = -1
    for piece in pieces(path, sheet):
        if not MARK.search(piece):
            for attributes in ROW.findall(piece):
                row = row_of(attributes, row)
            continue
        for token in TOKEN.finditer(piece):
            in_row, bare, attributes, content = token.groups()
            if in_row is not None:
                row, column = row_of(in_row, row), -1
                continue
            column = column_of(bare or attributes or b"", column)
            text = unread_text(attributes, content) if content else ""
            if text:
                found.setdefault(row, {})[column] = text
    return found


def row_of(attributes: bytes, before: int) -> int:
    """Return the row a <row> says it is, else the one after `before`."""
    said = PLACE.search(attributes)
    return int(said[2]) - 1 if said else before + 1


def column_of(attributes: bytes, before: int) -> int:
    """Return the column a cell says it is in ("AB7"), else the one after `before`."""
    said = PLACE.search(attributes)
    if said is None:
        return before + 1
    column = 0
    for letter in said[1]:
        column = column * 26 + letter - 64
    return column - 1


def unread_text(attributes: bytes, content: bytes) -> str:
    """Return the error of a cell, or its formula when it has no result; else nothing."""
    kind, value = TYPE.search(attributes), VALUE.search(content)
    if kind and kind[1] == b"e" and value:
        return xml_text(value[1])
    formula = FORMULA.search(content)
    if formula and not value and (kind is None or kind[1] == b"n"):
        return "=" + xml_text(formula[1])
    return ""


def xml_text(text: bytes) -> str:
    """Return what stands between two tags."""
    return html.unescape(text.decode("utf-8", "replace"))


def pieces(path: str, sheet: str) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that end behind a row; nothing where it is not found."""
    with zipfile.ZipFile(path) as archive:
        name = part_of(archive, sheet)
        if name not in archive.namelist():
            return
        with archive.open(name) as part:
            left = b""
            while more := part.read(PIECE):
                left += more
                cut = left.rfind(b"row>") + 4
                if cut > 4 or len(left) > 16 * PIECE:
                    yield left[: cut if cut > 4 else None]
                    left = left[cut:] if cut > 4 else b""
            yield left


def part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part of a workbook that holds a sheet; "" when it says none."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see inspect
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            wanted = next((v for k, v in element.items() if k.endswith("}id")), "")
            target = next(
                (link.get("Target", "") for link in links if link.get("Id") == wanted), ""
            )
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return ""


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
