"""Files dropped on any page, and bad cells put right with the keyboard."""

from collections.abc import Callable

from django.core.management import call_command
from playwright.sync_api import Page, expect

from access.models import User
from leads.models import Import
from tests.e2e.conftest import Watch, assert_accessible

Browse = Callable[..., Page]
ROWS = (
    "Name;Mobile;City\n"
    "Priya Iyer;98220 00417;Pune\n"
    "Rohan Deshmukh;98220 004;Pune\n"
    "Kabir Khan;9.88E+09;Baner\n"
)
DROP = """rows => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([rows], "facebook-week-47.csv", {type: "text/csv"}));
  const how = {bubbles: true, cancelable: true, dataTransfer};
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, how));
}"""


def test_a_file_dropped_on_any_page_starts_an_import(browse: Browse, meera: User) -> None:
    page = browse(meera)
    page.goto("/lists/")
    page.evaluate(DROP, ROWS)
    page.wait_for_url("**/imports/*/**")
    assert Import.objects.get().file_name == "facebook-week-47.csv"
    assert_accessible(page)


def test_a_viewers_drop_goes_nowhere(browse: Browse, meera: User) -> None:
    meera.memberships.update(role="viewer")
    page = browse(meera)
    page.goto("/lists/")
    page.evaluate(DROP, ROWS)
    page.wait_for_timeout(300)
    assert page.url.endswith("/lists/")


def test_an_empty_upload_is_said_on_the_page(browse: Browse, meera: User, watch: Watch) -> None:
    watch.allowed.add("422")
    page = browse(meera)
    page.goto("/imports/new/")
    page.get_by_label("Drop files here").set_input_files(
        {"name": "picture.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n0000"}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)


def test_enter_saves_a_bad_cell_and_goes_to_the_next_one(browse: Browse, meera: User) -> None:
    page = browse(meera)
    page.goto("/lists/")
    page.evaluate(DROP, ROWS)
    page.wait_for_url("**/columns/**")
    page.get_by_role("button", name="Check").click()
    page.wait_for_url("**/check/**")
    call_command("worker", "--drain")
    first = page.locator(".fixgrid input[aria-invalid=true]").first
    first.fill("98220 00418")
    first.press("Enter")
    expect(page.locator(".fixgrid input[aria-invalid=true]")).to_have_count(1)
    expect(page.locator(".fixgrid input[aria-invalid=true]")).to_be_focused()
    assert_accessible(page)
