"""Users of a TeleCMI account: signing in and listing agents (public docs)."""

from __future__ import annotations

import secrets
from typing import Any

from sync.sandbox import checks
from sync.sandbox.telecmi.account import Account

PAGE = 10


def app_complaint(body: Any) -> str:
    """Return what is wrong with a request signed by appid and secret."""
    required = {"appid": checks.integer, "secret": checks.filled_text}
    optional = {"page": checks.not_negative, "limit": checks.not_negative, "name": checks.text}
    return checks.complaint(body, required, optional)


def signed_in(account: Account, user_id: str) -> dict[str, Any]:
    """Return a fresh token and the user it stands for."""
    token = secrets.token_hex(16)
    account.issue_token(user_id, token)
    known = account.agents.get(user_id, {})
    return {
        "token": token,
        "agent": {
            "category": "inr",
            "id": user_id,
            "inet_no": account.inet_no,
            "name": known.get("first_name", "Service user"),
        },
    }


def page(account: Account, body: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return a page of agents (or all), passwords in clear text as TeleCMI does."""
    wanted = str(body.get("name", "")).lower()
    found = [
        one
        for one in account.agents.values()
        if wanted in f"{one['first_name']} {one['last_name']}".lower()
    ]
    size = len(found) if whole else body.get("limit", PAGE)
    first = 0 if whole else (max(1, body.get("page", 1)) - 1) * size
    shown = found[first : first + size]
    return {"code": 200, "status": "success", "count": len(found), "agents": shown}
