"""The import pages when things go wrong: files gone, clicks twice, two tabs, no right to it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import Team
from access.roles import Role
from leads import jobs
from leads.importing import fixing, progress, staging
from leads.models import Import, ImportEdit, Lead, LeadList
from sync import limits
from sync.models import Push
from sync.pulling import plan_finished_imports
from tests.factories import AccountFactory, LeadFactory, LeadListFactory, PushFactory, UserFactory
from tests.records.test_import_wizard import GOOD, MIXED, checked, columns, upload

pytestmark = pytest.mark.django_db

ENDS = ("added", "updated", "skipped", "left_out")
HTMX = {"HX-Request": "true"}


def read(browser: Client, record: Import, step: str = "check") -> str:
    return browser.get(f"/imports/{record.pk}/{step}/", follow=True).content.decode()


def post(browser: Client, record: Import, step: str, form: dict[str, Any], **more: Any) -> Any:
    return browser.post(f"/imports/{record.pk}/{step}/", form, **more)


@pytest.mark.parametrize("step", ["file", "columns", "check", "result"])
@pytest.mark.parametrize("state", ["uploaded", "checked"])
def test_an_import_whose_file_is_gone_says_so_on_every_step(
    browser: Client, state: str, step: str
) -> None:
    upload(browser, MIXED)
    record = Import.objects.get()
    if state == "checked":
        post(browser, record, "columns", columns(record))
    Path(record.file.path).unlink()
    page = read(browser, record, step)
    assert "The uploaded file is no longer on this server. Upload it again." in page
    assert "Take the import back" not in page


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("cell", {"c3-1": "98765 43210"}),
        ("kind", {"code": "email_bad", "how": "without"}),
        ("policy", {"duplicates": "update"}),
        ("policy", {"scope": "list"}),
        ("start", {}),
        ("columns", {}),
        ("file", {"header": "no"}),
    ],
)
def test_nothing_can_be_done_with_a_file_that_is_gone(
    browser: Client, step: str, form: dict[str, str]
) -> None:
    record = checked(browser)
    Path(record.file.path).unlink()
    assert post(browser, record, step, form).status_code == 302
    record.refresh_from_db()
    assert record.state == Import.State.FAILED
    assert not Lead.objects.exists()


def test_rows_left_out_are_told_from_the_notes_once_the_file_is_gone(browser: Client) -> None:
    record = checked(browser)
    post(browser, record, "start", {})
    Path(record.file.path).unlink()
    text = browser.get(f"/imports/{record.pk}/rejects.csv").getvalue().decode("utf-8-sig")
    assert "98765 4321" in text


def test_a_row_is_not_corrected_once_its_import_has_begun(browser: Client) -> None:
    record = checked(browser)
    post(browser, record, "start", {})
    answer = post(browser, record, "cell", {"c3-1": "98765 43210"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"/imports/{record.pk}/result/"
    record.refresh_from_db()
    assert sum(getattr(record, end) for end in ENDS) == record.row_count == 5
    assert not ImportEdit.objects.exists()


def test_of_two_clicks_the_second_finds_what_the_first_did(browser: Client) -> None:
    stale = checked(browser)
    post(browser, stale, "start", {})
    with pytest.raises(progress.WrongTime):
        progress.start_import(stale)
    with pytest.raises(progress.WrongTime):
        progress.start_check(stale)
    with pytest.raises(progress.WrongTime):
        fixing.edit_cell(stale, 3, 1, "98765 43210", by=None)
    assert Import.objects.get().added == 1


def test_reading_a_file_another_way_forgets_corrections_of_the_rows_before(
    browser: Client,
) -> None:
    record = checked(browser)
    post(browser, record, "cell", {"c3-1": "98765 43210"})
    post(browser, record, "kind", {"code": "email_bad", "how": "without"})
    post(browser, record, "file", {"encoding": "utf-8", "delimiter": ";", "header": "yes"})
    record.refresh_from_db()
    assert not ImportEdit.objects.exists()
    assert "fixes" not in record.options
    assert record.state == Import.State.UPLOADED


def test_a_row_still_bad_gives_back_only_the_corrected_cell(browser: Client) -> None:
    record = checked(browser, "Name,Mobile,Email\nPriya,123,priya@\nRohan,9822000417,\n")
    answer = post(browser, record, "cell", {"c2-1": "9822000418"}, headers=HTMX)
    body = answer.content.decode()
    assert 'id="cell-2-1" hx-swap-oob="true"' in body
    assert 'id="row-2"' not in body
    assert 'id="cell-2-2"' not in body


@pytest.mark.parametrize("code", ["", "nonsense"])
def test_a_kind_that_is_not_there_is_not_fixed(browser: Client, code: str) -> None:
    record = checked(browser)
    post(browser, record, "kind", {"code": code, "how": "leave_out"})
    assert "1 of 5 rows are ready." in read(browser, record)


def test_what_is_not_on_offer_is_not_taken(browser: Client) -> None:
    upload(browser, GOOD)
    record = Import.objects.get()
    form = columns(record, **{"to-2": "nonsense"}, country="XX")
    assert post(browser, record, "columns", form).status_code == 302
    record.refresh_from_db()
    assert record.state == Import.State.CHECKED
    assert record.mapping["2"]["to"] == ""
    assert record.options["country"] == "IN"


def test_any_field_can_be_the_same_in_every_row(browser: Client) -> None:
    upload(browser, "Mobile\n9822000417\n")
    record = Import.objects.get()
    post(browser, record, "columns", columns(record, **{"for-all": "city", "to-all": "Pune"}))
    assert 'name="all-city" value="Pune"' in read(browser, record, "columns")
    post(browser, record, "start", {})
    assert Lead.objects.get().city == "Pune"


def test_a_value_that_cannot_be_in_every_row_is_named_before_rows_are_read(
    browser: Client,
) -> None:
    upload(browser, GOOD)
    record = Import.objects.get()
    form = columns(record, **{"for-all": "email", "to-all": "priya@"})
    answer = post(browser, record, "columns", form)
    assert answer.status_code == 422
    assert "“priya@” cannot stand as Email in every row." in answer.content.decode()


def test_more_files_than_are_taken_at_a_time_are_named(browser: Client) -> None:
    files = [
        SimpleUploadedFile(f"{n}.csv", f"Mobile\n98220004{n}\n".encode()) for n in range(10, 32)
    ]
    page = browser.post("/imports/new/", {"file": files}, follow=True).content.decode()
    assert Import.objects.count() == 20
    assert "20 files are taken at a time. Drop these again: 30.csv, 31.csv." in page


@pytest.mark.parametrize("step", ["columns", "check", "file"])
def test_a_file_from_the_line_says_that_it_was_imported_before(browser: Client, step: str) -> None:
    upload(browser, GOOD)
    upload(browser, GOOD, "again.csv")
    first, second = Import.objects.order_by("pk")
    assert "This very file waits already" in read(browser, second, step)
    assert "This very file waits already" not in read(browser, first, step)
    post(browser, first, "columns", columns(first))
    post(browser, first, "start", {})
    if step == "check":
        post(browser, second, "columns", columns(second))
    assert "This very file was imported before" in read(browser, second, step)


def test_keeping_numbers_here_too_counts_only_those_of_other_lists(
    browser: Client, team: Team
) -> None:
    here, other = (LeadListFactory.create(team=team, name=name) for name in ("Here", "Other"))
    for lead_list, phone in ((other, "+919822000417"), (here, "+919822000417")):
        LeadFactory.create(lead_list=lead_list, phone=phone)
    LeadFactory.create(lead_list=other, phone="+919822000418")
    upload(browser, GOOD, list=here.pk)
    record = Import.objects.get()
    post(browser, record, "columns", columns(record, list=str(here.pk)))
    page = read(browser, record)
    assert "1 new, 1 skipped: in this very list." in page
    body = post(browser, record, "policy", {"duplicates": "keep"}, headers=HTMX).content.decode()
    assert "1 of 2 rows are ready." in body
    post(browser, record, "start", {"duplicates": "keep"})
    record.refresh_from_db()
    assert (record.added, record.skipped) == (1, 1)


def test_duplicates_say_where_their_list_was_sent(browser: Client, team: Team) -> None:
    lead = LeadFactory.create(
        lead_list__team=team, lead_list__name="Week 46", phone="+919822000417"
    )
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    record = checked(browser, GOOD)
    assert "1 in Week 46<" in read(browser, record)
    PushFactory.create(account=account, lead_list=lead.lead_list, total=1, delivered=1)
    assert "1 in Week 46, at TeleCMI Main 0\xa0minutes ago" in read(browser, record)


def test_duplicates_are_looked_for_in_as_many_days_as_one_likes(browser: Client) -> None:
    record = checked(browser, GOOD)
    post(browser, record, "policy", {"scope": "days", "days": "45"})
    page = read(browser, record)
    assert 'id="days" name="days" min="1" max="9999" value="45"' in page


def test_a_viewer_reads_the_imports_and_is_led_nowhere_they_may_not_go(
    browser: Client, client: Client, team: Team
) -> None:
    record = checked(browser)
    post(browser, record, "start", {})
    client.force_login(UserFactory.create(team=team, team__role=Role.VIEWER))
    page = client.get("/imports/").content.decode()
    assert record.file_name in page
    assert f"/imports/{record.pk}/" not in page


def test_a_check_that_was_stopped_shows_no_figures_of_an_import(browser: Client) -> None:
    record = checked(browser)
    Import.objects.update(state="checking")
    post(browser, record, "cancel", {})
    page = browser.get("/imports/").content.decode()
    assert "Columns to match" in page
    assert 'data-l="Good"' not in page


def test_a_send_that_is_in_line_is_cancelled_under_sent(browser: Client, team: Team) -> None:
    account = AccountFactory.create(team=team)
    record = checked(browser, GOOD)
    post(browser, record, "start", {"then": "send", "send_to": account.pk})
    Import.objects.update(send_planned_at=record.created_at)
    page = post(browser, record, "unsend", {}, follow=True).content.decode()
    assert "It is in line by now. Open Sent and cancel it there." in page
    assert LeadList.objects.count() == 1


def test_the_send_after_an_import_is_followed_and_cancelled_on_its_page(
    browser: Client, team: Team
) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    record = checked(browser, GOOD)
    post(browser, record, "start", {"then": "send", "send_to": account.pk})
    page = read(browser, record, "result")
    assert "On the way to TeleCMI Main" in page
    assert "Do not send" in page
    plan_finished_imports()
    push = Push.objects.get()
    part = browser.get(
        f"/imports/{record.pk}/result/", headers=HTMX | {"HX-Target": "onward"}
    ).content.decode()
    assert "Starts in 10 s:" in part
    assert f"/sends/{push.pk}/cancel/" in part
    assert "<html" not in part
    browser.post(f"/sends/{push.pk}/cancel/")
    page = read(browser, record, "result")
    assert "2 cancelled" in page
    assert f"/sent/?send={push.pk}" in page
    assert 'hx-trigger="load' not in page


def test_the_send_after_an_import_waits_as_long_as_any_other(
    browser: Client, team: Team, settings: Settings
) -> None:
    settings.LEDGER_TIME_SCALE = 2
    account = AccountFactory.create(team=team)
    record = checked(browser, GOOD)
    post(browser, record, "start", {"then": "send", "send_to": account.pk})
    plan_finished_imports()
    push = Push.objects.get()
    assert (push.starts_at - push.created_at).total_seconds() == limits.time_to_cancel() == 5


def test_an_import_that_could_not_be_sent_says_why(browser: Client, team: Team) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    record = checked(browser, GOOD)
    post(browser, record, "start", {"then": "send", "send_to": account.pk})
    Lead.objects.update(deleted_at=timezone.now())
    plan_finished_imports()
    page = read(browser, record, "result")
    assert "Nothing was sent to TeleCMI Main" in page


def test_agents_to_fix_stand_under_their_names(browser: Client, team: Team) -> None:
    AccountFactory.create(team=team)
    record = checked(browser, "Agent id,Name\n,Bina\n5159_2224257,Asha\n", kind="agents")
    page = read(browser, record)
    assert page.count(">Name<") == 1
    assert "Bina<span" in page


def test_what_an_account_must_be_told_of_a_list_is_said_before_the_import(
    browser: Client, team: Team
) -> None:
    account = AccountFactory.create(team=team, provider="smartflo", name="Smartflo Main")
    record = checked(browser, GOOD)
    page = read(browser, record)
    assert "Smartflo Main needs the Smartflo list id of list Facebook week 47." in page
    assert "Import 2 rows" in page
    assert "and send to" not in page
    post(browser, record, "start", {"then": "send", "send_to": account.pk})
    plan_finished_imports()
    record.refresh_from_db()
    assert f'href="/lists/{record.lead_list_id}/#send"' in read(browser, record, "result")


def test_the_imports_lead_to_no_list_that_was_taken_back(browser: Client) -> None:
    record = checked(browser, GOOD)
    post(browser, record, "start", {})
    record.refresh_from_db()
    there = f"/lists/{record.lead_list_id}/"
    assert there in browser.get("/imports/").content.decode()
    post(browser, record, "undo", {})
    page = browser.get("/imports/").content.decode()
    assert "Facebook week 47" in page
    assert there not in page
    assert there not in read(browser, record, "result")


def test_a_file_nobody_has_read_yet_has_no_rows_to_tell(browser: Client) -> None:
    upload(browser, GOOD)
    assert 'data-l="Rows">–<' in browser.get("/imports/").content.decode()


def test_files_in_line_whose_columns_are_known_are_checked_meanwhile(browser: Client) -> None:
    upload(browser, "Mobile\n9822000999\n", "old.csv")  # waits since long ago
    record = checked(browser, GOOD)
    post(browser, record, "start", {})
    names = [f"week-{n}.csv" for n in (48, 49, 50)]
    files = [
        SimpleUploadedFile(name, GOOD.replace("0041", f"005{n}").encode())
        for n, name in enumerate(names)
    ]
    browser.post("/imports/new/", {"file": files})
    states = Import.objects.filter(file_name__in=names).order_by("pk").values_list("state")
    assert [state for (state,) in states] == ["checked", "checking", "checking"]
    second = Import.objects.get(file_name=names[1])
    first = Import.objects.get(file_name=names[0])
    post(browser, first, "start", {})
    assert f'href="/imports/{second.pk}/check/"' in read(browser, first, "result")
    jobs.run(1)
    assert "2 of 2 rows are ready." in read(browser, second)


def test_a_page_older_than_the_last_check_imports_nothing(browser: Client) -> None:
    record = checked(browser)
    seen = re.findall(r'name="seen" value="([^"]+)"', read(browser, record))
    assert len(seen) == 1
    post(browser, record, "kind", {"code": "email_bad", "how": "without"})
    page = post(browser, record, "start", {"seen": seen[0]}, follow=True).content.decode()
    assert "The rows were checked again meanwhile. These are the figures." in page
    assert "2 of 5 rows are ready." in page
    assert not Lead.objects.exists()
    now = re.findall(r'name="seen" value="([^"]+)"', page)
    post(browser, record, "start", {"seen": now[0]})
    assert Lead.objects.count() == 2


def test_a_file_nobody_went_on_with_is_not_kept_for_ever(browser: Client) -> None:
    record = checked(browser)
    Import.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert staging.forget_old_files() == 1
    assert not Path(record.file.path).exists()
    assert "The uploaded file is no longer on this server." in read(browser, record)


def test_very_many_files_at_once_are_refused_in_words(browser: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.csv", GOOD.encode()) for n in range(101)]
    answer = browser.post("/imports/new/", {"file": files})
    assert answer.status_code == 400
    assert "of many files, drop at most 20 at a time" in answer.content.decode()
