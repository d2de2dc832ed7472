"""The phone book (seed 001; reading, changing and deleting from the public docs)."""

from __future__ import annotations

import uuid
from typing import Any

from sync.sandbox import checks
from sync.sandbox.telecmi.account import Account

MOST = 100
PAGE = 10
DETAILS: dict[str, checks.Check] = {
    "email_id": checks.email,
    "company": checks.text,
    "job_title": checks.text,
}
NEEDED: dict[str, checks.Check] = {
    "phone_no": checks.phone,
    "first_name": checks.filled_text,
    "last_name": checks.filled_text,
}
TOKEN: dict[str, checks.Check] = {"token": checks.filled_text}


def _each(body: Any, required: dict[str, checks.Check], optional: dict[str, checks.Check]) -> str:
    trouble = checks.complaint(body, {**TOKEN, "contacts": checks.array(1, MOST)})
    if trouble:
        return trouble
    for place, contact in enumerate(body["contacts"]):
        trouble = checks.complaint(contact, required, optional, at=f"contacts[{place}]")
        if trouble:
            return trouble
    return ""


def add_complaint(body: Any) -> str:
    """Return what breaks seed 001, or an empty string."""
    return _each(body, NEEDED, DETAILS)


def update_complaint(body: Any) -> str:
    """Return what is wrong with an update: an id and any changed fields."""
    return _each(body, {"contact_id": checks.uuid}, {**NEEDED, **DETAILS})


def get_complaint(body: Any) -> str:
    """Return what is wrong with a read."""
    optional: dict[str, checks.Check] = {
        "contact_id": checks.uuid,
        "limit": checks.integer,
        "page_state": checks.text,
    }
    trouble = checks.complaint(body, TOKEN, optional)
    if not trouble and body.get("limit", PAGE) < 1:
        return "limit: must be 1 or more"
    if not trouble and body.get("page_state") and not body["page_state"].isdigit():
        return "page_state: unknown"
    return trouble


def delete_complaint(body: Any) -> str:
    """Return what is wrong with a deletion."""
    trouble = checks.complaint(body, {**TOKEN, "contact_ids": checks.array(1, MOST)})
    if trouble:
        return trouble
    return next((wrong for one in body["contact_ids"] if (wrong := checks.uuid(one))), "")


def add(account: Account, contacts: list[dict[str, Any]], *, partial: bool) -> tuple[int, bool]:
    """Store new contacts; returns how many, and whether one was there already.

    The duplicate key is taken to be the phone. No document says whether a 409 stores the rest:
    `partial` decides.
    """
    phones = {one["phone_no"] for one in account.contacts.values()}
    fresh = []
    for contact in contacts:
        if contact["phone_no"] not in phones:
            phones.add(contact["phone_no"])
            fresh.append(contact)
    clash = len(fresh) < len(contacts)
    if clash and not partial:
        return 0, True
    for contact in fresh:
        contact_id = str(uuid.uuid4())
        account.contacts[contact_id] = {"contact_id": contact_id, **contact}
    return len(fresh), clash


def page(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """Return one page of contacts and the cursor of the next."""
    every = list(account.contacts.values())
    if "contact_id" in body:
        every = [one for one in every if one["contact_id"] == body["contact_id"].lower()]
    start = int(body.get("page_state") or 0)
    end = start + min(MOST, body.get("limit", PAGE))
    following = str(end) if end < len(every) else None
    return {"contacts": every[start:end], "count": len(every), "page_state": following}


def update(account: Account, changes: list[dict[str, Any]]) -> tuple[int, str]:
    """Change contacts all together or not at all; returns code and message."""
    if any(change["contact_id"].lower() not in account.contacts for change in changes):
        return 404, "Contact not found"
    moved = {change["contact_id"].lower() for change in changes}
    others = {one["phone_no"] for key, one in account.contacts.items() if key not in moved}
    if any(change.get("phone_no") in others for change in changes):
        return 409, "Duplicate contact detected within the organization"
    for change in changes:
        contact = account.contacts[change["contact_id"].lower()]
        contact.update({**change, "contact_id": contact["contact_id"]})
    return 200, "Contacts updated successfully"
