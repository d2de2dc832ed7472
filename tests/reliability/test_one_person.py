"""What goes to one person at one account goes one after another, and never without the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from access.models import Account
from leads.models import Lead, LeadList
from sync import claiming, levers
from sync.models import Delivery, DeliveryItem, LeadAction, Push, State
from sync.planning import plan_actions, plan_list
from tests.factories import LeadListFactory
from tests.reliability.conftest import drain
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


def action_for(lead: Lead, owner: Account) -> Push:
    """Plan a payment for `lead`."""
    action = LeadAction.objects.create(team=lead.team, lead=lead, kind="1001")
    return plan_actions([action], owner, by=None, click_token="action")


def test_two_leads_of_one_number_never_fly_together(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    owner = account()
    for one in (lead_list, LeadListFactory.create(team=lead_list.team, name="Q3")):
        leads(one, 1)
        plan_list(one, owner, by=None, click_token=one.name)
    assert claiming.claim() is not None
    assert claiming.claim() is None


def test_an_action_never_flies_with_a_newer_edit_of_its_lead(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    owner = account()
    leads(lead_list, 1)
    plan_list(lead_list, owner, by=None, click_token="a")
    drain()
    action_for(Lead.objects.get(), owner)
    item = DeliveryItem.objects.get(action=None)
    levers.send_again([item], by=None, click_token="b", copies_accepted=True)
    assert claiming.claim() is not None
    assert claiming.claim() is None


def test_an_action_does_not_make_a_lead_that_was_refused(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    owner = account()
    leads(lead_list, 1)
    rule = {"kind": "custom", "status": 400, "body": '{"error":{"code":"INVALID_LEAD"}}'}
    sandbox.faults([{"provider": "telecrm", "times": 1, **rule}])
    plan_list(lead_list, owner, by=None, click_token="a")
    push = action_for(Lead.objects.get(), owner)
    drain()
    push.refresh_from_db()
    assert (push.failed, push.waiting) == (1, 0)
    ended = DeliveryItem.objects.get(delivery__push=push)
    assert (ended.cause, ended.delivery.state) == ("telecrm-lead-not-there", State.FAILED)
    assert "Its lead did not arrive at Telecrm" in ended.reason
    assert len(sandbox.journal("telecrm")) == 1


def test_an_action_goes_to_a_lead_whose_newest_edit_was_refused(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    owner = account()
    leads(lead_list, 1)
    plan_list(lead_list, owner, by=None, click_token="a")
    drain()
    rule = {"kind": "custom", "status": 400, "body": '{"error":{"code":"INVALID_LEAD"}}'}
    sandbox.faults([{"provider": "telecrm", "times": 1, **rule}])
    levers.send_again([DeliveryItem.objects.get()], by=None, click_token="b", copies_accepted=True)
    push = action_for(Lead.objects.get(), owner)
    drain()
    push.refresh_from_db()
    assert push.accepted == 1


def test_an_action_of_a_deleted_lead_is_not_sent(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    owner = account()
    leads(lead_list, 1)
    push = action_for(Lead.objects.get(), owner)
    Lead.objects.update(deleted_at=timezone.now())
    drain()
    push.refresh_from_db()
    assert push.cancelled == 1
    assert sandbox.journal("telecrm") == []
    assert Delivery.objects.get().state == State.CANCELLED
