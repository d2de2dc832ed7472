"""`campaign add` and `part set-id`: parts, zones, our own rules, and clear refusals."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import Agent, Campaign
from leads.models import LeadList
from tests.campaigns import plans, rules
from tests.factories import AccountFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead_list() -> LeadList:
    """A list in three parts at the team's only dialer account."""
    team = TeamFactory.create()
    return plans.list_in_parts(team, plans.account_with_agents(team))


def add(name: str, *options: str, **changed: str) -> dict[str, Any]:
    """Run `campaign add` with everything a progressive campaign needs, and something changed."""
    written = {**rules.right(rules.CHOICES[2]), **changed}
    pairs = [f"{k}={v}" for k, v in written.items() if k not in ("name", "leads_id")]
    out = StringIO()
    command = ["add", name, "--list", "Diwali balance transfer", *options, *pairs, "--json"]
    call_command("campaign", *command, stdout=out)
    facts: dict[str, Any] = json.loads(out.getvalue())
    return facts


def test_a_list_in_parts_wants_to_know_which(lead_list: LeadList) -> None:
    with pytest.raises(CommandError, match="say --part 1 to 3"):
        add("Calls")
    with pytest.raises(CommandError, match="has no part 4 at TeleCMI Main; it has 3"):
        add("Calls", "--part", "4")
    assert add("Calls", "--part", "2")["part"] == 2


@pytest.mark.parametrize(
    ("zone", "sent"),
    [
        ("Asia/Kolkata", "+05:30"),
        ("Asia/Kathmandu", "+05:45"),
        ("America/Phoenix", "-07:00"),
        ("Europe/London", "+00:00"),
        ("+05:30", "+05:30"),
        ("-07:00", "-07:00"),
    ],
)
def test_a_place_or_an_offset_names_the_time(lead_list: LeadList, zone: str, sent: str) -> None:
    facts = add("Calls", "--part", "1", timezone=zone)
    assert facts["sent"]["timezone"] == sent
    assert Campaign.objects.get().time_zone == zone


def test_our_own_rules_hold_here_too_unless_a_reason_is_given(lead_list: LeadList) -> None:
    with pytest.raises(CommandError, match="start_time: Calls are allowed 09:00 to 21:00"):
        add("Early", "--part", "1", start_time="06:00")
    add("Early", "--part", "1", "--reason", "Agreed with the client", start_time="06:00")
    assert Campaign.objects.get().outside_hours_reason == "Agreed with the client"


def test_an_unknown_key_is_named_with_the_keys_there_are(lead_list: LeadList) -> None:
    with pytest.raises(CommandError, match="weekdays: .*It has: name, dialer_type"):
        add("Calls", "--part", "1", weekdays="mon")


def test_a_second_dialer_account_must_be_named(lead_list: LeadList) -> None:
    AccountFactory.create(team=lead_list.team, name="TeleCMI Pune")
    with pytest.raises(CommandError, match="Say which one with --account"):
        add("Calls")
    assert add("Calls", "--account", "TeleCMI Main", "--part", "1")["account"] == "TeleCMI Main"


def test_a_part_gets_its_id_once_and_from_one_hand(lead_list: LeadList) -> None:
    number = str(uuid4())
    call_command("part", "set-id", lead_list.name, "2", number, stdout=StringIO())
    assert str(lead_list.parts.get(number=2).provider_leads_id) == number
    with pytest.raises(CommandError, match="This id belongs to"):
        call_command("part", "set-id", lead_list.name, "1", number)
    with pytest.raises(CommandError, match="is not an id"):
        call_command("part", "set-id", lead_list.name, "1", "k7f3qa")
    with pytest.raises(CommandError, match="has no part 9"):
        call_command("part", "set-id", lead_list.name, "9", str(uuid4()))


def test_agents_written_there_are_entered(lead_list: LeadList) -> None:
    add("Calls", "--part", "1", users="7001_2224257,7002_2224257")
    assert Agent.objects.filter(agent_id__startswith="700").count() == 2
