"""To fix: what needs somebody, and the grid that puts refused records right."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.roles import Role
from leads.models import Contact, Lead
from sync.models import Delivery, DeliveryItem, Push, Standing, State
from sync.planning import plan_contacts
from tests.factories import ContactFactory, UserFactory
from tests.pages import world
from tests.pages.test_lists import text_of

pytestmark = pytest.mark.django_db
GRID = "/problems/telecmi-schema/"


@pytest.fixture
def friday() -> world.World:
    return world.friday(scale=0.02)


@pytest.fixture
def manager(client: Client, friday: world.World) -> Client:
    client.force_login(friday.manager)
    return client


def bad_lead() -> Lead:
    return Lead.objects.get(email="ganesh.pawar")


def test_what_blocks_most_comes_first_with_one_button_each(manager: Client) -> None:
    page = manager.get("/problems/").content
    titles = [text_of(one.encode()) for one in re.findall(r"<h3>.*?</h3>", page.decode())]
    assert titles == [
        "TeleCMI does not know this account number or secret",
        "A campaign was refused: 31 leads have no calls planned",
        "23 leads refused by TeleCMI",
        "12 leads: not sure at Smartflo",
    ]
    assert "4 things need you." in text_of(page)
    assert page.decode().count('<a class="btn"') == 4


def test_the_badge_counts_them_on_every_page(manager: Client) -> None:
    assert re.search(r'class="n hot">4<', manager.get("/lists/").content.decode())


def test_the_page_costs_a_fixed_number_of_queries(
    manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25):
        manager.get("/problems/")


def test_the_grid_marks_the_values_that_look_wrong(manager: Client) -> None:
    page = manager.get(GRID)
    text = text_of(page.content)
    assert "TeleCMI refused 23 leads of Website enquiries, November." in text
    assert "TeleCMI said Schema validation failed" in text
    assert "4 that look wrong" in text
    assert page.content.decode().count('aria-invalid="true"') == 4
    assert "19 more with the same trouble" in text


def test_a_cell_saves_itself_and_says_what_is_wrong(manager: Client) -> None:
    lead = bad_lead()
    url, name = f"/problems/cell/{lead.pk}/", f"lead-{lead.pk}-email"
    wrong = manager.post(url, {name: "still wrong"})
    assert wrong.status_code == 422
    assert "aria-invalid" in wrong.content.decode()
    right = manager.post(url, {name: "ganesh.pawar@example.com"})
    assert right.status_code == 200
    lead.refresh_from_db()
    assert (lead.email, lead.version) == ("ganesh.pawar@example.com", 2)


def test_saving_sends_all_of_them_again_as_one_send(manager: Client) -> None:
    bad = Lead.objects.filter(email__in=["ganesh.pawar", "imran.sheikh@example,com"])
    values = {f"lead-{lead.pk}-email": f"fixed{lead.pk}@example.com" for lead in bad}
    rest = Lead.objects.filter(email__in=["fatima@@example.com", "divya k@x.in"])
    values |= {f"lead-{lead.pk}-email": "" for lead in rest}
    for _ in range(2):
        manager.post(GRID, values | {"click": "once"})
    push = Push.objects.get(again_of__isnull=False)
    assert (push.total, push.waiting) == (23, 23)
    assert Lead.objects.filter(email__startswith="fixed").count() == 2
    assert "Nothing is left of this" in text_of(manager.get(GRID).content)


def test_a_value_that_is_still_wrong_keeps_everything_here(manager: Client) -> None:
    answer = manager.post(GRID, {f"lead-{bad_lead().pk}-email": "no at sign", "click": "x"})
    assert answer.status_code == 422
    assert "no at sign" in answer.content.decode()
    assert not Push.objects.filter(again_of__isnull=False).exists()


def test_emails_can_be_left_out_of_all_at_once(manager: Client) -> None:
    page = manager.get(GRID).content.decode()
    names = re.findall(r'name="(lead-\d+-email)" value="([^"]*)"', page)
    manager.post(GRID, dict(names) | {"leave_out": "email", "click": "y"})
    assert Push.objects.get(again_of__isnull=False).total == 23
    assert not Lead.objects.filter(email="ganesh.pawar").exists()


def test_values_refused_by_our_own_check_say_so(manager: Client) -> None:
    items = DeliveryItem.objects.filter(cause="telecmi-schema")
    items.update(cause="not-in-form", quote="", reason="Email “x” is not a full address.")
    page = text_of(manager.get("/problems/not-in-form/").content)
    assert "23 leads not sent to TeleCMI" in page
    assert "do not fit TeleCMI’s form" in page


def test_deleted_leads_are_no_problem_any_more(manager: Client, friday: world.World) -> None:
    refused = Lead.objects.filter(standings__state=State.REJECTED)
    Lead.objects.filter(pk__in=refused).update(deleted_at=world.day())
    assert "23 leads" not in text_of(manager.get("/problems/").content)


def test_a_viewer_reads_but_changes_nothing(client: Client, friday: world.World) -> None:
    client.force_login(UserFactory.create(team=friday.team, team__role=Role.VIEWER))
    page = client.get(GRID).content.decode()
    assert "Save and send" not in page
    assert "lead-" not in "".join(re.findall(r'name="([^"]*)"', page))
    assert client.post(GRID, {"click": "z"}).status_code == 403
    assert client.post(f"/problems/cell/{bad_lead().pk}/", {"a": "b"}).status_code == 403


def test_another_team_sees_nothing_of_it(client: Client, friday: world.World) -> None:
    client.force_login(world.team_of_people("Kaveri").manager)
    assert "Nothing needs you." in text_of(client.get("/problems/").content)
    assert "Nothing is left of this" in text_of(client.get(GRID).content)


def refused_entries(friday: world.World) -> list[Contact]:
    """Two phone book entries that TeleCMI refused in one request."""
    made = [
        ContactFactory.create(team=friday.team, first_name=name, email=f"{name}.example.com")
        for name in ("Asha", "Ravi")
    ]
    account = friday.accounts["TeleCMI Main"]
    plan_contacts(friday.team, account, by=None, click_token="book")
    items = DeliveryItem.objects.filter(contact__in=made)
    items.update(state=State.REJECTED, cause="telecmi-schema", quote="email must be valid")
    Standing.objects.filter(contact__in=made).update(state=State.REJECTED)
    Delivery.objects.filter(items__contact__in=made).update(state=State.REJECTED)
    return made


def test_refused_phone_book_entries_are_put_right_in_the_grid(
    manager: Client, friday: world.World
) -> None:
    one, other = refused_entries(friday)
    account = friday.accounts["TeleCMI Main"].pk
    grid = f"/problems/telecmi-schema/?account={account}"
    Standing.objects.filter(lead__isnull=False, state=State.REJECTED).delete()
    page = manager.get(grid).content.decode()
    assert f'name="contact-{one.pk}-email"' in page
    assert f"/contacts/{one.pk}/" in page
    wrong = manager.post(f"/problems/cell/{one.pk}/", {f"contact-{one.pk}-email": "no at sign"})
    assert wrong.status_code == 422
    values = {f"contact-{pk}-email": f"right{pk}@example.com" for pk in (one.pk, other.pk)}
    assert manager.post(grid, values | {"click": "book-again"}).status_code == 302
    again = Push.objects.get(again_of__isnull=False)
    assert (again.total, again.endpoint) == (2, "contacts")
    one.refresh_from_db()
    assert one.email == f"right{one.pk}@example.com"


def test_another_teams_entry_is_not_found(manager: Client) -> None:
    foreign = ContactFactory.create()
    url = f"/problems/cell/{foreign.pk}/"
    assert manager.post(url, {f"contact-{foreign.pk}-email": "a@b.in"}).status_code == 404


def refused_again(friday: world.World, *names: str) -> None:
    """Let two leads of each list be refused for one cause."""
    for name in names:
        words = {"cause": "shared", "quote": "No", "code": "400", "reason": "Refused."}
        world.send(friday, name, "Telecrm Main", [(State.REJECTED, 2)], words=words)


def send_of(name: str) -> Push:
    return Push.objects.get(again_of__isnull=False, label=name)


def test_records_of_several_lists_go_again_each_with_its_own_list(
    manager: Client, friday: world.World
) -> None:
    names = ("Webinar no-shows, 14 Nov", "Q2 home loans, Pune")
    Standing.objects.filter(account=friday.accounts["Telecrm Main"]).delete()
    refused_again(friday, *names)
    for _ in range(2):
        manager.post("/problems/shared/", {"click": "once"})
    assert Push.objects.filter(again_of__isnull=False).count() == 2
    for name in names:
        made = send_of(name)
        leads = Lead.objects.filter(sent__delivery__push=made)
        assert (made.lead_list, made.total) == (friday.lists[name], 2)
        assert {lead.lead_list_id for lead in leads} == {friday.lists[name].pk}


def test_one_page_shows_records_of_one_kind_at_one_account(
    manager: Client, friday: world.World
) -> None:
    refused_entries(friday)
    page = text_of(manager.get(GRID).content)
    assert "TeleCMI refused 23 leads" in page
    links = re.findall(
        r'href="(/problems/telecmi-schema/[^"]*)"', manager.get("/problems/").content.decode()
    )
    assert len({link.replace("&amp;", "&") for link in links}) == 2
    entries = next(link for link in links if "kind=contact" in link).replace("&amp;", "&")
    assert "TeleCMI refused 2 phone book entries" in text_of(manager.get(entries).content)


def test_what_somebody_else_put_right_meanwhile_is_kept(manager: Client) -> None:
    lead = bad_lead()
    name = f"lead-{lead.pk}-email"
    Lead.objects.filter(pk=lead.pk).update(email="right@example.com", version=2)
    stale = {name: "ganesh.pawar", f"was-{name}": "ganesh.pawar"}
    others = Lead.objects.filter(email__in=["fatima@@example.com", "divya k@x.in"])
    blank = {f"lead-{one.pk}-email": "" for one in others}
    manager.post(GRID, stale | blank | {"click": "a", "leave_out": "email"})
    lead.refresh_from_db()
    assert lead.email == "right@example.com"


def test_two_people_in_one_cell_are_told(manager: Client) -> None:
    lead = bad_lead()
    name = f"lead-{lead.pk}-email"
    Lead.objects.filter(pk=lead.pk).update(email="theirs@example.com", version=2)
    typed = {name: "mine@example.com", f"was-{name}": "ganesh.pawar"}
    whole = manager.post(GRID, typed | {"click": "a"})
    one = manager.post(f"/problems/cell/{lead.pk}/", typed)
    for answer in (whole, one):
        assert answer.status_code == 422
        assert "Somebody else saved “theirs@example.com” here" in text_of(answer.content)
    assert not Push.objects.filter(again_of__isnull=False).exists()
    kept = re.findall(rf'name="was-{name}" value="([^"]*)"', one.content.decode())
    assert kept == ["theirs@example.com"]
    manager.post(f"/problems/cell/{lead.pk}/", typed | {f"was-{name}": kept[0]})
    lead.refresh_from_db()
    assert lead.email == "mine@example.com"


def test_what_is_refused_after_the_page_was_drawn_stays_to_be_read(
    manager: Client, friday: world.World
) -> None:
    page = manager.get(GRID)
    drawn = page.context["drawn"]
    late = DeliveryItem.objects.filter(cause="telecmi-schema").order_by("-pk")[:3]
    Standing.objects.filter(item__in=[one.pk for one in late]).update(changed_at=timezone.now())
    manager.post(GRID, {"click": "a", "drawn": drawn})
    assert Push.objects.get(again_of__isnull=False).total == 20
    assert "TeleCMI refused 3 leads" in text_of(manager.get(GRID).content)


def test_a_late_press_says_that_they_went_already(manager: Client) -> None:
    manager.post(GRID, {"click": "one"})
    answer = manager.post(GRID, {"click": "other"}, follow=True)
    assert "None of these is left to send" in text_of(answer.content)
    assert Push.objects.filter(again_of__isnull=False).count() == 1


def test_a_record_decided_not_to_be_there_is_sent_again_from_its_problem(
    manager: Client, friday: world.World
) -> None:
    unsure = Delivery.objects.get(state=State.UNCERTAIN)
    reason = {"verdict": "not_there", "reason": "Searched two"}
    Delivery.objects.filter(pk=unsure.pk).update(code="no_answer")
    manager.post(f"/sent/{unsure.pk}/decide/", reason)
    page = manager.get("/problems/smartflo-no-answer/")
    text = text_of(page.content)
    assert "12 leads not sent to Smartflo" in text
    assert "may or may not" not in text
    assert "Save and send 12 again" in text
    story = text_of(manager.get(f"/sent/{unsure.pk}/").content)
    assert "may or may not" not in story
    assert "Not sent after 1 try" in story
    assert "12 leads not sent after 1 try." in story


def test_a_long_problem_is_read_page_by_page_at_a_fixed_cost(
    manager: Client, friday: world.World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    world.lead_list(friday, "Long", 120)
    words = {"cause": "long", "quote": "No", "code": "400", "reason": "Refused."}
    world.send(friday, "Long", "Telecrm Main", [(State.REJECTED, 1)] * 120, words=words)
    with django_assert_max_num_queries(32):
        first = manager.get("/problems/long/")
    assert "1–50 of 120" in text_of(first.content)
    last = manager.get("/problems/long/?from=100")
    assert "101–120 of 120" in text_of(last.content)
    assert last.content.decode().count("<tr>") == 21
    assert "1–50 of 120" in text_of(manager.get("/problems/long/?from=9999").content)


def test_a_name_is_put_right_where_the_providers_words_speak_of_it(manager: Client) -> None:
    lead = bad_lead()
    name = f"lead-{lead.pk}-first_name"
    assert name not in manager.get(GRID).content.decode()
    DeliveryItem.objects.filter(cause="telecmi-schema").update(quote="name must be shorter")
    Lead.objects.filter(email__contains="@").update(email="")
    Lead.objects.filter(pk=lead.pk).update(email="")
    page = manager.get(GRID).content.decode()
    assert name in page
    assert f"lead-{lead.pk}-city" not in page
    assert page.count("TeleCMI refused the part as a whole") == 1
