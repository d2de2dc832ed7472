"""The import wizard in a browser: typing, Enter, live sums, and no sign of trouble."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from access.models import User
from leads.models import Import, Lead
from tests.e2e.conftest import Watch, assert_accessible
from tests.e2e.looks import LOOKS
from tests.factories import AccountFactory, LeadFactory, LeadListFactory

FILE = (
    "Name,Mobile,Email,City\n"
    "Priya Iyer,98220 00417,priya@example.com,Pune\n"
    "Aditi Joshi,98765 4321,aditi@example.com,Pune\n"
    "Rohit Das,98220 00144,rohit.das@example,Mumbai\n"
    "Kabir Khan,9.88E+09,kabir@example.com,Baner\n"
    "Meera Das,98220 00999,meera@example.com,Nashik\n"
)


def drop(page: Page, name: str = "week-47.csv", text: str = FILE) -> None:
    """Choose a file on the first page of the wizard and send it."""
    page.goto("/imports/new/")
    file = FilePayload(name=name, mimeType="text/csv", buffer=text.encode())
    page.set_input_files("main input[name=file]", files=[file])
    page.get_by_role("button", name="Read the file").click()


def test_a_file_is_fixed_by_keyboard_and_imported(browse: Callable[..., Page], meera: User) -> None:
    LeadFactory.create(
        lead_list=LeadListFactory.create(team=meera.teams.get(), name="Week 46"),
        phone="+919822000999",
    )
    page = browse(meera)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 5 rows are ready.")
    first = page.get_by_label("Mobile, row 3").or_(page.get_by_label("Phone, row 3"))
    first.fill("98765 43210")
    first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 5 rows are ready.")
    expect(page.get_by_label("Email, row 4")).to_be_focused()
    page.keyboard.type("rohit@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 5 rows are ready.")
    page.locator("#row-5").get_by_role("button", name="Leave out").click()
    expect(page.locator("#row-5")).to_contain_text("Left out")
    page.get_by_text("Keep them here too").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 of 5 rows are ready.")
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 leads added.")
    assert Lead.objects.filter(origin__isnull=False).count() == 4


def test_a_remembered_file_is_at_its_account_in_five_clicks_on_three_screens(
    browse: Callable[..., Page], meera: User
) -> None:
    account = AccountFactory.create(team=meera.teams.get(), name="TeleCMI Main")
    page = browse(meera)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_role("button", name="Import 2 and send to TeleCMI Main").click()
    drop(page, "week-48.csv", FILE.replace("98220 00", "98220 55"))
    expect(page.get_by_text("Columns, same as last time")).to_be_visible()
    page.get_by_role("button", name="and send to TeleCMI Main").click()
    expect(page.get_by_text("On the way to TeleCMI Main")).to_be_visible()
    assert Import.objects.filter(send_to=account, state="done").count() == 2


def test_a_kind_is_fixed_with_one_click_and_taken_back(
    browse: Callable[..., Page], meera: User
) -> None:
    page = browse(meera)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_role("button", name="Import these without the email").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 5 rows are ready.")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 5 rows are ready.")


def test_a_double_click_sends_a_file_once(browse: Callable[..., Page], meera: User) -> None:
    page = browse(meera)
    page.goto("/imports/new/")
    file = FilePayload(name="week-47.csv", mimeType="text/csv", buffer=FILE.encode())
    page.set_input_files("main input[name=file]", files=[file])
    page.get_by_role("button", name="Read the file").dblclick()
    page.wait_for_url(re.compile(r"/imports/\d+/columns/"))
    assert Import.objects.count() == 1


def test_a_bad_file_among_good_ones_is_named(browse: Callable[..., Page], meera: User) -> None:
    page = browse(meera)
    page.goto("/imports/new/")
    good = FilePayload(name="good.csv", mimeType="text/csv", buffer=FILE.encode())
    bad = FilePayload(name="bad.csv", mimeType="text/csv", buffer=b"")
    page.set_input_files("main input[name=file]", files=[good, bad])
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url(re.compile(r"/imports/\d+/columns/"))
    expect(page.get_by_role("alert")).to_contain_text("bad.csv: The file is empty")


def test_a_row_with_two_bad_cells_is_typed_through(
    browse: Callable[..., Page], meera: User
) -> None:
    page = browse(meera)
    drop(page, text=FILE.replace("98220 00144", "98220"))
    page.get_by_role("button", name="Check all rows").click()
    first = page.get_by_label("Phone, row 4")
    first.fill("98220 00144")
    with page.expect_response(re.compile("/cell/")):
        first.press("Enter")
        page.keyboard.press("End")
        page.keyboard.type(".com")
    expect(page.locator("#cell-4-1")).to_have_text("98220 00144")
    expect(page.get_by_label("Email, row 4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 5 rows are ready.")


def sign_in(page: Page, person: User) -> None:
    """Sign in again on the page an ended session led to."""
    person.set_password("a long enough phrase")
    person.save()
    page.get_by_label("Sign-in name").fill(person.username)
    page.get_by_label("Password").fill("a long enough phrase")
    page.get_by_role("button", name="Sign in").click()


def test_a_session_that_ends_amid_corrections_loses_none(
    browse: Callable[..., Page], meera: User, watch: Watch
) -> None:
    watch.allowed.add("401")
    page = browse(meera)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    cell = page.get_by_label("Phone, row 3")
    page.context.clear_cookies(name="sessionid")
    cell.fill("98765 43210")
    cell.press("Enter")
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, meera)
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 5 rows are ready.")


def test_rows_pasted_after_a_session_ended_are_there_after_signing_in(
    browse: Callable[..., Page], meera: User
) -> None:
    page = browse(meera)
    page.goto("/imports/new/")
    page.get_by_text("Or paste rows from a spreadsheet").click()
    page.get_by_label("Rows, names first").fill("Name\tMobile\nPriya\t9822000417")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Read the file").click()
    sign_in(page, meera)
    expect(page.get_by_label("Rows, names first")).to_be_visible()
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url(re.compile(r"/imports/\d+/columns/"))
    assert Import.objects.get().header == ["Name", "Mobile"]


def test_everything_works_without_script(browse: Callable[..., Page], meera: User) -> None:
    page = browse(meera, script=False)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_label("Phone, row 3").fill("98765 43210")
    page.get_by_role("button", name="Save corrections").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 5 rows are ready.")
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 leads added.")


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_every_step_is_accessible_in_every_look(
    browse: Callable[..., Page], meera: User, size: tuple[int, int], theme: str
) -> None:
    page = browse(meera, size=size, theme=theme)
    page.goto("/imports/new/")
    assert_accessible(page)
    drop(page)
    page.wait_for_url(re.compile(r"/imports/\d+/columns/"))
    assert_accessible(page)
    record = Import.objects.get()
    page.goto(f"/imports/{record.pk}/file/")
    assert_accessible(page)
    page.goto(f"/imports/{record.pk}/columns/")
    page.get_by_role("button", name="Check all rows").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("rows are ready")
    assert_accessible(page)
    page.get_by_role("button", name="Import 2 rows").click()
    expect(title).to_contain_text("added")
    assert_accessible(page)
    page.goto("/imports/")
    assert_accessible(page)


def test_without_javascript_looking_elsewhere_keeps_what_duplicates_become(
    browse: Callable[..., Page], meera: User
) -> None:
    LeadFactory.create(
        lead_list=LeadListFactory.create(team=meera.teams.get(), name="Week 46"),
        phone="+919822000999",
    )
    page = browse(meera, script=False)
    drop(page)
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_label("Update them").check()
    page.get_by_label("Look for duplicates in").select_option(label="what came in the last … days")
    page.get_by_label("How many days").fill("7")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_label("Update them")).to_be_checked()
    expect(page.get_by_label("How many days")).to_have_value("7")
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 lead added")
    assert Import.objects.get().updated == 1
