"""TeleCMI phone book (seed 001): `contact/add`, up to 100 at a time, with a user's token.

A 409 names no contact and does not say whether the others were stored; a smaller request settles
it either way. `contact/get` reads the book, 100 a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import answers
from .answers import Body
from .base import (
    Built,
    Endpoint,
    Evidence,
    Json,
    Note,
    Outcome,
    Parcel,
    Record,
    RecordKind,
    Reply,
    Role,
    always,
    replace,
)
from .telecmi_answers import LIMIT, Call, Verdict
from .telecmi_users import sign_in_again
from .wire import CannotSend, as_text, digits, each, filled, is_email

FIELDS = ("phone_no", "first_name", "last_name", "email_id", "company", "job_title")
PLACE = "TeleCMI contacts"
PAGE = 100
PAGES = 30  # a phone book longer than this is settled by smaller requests instead


def build(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body for up to 100 contacts.

    `options`: last_name_placeholder (text put where the last name is missing, shown in settings),
    bad_email ("refuse" or "leave_out").
    """
    phones: set[str] = set()

    def contact(record: Record) -> dict[str, Json]:
        row = _contact(record, options)
        if row["phone_no"] in phones:
            raise CannotSend(f"Phone +{row['phone_no']} stands twice. Keep one of the two.")
        phones.add(row["phone_no"])
        return row

    contacts, refused = each(records, contact)
    return Built({"contacts": contacts} if contacts else None, refused)


def _contact(record: Record, options: Mapping[str, Any]) -> dict[str, Json]:
    held = filled(record, FIELDS, PLACE)
    row: dict[str, Json] = {name: as_text(held[name].value) for name in FIELDS if name in held}
    row.setdefault("last_name", as_text(options.get("last_name_placeholder") or ""))
    for name, words in (("phone_no", "phone number"), ("first_name", "first name")):
        if not row.get(name):
            raise CannotSend(f"The {words} is missing; TeleCMI contacts need one. Add it.")
    if not row["last_name"]:
        raise CannotSend(
            "The last name is missing; TeleCMI contacts need one. Add it, or set what stands in "
            "its place in the account's settings."
        )
    row["phone_no"] = digits(held["phone_no"].value)
    if not is_email(row.get("email_id", "a@b.in")):
        if options.get("bad_email") != "leave_out":
            raise CannotSend(f"Email “{row['email_id']}” is not a full address. Correct it.")
        del row["email_id"]
    return {name: row[name] for name in FIELDS if name in row}


def body(parcel: Parcel) -> Json:
    """Return the documented body: the token, then the contacts."""
    return {"token": parcel.credentials.get("token", "").strip(), **parcel.payload}


def settle(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return what an answer to `contact/add` means."""
    if verdict.number == 404:
        return sign_in_again(parcel, verdict)
    if verdict.outcome is not Outcome.REJECTED:
        return verdict.reply()
    several = len(parcel.payload["contacts"]) > 1
    if several:
        return verdict.reply(splittable=verdict.number in (400, 409, 413, 422))
    if verdict.number == 409 or "duplicate contact" in verdict.said:
        return verdict.inferred() if parcel.had_unknown else verdict.reply(Outcome.ALREADY_THERE)
    return verdict.reply()


def settle_read(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return which of the wanted numbers (`options["wanted"]`: key -> digits) the book holds."""
    if verdict.number == 404:
        return sign_in_again(parcel, verdict)
    if verdict.outcome is not Outcome.ACCEPTED or not parcel.options.get("wanted"):
        return verdict.reply()
    held = {
        answers.first_text(row, ("phone_no",)).lstrip("+"): row
        for row in answers.rows(body.named.get("contacts"))
    }
    seen = dict(parcel.options.get("seen", {}))
    for key, phone in parcel.options.get("wanted", {}).items():
        if phone in held:
            seen[key] = answers.first_text(held[phone], ("contact_id",))
    return _next_page(parcel, body, seen) or _found(parcel, verdict, body, seen)


def _next_page(parcel: Parcel, body: Body, seen: Mapping[str, str]) -> Reply | None:
    state = answers.first_text(body.named, ("page_state",))
    read = int(parcel.options.get("read", 0)) + 1
    if not state or len(seen) >= len(parcel.options.get("wanted", {})) or read >= PAGES:
        return None
    options = {**parcel.options, "seen": seen, "read": read}
    page = replace(parcel, payload={"limit": PAGE, "page_state": state}, options=options)
    return Reply(Outcome.RETRY, message="reading the phone book", next=page)


def _found(parcel: Parcel, verdict: Verdict, body: Body, seen: Mapping[str, str]) -> Reply:
    there = Outcome.ACCEPTED if parcel.had_unknown else Outcome.ALREADY_THERE
    cut_short = bool(answers.first_text(body.named, ("page_state",)))
    missing = Outcome.UNCERTAIN if cut_short else Outcome.RETRY
    notes = tuple(
        Note(key, there, "", seen[key], Evidence.VERIFIED) if key in seen else Note(key, missing)
        for key in parcel.options.get("wanted", {})
    )
    whole = there if len(seen) == len(notes) else missing
    reply = verdict.reply(whole, notes=notes, evidence=Evidence.VERIFIED)
    return replace(reply, code=answers.ABSENT) if whole is Outcome.RETRY else reply


def read_back(parcel: Parcel) -> Parcel:
    """Return the read that says which contacts of an add are in the phone book."""
    phones = (contact["phone_no"] for contact in parcel.payload["contacts"])
    wanted = dict(zip(parcel.keys, phones, strict=False))
    return replace(
        parcel, endpoint="contacts_read", payload={"limit": PAGE}, options={"wanted": wanted}
    )


ADD = Call(
    Endpoint(
        "contacts",
        "Add contacts to the phone book",
        record=RecordKind.CONTACT,
        batch_size=100,
        credential="user",
        repeatable=always,
        splits=True,
        limit_note=LIMIT,
    ),
    "v3/contact/add",
    body,
    settle,
    build,
)
READ = Call(
    Endpoint("contacts_read", "Read the phone book", Role.READ, credential="user"),
    "v3/contact/get",
    body,
    settle_read,
)
