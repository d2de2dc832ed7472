"""Reading bytes as rows: dialects, faults of single rows, and going on from any block."""

import csv
import io
import random

import pytest

from leads import csvfile, csvguess, csvparse
from leads.csvfile import Unreadable, open_table

NAMES = ["name", "phone", "email", "city", "notes"]
NOTES = ["", "call after 6pm", "wants EMI, soon", 'said "maybe"', "line one\nline two", "hot; FB"]


def table_of(data: bytes) -> csvfile.Table:
    return open_table(io.BytesIO(data))


def everything(data: bytes) -> list[tuple[int, list[str], str]]:
    """Line, cells and fault of every row."""
    found = []
    for block in table_of(data).blocks():
        for place, (line, cells) in enumerate(zip(block.lines, block.rows, strict=True)):
            found.append((line, cells, block.faults.get(place, "")))
    return found


def written(delimiter: str, count: int, *, hindi: bool) -> str:
    dice, file = random.Random(count), io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(NAMES)
    for number in range(count):
        name = "प्रिया शर्मा" if hindi and number % 3 == 0 else "José Müller"
        phone = f"9{dice.randrange(10**9):09d}"
        writer.writerow([name, phone, f"a{number}@example.com", "Pune", dice.choice(NOTES)])
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_and_delimiter_is_recognised_and_read(encoding: str, delimiter: str) -> None:
    text = written(delimiter, 1500, hindi=encoding != "cp1252")
    table = table_of(text.encode(encoding))
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert table.header == expected[0]
    assert [row for _, row, _ in everything(text.encode(encoding))] == expected[1:]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_recognised_in_any_script(encoding: str) -> None:
    head = "नाम,मोबाइल नंबर,शहर का नाम,पूरा पता और टिप्पणी यहाँ लिखें\n"
    text = head + "राम कुमार शर्मा,9876500001,पुणे,कोथरूड के पास का बड़ा मकान\n" * 40
    table = table_of(text.encode(encoding))
    assert table.header == head.strip().split(",")
    assert table.dialect.encoding == encoding


def test_rows_carry_the_line_of_the_file_they_start_on() -> None:
    rows = everything(b'name,phone\nA,1\n"B\nB",2\n\nC,3\n')
    assert [(line, cells[0]) for line, cells, _ in rows] == [(2, "A"), (3, "B\nB"), (6, "C")]


def test_reading_goes_on_from_the_end_of_any_block(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(",", 400, hindi=True).encode()
    whole = everything(data)
    monkeypatch.setattr(csvfile, "BLOCK", 3000)
    monkeypatch.setattr(csvparse, "LONGEST_RECORD", 1000)
    pieces, at = [], None
    while True:
        table = table_of(data)  # a new process
        block = table.block(at or table.first)
        if not block.rows:
            break
        pieces += list(zip(block.lines, block.rows, strict=True))
        at = block.end
    assert pieces == [(line, cells) for line, cells, _ in whole]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\r\n", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "a PNG picture"),
        (b"PK\x03\x04" + bytes(500), "a zip archive"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "old Excel file"),
        (b"\xd0\xcf\x11\xe0" + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "a password"),
        (b"<html><table><tr><td>phone</td></tr></table>", "a web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "Excel XML"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "or a workbook with a password"),
        (b'{"leads": []}', "JSON"),
        (bytes(range(1, 32)) * 40, "not a text table"),
        (b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "10,000 columns; at most 256"),
    ],
)
def test_what_is_not_a_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        table_of(data)


def test_an_unclosed_quote_is_named_at_its_first_line_and_reading_goes_on() -> None:
    good = "".join(f"Lead {n},98765{n:05d},note\n" for n in range(3000))
    data = "name,phone,notes\n" + good[:2600] + 'Broken,"9876543210,x\n' + good[2600:]
    broken_line = data[: data.index("Broken")].count("\n") + 1
    rows = everything(data.encode())
    faults = [(line, fault) for line, _, fault in rows if fault]
    assert (broken_line, "unclosed_quote") in faults
    assert len(faults) <= 50
    assert len(rows) == data.count("\n") - 1


