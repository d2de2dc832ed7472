"""Pausing, going on, cancelling: in the wrong state, twice, on stale pages, for very many leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent
from sync.models import Delivery, DeliveryItem, Push, Standing, State
from sync.planning import plan_list
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
