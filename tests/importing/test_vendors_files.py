"""Files as portals, ad forms and offices write them: the names are found and the leads come in."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict

from leads import jobs
from leads.importing import fixing, progress, staging
from leads.importing.rejects import rejects
from leads.models import Import, Lead
from leads.views.imports.grid import grid
from tests.importing.files import checked, imported, phones, staged, sums

pytestmark = pytest.mark.django_db

GOOD = "Asha,9876543210,Pune\nSita,9876543211,Pune\nOm,9876543212,Pune\n"


def goes(record: Import) -> dict[str, str]:
    """Column -> field, for the columns that go anywhere."""
    found = {name: record.mapping[str(place)]["to"] for place, name in enumerate(record.header)}
    return {name: field for name, field in found.items() if field}


def workbook(*rows: list[Any]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_titles_and_a_date_above_the_names_are_passed_over() -> None:
    record = imported(
        workbook(
            ["Sunrise Realty, leads of April 2026", None, None, None, None],
            ["Generated on", dt.date(2026, 4, 3), None, None, None],
            [None, None, None, None, None],
            ["Name", "Mobile No", "City", "Budget", "Visit Date"],
            ["Asha", 9876543210, "Pune", 4500000, dt.date(2026, 4, 3)],
        ),
        name="leads.xlsx",
    )
    assert goes(record) == {"Name": "full_name", "Mobile No": "phone", "City": "city"}
    assert record.options["dialect"]["line"] == 4
    assert (sums(record), phones(record)) == ((1, 0, 0, 0), ["+919876543210"])


def test_names_of_groups_above_the_names_are_passed_over() -> None:
    record = imported(
        "Customer,,Contact,,Other\nFirst Name,Last Name,Mobile,Email,City\n"
        "Asha,Rao,9876543210,a@example.com,Pune\n"
    )
    assert list(goes(record).values()) == ["first_name", "last_name", "phone", "email", "city"]
    assert sums(record) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        "Asha,9876543210,Pune\nName,Mobile,City\nRavi,9876543211,Delhi\n",  # two files in one
        "Name,Mobile,City\nAsha,9876543210,Pune\nName,Mobile,City\n",
    ],
)
def test_no_lead_is_taken_for_a_title(data: str) -> None:
    record = imported(data)
    assert sums(record)[0] == data.count("98765")


def test_no_lead_of_another_country_is_taken_for_a_title() -> None:
    data = "Ali,0501234567,Dubai\nName,Mobile,City\nOmar,0501234568,Dubai\nSara,0501234569,Dubai\n"
    record = staged(data, options={"country": "AE"})
    assert (record.has_header, record.options["dialect"]["line"]) == (False, 1)


def test_a_row_chosen_to_be_a_lead_is_one() -> None:
    record = staged("Leads of May,,\nName,Mobile,City\nAsha,9876543210,Pune\n")
    assert record.options["dialect"]["line"] == 2
    staging.reread(record, has_header=False)
    assert record.header == ["Column 1", "Column 2", "Column 3"]


@pytest.mark.parametrize(
    ("head", "row", "fields"),
    [
        (
            "SENDER_NAME,SENDER_MOBILE,SENDER_CITY,SENDER_MOBILE_ALT,RECEIVER_MOBILE",
            "Asha,+91-9876543210,Pune,+91-9876543211,+91-8000000001",
            ["full_name", "phone", "city", "alt_phone"],
        ),
        (
            "name,mobile,phone,dncmobile",
            "Asha,9876543210,02024567890,0",
            ["full_name", "phone", "alt_phone"],
        ),
        (
            "Name,Mobile / Alternate,Receiver Mobile",
            "Asha,9876543210/9876543211,x",
            ["full_name", "phone"],
        ),
        (
            "Party Name,Mobile No.1,Mobile No.2,Whatsapp No.",
            "Asha,9876543210,9876543211,9876543212",
            ["full_name", "phone", "alt_phone", "whatsapp"],
        ),
        (
            "User Full Name,User Phone,User Email,Campaign ID",
            "Asha,+91 98765 43210,a@example.com,12",
            ["full_name", "phone", "email"],
        ),
        ("Timestamp,Full Name,WhatsApp Number", "x,Asha,9876543210", ["full_name", "phone"]),
        ("Mobile,Contact,Name", "9876543210,Asha Rao,Rao Ltd", ["phone", "full_name"]),
    ],
)
def test_whose_number_it_is_does_not_hide_what_it_is(
    head: str, row: str, fields: list[str]
) -> None:
    assert list(goes(staged(f"{head}\n{row}\n")).values()) == fields


def test_the_number_of_the_seller_is_never_taken_for_the_lead() -> None:
    record = imported("SENDER_MOBILE,RECEIVER_MOBILE\n98765,9000000001\n9876543210,9000000001\n")
    assert list(Lead.objects.values_list("phone", flat=True)) == ["+919876543210"]
    assert sums(record) == (1, 0, 0, 1)


def test_blank_rows_of_an_export_ask_nobody_for_a_decision() -> None:
    data = "Name,Phone\nAsha,9876543210\n" + ",\n" * 300 + "Ravi,98765\n"
    record = checked(data)
    assert (record.ready, record.to_fix, record.left_out) == (1, 1, 300)
    assert "blank_row" not in {row.code for row in fixing.kinds(record) if row.hows}
    assert fixing.kinds(record)[-1].code == "blank_row"
    assert [row.line for row in grid(record, QueryDict()).rows] == [303]
    assert len(grid(record, QueryDict("code=blank_row")).rows) == 50
    again = checked(b"".join(rejects(record)), team=record.team)
    assert again.problems == {"blank_row": 300, "phone_too_short": 1}


def test_a_test_row_of_google_is_no_lead() -> None:
    record = imported(
        "Lead ID,User Full Name,User Phone,Is Test\n1,Asha,+91 98765 43210,false\n"
        "2,FirstName LastName,+1-650-555-0123,true\n"
    )
    assert sums(record) == (1, 0, 0, 1)
    assert record.problems == {"phone_test_row": 1}


def test_a_file_of_an_old_mac_is_read_with_its_letters() -> None:
    data = "Name,Phone,City\rJosé Café,9876543210,Pune\rZoë,98765,Ülm\r".encode("mac_roman")
    record = imported(data)
    assert sums(record) == (1, 0, 0, 1)
    assert Lead.objects.get().first_name == "José"
    assert b"Zo\x91,98765,\x86lm," in b"".join(rejects(record))
    again = staged(b"".join(rejects(record)), team=record.team)
    staging.reread(again, encoding="mac_roman")
    assert staging.preview(again)[0][1][0] == "Zoë"


def test_names_among_the_rows_left_out_are_a_row_of_the_rejects() -> None:
    record = staged(f"Name,Mobile,City\n{GOOD}Ravi,98765,Delhi\n")
    staging.reread(record, has_header=False)
    progress.start_import(record)
    record = jobs.finish(record)
    assert sums(record) == (3, 0, 0, 2)
    assert checked(b"".join(rejects(record)), team=record.team).row_count == 2


def test_a_number_among_the_names_of_the_rejects_makes_no_row_of_them() -> None:
    record = staged(f"{GOOD}Ravi,98765,Delhi\n")
    staging.reread(record, has_header=True)
    progress.start_import(record)
    again = checked(b"".join(rejects(jobs.finish(record))), team=record.team)
    assert (again.row_count, again.problems) == (1, {"phone_too_short": 1})


def test_a_name_of_question_marks_is_none() -> None:
    record = imported(
        "name,phone,comment\n???? ?????,9876543210,why???\n???,9876543211,???\nA?,9876543212,\n"
    )
    assert record.warnings == {"lost_letters": 2}
    found = Lead.objects.order_by("pk").values_list("first_name", "last_name", "comment")
    assert list(found) == [("", "", "why???"), ("", "", "???"), ("A?", "", "")]
    words = record.issues.get(code="lost_letters", row_number=2).words
    assert "CSV UTF-8" in words


def misread(text: str) -> str:
    """UTF-8 read as Windows 1252; the five bytes it has no letter for stay as they are."""
    return "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in text.encode())


def test_hindi_that_a_spreadsheet_read_as_windows_letters_is_put_right_and_said() -> None:
    names = ["रवि कुमार", "प्रिया", "ગીતા", "கவிதா"]
    garbled = [misread(name) for name in names]
    rows = [f"{name},{9876543210 + place}" for place, name in enumerate(garbled)]
    good = ["à la carte,9876543300", "Zoë à¤,9876543301", "आशा à¤°,9876543302"]
    record = imported("\n".join(["full name,phone", *rows, *good]) + "\n")
    assert record.warnings == {"repaired_letters": 4}
    found = Lead.objects.order_by("pk").values_list("first_name", "last_name")
    told = [" ".join(pair).strip() for pair in found]
    assert told == [*names, "à la carte", "Zoë à¤", "आशा à¤°"]


@pytest.mark.parametrize("end", [b"", b"x"])
def test_titles_are_passed_over_in_utf16_too_however_it_ends(end: bytes) -> None:
    text = "Leads of May\t\t\nName\tPhone\tCity\nAsha 😀\t9876543210\tPune\nRavi\t9876543211\tPu"
    record = imported(text.encode("utf-16") + end)
    assert record.options["dialect"]["line"] == 2
    assert (record.row_count, phones(record)[0]) == (2, "+919876543210")
