"""Bad input gets a sentence and the rest goes on."""

import io
import zipfile

import openpyxl
import pytest
from pytest_django.fixtures import Settings

from leads.csvfile import Unreadable
from leads.importing import fixing, staging
from leads.importing.problems import WHOLE_ROW
from leads.importing.rejects import rejects
from leads.models import Import, Lead
from tests.factories import AccountFactory, TeamFactory
from tests.importing.files import checked, imported, rejected, staged, sums

pytestmark = pytest.mark.django_db

# Our own list of texts that break programs: each must come back exactly as it went in.
NAUGHTY = [
    "Robert'); DROP TABLE leads;--",
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% csrf_token %} ${7*7}",
    "%s %d %n %(name)s {0} {name}",
    "null undefined NaN None true",
    "\\ \\n \\x00 %00 %0d%0a",
    "zero\u200bwidth\u200djoiner\ufeffmark",
    "\u202eright to left\u202c",
    "مرحبا بالعالم",
    "שלום",
    "हिन्दी क्षत्रिय ज्ञ",
    "தமிழ் తెలుగు ಕನ್ನಡ",
    "田中さん 部落格 찦차",
    "👨‍👩‍👧‍👦 🇮🇳 ❤️ 🙂",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "Ω≈ç√∫˜µ≤≥÷ åß∂ƒ©˙∆˚¬",
    "1/2 1E+02 0x1F 1,000.00 -1 +1",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|'",
    "-2+3+cmd|' /C calc'!A0",
    "quote \" in the 'middle'",
    "tab\tinside",
    "two\nlines",
    "carriage\rreturn",
    "\x01\x02\x1b[31mred\x07",
    "ﬁ ﬂ Ⅷ ½ ㎏",
    "İıŞş ß ẞ ǅ",
    "../../etc/passwd C:\\aux con nul",
    "x" * 5_000,
]


def csv_of(values: list[str]) -> str:
    lines = ["phone,comment"]
    for place, value in enumerate(values):
        lines.append(f'90000{20_001 + place:05d},"{value.replace(chr(34), chr(34) * 2)}"')
    return "\n".join(lines) + "\n"


def test_naughty_strings_come_back_exactly_as_they_went_in() -> None:
    record = imported(csv_of(NAUGHTY))
    assert sums(record) == (len(NAUGHTY), 0, 0, 0)
    assert list(Lead.objects.order_by("pk").values_list("comment", flat=True)) == NAUGHTY


def test_naughty_strings_come_back_through_the_rejects_file() -> None:
    record = imported(csv_of(NAUGHTY).replace(',"', 'x,"'))
    assert record.left_out == len(NAUGHTY)
    read_back = [row["comment"] for row in rejected(record)]
    assert [value.lstrip("'") for value in read_back] == [v.lstrip("'") for v in NAUGHTY]
    assert not any(value.startswith(("=", "@", "-2+")) for value in read_back)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"phone,name\n", "a header and no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"PK\x03\x04" + bytes(100), "a zip archive"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(data: bytes, words: str, settings: Settings) -> None:
    with pytest.raises(Unreadable, match=words):
        staged(data, name="leads.csv")
    assert not Import.objects.exists()
    from pathlib import Path

    root = Path(settings.MEDIA_ROOT)
    assert not [path for path in root.rglob("*") if path.is_file()]


def test_rows_with_stray_bytes_nul_and_open_quotes_are_reported_one_by_one() -> None:
    data = (
        "name,phone\nप्रिया,9000030001\n".encode()
        + b"Jos\xe9,9000030002\nNu\0l,9000030003\n"
        + b'Open,"9000030004\nGood,9000030005\nWide,9000030006,x,y\n'
    )
    record = imported(data)
    assert sums(record) == (2, 0, 0, 4)
    assert record.problems == {"bad_bytes": 1, "nul": 1, "unclosed_quote": 1, "extra_cells": 1}
    assert not Lead.objects.filter(first_name__contains="?").exists()
    assert [row["row_number"] for row in rejected(record)] == ["3", "4", "5", "7"]


