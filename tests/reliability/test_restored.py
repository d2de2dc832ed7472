"""A database that was put back from a backup knows less than the providers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import call_command

from access.models import Account
from leads.models import LeadList
from sync import claiming, levers, sweeping
from sync.models import Delivery, Push, State
from sync.planning import plan_list
from tests.reliability.conftest import drain
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_a_restore_nothing_goes_again_by_itself(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 3)
    push = plan_list(lead_list, account(), by=None, click_token="a")
    assert claiming.claim() is not None  # one was under way when the backup was made
    out = io.StringIO()
    call_command("restored", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"not_sure": 3}
    sweeping.sweep()
    drain()
    assert sandbox.journal("telecrm") == []
    fresh = Push.objects.get(pk=push.pk)
    assert (fresh.uncertain, fresh.waiting) == (3, 0)
    for delivery in Delivery.objects.filter(state=State.UNCERTAIN):
        levers.decide(delivery, "send_again", "Telecrm does not have it", None)
    drain()
    assert Push.objects.get(pk=push.pk).accepted == 3
