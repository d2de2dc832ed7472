"""A Telecrm workspace: tokens, fields, people, leads and what was dropped."""

from __future__ import annotations

import copy
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.telecrm.values import FieldType, Rules

STATUSES = ["Fresh", "Contacted", "Interested", "Follow up", "Converted", "Lost"]
TEAM = ["asha@example.com", "ravi@example.com", "meena@example.com", "imran@example.com"]

# api name -> type, with the options of choices
FIELDS: dict[str, Any] = {
    "name": "text",
    "first_name": "text",
    "last_name": "text",
    "phone": "phone",
    "alternate_phone": "phone",
    "whatsapp": "phone",
    "email": "email",
    "rating": "rating",
    "status": {"type": "status", "options": STATUSES},
    "assignee": "assignee",
    "comment": "text",
    "address": "text",
    "city": "text",
    "state": "text",
    "country": "text",
    "company": "text",
    "source": {"type": "dropdown", "options": ["Website", "Facebook", "Referral", "Walk-in"]},
    "tags": "tags",
    "budget": "money",
    "employees": "number",
    "follow_up_on": "date",
    "website": "website",
    "lost_reason": {"type": "lostReason", "options": ["Price", "No answer", "Bought elsewhere"]},
}
# custom action code -> name, fields, and whether it may be dated back
ACTIONS: dict[str, Any] = {
    "1001": {"name": "Note", "fields": {"note": "text", "reference": "text"}, "predated": True},
    "1002": {
        "name": "Site visit",
        "fields": {"note": "text", "reference": "text", "visited_on": "date", "cost": "number"},
        "predated": True,
    },
    "1003": {"name": "Brochure sent", "fields": {"note": "text", "link": "medialink"}},
}

# The practice workspace that is open from the start.
PRACTICE = {
    "enterprise_id": "practice",
    "token": "practice-async-telecrm",
    "sync_token": "practice-sync-telecrm",
}


@dataclass
class Lead:
    """One lead with everything that ever happened to it."""

    lead_id: str
    fields: dict[str, Any]
    created_at: float
    actions: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)

    def note(self, what: str, detail: str) -> None:
        """Write one line of the timeline."""
        self.timeline.append({"at": time.time(), "what": what, "detail": detail})


@dataclass
class Workspace:
    """One enterprise."""

    enterprise_id: str
    async_tokens: set[str]
    sync_tokens: set[str]
    fields: dict[str, FieldType]
    actions: dict[str, dict[str, Any]]
    rules: Rules
    identifier: str = "phone"
    leads: dict[str, Lead] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    queue: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)

    @property
    def statuses(self) -> list[str]:
        """The labels of the lead stage pipeline."""
        found = [one.options for one in self.fields.values() if one.kind == "status"]
        return found[0] if found else []

    def find(self, key: Any) -> Lead | None:
        """Return the lead with this identifier; text is compared without regard to case."""
        lead_id = self.keys.get(str(key).lower())
        return self.leads.get(lead_id) if lead_id else None

    def create(self, values: dict[str, Any]) -> Lead:
        """Store a new lead; its status is Fresh unless given (seed 002)."""
        fields = {"status": self.statuses[0], **values} if self.statuses else dict(values)
        lead = Lead(str(uuid.uuid4()), fields, time.time())
        self.leads[lead.lead_id] = lead
        self.keys[str(values[self.identifier]).lower()] = lead.lead_id
        lead.note("created", ", ".join(values))
        return lead

    def drop(self, what: str, reason: str) -> str:
        """Remember something that was not processed and return it as one line."""
        self.dropped.append({"at": time.time(), "what": what, "reason": reason})
        return f"{what}: {reason}"


def opened(text: dict[str, Any]) -> Workspace:
    """Return a workspace as described by JSON.

    `enterprise_id` and `token` (async) are needed. Optional: `sync_token`, `identifier`,
    `country_code`, `team` (emails), `fields` {api name: type or {type, options}}, `actions`
    {code: {name, fields, predated}}; given fields and actions are added to the practice ones.
    """
    fields = {**copy.deepcopy(FIELDS), **text.get("fields", {})}
    actions = {**copy.deepcopy(ACTIONS), **text.get("actions", {})}
    team = [str(one).lower() for one in text.get("team", TEAM)]
    return Workspace(
        enterprise_id=str(text["enterprise_id"]),
        async_tokens={str(text["token"])},
        sync_tokens={str(text["sync_token"])} if text.get("sync_token") else set(),
        fields={name: _field(name, shape) for name, shape in fields.items()},
        actions={
            code: {
                "name": one.get("name", code),
                "predated": bool(one.get("predated", False)),
                "fields": {name: _field(name, kind) for name, kind in one["fields"].items()},
            }
            for code, one in actions.items()
        },
        rules=Rules(str(text.get("country_code", "91")), team),
        identifier=str(text.get("identifier", "phone")),
    )


def _field(name: str, shape: Any) -> FieldType:
    if isinstance(shape, str):
        return FieldType(name, shape)
    return FieldType(name, shape["type"], list(shape.get("options", [])))
