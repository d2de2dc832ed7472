"""What was sent, and one request told as a story."""

from __future__ import annotations

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sync.models import Decision, Delivery, Push, State
from sync.summary import sentence
from sync.wording import became
from tests.factories import PushFactory
from tests.pages import world
from tests.pages.test_lists import row_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday() -> world.World:
    return world.friday(scale=0.02)


@pytest.fixture
def manager(client: Client, friday: world.World) -> Client:
    client.force_login(friday.manager)
    return client


def request_in(state: str, **more: object) -> Delivery:
    """Return the first request in a state."""
    return Delivery.objects.filter(state=state, **more).select_related("push").order_by("pk")[0]


def test_every_send_has_its_line_with_the_providers_words(manager: Client) -> None:
    page = manager.get("/sent/").content
    assert "Schema validation failed" in row_of(page, "[y7u3gc]")
    assert "Refused" in row_of(page, "[y7u3gc]")
    assert "confirmed after a lost reply" in row_of(page, "[h3n6qs]")
    assert "Waiting: account stopped" in row_of(page, "[w6j2bd]")


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("state=refused", "[y7u3gc]", "[k7f3qa]"),
        ("state=waiting", "[w6j2bd]", "[k7f3qa]"),
        ("state=unsure", "12 not sure", "[k7f3qa]"),
        ("state=proved", "[h3n6qs]", "[k7f3qa]"),
        ("q=k7f3qa", "[k7f3qa]", "[p2w8md]"),
        ("kind=campaigns", "Campaign", "[k7f3qa]"),
        ("q=Webinar", "[q8m2xa]", "[k7f3qa]"),
    ],
)
def test_the_table_shows_what_was_asked_for(
    manager: Client, query: str, shown: str, hidden: str
) -> None:
    Delivery.objects.filter(evidence="inferred").update(tries=2)
    page = text_of(manager.get(f"/sent/?{query}").content)
    assert shown in page
    assert hidden not in page


def test_a_number_finds_the_sends_it_went_with(manager: Client, friday: world.World) -> None:
    lead = friday.lists["Diwali balance transfer"].leads.order_by("pk")[0]
    page = text_of(manager.get("/sent/", {"q": lead.phone}).content)
    assert "[k7f3qa]" in page
    assert "[h3n6qs]" not in page


def test_an_account_narrows_the_table(manager: Client, friday: world.World) -> None:
    pune = friday.accounts["TeleCMI Pune"]
    page = manager.get("/sent/", {"account": pune.pk}).content
    assert b"[w6j2bd]" in page
    assert b"[k7f3qa]" not in page


