"""Dialer campaigns (seed 003; update from the public docs)."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from sync.sandbox import checks
from sync.sandbox.telecmi.account import Account

RING_RULES = (
    "ring-all",
    "longest-idle-agent",
    "round-robin",
    "agent-with-least-talk-time",
    "agent-with-fewest-calls",
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TIMEZONE = r"[+-](0\d|1[0-4]):[0-5]\d"
TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
FULL_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
CREDENTIALS: dict[str, checks.Check] = {
    "inet_no": checks.integer,
    "secret": checks.filled_text,
}


def day(value: Any) -> str:
    """A calendar day that exists, YYYY-MM-DD."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return "must be a day that exists"
        return ""
    return "must look like 2026-05-01"


def agent_ids(value: Any) -> str:
    """1 to 100 agent ids, each a string."""
    if trouble := checks.array(1, 100)(value):
        return trouble
    return "" if all(isinstance(one, str) for one in value) else "must be an array of strings"


ALWAYS: dict[str, checks.Check] = {
    "name": checks.filled_text,
    "dialer_type": checks.one_of("predictive", "progressive"),
    "active": checks.boolean,
    "leads_id": checks.uuid,
    "timezone": checks.matching(TIMEZONE, "+05:30"),
    "start_date": day,
    "end_date": day,
    "start_time": checks.matching(TIME, "09:00:00"),
    "end_time": checks.matching(TIME, "18:00:00"),
    "users": agent_ids,
}
PROGRESSIVE: dict[str, checks.Check] = {
    "user_interval": checks.matching(r"\d{1,4}_[a-z]", "10_s"),
}
PREDICTIVE: dict[str, checks.Check] = {
    "ratio": checks.matching(r"[1-9]\d?:[1-9]\d?", "1:2, at most 99:99"),
    "waiting_music": checks.filled_text,
    "unanswered_music": checks.filled_text,
    "ring_rule": checks.one_of(*RING_RULES),
    "ring_seconds": checks.not_negative,
    "max_waiting_time": checks.not_negative,
    "call_interval": checks.one_of(10, 20, 30, 40, 50, 60, 120),
    "no_agent_no_wait": checks.boolean,
    "caller_id": checks.phone,
    "reject_delay_time": checks.not_negative,
    "no_answer_delay_time": checks.not_negative,
}
WAIT = "max_waiting_time_without_agent"


def complaint(body: Any) -> str:
    """Return what breaks the rules of seed 003, or an empty string.

    A field of the other dialer type counts as a mistake: no document allows it.
    """
    always = {**CREDENTIALS, **ALWAYS}
    trouble = checks.complaint(body, always, others=True)
    if trouble:
        return trouble
    if body["dialer_type"] == "progressive":
        required = {**always, **PROGRESSIVE}
    else:
        required = {**always, **PREDICTIVE}
        if body.get("no_agent_no_wait") is False:
            required[WAIT] = checks.not_negative
    trouble = checks.complaint(body, required)
    return trouble or _date_complaint(body)


def _date_complaint(body: dict[str, Any]) -> str:
    if body["end_date"] < body["start_date"]:
        return "end_date: must not be before start_date"
    return ""


def update_complaint(body: Any) -> str:
    """Return what is wrong with an update: any field of create, times only as HH:MM:SS."""
    optional = {**ALWAYS, **PROGRESSIVE, **PREDICTIVE, WAIT: checks.not_negative}
    optional["start_time"] = optional["end_time"] = checks.matching(FULL_TIME, "09:00:00")
    return checks.complaint(body, {**CREDENTIALS, "campaign_id": checks.uuid}, optional)


def refusal(account: Account, body: dict[str, Any]) -> str:
    """Return the documented 400 a new campaign meets, or an empty string."""
    if any(one["name"] == body["name"] for one in account.campaigns.values()):
        return "Campaign Name Already Exists"
    return _group_refusal(account, body["leads_id"].lower(), "") or _agent_refusal(
        account, body["users"], ""
    )


def update_refusal(account: Account, body: dict[str, Any]) -> str:
    """Return the documented 400 an update meets, or an empty string."""
    own = body["campaign_id"].lower()
    if own not in account.campaigns:
        return "Campaign Not Found"
    trouble = ""
    if "leads_id" in body:
        trouble = _group_refusal(account, body["leads_id"].lower(), own)
    if not trouble and "users" in body:
        trouble = _agent_refusal(account, body["users"], own)
    return trouble


def _group_refusal(account: Account, leads_id: str, own: str) -> str:
    if leads_id not in account.groups:
        return "Leads ID Not Found"
    taken = account.campaign_of(leads_id)
    if taken and taken["campaign_id"] != own:
        return "Lead already mapped to another campaign"
    return ""


def _agent_refusal(account: Account, users: list[str], own: str) -> str:
    if not set(users) <= account.agents.keys():
        return "Invalid agent IDs"
    busy = {
        user
        for one in account.campaigns.values()
        if one["campaign_id"] != own
        for user in one["users"]
    }
    return "" if busy.isdisjoint(users) else "User already mapped to another campaign"


def store(account: Account, body: dict[str, Any]) -> str:
    """Keep a campaign under a new id, and return it."""
    kept = {name: value for name, value in body.items() if name not in CREDENTIALS}
    kept["leads_id"] = kept["leads_id"].lower()
    campaign_id = str(uuid.uuid4())
    account.campaigns[campaign_id] = {"campaign_id": campaign_id, **kept}
    return campaign_id


def change(account: Account, body: dict[str, Any]) -> None:
    """Overwrite the fields an update names."""
    campaign = account.campaigns[body["campaign_id"].lower()]
    named = {name: value for name, value in body.items() if name not in CREDENTIALS}
    campaign.update({**named, "campaign_id": campaign["campaign_id"]})