def test_an_unclosed_quote_does_not_swallow_the_quoted_rows_after_it() -> None:
    data = b'name,phone,notes\nA,1,x\nB,"2,x\nC,3,y\nD,4,"said ""hi"", left"\nE,5,"z"\n'
    assert [(line, cells[0], fault) for line, cells, fault in everything(data)] == [
        (2, "A", ""),
        (3, "B", "unclosed_quote"),
        (4, "C", ""),
        (5, "D", ""),
        (6, "E", ""),
    ]


def test_a_quote_left_open_in_the_last_row_is_its_own_fault_only() -> None:
    rows = everything(b'name,phone\nA,1\nB,"2\n')
    assert [fault for _, _, fault in rows] == ["", "unclosed_quote"]


@pytest.mark.parametrize("head", ['"phone,name', 'phone,"name', 'phone,name"', '"phone",name"'])
@pytest.mark.parametrize("count", [3, 5_000])
def test_a_quote_left_open_in_the_header_loses_no_row(head: str, count: int) -> None:
    rows = [[f"90000{number:05d}", "Ravi, Pune"] for number in range(count)]
    data = head + "\n" + "".join(f'{phone},"{name}"\n' for phone, name in rows)
    assert table_of(data.encode()).header == ["phone", "name"]
    assert [cells for _, cells, _ in everything(data.encode())] == rows


def test_a_header_of_several_lines_is_one_header() -> None:
    data = b'"Mobile\nNumber","Name\n(first,\nlast)"\n9000000001,A\n"9000000002","B\nC"\n'
    assert table_of(data).header == ["Mobile Number", "Name (first, last)"]
    assert [line for line, _, _ in everything(data)] == [5, 6]


def test_every_column_of_a_header_too_wide_is_counted() -> None:
    head = ",".join(f"column number {number}" for number in range(10_000))
    for data in (f"{head}\n1,2\n".encode(), f"{head}\n1,2\n".encode("utf-16"), head.encode()):
        with pytest.raises(Unreadable, match="10,000 columns"):
            table_of(data)


def test_a_note_longer_than_a_block_is_read_whole() -> None:
    note = "\n".join("नोट " * 400 for _ in range(40))
    assert len(note.encode()) > csvfile.BLOCK
    data = f'name,notes\nA,"{note}"\nB,"{note}"\nC,x\n'
    assert [cells for _, cells, _ in everything(data.encode())] == [
        ["A", note],
        ["B", note],
        ["C", "x"],
    ]


def test_sloppy_quotes_inside_a_cell_are_read_as_they_stand() -> None:
    rows = everything(b'name,phone\nA "the boss" B,1\n"C" D,2\n')
    assert [cells[0] for _, cells, _ in rows] == ['A "the boss" B', "C D"]


def test_a_cell_too_long_is_a_fault_of_its_row() -> None:
    data = b"name,phone\nA,1\n" + b"x" * 200_000 + b",2\nC,3\n"
    assert [(line, fault) for line, _, fault in everything(data)] == [
        (2, ""),
        (3, "cell_too_long"),
        (4, ""),
    ]


