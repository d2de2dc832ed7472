"""How long requests and answers are kept: bodies for 90 days, what was sent and said for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.models import Account
from leads.models import LeadList
from sync import keeping
from sync.models import Attempt, Delivery
from sync.planning import plan_list
from telecrm_admin.work import turn
from tests.factories import UserFactory
from tests.reliability.conftest import drain
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox) -> Delivery:
    """A request that was answered."""
    leads(lead_list, 1)
    plan_list(lead_list, account(), by=None, click_token="a")
    drain()
    return Delivery.objects.get()


def age(days: int) -> None:
    Attempt.objects.update(started_at=timezone.now() - timedelta(days=days))


def test_bodies_are_removed_after_their_time_and_the_facts_stay(
    sent: Delivery, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Attempt.objects.order_by("pk").first()
    assert before
    assert before.request_body
    age(89)
    assert keeping.forget_old_bodies() == 0
    age(91)
    monkeypatch.setattr(keeping, "_looked_at", [-keeping.EVERY])
    turn("jobs")
    after = Attempt.objects.get(pk=before.pk)
    assert (after.request_body, after.response_body) == ("", "")
    assert (after.quote, after.http_status, after.result) == (
        before.quote, before.http_status, before.result,
    )  # fmt: skip
    assert Delivery.objects.get().payload_hash == sent.payload_hash
    client.force_login(UserFactory.create(team=sent.push.team))
    page = client.get(reverse("sync:sent_one", args=[sent.pk])).text
    assert "Request and answer were removed: they are kept for 90 days" in page
    assert "<pre" not in page


def test_a_try_under_way_keeps_its_body(sent: Delivery, settings: Settings) -> None:
    settings.KEEP_BODIES_DAYS = 0
    Attempt.objects.update(result=Attempt.Result.IN_FLIGHT)
    assert keeping.forget_old_bodies() == 0


def test_many_old_ones_go_a_few_at_a_time(sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    monkeypatch.setattr(keeping, "_looked_at", [-keeping.EVERY])
    for number in range(10, 13):
        Attempt.objects.create(delivery=sent, number=number, endpoint="x", request_body="{}",
                               result=Attempt.Result.ANSWERED)  # fmt: skip
    age(100)
    count, turns = Attempt.objects.count(), []
    while done := keeping.forget_if_due():
        turns.append(done)
    assert sum(turns) == count
    assert max(turns) == 2
