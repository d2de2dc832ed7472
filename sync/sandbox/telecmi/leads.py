"""Uploading and deleting lead groups (seed 000 and the public delete page)."""

from __future__ import annotations

from typing import Any

from sync.sandbox import checks
from sync.sandbox.telecmi.account import Account

ENVELOPE: dict[str, checks.Check] = {
    "lead_name": checks.filled_text,
    "inet_no": checks.integer,
    "secret": checks.filled_text,
    "leads": checks.array(1, 1000),
}
LEAD_REQUIRED: dict[str, checks.Check] = {"lead_id": checks.uuid, "phone": checks.phone}
LEAD_OPTIONAL: dict[str, checks.Check] = {
    "firstname": checks.text,
    "lastname": checks.text,
    "email": checks.email,
    "comment": checks.text,
    "address": checks.text,
    "city": checks.text,
    "country": checks.text,
}


def complaint(body: Any) -> str:
    """Return what breaks the schema of seed 000, or an empty string."""
    trouble = checks.complaint(body, ENVELOPE)
    if trouble:
        return trouble
    for place, lead in enumerate(body["leads"]):
        trouble = checks.complaint(lead, LEAD_REQUIRED, LEAD_OPTIONAL, at=f"leads[{place}]")
        if trouble:
            return trouble
    return ""


def refusal(account: Account, body: dict[str, Any], switches: dict[str, Any]) -> str:
    """Return the documented 400 this upload meets, or an empty string.

    No document gives the order of the checks; `check_order` and `phone_scope` are switches.
    """
    ids = [lead["lead_id"].lower() for lead in body["leads"]]
    phones = [lead["phone"] for lead in body["leads"]]
    if len(set(ids)) < len(ids):
        return "Duplicate lead_id Found"
    name_taken = account.group_named(body["lead_name"]) is not None
    id_taken = not account.lead_ids.isdisjoint(ids)
    in_account = [(name_taken, "Lead Name Already Exists"), (id_taken, "lead_id Already Exists")]
    if switches["check_order"] == "id_first":
        in_account.reverse()
    for taken, message in in_account:
        if taken:
            return message
    repeated = len(set(phones)) < len(phones)
    elsewhere = switches["phone_scope"] == "account" and not account.phones.isdisjoint(phones)
    return "Duplicate Phone Numbers Found" if repeated or elsewhere else ""


def remove(account: Account, leads_id: str) -> tuple[int, str]:
    """Delete a group; returns the logical code and message of the public delete page."""
    group = account.groups.get(leads_id)
    if group is None:
        return 404, "Lead not found"
    campaign = account.campaign_of(leads_id)
    if campaign and campaign["active"]:
        return 400, "Lead is Used in Active Campaign"
    del account.groups[leads_id]
    account.lead_ids -= {lead["lead_id"].lower() for lead in group.leads}
    account.phones = {lead["phone"] for one in account.groups.values() for lead in one.leads}
    return 200, "Lead Deleted Successfully"