def test_a_cell_too_long_in_the_first_line_is_no_end_of_reading() -> None:
    table = table_of(b"name," + b"x" * 140_000 + b"\nAsha,9876543210\n")
    assert table.width == 2
    rows = everything(b"\n" + b"x" * 140_000 + b",1\nAsha,9876543210\n")
    assert rows[-1][1] == ["Asha", "9876543210"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_line_too_long_for_memory_is_passed_over(end: str, encoding: str) -> None:
    rows = ["name,phone", "A,1", "B,2," + "\u0a05" * 1_500_000, "C,3"]  # holds a \n byte in UTF-16
    found = everything(end.join([*rows, ""]).encode(encoding))
    assert [(line, fault) for line, _, fault in found] == [(2, ""), (3, "line_too_long"), (4, "")]
    assert found[1][1][:2] == ["B", "2"]
    assert found[2][1] == ["C", "3"]


def test_a_stray_byte_is_a_fault_of_its_row_and_never_a_question_mark() -> None:
    data = "name,phone\nप्रिया,1\nआशा,2\n".encode() + b"Jos\xe9,3\nZo\xc3\xab,4\n"
    rows = everything(data)
    assert [fault for _, _, fault in rows] == ["", "", "bad_bytes", ""]
    assert rows[2][1][0].encode("utf-8", "surrogateescape") == b"Jos\xe9"
    assert rows[3][1][0] == "Zoë"


def test_a_utf8_row_in_a_cp1252_file_is_a_fault_not_gibberish() -> None:
    data = (
        "name,phone\nJosé,1\nZoë,2\nRené,3\nÅsa,5\nÖzil,6\n".encode("cp1252") + "नमन,4\n".encode()
    )
    assert [fault for _, _, fault in everything(data)][-1] == "bad_bytes"


def test_a_nul_is_a_fault_of_its_row() -> None:
    assert [fault for _, _, fault in everything(b"name,phone\nA,1\nB\0B,2\nC,3\n")] == [
        "",
        "nul",
        "",
    ]


def test_short_rows_are_filled_and_cells_beyond_the_header_are_a_fault() -> None:
    rows = everything(b"name,phone,city\nA,1\nB,2,Pune\nC,3,Pune,East\nD,4,Pune,,\n")
    assert [(len(cells), fault) for _, cells, fault in rows] == [
        (3, ""),
        (3, ""),
        (4, "extra_cells"),
        (3, ""),
    ]


def test_blank_and_repeated_headers_get_names_of_their_own() -> None:
    assert table_of(b"phone,,phone,\n1,2,3,4\n").header == [
        "phone",
        "Column 2",
        "phone (2)",
        "Column 4",
    ]


def test_a_file_without_header_keeps_its_first_row() -> None:
    data = b"Asha,9876543210\nRavi,9123456789\n"
    assert table_of(data).header == ["Column 1", "Column 2"]
    assert len(everything(data)) == 2


def test_a_year_in_a_header_makes_it_no_row() -> None:
    assert table_of(b"phone,name,2025,2026\n9000000001,A,1,2\n").header[3] == "2026"
    assert table_of(b"98765,A\n9000000001,B\n").header == ["Column 1", "Column 2"]


def test_title_lines_and_excels_own_separator_line_are_passed_over() -> None:
    data = b"Leads of March\n\nname,phone,city\nA,9876543210,Pune\n"
    assert table_of(data).header == ["name", "phone", "city"]
    assert everything(data)[0][0] == 4
    assert table_of(b"sep=;\nname;phone\nA;1\n").header == ["name", "phone"]


def test_old_mac_line_ends_are_read() -> None:
    assert [cells for _, cells, _ in everything(b"name,phone\rA,1\rB,2\r")] == [
        ["A", "1"],
        ["B", "2"],
    ]


def test_one_column_needs_no_delimiter() -> None:
    assert [cells for _, cells, _ in everything(b"phone\n9876543210\n9123456789\n")] == [
        ["9876543210"],
        ["9123456789"],
    ]


@pytest.mark.parametrize("seed", range(20))
def test_any_bytes_below_a_header_are_rows_in_order(seed: int) -> None:
    dice = random.Random(seed)
    alphabet = [
        b",",
        b'"',
        b"a",
        b"b",
        b"c",
        b"1,",
        b"2",
        b"\n",
        b"\r\n",
        b"a",
        b"9",
        b"\xe9",
        b";",
        "न".encode(),
        b" ",
    ]
    data = b"name,phone\n" + b"".join(dice.choice(alphabet) for _ in range(3000)) + b"\0"
    rows = everything(data)
    assert rows
    assert [line for line, _, _ in rows] == sorted({line for line, _, _ in rows})


def test_the_sample_alone_decides_the_dialect() -> None:
    text = written(";", 5000, hindi=True).encode()
    assert len(text) > csvguess.SAMPLE
    assert csvguess.guess(text[: csvguess.SAMPLE]).delimiter == ";"
