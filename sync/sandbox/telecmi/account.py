"""A TeleCMI account: who may use it and what it holds."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

TOKEN_DAYS = 30
DAY = 86400

PRACTICE_NAMES = (
    ("Asha", "Verma"),
    ("Ravi", "Kumar"),
    ("Meena", "Iyer"),
    ("Imran", "Shaikh"),
    ("Priya", "Nair"),
    ("Sanjay", "Patel"),
    ("Kavita", "Joshi"),
    ("Arjun", "Reddy"),
    ("Neha", "Gupta"),
    ("Vikram", "Singh"),
    ("Farah", "Khan"),
    ("Deepak", "Das"),
)

# The practice account that is open from the start.
PRACTICE = {
    "inet_no": 1111112,
    "secret": "practice-secret-telecmi",
    "user_id": "5001_1111112",
    "password": "practice-password",
    "token": "practice-token-telecmi",
}


@dataclass
class Group:
    """One uploaded list; `leads_id` is the id its page shows."""

    leads_id: str
    name: str
    leads: list[dict[str, Any]]
    created_at: float = field(default_factory=time.time)


@dataclass
class Account:
    """One TeleCMI account, found by its number and secret, or by a user's token."""

    inet_no: int
    secret: str
    agents: dict[str, dict[str, Any]]
    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    lead_ids: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    campaigns: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_group(self, name: str, leads: list[dict[str, Any]], leads_id: str = "") -> Group:
        """Store a list of leads under a new (or the given) id."""
        group = Group(leads_id or str(uuid.uuid4()), name, leads)
        self.groups[group.leads_id] = group
        self.lead_ids.update(lead["lead_id"].lower() for lead in leads)
        self.phones.update(lead["phone"] for lead in leads)
        return group

    def group_named(self, name: str) -> Group | None:
        """Return the list of that name."""
        return next((group for group in self.groups.values() if group.name == name), None)

    def campaign_of(self, leads_id: str) -> dict[str, Any] | None:
        """Return the campaign a list is mapped to."""
        return next((one for one in self.campaigns.values() if one["leads_id"] == leads_id), None)

    def issue_token(self, user_id: str, token: str) -> None:
        """Let `token` stand for a user for 30 days."""
        self.tokens[token] = (user_id, time.time() + TOKEN_DAYS * DAY)

    def accepts_token(self, token: str) -> bool:
        """Whether a token was issued here and has not expired."""
        return token in self.tokens and self.tokens[token][1] > time.time()

    def as_json(self) -> dict[str, Any]:
        """Return what the account holds, without passwords and tokens."""
        return {
            "groups": [
                {
                    "leads_id": group.leads_id,
                    "name": group.name,
                    "created_at": group.created_at,
                    "leads": group.leads,
                }
                for group in self.groups.values()
            ],
            "campaigns": list(self.campaigns.values()),
            "contacts": list(self.contacts.values()),
            "agents": [
                {name: value for name, value in one.items() if name != "password"}
                for one in self.agents.values()
            ],
            "tokens": len(self.tokens),
        }


def agent(agent_id: str, first_name: str, last_name: str, password: str) -> dict[str, Any]:
    """Return a user as `user/list` shows it, clear-text password included (public docs)."""
    extension = agent_id.partition("_")[0]
    return {
        "agent_id": agent_id,
        "first_name": first_name,
        "last_name": last_name,
        "extension": int(extension) if extension.isdigit() else extension,
        "password": password,
        "notify": True,
        "phone": "9190000" + extension.zfill(5)[-5:],
        "start_time": 0,
        "end_time": 24,
    }


def opened(text: dict[str, Any]) -> Account:
    """Return an account as described by JSON.

    `inet_no` and `secret` are needed. Optional: `agents` (ids, or objects with agent_id,
    first_name, last_name), `groups` ({name, leads_id}), `user_id` with `password`, `token`.
    """
    inet_no = int(text["inet_no"])
    account = Account(inet_no, str(text["secret"]), _agents(text.get("agents"), inet_no))
    user_id = str(text.get("user_id", f"5001_{inet_no}"))
    account.passwords[user_id] = str(text.get("password", PRACTICE["password"]))
    if "token" in text:
        account.issue_token(user_id, str(text["token"]))
    for group in text.get("groups", []):
        account.add_group(group["name"], list(group.get("leads", [])), group.get("leads_id", ""))
    return account


def _agents(texts: list[Any] | None, inet_no: int) -> dict[str, dict[str, Any]]:
    if texts is None:
        texts = [
            {"agent_id": f"{5001 + place}_{inet_no}", "first_name": first, "last_name": last}
            for place, (first, last) in enumerate(PRACTICE_NAMES)
        ]
    agents = {}
    for place, text in enumerate(texts):
        known = {"agent_id": text} if isinstance(text, str) else text
        agents[known["agent_id"]] = agent(
            known["agent_id"],
            known.get("first_name", f"Agent {place + 1}"),
            known.get("last_name", "Practice"),
            known.get("password", f"practice-agent-{place + 1}"),
        )
    return agents
