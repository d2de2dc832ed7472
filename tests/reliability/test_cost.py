"""What one delivery costs the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Account
from leads.models import LeadList
from sync import claiming, clock, gate, work
from sync.models import Attempt, Delivery, State
from sync.planning import plan_list
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)

FRAME = ("BEGIN", "COMMIT", "SELECT clock_timestamp()")  # and PostgreSQL's time, read on the way


@pytest.mark.parametrize("provider", ["telecrm", "telecmi"])
def test_a_delivery_costs_three_transactions_and_at_most_twenty_statements(
    account: Callable[..., Account], lead_list: LeadList, provider: str
) -> None:
    leads(lead_list, 2)
    plan_list(lead_list, account(provider), by=None, click_token="a")
    with CaptureQueriesContext(connection) as made:
        assert work.deliver_one()
    spoken = [str(one["sql"]) for one in made]
    assert Attempt.objects.get().result == Attempt.Result.ANSWERED
    assert sum(one.startswith("COMMIT") for one in spoken) == 3
    locks = connection.vendor == "postgresql"  # the records, in their order, before their standings
    assert len([one for one in spoken if not one.startswith(FRAME)]) <= 20 + locks


def test_the_next_delivery_is_found_without_sorting_the_queue(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    """A claim reads the index of due deliveries in its order, however many wait."""
    owner = account()
    endpoint = gate.endpoint_of(owner, "leads")
    next_one = claiming._eligible(owner, endpoint, clock.now()).order_by("next_at", "id")[:1]
    plan = next_one.select_related("push").explain()
    if connection.vendor == "sqlite":
        assert "delivery_due" in plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan
        # How many are under way here, and who is it about at either endpoint.
        assert plan.count("USING INDEX delivery_in_flight (account_id=? AND endpoint=?") == 3


def test_the_index_of_due_deliveries_holds_just_those_that_wait(
    account: Callable[..., Account], lead_list: LeadList
) -> None:
    leads(lead_list, 3)
    plan_list(lead_list, account(), by=None, click_token="a")
    Delivery.objects.filter(number=1).update(state=State.RETRY_WAIT)
    Delivery.objects.filter(number=2).update(state=State.SENDING)
    owner = Account.objects.get()
    assert claiming.due(owner.pk, "leads", clock.now()).count() == 2
