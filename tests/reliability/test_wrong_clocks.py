"""Workers and desks whose clocks are wrong: the ledger's time is the database's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from access.models import Account, Hold
from leads.models import LeadList
from sync import clock, levers, work
from sync.models import Delivery, Gate, State
from sync.planning import plan_list
from tests.reliability.conftest import drain
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("minutes", [-180, -20, 20, 45, 180])
def test_a_machine_whose_clock_is_wrong_sends_as_soon_as_any_other(
    account: Callable[..., Account], lead_list: LeadList, minutes: int
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("here the machine's clock is the database's")
    leads(lead_list, 3)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        owner = account()
        plan_list(lead_list, owner, by=None, click_token="a")
        assert Gate.objects.get().slot_at <= clock.now()
        assert work.deliver_one()
        levers.stop_account(owner, None, "a look first")
        assert abs(Hold.objects.get().created_at - clock.now()) < timedelta(seconds=30)
        levers.release_account(owner, None)
        drain()
    assert Delivery.objects.filter(state=State.ACCEPTED).count() == 3