def test_the_table_is_read_page_by_page_at_a_fixed_cost(
    manager: Client, friday: world.World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    push = friday.pushes["Diwali balance transfer/TeleCMI Main/k7f3qa"]
    Push.objects.bulk_create(
        Push(
            team=friday.team,
            account=push.account,
            endpoint="leads",
            label=f"Old {n}",
            click_token=f"old-{n}",
            finished_at=world.day(),
        )
        for n in range(60)
    )
    with django_assert_max_num_queries(25):
        first = manager.get("/sent/")
    older = first.context["page"].next
    assert older
    assert b"Old 0" in manager.get(f"/sent/{older}").content


def test_a_refusal_begins_with_our_sentence_and_quotes_theirs(manager: Client) -> None:
    refused = request_in(State.REJECTED, push__endpoint="leads")
    page = text_of(manager.get(f"/sent/{refused.pk}/").content)
    assert "TeleCMI refused 23 leads." in page
    assert "TeleCMI said Schema validation failed" in page
    assert "HTTP 422" in page


def test_every_try_and_every_record_is_on_the_page(
    manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sent = request_in(State.DELIVERED)
    with django_assert_max_num_queries(30):
        page = text_of(manager.get(f"/sent/{sent.pk}/").content)
    assert "Asked for by Meera Nair" in page
    assert "Try 1: taken" in page
    assert sent.items.first() is not None
    assert str(sent.items.all()[0].label) in page


def test_a_lead_edited_since_it_was_sent_says_so(manager: Client) -> None:
    sent = request_in(State.DELIVERED)
    lead = sent.items.all()[0].lead
    assert lead
    lead.version = 2
    lead.save()
    assert "Changed since it was sent" in manager.get(f"/sent/{sent.pk}/").content.decode()


def test_an_unknown_end_is_decided_with_a_reason(manager: Client, friday: world.World) -> None:
    unsure = request_in(State.UNCERTAIN)
    page = text_of(manager.get(f"/sent/{unsure.pk}/").content)
    assert "Not sure whether Smartflo has 12 leads." in page
    answer = manager.post(f"/sent/{unsure.pk}/decide/", {"verdict": "there", "reason": " "})
    assert "Write how you know" in text_of(manager.get(answer.headers["Location"]).content)
    reason = {"verdict": "there", "reason": "Looked up two numbers"}
    manager.post(f"/sent/{unsure.pk}/decide/", reason)
    unsure.refresh_from_db()
    assert unsure.state == State.DELIVERED
    assert Decision.objects.get().by == friday.manager
    assert "Looked up two numbers" in manager.get(f"/sent/{unsure.pk}/").content.decode()


def test_refused_records_go_again_as_a_new_send(manager: Client) -> None:
    refused = request_in(State.REJECTED, push__endpoint="leads")
    for _ in range(2):
        manager.post(f"/sent/{refused.pk}/again/", {"click": "once"})
    again = Push.objects.get(again_of=refused.push)
    assert (again.total, again.waiting) == (23, 23)


def test_another_teams_request_is_not_found(client: Client, friday: world.World) -> None:
    other = world.team_of_people("Kaveri")
    client.force_login(other.manager)
    sent = request_in(State.DELIVERED)
    assert client.get(f"/sent/{sent.pk}/").status_code == 404
    assert b"[k7f3qa]" not in client.get("/sent/").content


def test_words_of_a_provider_are_shown_as_text(manager: Client) -> None:
    refused = request_in(State.REJECTED)
    Delivery.objects.filter(pk=refused.pk).update(quote="<script>alert(1)</script>")
    page = manager.get(f"/sent/{refused.pk}/").content
    assert b"<script>alert" not in page


def test_what_is_there_goes_again_only_after_a_yes_to_copies(manager: Client) -> None:
    there = request_in(State.DELIVERED)
    manager.post(f"/sent/{there.pk}/again/", {"click": "no"})
    assert not Push.objects.filter(again_of__isnull=False).exists()
    manager.post(f"/sent/{there.pk}/again/", {"click": "yes", "copies": "yes"})
    assert Push.objects.get(again_of__isnull=False).total == there.item_count


def test_one_record_goes_again_alone(manager: Client) -> None:
    refused = request_in(State.REJECTED, push__endpoint="leads")
    item = refused.items.all()[3]
    manager.post(f"/sent/{refused.pk}/again/", {"click": "one", "item": item.pk})
    assert Push.objects.get(again_of__isnull=False).total == 1


def test_a_request_that_went_again_has_no_lever_left(manager: Client) -> None:
    refused = request_in(State.REJECTED, push__endpoint="leads")
    page = f"/sent/{refused.pk}/"
    assert "Fix 23 leads" in text_of(manager.get(page).content)
    manager.post(f"/sent/{refused.pk}/again/", {"click": "once"})
    text = text_of(manager.get(page).content)
    assert "Fix 23 leads" not in text
    assert "Send again" not in text


def test_the_records_of_a_part_of_a_request_are_read_page_by_page(manager: Client) -> None:
    sent = max(Delivery.objects.filter(state=State.ACCEPTED), key=lambda one: one.item_count)
    sent.items.update(position=F("position") + 250)  # as in the second half of a cut one
    first, last = (manager.get(f"/sent/{sent.pk}/{more}") for more in ("", "?from=50"))
    seen = [row.item.pk for page in (first, last) for row in page.context["items"]]
    assert len(seen) == len(set(seen)) > 50


def test_every_end_of_a_send_is_told_in_one_line(friday: world.World) -> None:
    pune = friday.accounts["TeleCMI Pune"]
    ends = {"delivered": 2, "rejected": 1, "superseded": 3}
    push = PushFactory.create(account=pune, label="Q3", total=6, **ends)
    assert became(push) == "2 at TeleCMI Pune, 1 refused, 3 replaced by a newer edit"
    assert sentence(push) == f"Q3: 6 records. {became(push)}."
