"""Pausing, going on, cancelling: in the wrong state, twice, on stale pages, for very many leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent
from access.roles import Role
from campaigns.models import Agent, Campaign
from sync.ledger import End, close_items, move
from sync.models import Decision, Delivery, DeliveryItem, Push, Standing, State
from sync.planning import plan_campaign, plan_list
from tests.campaigns import plans, rules
from tests.factories import TeamFactory, UserFactory
from tests.pages import world
from tests.pages.test_lists import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> world.World:
    """A team with forty leads and a Telecrm account, which takes them one by one."""
    made = world.team_of_people()
    world.account(made, "telecrm", "Telecrm Main", pace=5)
    world.lead_list(made, "Q2", 40)
    return made


@pytest.fixture
def push(desk: world.World) -> Push:
    return plan_list(desk.lists["Q2"], desk.accounts["Telecrm Main"], by=None, click_token="a")


@pytest.fixture
def pull(client: Client, desk: world.World) -> Callable[[Push, str], str]:
    """Press a lever and return what the next page says."""
    client.force_login(desk.manager)

    def press(push: Push, lever: str) -> str:
        return text_of(client.post(f"/sends/{push.pk}/{lever}/", follow=True).content)

    return press


Pull = Callable[[Push, str], str]


def end(push: Push) -> None:
    """Let all of it be given to Telecrm."""
    push.deliveries.update(state=State.ACCEPTED)
    DeliveryItem.objects.filter(delivery__push=push).update(state=State.ACCEPTED)
    Push.objects.filter(pk=push.pk).update(waiting=0, accepted=40, finished_at=timezone.now())


@pytest.mark.parametrize("lever", ["pause", "resume", "cancel"])
def test_a_send_that_ended_says_so_and_stays_as_it_is(push: Push, pull: Pull, lever: str) -> None:
    end(push)
    assert "Every record of Q2 has its end already." in pull(push, lever)
    push.refresh_from_db()
    assert (push.paused_at, push.cancelled_at) == (None, None)
    assert not AuditEvent.objects.filter(kind__startswith="send.").exists()


@pytest.mark.parametrize("lever", ["pause", "resume", "cancel"])
def test_a_cancelled_send_says_what_became_of_it(push: Push, pull: Pull, lever: str) -> None:
    assert "40 taken back, not sent." in pull(push, "cancel")
    assert "Q2 was cancelled: 40 taken back, not sent." in pull(push, lever)
    assert AuditEvent.objects.filter(kind__startswith="send.").count() == 1


def test_what_was_on_its_way_at_a_cancel_cannot_be_paused(push: Push, pull: Pull) -> None:
    push.deliveries.update(state=State.SENDING, lease_token="t")
    assert "it had all left" in pull(push, "cancel")
    assert "it had all left" in pull(push, "pause")
    push.refresh_from_db()
    assert push.paused_at is None


def test_what_may_have_arrived_is_left_for_a_decision(push: Push, pull: Pull) -> None:
    push.deliveries.filter(number__lte=3).update(had_unknown=True, payload="{}")
    said = pull(push, "cancel")
    assert "37 taken back, not sent." in said
    assert "3 may have arrived before" in said
    push.refresh_from_db()
    assert (push.cancelled, push.uncertain, push.waiting) == (37, 3, 0)
    assert set(push.deliveries.filter(state=State.UNCERTAIN).values_list("payload")) == {("{}",)}


def test_a_lever_leads_back_to_the_page_it_stood_on(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    page = f"/sent/?send={push.pk}&state=waiting"
    here = {"referer": f"http://testserver{page}"}
    assert client.post(f"/sends/{push.pk}/pause/", headers=here).headers["Location"] == page
    for strange in ("http://elsewhere.test/", "http://testserver//elsewhere.test/", ""):
        answer = client.post(f"/sends/{push.pk}/resume/", headers={"referer": strange})
        assert answer.headers["Location"] == f"/sent/?send={push.pk}"


def test_taking_back_very_many_costs_a_few_statements(
    client: Client,
    desk: world.World,
    push: Push,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(desk.manager)
    with django_assert_max_num_queries(40):
        client.post(f"/sends/{push.pk}/cancel/")
    push.refresh_from_db()
    assert (push.cancelled, push.waiting) == (40, 0)
    assert push.finished_at is not None
    assert set(Delivery.objects.values_list("state", "reason")) == {
        ("cancelled", "Cancelled before it left.")
    }
    assert set(Standing.objects.values_list("state")) == {("cancelled",)}


def refuse(push: Push, number: int) -> None:
    """Let Telecrm have refused the first `number` of the forty."""
    bad = push.deliveries.filter(number__lte=number)
    DeliveryItem.objects.filter(delivery__in=bad, state=State.QUEUED).update(
        state=State.REJECTED, cause="shared", ended_at=timezone.now()
    )
    Standing.objects.filter(item__delivery__in=bad).update(state=State.REJECTED)
    bad.update(state=State.REJECTED, cause="shared")
    counts = {"rejected": number, "waiting": 40 - number}
    Push.objects.filter(pk=push.pk).update(**counts)


def test_what_was_refused_of_a_send_goes_again_in_one_press(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    refuse(push, 7)
    page = client.get(f"/sent/?send={push.pk}")
    assert "Send 7 again" in text_of(page.content)
    refuse(push, 9)
    press = {"click": "a", "drawn": page.context["drawn"]}
    for _ in range(2):
        answer = client.post(f"/sends/{push.pk}/again/", press)
    again = Push.objects.get(again_of=push)
    assert (again.total, answer.headers["Location"]) == (7, f"/sent/?send={again.pk}")
    late = client.post(f"/sends/{push.pk}/again/", press | {"click": "b"}, follow=True)
    assert "None of these is left to send" in text_of(late.content)
    assert "Send 2 again" in text_of(client.get(f"/sent/?send={push.pk}").content)


def test_what_arrived_goes_again_with_its_send_only_after_a_yes_to_copies(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    end(push)
    url = f"/sends/{push.pk}/again/"
    client.post(url, {"click": "a"})
    assert not Push.objects.filter(again_of=push).exists()
    assert "A second copy may arise" in text_of(client.get(f"/sent/?send={push.pk}").content)
    client.post(url, {"click": "b", "copies": "yes"})
    assert Push.objects.get(again_of=push).total == 40


def test_an_unknown_is_never_sent_again_past_a_decision(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    one = push.deliveries.all()[0]
    push.deliveries.filter(pk=one.pk).update(state=State.UNCERTAIN)
    one.items.update(state=State.UNCERTAIN, ended_at=timezone.now())
    for url in (f"/sent/{one.pk}/again/", f"/sends/{push.pk}/again/"):
        client.post(url, {"click": url[-9:], "copies": "yes"})
    assert not Push.objects.filter(again_of=push).exists()


def test_the_button_of_a_request_counts_what_it_would_send(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    refuse(push, 1)
    one = push.deliveries.get(state=State.REJECTED)
    assert "Send 1 again" in text_of(client.get(f"/sent/{one.pk}/").content)
    client.post(f"/sent/{one.pk}/again/", {"click": "a"})
    assert "Send 1 again" not in text_of(client.get(f"/sent/{one.pk}/").content)


@pytest.mark.parametrize("lever", ["pause", "resume", "cancel", "again"])
def test_another_teams_send_and_a_viewers_press_move_nothing(
    client: Client, desk: world.World, push: Push, lever: str
) -> None:
    client.force_login(world.team_of_people("Kaveri").manager)
    assert client.post(f"/sends/{push.pk}/{lever}/").status_code == 404
    viewer = UserFactory.create(team=desk.team, team__role=Role.VIEWER)
    client.force_login(viewer)
    assert client.post(f"/sends/{push.pk}/{lever}/").status_code == 403
    client.force_login(desk.manager)
    assert client.get(f"/sends/{push.pk}/{lever}/").status_code == 405
    push.refresh_from_db()
    assert (push.paused_at, push.cancelled_at, Push.objects.count()) == (None, None, 1)


@pytest.fixture
def campaign() -> Campaign:
    """A campaign that was sent."""
    team = TeamFactory.create()
    account = plans.account_with_agents(team)
    part = plans.list_in_parts(team, account, (10,)).parts.get()
    part.provider_leads_id = rules.PART_ID
    part.save()
    made = plans.saved(part, list(Agent.objects.all()))
    plan_campaign(made, by=None, click_token="a")
    return made


def settle_campaign(campaign: Campaign, state: State) -> Delivery:
    """Let the request of the campaign have ended in `state`."""
    one = Delivery.objects.get(items__campaign=campaign)
    move(one, State.SENDING)
    move(one, state)
    items = list(one.items.all())
    close_items(one, {items[0].pk: End(state)}, items, timezone.now())
    return one


def test_a_refused_campaign_goes_again_once_and_waits(client: Client, campaign: Campaign) -> None:
    client.force_login(UserFactory.create(team=campaign.team))
    one = settle_campaign(campaign, State.REJECTED)
    for click in ("b", "c"):
        client.post(f"/sent/{one.pk}/again/", {"click": click})
    assert Push.objects.get(again_of=one.push).total == 1
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.WAITING


def test_a_campaign_that_is_there_never_goes_again(client: Client, campaign: Campaign) -> None:
    client.force_login(UserFactory.create(team=campaign.team))
    one = settle_campaign(campaign, State.DELIVERED)
    assert "Send again anyway" not in text_of(client.get(f"/sent/{one.pk}/").content)
    client.post(f"/sent/{one.pk}/again/", {"click": "b", "copies": "yes"})
    assert not Push.objects.filter(again_of=one.push).exists()
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.CREATED


def test_the_page_of_a_send_sums_up_its_ends_and_renews_itself_when_all_ended(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    url = f"/sent/?send={push.pk}"
    asks = {"HX-Request": "true", "HX-Target": "live"}
    assert "HX-Refresh" not in client.get(url, headers=asks).headers
    refuse(push, 7)
    assert "7 Refused" in text_of(client.get(url).content)
    end(push)
    assert client.get(url, headers=asks).headers["HX-Refresh"] == "true"
    assert "40 Given to Telecrm, not confirmed" in text_of(client.get(url).content)


def test_what_no_database_takes_is_no_error_in_a_reason(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    one = push.deliveries.all()[0]
    push.deliveries.filter(pk=one.pk).update(state=State.UNCERTAIN)
    one.items.update(state=State.UNCERTAIN)
    typed = {"verdict": "there", "reason": "seen\x00 in the portal " + "x" * 5000}
    answer = client.post(f"/sent/{one.pk}/decide/", typed)
    assert answer.status_code == 302
    assert "\x00" not in Decision.objects.get().reason


def test_what_goes_again_can_be_taken_back_for_ten_seconds(
    client: Client, desk: world.World, push: Push
) -> None:
    client.force_login(desk.manager)
    refuse(push, 7)
    client.post(f"/sends/{push.pk}/again/", {"click": "a"})
    again = Push.objects.get(again_of=push)
    assert (again.starts_at - again.created_at).total_seconds() == 10
    assert "Cancel" in text_of(client.get(f"/sent/?send={again.pk}").content)
