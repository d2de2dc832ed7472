"""Three replies of ten are lost after the provider has stored the records: nothing is doubled."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from access.models import Account
from leads.models import LeadList
from sync import limits
from sync.models import Attempt, DeliveryItem, Standing
from tests.crash.endpoints import smartflo_rows, telecmi_leads, telecrm_leads, texts
from tests.factories import LeadListFactory, TeamFactory
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM, Sandbox
from tests.test_sending_leads import leads, push

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MANY = int(os.environ.get("LOST_REPLIES", "0"))  # `make nightly`: 10,000 of each
KINDS: dict[str, tuple[Any, Any, int]] = {
    "telecmi": (TELECMI, telecmi_leads, MANY or 1_500),
    "telecrm": (TELECRM, telecrm_leads, MANY or 400),
    "smartflo": ({"token": SMARTFLO["token"]}, smartflo_rows, MANY or 1_500),
}


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2 that knows its Smartflo list."""
    settings = {"smartflo_list_id": SMARTFLO["list_id"]}
    return LeadListFactory.create(team=TeamFactory.create(), name="Q2", provider_settings=settings)


@pytest.fixture
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try the ninth time as soon as the second: a few of so many lose reply after reply."""
    monkeypatch.setattr(limits, "SCHEDULE", (limits.SCHEDULE[0],) * len(limits.SCHEDULE))


@pytest.mark.crash
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("no_long_waits")
@pytest.mark.parametrize("provider", KINDS)
def test_nothing_is_doubled_and_nothing_stays_unknown_when_replies_are_lost(
    sandbox: Sandbox, lead_list: LeadList, settings: Any, provider: str
) -> None:
    values, at_provider, count = KINDS[provider]
    settings.LEDGER_TIME_SCALE = 60
    Account.objects.create(
        team=lead_list.team,
        provider=provider,
        name="Main",
        base_url=sandbox.base_url(provider),
        credentials=texts(values),
        pace=500,
    )
    leads(lead_list, count)
    lost = {"provider": provider, "kind": "drop_after_commit", "times": -1, "probability": 0.3}
    sandbox.faults([lost], seed=7)
    summary = push("list", "Q2", "--account", "Main", timeout=1500)
    assert summary["delivered"] + summary["accepted"] == summary["total"] == count
    there = at_provider(sandbox.state())
    assert set(there.values()) == {1}
    ours = DeliveryItem.objects.values_list("lead__phone", flat=True)
    assert set(there) == {phone[-10:] for phone in ours}
    assert Counter(Standing.objects.values_list("state", flat=True)).total() == count
    assert not Attempt.objects.filter(result=Attempt.Result.IN_FLIGHT).exists()
