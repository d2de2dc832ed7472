"""Saved plans and what a browser would post, for tests of pages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils import timezone

from access.models import Account, Team
from campaigns import dialers
from campaigns.models import Agent, Campaign
from leads.models import LeadList, ListPart
from tests.campaigns import rules
from tests.factories import AccountFactory, AgentFactory, LeadListFactory

TOKENS = ("k7f3qa", "p2w8md", "t9c4vx")


def list_in_parts(
    team: Team, account: Account, sizes: tuple[int, ...] = (834, 833, 833)
) -> LeadList:
    """A list that stands in parts at an account, without TeleCMI's ids."""
    made = LeadListFactory.create(team=team, name="Diwali balance transfer")
    for number, (token, size) in enumerate(zip(TOKENS, sizes, strict=False), 1):
        ListPart.objects.create(
            account=account,
            lead_list=made,
            number=number,
            token=token,
            wire_name=f"{made.name} [{token}]",
            lead_count=size,
            sent_at=timezone.now(),
        )
    return made


def account_with_agents(team: Team, count: int = 4) -> Account:
    """A dialer account of the team with agents."""
    account = AccountFactory.create(team=team, name="TeleCMI Main", tested_at=timezone.now())
    for number in range(count):
        AgentFactory.create(team=team, account=account, agent_id=f"{5101 + number}_2224257")
    return account


def saved(part: ListPart, agents: list[Agent], **changed: Any) -> Campaign:
    """A draft over `part` with everything a predictive campaign needs."""
    values: dict[str, Any] = {
        "name": "Top-up loans",
        "start_date": date(2097, 3, 1),
        "end_date": date(2097, 3, 31),
        "start_time": time(10),
        "end_time": time(18),
        "ratio": "1:2",
        "waiting_music": "default",
        "unanswered_music": "default",
        "ring_rule": "round-robin",
        "ring_seconds": 30,
        "max_waiting_time": 60,
        "call_interval": 10,
        "no_agent_no_wait": True,
        "caller_id": "919876543210",
        "reject_delay_time": 10,
        "no_answer_delay_time": 10,
        **changed,
    }
    campaign = Campaign.objects.create(
        team=part.lead_list.team,
        account=part.account,
        lead_list=part.lead_list,
        part=part,
        **values,
    )
    campaign.seat(agents)
    return campaign


def posted(part: ListPart | None, agents: list[Agent], **changed: Any) -> dict[str, Any]:
    """What the form of a right campaign posts."""
    written = rules.right(rules.CHOICES[0])
    every: dict[str, Any] = {dialers.BY_NAME[name].column: text for name, text in written.items()}
    every |= {"part": part.pk if part else "", "agents": [agent.pk for agent in agents]}
    return {**every, "click": "press-1", **changed}
