"""Workbooks are read in a child process that may die; the product may not."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from leads import sheetfile
from leads.csvfile import Unreadable, open_table

WHEN = dt.datetime(2026, 4, 3, 9, 30)  # noqa: DTZ001 - a sheet knows no time zone


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(path: Path, sheet: str = "") -> list[tuple[int, list[str]]]:
    out = path.with_suffix(".csv")
    dialect = sheetfile.to_csv(path, sheet, out)
    with out.open("rb") as file:
        table = open_table(file, dialect)
        return [
            (line, cells)
            for block in table.blocks()
            for line, cells in zip(block.lines, block.rows, strict=True)
        ]


def with_part(path: Path, name: str, content: bytes) -> Path:
    """The same workbook with one part of the archive replaced."""
    source = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
        if name not in old.namelist():
            new.writestr(name, content)
    return path


def test_numbers_stay_whole_dates_are_iso_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "leads.xlsx",
        March=[
            ["name", "phone", "met", "score"],
            ["Asha", 9876543210.0, WHEN.replace(hour=0, minute=0), 1.5],
            [],
            ["Ravi\nKumar", "+91 91234 56789", WHEN, True],
        ],
    )
    assert rows_of(path) == [
        (2, ["Asha", "9876543210", "2026-04-03", "1.5"]),
        (4, ["Ravi\nKumar", "+91 91234 56789", "2026-04-03 09:30:00", "TRUE"]),
    ]


def test_breaks_inside_cells_and_headers_keep_every_row_whole(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Mobile\nnumber", "Name", "Note,\nlong"]]
    notes = ["old Mac_x000D_break, here", "Unix\nbreak, here", "two_x000D_\nbreaks", "a@b.in"]
    rows += [[9876543210 + place, "Asha", note] for place, note in enumerate(notes)]
    path = workbook(tmp_path / "leads.xlsx", March=rows)
    out = tmp_path / "out.csv"
    with (tmp_path / "out.csv").open("w+b") as file:
        table = open_table(file, sheetfile.to_csv(path, "", out))
        assert table.header == ["Mobile number", "Name", "Note, long"]
        [block] = table.blocks()
    found = [cells[2].replace("\r", "\n") for cells in block.rows]
    assert found == [
        "old Mac\nbreak, here",
        "Unix\nbreak, here",
        "two\n\nbreaks",
        "a@b.in",
    ]
    assert block.lines == [2, 3, 4, 5]


def test_a_hidden_sheet_comes_after_those_people_see(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx", Lookup=[["phone"], [1]], May=[["phone"], [2]])
    book = openpyxl.load_workbook(path)
    book["Lookup"].sheet_state, book.active = "hidden", 1
    book.save(path)
    assert sheetfile.sheet_names(path) == ["May", "Lookup"]
    assert rows_of(path) == [(2, ["2"])]


def test_the_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", One=[["phone"], [1]], Two=[["phone"], [2]])
    assert sheetfile.sheet_names(path) == ["One", "Two"]
    assert rows_of(path, "Two") == [(2, ["2"])]
    with pytest.raises(Unreadable, match="no sheet “Three”. It has: One, Two"):
        rows_of(path, "Three")


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.csv.xlsx", One=[["phone"]])
    with path.open("rb") as file:
        assert sheetfile.is_workbook(file)
    archive = tmp_path / "leads.csv"
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("a.txt", "a")
    with archive.open("rb") as file:
        assert not sheetfile.is_workbook(file)


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", One=[["phone"]])
    with_part(path, "xl/worksheets/sheet1.xml", b"<row>" + b" " * 60_000_000)
    with pytest.raises(Unreadable, match="unpacks to a size"):
        sheetfile.sheet_names(path)


def test_a_far_cell_ends_in_a_sentence_and_not_in_a_crash(tmp_path: Path) -> None:
    path = workbook(tmp_path / "far.xlsx", One=[["phone"], [1]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    )
    with_part(path, "xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(Unreadable, match="too big to open"):
        rows_of(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "entities.xlsx", One=[["phone"]])
    with_part(
        path,
        "xl/sharedStrings.xml",
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaa">]><sst>&a;</sst>',
    )
    with pytest.raises(Unreadable, match="definitions that Excel never writes"):
        sheetfile.sheet_names(path)


@pytest.mark.parametrize(
    ("content", "words"), [(b"PK\x03\x04garbage", "damaged"), (b"", "damaged"), (b"abc", "damaged")]
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words):
        sheetfile.sheet_names(path)


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "empty.xlsx", One=[])
    with pytest.raises(Unreadable, match="sheet is empty"):
        rows_of(path)


def test_errors_and_formulas_without_a_result_are_read_as_the_sheet_shows_them(
    tmp_path: Path,
) -> None:
    path = workbook(
        tmp_path / "leads.xlsx",
        May=[
            ["name", "phone", "city"],
            ["#N/A", 9876543210, "#DIV/0!"],
            ["=CONCATENATE(A2,B2)", None, "Pune & Thane"],
            [None, "=1/0", None],
            [None, None, None],
            [None, None, "=VLOOKUP(1,A:B,2)"],
        ],
    )
    assert rows_of(path) == [
        (2, ["#N/A", "9876543210", "#DIV/0!"]),
        (3, ["=CONCATENATE(A2,B2)", "", "Pune & Thane"]),
        (4, ["", "=1/0", ""]),
        (6, ["", "", "=VLOOKUP(1,A:B,2)"]),
    ]


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>phone</t></is></c></row>'
    '<row/><row><c t="str"><f>IF(A1="","",A1)</f><v></v></c><c><v>9876543210</v></c></row>'
    '<row><c t="str"><f>"R"&amp;"v"</f><v>Rv</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    "<row><c/><c><f>A1&amp;1</f><v/></c></row></sheetData></worksheet>"
)


def test_errors_are_found_where_cells_do_not_say_their_place(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx", May=[["name", "phone"], ["a", 1]])
    with_part(path, "xl/worksheets/sheet1.xml", SHEET.encode())
    assert rows_of(path) == [
        (3, ["", "9876543210"]),
        (4, ["Rv", "#DIV/0!"]),
        (5, ["", "=A1&1"]),
    ]
