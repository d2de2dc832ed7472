"""The import pages, from a dropped file to the result, as a manager walks them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import Team, User
from access.roles import Role
from leads import jobs
from leads.models import Contact, Import, ImportMemory, Lead, LeadField, LeadList
from leads.views.imports import wizard
from tests.factories import (
    AccountFactory,
    ImportFactory,
    LeadFactory,
    LeadListFactory,
    UserFactory,
)
from tests.importing.files import imported

pytestmark = pytest.mark.django_db
GOOD = "Name,Mobile,City\nPriya Iyer,98220 00417,Pune\nRohan Rao,98220 00418,Nashik\n"
MIXED = (
    "Name,Mobile,Email,City\n"
    "Priya Iyer,98220 00417,priya@example.com,Pune\n"
    "Aditi Joshi,98765 4321,aditi@example.com,Pune\n"
    "Rohit Das,98220 00144,rohit.das@example,Mumbai\n"
    "Kabir Khan,9.88E+09,kabir@example.com,Baner\n"
    "Priya Iyer,9822000417,priya@example.com,Pune\n"
)


def upload(
    browser: Client, text: str | bytes, name: str = "facebook_week-47.csv", **form: Any
) -> Any:
    raw = text if isinstance(text, bytes) else text.encode()
    return browser.post("/imports/new/", {"file": SimpleUploadedFile(name, raw), **form})


def checked(browser: Client, text: str | bytes = MIXED, **form: Any) -> Import:
    """A file whose columns were agreed to and whose rows were checked."""
    upload(browser, text, **form)
    record = Import.objects.latest("pk")
    if record.state == Import.State.UPLOADED:
        browser.post(f"/imports/{record.pk}/columns/", columns(record))
    record.refresh_from_db()
    assert record.state == Import.State.CHECKED
    return record


def columns(record: Import, **changed: str) -> dict[str, str]:
    """What the columns form posts when nothing is changed."""
    form = {f"to-{place}": entry["to"] for place, entry in record.mapping.items()}
    form |= {"list": "", "list_name": record.list_name, "source": "", "country": "IN"}
    return form | changed


def test_a_new_file_goes_to_its_columns_and_says_how_it_is_read(browser: Client) -> None:
    answer = upload(browser, GOOD)
    record = Import.objects.get()
    assert answer["Location"] == f"/imports/{record.pk}/columns/"
    page = browser.get(answer["Location"]).content.decode()
    assert "Read as UTF-8, separated by commas, names in row 1." in page
    assert "Matched by its name" in page
    assert "Priya Iyer, Rohan Rao" in page
    assert 'value="Facebook week 47"' in page


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("empty.csv", b"", "The file is empty"),
        ("leads.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "PNG picture"),
        ("leads.csv", b"Name,Mobile\n", "no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    browser: Client, name: str, raw: bytes, words: str
) -> None:
    answer = upload(browser, raw, name)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f"{name}:" in page
    assert not Import.objects.exists()


def test_nothing_chosen_is_asked_for(browser: Client) -> None:
    answer = browser.post("/imports/new/", {})
    assert answer.status_code == 422
    assert "Choose a file, or paste some rows." in answer.content.decode()


def test_rows_pasted_from_a_spreadsheet_are_a_file_too(browser: Client) -> None:
    browser.post("/imports/new/", {"pasted": "Name\tMobile\nPriya\t9822000417\n"})
    assert Import.objects.get().delimiter == "\t"


def test_several_files_wait_in_line(browser: Client) -> None:
    files = [
        SimpleUploadedFile(f"{n}.csv", f"Name,Mobile\nP,982200041{n}\n".encode()) for n in "123"
    ]
    answer = browser.post("/imports/new/", {"file": files}, follow=True)
    assert Import.objects.count() == 3
    assert "2 more files wait under Imports." in answer.content.decode()
    page = browser.get("/imports/").content.decode()
    assert page.count("Columns to match") == 3


def test_one_bad_file_among_good_ones_stops_none_of_them(browser: Client) -> None:
    files = [SimpleUploadedFile("good.csv", GOOD.encode()), SimpleUploadedFile("bad.csv", b"")]
    page = browser.post("/imports/new/", {"file": files}, follow=True).content.decode()
    assert "bad.csv: The file is empty" in page
    assert Import.objects.get().file_name == "good.csv"


def test_how_a_file_is_read_can_be_changed(browser: Client) -> None:
    upload(browser, "Name;Mobile\nJosé;9822000417\n".encode("cp1252"))
    record = Import.objects.get()
    assert "José" in browser.get(f"/imports/{record.pk}/file/").content.decode()
    form = {"encoding": record.encoding, "delimiter": ",", "header": "no"}
    browser.post(f"/imports/{record.pk}/file/", form)
    record.refresh_from_db()
    assert (record.delimiter, record.has_header) == (",", False)
    assert "Name;Mobile" in browser.get(f"/imports/{record.pk}/file/").content.decode()


def test_a_missing_phone_column_is_named_before_anything_is_read(browser: Client) -> None:
    upload(browser, "Name,City\nPriya,Pune\n")
    record = Import.objects.get()
    answer = browser.post(f"/imports/{record.pk}/columns/", columns(record))
    assert answer.status_code == 422
    assert "No column holds the phone" in answer.content.decode()


def test_two_columns_into_one_field_are_refused_unless_joined(browser: Client) -> None:
    upload(browser, "Mobile,Note,Remark\n9822000417,calls,late\n")
    record = Import.objects.get()
    form = columns(record, **{"to-1": "comment", "to-2": "comment"})
    answer = browser.post(f"/imports/{record.pk}/columns/", form)
    assert answer.status_code == 422
    assert "both go into" in answer.content.decode()
    joined = form | {"how-1": "join", "how-2": "join"}
    assert browser.post(f"/imports/{record.pk}/columns/", joined).status_code == 302


def test_looking_at_a_choice_saves_nothing(browser: Client) -> None:
    upload(browser, GOOD)
    record = Import.objects.get()
    form = columns(record, **{"to-2": "new:text", "look": "1"})
    answer = browser.post(f"/imports/{record.pk}/columns/", form, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    record.refresh_from_db()
    assert record.mapping["2"]["to"] == "city"


def test_a_column_is_kept_as_a_typed_column_of_ones_own(browser: Client) -> None:
    upload(browser, "Mobile,Loan amount\n9822000417,25 lakh\n")
    record = Import.objects.get()
    browser.post(f"/imports/{record.pk}/columns/", columns(record, **{"to-1": "new:money"}))
    browser.post(f"/imports/{record.pk}/start/", {"duplicates": "skip"})
    field = LeadField.objects.get()
    assert (field.key, field.kind) == ("loan_amount", "money")
    assert Lead.objects.get().custom == {"loan_amount": 2_500_000}


def test_a_date_column_shows_what_its_first_date_means(browser: Client) -> None:
    upload(browser, "Mobile,Consent date\n9822000417,03/04/2026\n")
    record = Import.objects.get()
    page = browser.get(f"/imports/{record.pk}/columns/").content.decode()
    assert "Day first: 03/04/2026 is 3 April 2026" in page
    assert "Month first: 03/04/2026 is 4 March 2026" in page


def test_fixed_values_stand_on_every_row(browser: Client) -> None:
    upload(browser, GOOD)
    record = Import.objects.get()
    more = {"all-tags": "week 47", "all-consent_source": "Facebook form", "source": "Facebook"}
    browser.post(f"/imports/{record.pk}/columns/", columns(record, **more))
    browser.post(f"/imports/{record.pk}/start/", {})
    assert Lead.objects.filter(tags__name="week 47", consent_source="Facebook form").count() == 2
    assert set(Lead.objects.values_list("source", flat=True)) == {"Facebook"}


def test_the_check_adds_up_to_the_file_and_names_each_kind(browser: Client) -> None:
    record = checked(browser)
    page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert "1 of 5 rows are ready." in page
    assert "3 rows to fix" in page
    assert "1 stands twice in the file." in page
    assert "Phone was changed by Excel" in page
    sums = (record.ready, record.already_here, record.to_fix, record.repeated, record.left_out)
    assert sum(sums) == record.row_count == 5
    assert not Lead.objects.exists()


def test_a_cell_is_corrected_in_place_and_the_sum_follows(browser: Client) -> None:
    record = checked(browser)
    page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert 'name="c3-1"' in page
    url = f"/imports/{record.pk}/cell/?cols=1-2-3"
    answer = browser.post(url, {"c3-1": "98765 43210"}, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert "2 of 5 rows are ready." in body
    assert 'id="row-3" hx-swap-oob="true"' in body
    assert "Ready" in body
    still = browser.post(url, {"c5-1": "12345"}, headers={"HX-Request": "true"}).content.decode()
    assert 'value="12345"' in still
    assert 'aria-invalid="true"' in still


def test_a_corrected_row_is_found_again_with_what_the_file_has(browser: Client) -> None:
    record = checked(browser)
    url = f"/imports/{record.pk}/cell/?cols=1-2-3"
    body = browser.post(
        url, {"c3-1": "98765 43210"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "1 row corrected by hand." in body
    assert "Correct again" in body
    page = browser.get(f"/imports/{record.pk}/check/?code=corrected").content.decode()
    assert 'value="98765 43210"' in page
    assert "In the file: 98765 4321" in page
    browser.post(f"/imports/{record.pk}/cell/", {"c3-1": "98765 43211"})
    record.refresh_from_db()
    assert (record.ready, record.to_fix) == (2, 2)


def test_a_row_left_out_is_brought_back(browser: Client) -> None:
    record = checked(browser)
    url = f"/imports/{record.pk}/cell/?cols=1-2-3"
    left = browser.post(url, {"leave": "5"}, headers={"HX-Request": "true"}).content.decode()
    assert "Kabir Khan" in left.split('id="row-5"')[1]
    assert "Bring back" in left
    back = browser.post(url, {"back": "5"}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="c5-1"' in back
    record.refresh_from_db()
    assert (record.to_fix, record.left_out) == (3, 0)


def test_cells_are_corrected_without_javascript_too(browser: Client) -> None:
    record = checked(browser)
    form = {"c3-1": "98765 43210", "c4-2": "rohit.das@example.com", "c5-1": "9.88E+09"}
    answer = browser.post(f"/imports/{record.pk}/cell/", form)
    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.ready, record.to_fix) == (3, 1)


def test_a_row_is_left_out_by_hand(browser: Client) -> None:
    record = checked(browser)
    browser.post(f"/imports/{record.pk}/cell/", {"leave": "5"})
    record.refresh_from_db()
    assert (record.to_fix, record.left_out) == (2, 1)


def test_a_whole_kind_is_fixed_and_taken_back(browser: Client) -> None:
    record = checked(browser)
    browser.post(f"/imports/{record.pk}/kind/", {"code": "email_bad", "how": "without"})
    record.refresh_from_db()
    assert (record.state, record.ready, record.to_fix) == ("checked", 2, 2)
    page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert "Take back" in page
    browser.post(f"/imports/{record.pk}/kind/", {"code": "email_bad", "how": ""})
    record.refresh_from_db()
    assert (record.ready, record.to_fix) == (1, 3)


def test_a_fix_that_cannot_help_changes_nothing(browser: Client) -> None:
    record = checked(browser)
    answer = browser.post(f"/imports/{record.pk}/kind/", {"code": "email_bad", "how": "cut"})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.options.get("fixes", {}) == {}


def test_duplicates_say_where_they_are_and_what_each_choice_does(
    browser: Client, team: Team
) -> None:
    LeadFactory.create(lead_list__team=team, lead_list__name="Week 46", phone="+919822000417")
    record = checked(browser, GOOD)
    page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert "1 number is already here" in page
    assert "1 in Week 46" in page
    assert "Import 1 row" in page
    form = {"duplicates": "keep"}
    body = browser.post(
        f"/imports/{record.pk}/policy/", form, headers={"HX-Request": "true"}
    ).content.decode()
    assert "2 of 2 rows are ready." in body
    assert "Import 2 rows" in body


def test_looking_only_in_this_list_reads_the_file_again(browser: Client, team: Team) -> None:
    LeadFactory.create(lead_list__team=team, phone="+919822000417")
    record = checked(browser, GOOD)
    browser.post(f"/imports/{record.pk}/policy/", {"scope": "list"})
    record.refresh_from_db()
    assert (record.state, record.already_here, record.ready) == ("checked", 0, 2)


def test_a_small_file_is_imported_in_the_request(browser: Client, team: Team) -> None:
    record = checked(browser, GOOD)
    answer = browser.post(f"/imports/{record.pk}/start/", {"duplicates": "skip"})
    assert answer["Location"] == f"/imports/{record.pk}/result/"
    page = browser.get(answer["Location"]).content.decode()
    assert "2 leads added." in page
    assert f"/leads/?file={record.pk}" in page
    assert browser.get(f"/leads/?file={record.pk}").context["total"] == 2
    assert LeadList.objects.get(team=team).name == "Facebook week 47"


def test_a_second_file_with_these_headers_goes_straight_to_its_check(browser: Client) -> None:
    first = checked(browser, GOOD)
    browser.post(f"/imports/{first.pk}/start/", {})
    assert ImportMemory.objects.exists()
    answer = upload(browser, GOOD.replace("0041", "0051"), "week-48.csv")
    second = Import.objects.latest("pk")
    assert answer["Location"] == f"/imports/{second.pk}/check/"
    page = browser.get(answer["Location"]).content.decode()
    assert "Columns, same as last time" in page


def test_fixed_values_and_country_are_remembered_with_the_headers(
    browser: Client, team: Team
) -> None:
    options = {"country": "AE", "fixed": {"tags": "week 47", "city": "Pune"}}
    first = "Name,Mobile\nPriya,050 123 4567\n"
    imported(first, team=team, options=options)
    upload(browser, first.replace("4567", "4568"), "week-48.csv")
    record = Import.objects.latest("pk")
    assert record.options["country"] == "AE"
    page = browser.get(f"/imports/{record.pk}/columns/").content.decode()
    assert 'name="all-city" value="Pune"' in page
    form = columns(record, country="AE") | {"all-tags": "week 48", "all-city": ""}
    browser.post(f"/imports/{record.pk}/columns/", form)
    browser.post(f"/imports/{record.pk}/start/", {})
    lead = Lead.objects.latest("pk")
    assert (lead.phone, lead.city) == ("+971501234568", "")
    assert [tag.name for tag in lead.tags.all()] == ["week 48"]


def test_the_same_file_again_says_so_first(browser: Client) -> None:
    first = checked(browser, GOOD)
    browser.post(f"/imports/{first.pk}/start/", {})
    answer = upload(browser, GOOD, "again.csv")
    second = Import.objects.latest("pk")
    assert answer["Location"] == f"/imports/{second.pk}/file/"
    page = browser.get(answer["Location"]).content.decode()
    assert "This very file was imported before" in page
    assert "2 added to Facebook week 47" in page
    onward = browser.post(f"/imports/{second.pk}/onward/")
    assert onward["Location"] == f"/imports/{second.pk}/check/"


def test_import_and_send_leaves_the_account_for_the_worker(browser: Client, team: Team) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    record = checked(browser, GOOD)
    page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert "Import 2 and send to TeleCMI Main" in page
    browser.post(f"/imports/{record.pk}/start/", {"then": "send", "send_to": account.pk})
    record.refresh_from_db()
    assert (record.state, record.send_to) == ("done", account)
    page = browser.get(f"/imports/{record.pk}/result/").content.decode()
    assert "On the way to TeleCMI Main" in page
    browser.post(f"/imports/{record.pk}/unsend/")
    record.refresh_from_db()
    assert record.send_to is None


def test_only_import_sends_nothing_and_a_strangers_account_is_no_choice(
    browser: Client, team: Team
) -> None:
    account, stranger = AccountFactory.create(team=team), AccountFactory.create()
    record = checked(browser, GOOD)
    browser.post(f"/imports/{record.pk}/start/", {"send_to": account.pk})
    record.refresh_from_db()
    assert record.send_to is None
    other = checked(browser, GOOD.replace("0041", "0051"))
    browser.post(f"/imports/{other.pk}/start/", {"then": "send", "send_to": stranger.pk})
    other.refresh_from_db()
    assert other.send_to is None


def test_a_large_file_is_left_to_the_worker_and_the_page_follows_it(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wizard, "SMALL_ROWS", 1)
    record = checked(browser, GOOD)
    answer = browser.post(f"/imports/{record.pk}/start/", {})
    assert answer["Location"] == f"/imports/{record.pk}/run/"
    page = browser.get(answer["Location"]).content.decode()
    assert 'hx-trigger="load delay:1s"' in page
    assert "Stop, keep what is saved" in page
    while jobs.run(1):
        pass
    waiting = browser.get(f"/imports/{record.pk}/run/?wait=1", headers={"HX-Request": "true"})
    assert waiting["HX-Redirect"] == f"/imports/{record.pk}/result/"


def test_a_stopped_import_says_that_what_is_saved_stays(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wizard, "SMALL_ROWS", 1)
    record = checked(browser, GOOD)
    browser.post(f"/imports/{record.pk}/start/", {})
    browser.post(f"/imports/{record.pk}/cancel/")
    page = browser.get(f"/imports/{record.pk}/result/").content.decode()
    assert "what was saved until then stays" in page


def test_the_rows_to_fix_come_back_as_a_file_that_imports_clean(browser: Client) -> None:
    record = checked(browser)
    browser.post(f"/imports/{record.pk}/start/", {})
    answer = browser.get(f"/imports/{record.pk}/rejects.csv")
    assert "rows to fix.csv" in answer["Content-Disposition"]
    text = answer.getvalue().decode("utf-8-sig")
    assert text.splitlines()[0].endswith("row_number,problem,how_to_fix")
    fixed = text.replace("98765 4321", "98765 43210").replace("9.88E+09", "98800 12345")
    fixed = fixed.replace("rohit.das@example,", "rohit.das@example.com,")
    again = checked(browser, fixed)
    assert (again.ready, again.to_fix) == (3, 0)


def test_an_import_is_taken_back_but_not_what_was_edited_since(
    browser: Client, manager: User
) -> None:
    record = checked(browser, GOOD)
    browser.post(f"/imports/{record.pk}/start/", {})
    lead = Lead.objects.get(phone="+919822000417")
    browser.post(f"/leads/{lead.pk}/tags/", {"tags": "warm"})
    browser.post(f"/imports/{record.pk}/undo/")
    page = browser.get(f"/imports/{record.pk}/result/").content.decode()
    assert "was taken back" in page
    assert f"/leads/{lead.pk}/" in page
    assert list(Lead.objects.filter(deleted_at=None)) == [lead]


def test_the_phone_book_is_imported_the_same_way(browser: Client) -> None:
    record = checked(browser, GOOD, kind="contacts")
    browser.post(f"/imports/{record.pk}/start/", {})
    assert Contact.objects.count() == 2


def test_agents_need_an_account_and_go_into_it(browser: Client, team: Team) -> None:
    text = "Agent id,Name\n5159_2224257,Asha\n"
    refused = upload(browser, text, kind="agents")
    assert refused.status_code == 422
    assert "Connect one first" in refused.content.decode()
    account = AccountFactory.create(team=team)
    record = checked(browser, text, kind="agents")
    browser.post(f"/imports/{record.pk}/start/", {})
    assert account.agents.get().agent_id == "5159_2224257"


def test_viewers_see_the_imports_but_cannot_begin_one(client: Client, team: Team) -> None:
    client.force_login(UserFactory.create(team=team, team__role=Role.VIEWER))
    assert client.get("/imports/").status_code == 200
    assert client.get("/imports/new/").status_code == 403
    assert client.post("/imports/new/", {}).status_code == 403


def test_another_teams_import_is_not_there(browser: Client) -> None:
    colleague = Client()
    colleague.force_login(UserFactory.create(team=LeadFactory.create().team))
    upload(colleague, GOOD)
    record = Import.objects.get()
    for step in ("file", "columns", "check", "run", "result", "rejects.csv"):
        url = f"/imports/{record.pk}/{step}" + ("" if "." in step else "/")
        assert browser.get(url).status_code == 404, step
    assert browser.post(f"/imports/{record.pk}/start/").status_code == 404
    assert browser.post(f"/imports/{record.pk}/discard/").status_code == 404


def test_a_file_that_was_not_imported_can_be_put_away(browser: Client) -> None:
    upload(browser, GOOD)
    record = Import.objects.get()
    browser.post(f"/imports/{record.pk}/discard/")
    assert not Import.objects.exists()


def test_empty_files_to_fill_in_have_the_names_we_know(browser: Client) -> None:
    text = browser.get("/imports/template/leads.csv").getvalue().decode("utf-8-sig")
    upload(browser, text + "9822000417,Priya" + "," * 20 + "\r\n")
    mapped = {entry["to"] for entry in Import.objects.get().mapping.values()}
    assert {"phone", "first_name", "last_name", "email", "city"} <= mapped


def test_the_check_says_what_sending_would_make(browser: Client, team: Team) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    AccountFactory.create(team=team, name="Nobody's", provider="gone")
    record = checked(browser, GOOD)
    form = {"duplicates": "skip", "send_to": account.pk}
    body = browser.post(
        f"/imports/{record.pk}/policy/", form, headers={"HX-Request": "true"}
    ).content.decode()
    assert "One TeleCMI list. It takes" in body
    assert "Import 2 and send to TeleCMI Main" in body
    assert "Nobody&#x27;s" not in body


def test_a_workbook_is_read_by_its_sheets(browser: Client) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    book.active.append(["not leads"])
    sheet = book.create_sheet("November")
    sheet.append(["Name", "Mobile"])
    sheet.append(["Priya", 9822000417])
    raw = io.BytesIO()
    book.save(raw)
    upload(browser, raw.getvalue(), "leads.xlsx")
    record = Import.objects.get()
    page = browser.get(f"/imports/{record.pk}/file/").content.decode()
    assert "Read from the sheet “November”" in page  # the first has no phones
    browser.post(f"/imports/{record.pk}/file/", {"sheet": "Sheet", "header": "yes"})
    page = browser.get(f"/imports/{record.pk}/file/").content.decode()
    assert "Read from the sheet “Sheet”" in page
    browser.post(f"/imports/{record.pk}/file/", {"sheet": "November", "header": "yes"})
    record.refresh_from_db()
    browser.post(f"/imports/{record.pk}/columns/", columns(record))
    browser.post(f"/imports/{record.pk}/start/", {})
    assert Lead.objects.get().phone == "+919822000417"


def test_pages_of_imports_cost_the_same_for_one_and_for_many(
    browser: Client, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        ImportFactory.create(
            team=team, lead_list=LeadListFactory.create(team=team), row_count=number
        )
    with django_assert_max_num_queries(20):
        browser.get("/imports/")
    bad = "".join(f"P{number},{number},x@\n" for number in range(60))
    record = checked(browser, "Name,Mobile,Email\n" + bad)
    with django_assert_max_num_queries(30):
        page = browser.get(f"/imports/{record.pk}/check/").content.decode()
    assert page.count('id="row-') == 50
    more = browser.get(
        f"/imports/{record.pk}/check/?after=51&cols=1-2", headers={"HX-Request": "true"}
    ).content.decode()
    assert more.count('id="row-') == 10


def test_two_columns_named_in_hindi_never_share_a_place(browser: Client) -> None:
    for name, header in (("one.csv", "नौकरी"), ("two.csv", "बजट")):
        upload(browser, f"Mobile,{header}\n98220004{len(name)}{len(header)},{header}\n", name)
        record = Import.objects.latest("pk")
        browser.post(f"/imports/{record.pk}/columns/", columns(record, **{"to-1": "new:text"}))
        browser.post(f"/imports/{record.pk}/start/", {"duplicates": "skip"})
    fields = {field.label: field.key for field in LeadField.objects.all()}
    assert set(fields) == {"नौकरी", "बजट"}
    first, second = Lead.objects.order_by("pk")
    assert first.custom == {fields["नौकरी"]: "नौकरी"}
    assert second.custom == {fields["बजट"]: "बजट"}


def test_a_column_the_team_has_already_is_not_made_again(browser: Client, team: Team) -> None:
    LeadField.objects.create(team=team, key="loan", label="Loan amount", kind="money")
    upload(browser, "Mobile,Loan amount\n9822000417,25 lakh\n")
    record = Import.objects.get()
    browser.post(f"/imports/{record.pk}/columns/", columns(record, **{"to-1": "new:text"}))
    browser.post(f"/imports/{record.pk}/start/", {"duplicates": "skip"})
    assert LeadField.objects.count() == 1
    assert Lead.objects.get().custom == {"loan": 2_500_000}


@pytest.mark.parametrize("stray", [b"Jos\xe9", b"Nu\x00ll", b"\xed\xa0\x80"])
def test_stray_bytes_in_the_first_rows_break_no_page(browser: Client, stray: bytes) -> None:
    upload(browser, "Name,Mobile\nप्रिया,9822000417\n".encode() + stray + b",9822000418\n")
    record = Import.objects.get()
    for step in ("file", "columns"):
        assert browser.get(f"/imports/{record.pk}/{step}/").status_code == 200
    browser.post(f"/imports/{record.pk}/columns/", columns(record))
    assert "1 of 2 rows are ready." in browser.get(f"/imports/{record.pk}/check/").content.decode()