def test_a_workbook_is_imported_with_the_row_numbers_of_its_sheet() -> None:
    book = openpyxl.Workbook()
    for row in (["name", "phone"], ["Asha", 9876543210.0], [], ["Bad", 98765]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    record = imported(file.getvalue(), name="leads.xlsx")
    assert sums(record) == (1, 0, 0, 1)
    assert record.issues.get(is_warning=False).row_number == 4
    assert rejected(record)[0]["phone"] == "98765"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("content.xml", "OpenDocument sheet"),
        ("xl/workbook.bin", "xlsb"),
        ("Index/Document.iwa", "Numbers"),
        ("word/document.xml", "Word document"),
    ],
)
def test_other_workbooks_are_refused_by_name(part: str, words: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("mimetype", "x")
        new.writestr(part, "x")
    with pytest.raises(Unreadable, match=words):
        staged(archive.getvalue(), name="leads.xlsx")
    assert not Import.objects.exists()


def test_a_zip_named_csv_is_refused_in_words() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("leads.csv", "phone\n1\n")
    with pytest.raises(Unreadable, match="a zip archive"):
        staged(file.getvalue(), name="leads.csv")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.csv", "x" * 300 + ".csv", "‮gpj.csv", "", "con", "C:\\a.csv"]
)
def test_a_file_name_is_kept_for_people_and_never_used_on_disk(name: str) -> None:
    record = staged("phone\n9876543210\n", name=name)
    from pathlib import Path

    assert "imports" in Path(record.file.path).parts
    assert ".." not in Path(record.file.path).parts
    assert "/" not in record.file_name


