"""Agents as something files are imported into (leads/targets.py)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from access.models import Team
from campaigns import kinds
from campaigns.models import Agent
from leads.lookups import unweighed
from leads.models import Import
from leads.targets import TargetField

AGENT_FIELDS = (
    TargetField(
        "agent_id",
        _("Agent id"),
        required=True,
        spellings=("agent id", "agent", "user id", "user", "id", "login", "एजेंट आईडी"),
        longest=60,
        looks_like=kinds.AN_AGENT,
        pattern=kinds.AGENT,
    ),
    TargetField(
        "name",
        _("Name"),
        "name",
        spellings=("name", "agent name", "full name", "employee name", "नाम"),
        longest=120,
    ),
    TargetField("extension", _("Extension"), spellings=("extension", "ext", "ext no"), longest=20),
    TargetField(
        "phone",
        _("Phone"),
        "phone",
        spellings=("phone", "mobile", "phone number", "mobile number", "contact", "मोबाइल"),
    ),
    TargetField(
        "group",
        _("Team"),
        spellings=("team", "group", "process", "department", "टीम"),
        longest=80,
    ),
)


class AgentTarget:
    """The agents of one dialer account; an agent id stands once at an account."""

    kind: str = Import.Kind.AGENTS
    model: type[Model] = Agent
    key = "agent_id"
    place = ""

    def fields(self, team: Team) -> list[TargetField]:
        """Return the fields of an agent."""
        return list(AGENT_FIELDS)

    def open_place(self, record: Import) -> None:
        """The account is always there."""

    def constants(self, record: Import) -> dict[str, Any]:
        """Return team, account and origin."""
        return {
            "team_id": record.team_id,
            "account_id": record.account_id,
            "origin_id": record.pk,
        }

    def found(self, record: Import) -> QuerySet[Any]:
        """Return the agents of the import's account."""
        return Agent.objects.filter(account_id=unweighed(record.account_id))

    def is_here(self, record: Import, place: int | None) -> bool:
        """An agent found is always at the one account."""
        return True
