"""An account whose address cannot be trusted is stopped before a byte of its leads leaves."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import trustme
from django.core.management import CommandError

from access.models import Account, Hold, Team
from leads.models import LeadList
from sync import client
from sync.models import Attempt, Delivery
from tests.fault_server import answering, ok, serving
from tests.test_sending_leads import leads, push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_connections() -> Iterator[None]:
    client.forget()
    yield
    client.forget()


def filled_list() -> LeadList:
    lead_list = LeadList.objects.create(team=Team.objects.create(name="Home loans"), name="Q2")
    leads(lead_list, 3)
    return lead_list


def account_at(address: str, lead_list: LeadList) -> Account:
    credentials: Any = {"inet_no": "1111112", "secret": "canary"}
    return Account.objects.create(
        team=lead_list.team,
        provider="telecmi",
        name="TeleCMI Main",
        base_url=address,
        credentials=credentials,
        pace=50,
    )


def held_for(cause: str) -> None:
    """Check that one try was made and one banner stands, with the cause and no lost record."""
    hold = Hold.objects.get(released_at=None)
    assert hold.cause == cause
    attempt = Attempt.objects.get()
    assert attempt.result == Attempt.Result.NEVER_SENT
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.had_unknown) == (0, False)


def test_a_server_with_a_foreign_certificate_stops_the_account() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(tls)
    with serving(answering(ok(b'{"code":200}')), tls=tls) as server:
        account_at(f"https://localhost:{server.port}", filled_list())
        with pytest.raises(CommandError, match="cannot prove to be TeleCMI"):
            push("list", "Q2", "--account", "TeleCMI Main")
    assert server.requests == []
    held_for("telecmi-not-proven")


def test_an_address_that_may_not_be_used_stops_the_account() -> None:
    account_at("https://telecmi.example.com:8443@evil.example.com", filled_list())
    with pytest.raises(CommandError, match="may not go to the address"):
        push("list", "Q2", "--account", "TeleCMI Main")
    held_for("telecmi-blocked")