def test_a_file_over_the_limit_is_refused(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(Unreadable, match="at most"):
        staged("phone\n9876543210\n")


def test_a_wrong_guess_can_be_corrected() -> None:
    record = staged("phone|name\n9876543210|A;B\n", team=TeamFactory.create())
    staging.reread(record, delimiter=";")
    assert record.header == ["phone|name"]
    staging.reread(record, delimiter="|", has_header=False)
    assert record.header == ["Column 1", "Column 2"]
    assert staging.preview(record)[0] == (1, ["phone", "name"])


@pytest.mark.parametrize("address", [f"asha@{'b' * 250}.com", f"asha@{'b.' * 125}com", "a" * 300])
def test_an_email_longer_than_its_column_is_a_row_to_fix(address: str) -> None:
    record = imported(f"phone,email\n9000030001,{address}\n9000030002,asha@example.com\n")
    assert sums(record) == (1, 0, 0, 1)
    assert record.problems == {"email_bad": 1}


def test_an_agent_id_that_is_none_is_a_row_to_fix() -> None:
    account = AccountFactory.create()
    rows = f"agent id,name\n5159_2224257,Meera\nRavi Rao,Ravi\n{'5' * 80}_1,Long\n,Nobody\n"
    record = imported(rows, kind="agents", account=account, team=account.team)
    assert sums(record) == (1, 0, 0, 3)
    assert [row["problem"] for row in rejected(record)] == [
        "Agent id “Ravi Rao” is not one. It looks like 5159_2224257.",
        f"Agent id “{'5' * 40}” is not one. It looks like 5159_2224257.",
        "Agent id is empty, and every row needs one.",
    ]


def book(**sheets: list[list[object]]) -> bytes:
    """A workbook as bytes."""
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


LEADS: list[list[object]] = [["name", "phone"], ["Asha", 9876543210]]


@pytest.mark.parametrize(
    "cover", [[], [["Leads for May"]], [["Leads"], ["Made by"], ["Ravi"]], [["name"], ["Asha"]]]
)
def test_a_cover_sheet_in_front_hides_no_leads(cover: list[list[object]]) -> None:
    record = imported(book(Cover=cover, May=LEADS), name="leads.xlsx")
    assert (record.sheet, sums(record)) == ("May", (1, 0, 0, 0))


def test_the_sheet_chosen_is_the_sheet_read() -> None:
    may = LEADS
    june: list[list[object]] = [["name", "phone"], ["Ravi", 9876543211], ["Sita", 9876543212]]
    record = staged(book(May=may, June=june), name="leads.xlsx")
    assert record.sheet == "May"
    staging.reread(record, sheet="June")
    assert len(staging.preview(record)) == 2
    with pytest.raises(Unreadable, match="It has: May, June"):
        staged(book(May=may, June=june), name="leads.xlsx", sheet="July")


def test_a_workbook_without_any_rows_says_what_is_wrong_with_its_first_sheet() -> None:
    with pytest.raises(Unreadable, match="The sheet is empty"):
        staged(book(One=[], Two=[["phone"]]), name="leads.xlsx")


def test_half_a_workbook_is_called_damaged() -> None:
    whole = book(May=LEADS)
    with pytest.raises(Unreadable, match="damaged"):
        staged(whole[: len(whole) // 2], name="leads.xlsx")


def test_a_file_in_utf32_is_refused_in_one_sentence() -> None:
    with pytest.raises(Unreadable, match="UTF-32"):
        staged("phone\n9876543210\n".encode("utf-32"))


def test_a_cell_too_long_comes_back_whole_among_the_rejects() -> None:
    long = "x" * 200_000
    record = imported(f'name,phone,notes\nAsha,9000030001,{long}\nRavi,9000030002,"{long}"\n')
    assert sums(record) == (0, 0, 0, 2)
    back = b"".join(rejects(record)).decode("utf-8-sig").splitlines()
    assert [line.count("x") for line in back[1:]] == [200_000, 200_000]
    again = imported(b"".join(rejects(record)))
    assert again.problems == {"cell_too_long": 2}


def test_a_quoted_cell_too_long_keeps_its_commas_and_quotes() -> None:
    long = "tall, " * 30_000 + 'the ""boss""'
    record = imported(f'name,notes,phone\nAsha,"{long}",9000030001\n')
    assert record.problems == {"cell_too_long": 1}
    raw = b"".join(rejects(record))
    assert raw.startswith(b"\xef\xbb\xbfname,notes,phone,row_number")
    assert f'Asha,"{long}",9000030001,2,'.encode() in raw


def test_of_a_line_over_two_megabytes_the_beginning_comes_back_among_the_rejects() -> None:
    data = "name,phone,notes\nAsha,9000030001," + "x" * 3_000_000 + "\nRavi,9000030002,\n"
    record = checked(data)
    assert record.problems == {"line_too_long": 1}
    assert fixing.bad_rows(record)[0].cells[:2] == ["Asha", "9000030001"]
    assert "only its beginning" in fixing.bad_rows(record)[0].issues[WHOLE_ROW]
    fixing.edit_cell(record, 2, 2, "short", by=None)  # cannot mend what nobody has seen
    assert record.problems == {"line_too_long": 1}
    [raw] = b"".join(rejects(record)).splitlines()[1:]
    assert raw.startswith(b"Asha,9000030001,xxx")
    assert 2_000_000 < raw.count(b"x") < 2_100_000
    assert imported(b"".join(rejects(record))).problems == {"line_too_long": 1}


def test_a_facebook_test_row_is_left_out_whichever_of_its_cells_says_so() -> None:
    head = "id,ad_id,adset_id,campaign_id,form_id,is_organic,full_name,phone_number,city"
    own = "l:1,ag:1,as:1,c:1,f:1,false"
    rows = [
        "Asha,p:+919000030001,Pune",
        "<test lead: dummy data for full_name>,p:+919000030002,Pune",
        "Ravi,p:<test lead: dummy data for phone_number>,Pune",
        "Sita,+919000030003,<test lead: dummy data for city>",
    ]
    data = "\n".join([head, *(f"{own},{row}" for row in rows)])
    record = imported(data)
    assert sums(record) == (1, 0, 0, 3)
    assert record.problems == {"phone_test_row": 3}


def test_where_a_lead_stands_at_facebook_is_not_its_status_here() -> None:
    head = "id\tad_id\tadset_id\tcampaign_id\tform_id\tis_organic\tphone_number\tlead_status"
    record = imported(f"{head}\nl:1\tag:1\tas:1\tc:1\tf:1\tfalse\tp:+919876543210\tCREATED\n")
    assert Lead.objects.get().status == ""
    imported("phone,lead status\n9876543211,Interested\n", team=record.team)
    assert Lead.objects.get(phone="+919876543211").status == "Interested"
