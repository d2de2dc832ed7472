"""A list of leads to TeleCMI through the whole house: command line, ledger, real HTTP, sandbox."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import Account, Hold
from leads.models import Lead, LeadList, ListPart
from sync.models import Attempt, Delivery, DeliveryItem, Standing
from tests.factories import LeadListFactory, TeamFactory
from tests.sandbox_server import TELECMI, Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def telecmi(sandbox: Sandbox, team: Any, **credentials: Any) -> Account:
    """An account at the sandbox's TeleCMI, quick enough for a test."""
    values = {key: str(value) for key, value in {**TELECMI, **credentials}.items()}
    return Account.objects.create(
        team=team,
        provider="telecmi",
        name="TeleCMI Main",
        base_url=sandbox.base_url("telecmi"),
        credentials=values,
        pace=50,
    )


def leads(lead_list: LeadList, count: int) -> None:
    """Fill a list with `count` leads."""
    Lead.objects.bulk_create(
        Lead(
            team=lead_list.team,
            lead_list=lead_list,
            phone=f"+9198{n:08d}",
            phone_rev=f"{n:08d}"[::-1] + "8919",
            first_name=f"Asha {n}",
        )
        for n in range(count)
    )


def push(*words: str, timeout: float = 60) -> dict[str, Any]:
    """Run `push ... --wait --json` and return its summary."""
    out = io.StringIO()
    call_command("push", *words, "--wait", "--json", "--timeout", str(timeout), stdout=out)
    summary: dict[str, Any] = json.loads(out.getvalue())
    return summary


def at_telecmi(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The groups the sandbox's TeleCMI has."""
    account = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]
    return list(account["groups"])


@pytest.fixture
def lead_list() -> LeadList:
    """A list called Q2."""
    return LeadListFactory.create(team=TeamFactory.create(), name="Q2")


def test_2500_leads_are_three_balanced_named_groups_and_the_journal_agrees(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    account = telecmi(sandbox, lead_list.team)
    leads(lead_list, 2500)
    summary = push("list", "Q2", "--account", "TeleCMI Main")
    assert summary["delivered"] == summary["total"] == 2500
    assert sum(v for k, v in summary.items() if k not in ("push", "total")) == 2500
    parts = list(ListPart.objects.order_by("number"))
    assert [part.lead_count for part in parts] == [834, 833, 833]
    assert len({part.wire_name for part in parts}) == 3
    assert all(part.sent_at for part in parts)
    groups = at_telecmi(sandbox)
    ids = {lead["lead_id"] for group in groups for lead in group["leads"]}
    assert ids == set(DeliveryItem.objects.values_list("remote_id", flat=True))
    assert Standing.objects.filter(account=account, state="delivered").count() == 2500
    assert Lead.objects.filter(push_state="at").count() == 2500


def test_a_lost_reply_is_settled_by_repeating_the_same_bytes(
    sandbox: Sandbox, lead_list: LeadList, settings: Any
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    telecmi(sandbox, lead_list.team)
    leads(lead_list, 3)
    sandbox.faults([{"provider": "telecmi", "kind": "drop_after_commit", "times": 1}])
    summary = push("list", "Q2", "--account", "TeleCMI Main")
    delivery = Delivery.objects.get()
    assert summary["delivered"] == 3
    assert delivery.evidence == "inferred"
    assert delivery.quote in ("lead_id Already Exists", "Lead Name Already Exists")
    bodies = list(Attempt.objects.values_list("request_body", flat=True))
    assert len(bodies) == 2
    assert len(set(bodies)) == 1
    assert len(at_telecmi(sandbox)) == 1


def test_a_wrong_secret_stops_the_account_once_and_says_so(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    telecmi(sandbox, lead_list.team, secret="not-the-secret")
    leads(lead_list, 2500)
    with pytest.raises(CommandError, match="Account Not Found"):
        push("list", "Q2", "--account", "TeleCMI Main")
    assert Hold.objects.filter(released_at=None).count() == 1
    assert Attempt.objects.count() == 1
    assert "not-the-secret" not in str(list(Attempt.objects.values()))


def test_sending_a_list_twice_sends_nothing_the_second_time(
    sandbox: Sandbox, lead_list: LeadList
) -> None:
    telecmi(sandbox, lead_list.team)
    leads(lead_list, 5)
    push("list", "Q2", "--account", "TeleCMI Main")
    assert push("list", "Q2", "--account", "TeleCMI Main")["total"] == 0
    assert len(sandbox.journal("telecmi")) == 1


def test_a_list_without_leads_is_one_clear_sentence(sandbox: Sandbox, lead_list: LeadList) -> None:
    telecmi(sandbox, lead_list.team)
    with pytest.raises(CommandError, match="has no leads yet"):
        push("list", "Q2", "--account", "TeleCMI Main")
    assert not Delivery.objects.exists()


def test_a_send_on_its_way_is_followed_and_not_planned_again(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    lead_list = LeadListFactory.create(name="already called")
    telecmi(sandbox, lead_list.team)
    leads(lead_list, 20)
    call_command("push", "list", "already called", "--account", "TeleCMI Main", "--json")
    planned = json.loads(capsys.readouterr().out)
    assert planned["waiting"] == 20
    ended = push("list", "already called", "--account", "TeleCMI Main")
    assert (ended["push"], ended["delivered"], ended["waiting"]) == (planned["push"], 20, 0)
    again = push("list", "already called", "--account", "TeleCMI Main")
    assert (again["push"], again["total"]) == (None, 0)


def test_a_list_called_already_is_no_success_when_nothing_can_go(sandbox: Sandbox) -> None:
    lead_list = LeadListFactory.create(name="already called")
    telecmi(sandbox, lead_list.team)
    with pytest.raises(CommandError, match="has no leads yet"):
        push("list", "already called", "--account", "TeleCMI Main")


@pytest.mark.parametrize("words", [("--first", "-1"), ("--first", "0"), ("--first", "many")])
def test_a_number_of_leads_is_at_least_one(sandbox: Sandbox, words: tuple[str, str]) -> None:
    lead_list = LeadListFactory.create(name="Q2")
    telecmi(sandbox, lead_list.team)
    with pytest.raises(CommandError, match="is no number from 1 up"):
        push("list", "Q2", "--account", "TeleCMI Main", *words)
