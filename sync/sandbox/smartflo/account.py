"""A Smartflo account: tokens, lead lists and batches."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

TOKEN_SECONDS = 3600
HEADER = [
    "Phone Number",
    "Name",
    "Email",
    "Address",
    "Company",
    "City",
    "Country",
    "Comment",
    "Source",
    "Alternate Phone",
]

# The practice account that is open from the start.
PRACTICE = {
    "name": "practice",
    "token": "practice-token-smartflo",
    "email": "practice@example.com",
    "password": "practice-password",
    "lists": [{"id": "441940", "name": "Practice list", "header": HEADER}],
}

_row_numbers = itertools.count(1)


@dataclass
class Row:
    """One lead of a list; `fields` are field_0, field_1, ... with field_0 as +E.164."""

    fields: dict[str, str]
    skill_id: str = ""
    priority: int = 1
    number: int = field(default_factory=lambda: next(_row_numbers))
    lead_id: str = field(default_factory=lambda: secrets.token_hex(12))
    created_at: float = field(default_factory=time.time)
    updates: int = 0


@dataclass
class LeadList:
    """One lead list; the header gives field_0, field_1, ... their meaning."""

    list_id: str
    name: str
    header: list[str]
    rows: list[Row] = field(default_factory=list)

    def with_phone(self, phone: str) -> list[Row]:
        """Return the rows of one number."""
        return [row for row in self.rows if row.fields["field_0"] == phone]


@dataclass
class Batch:
    """One bulk upload; its rows are in the list once `ready_at` has passed."""

    batch_id: str
    lead_list: LeadList
    rows: list[Row]
    duplicate_option: str
    ready_at: float
    done: bool = False
    result: dict[str, int] = field(default_factory=dict)


@dataclass
class Account:
    """One Smartflo account."""

    name: str
    tokens: set[str]
    email: str
    password: str
    requests_per_second: float
    lists: dict[str, LeadList] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    sessions: dict[str, float] = field(default_factory=dict)
    failed_logins: int = 0

    def accepts(self, token: str) -> bool:
        """Whether this is the portal token or a session that has not expired."""
        return token in self.tokens or self.sessions.get(token, 0) > time.time()

    def sign_in(self) -> str:
        """Return a new session token, good for an hour."""
        token = secrets.token_hex(24)
        self.sessions[token] = time.time() + TOKEN_SECONDS
        return token


def opened(text: dict[str, Any]) -> Account:
    """Return an account as described by JSON.

    `name` and `token` are needed. Optional: `email`, `password`, `requests_per_second` (its CPS),
    `lists` [{id, name, header}]; without lists it gets the practice list.
    """
    account = Account(
        name=str(text["name"]),
        tokens={str(text["token"])} if text.get("token") else set(),
        email=str(text.get("email", f"{text['name']}@example.com")),
        password=str(text.get("password", PRACTICE["password"])),
        requests_per_second=float(text.get("requests_per_second", 0)),
    )
    for one in text.get("lists", PRACTICE["lists"]):
        list_id = str(one["id"])
        header = list(one.get("header", HEADER))
        account.lists[list_id] = LeadList(list_id, str(one.get("name", list_id)), header)
    return account
