"""TeleCMI `POST /v3/leads/add-custom` (seed 000): one request is one named list of 1..1000 leads.

All or nothing; ids and name are ours, so that after a lost reply the same bytes may go again and
"already exists" proves that the first try arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import answers
from .answers import Body
from .base import Built, Endpoint, Json, Outcome, Parcel, Record, RecordKind, Reply, always
from .telecmi_answers import LIMIT, Call, Verdict, account
from .wire import OUR_TOKEN, UUID, CannotSend, as_text, digits, each, filled, is_email

FIELDS = ("phone", "firstname", "lastname", "email", "comment", "address", "city", "country")
PLACE = "TeleCMI leads"

# Refusals that depend on the request alone: the same bytes met them the first time as well.
SAME_EVERY_TIME = ("duplicate lead_id found", "schema validation failed")


def build(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body for one list; `options`: lead_name, bad_email ("refuse" or "leave_out")."""
    phones: dict[str, str] = {}

    def lead(record: Record) -> dict[str, Json]:
        row = _lead(record, leave_out_email=options.get("bad_email") == "leave_out")
        if row["phone"] in phones:
            raise CannotSend(
                f"Phone +{row['phone']} stands twice in this list. TeleCMI would refuse the whole "
                "list: keep one of the two."
            )
        phones[row["phone"]] = record.key
        return row

    leads, refused = each(records, lead)
    payload = {"lead_name": options["lead_name"], "leads": leads} if leads else None
    return Built(payload, refused)


def _lead(record: Record, *, leave_out_email: bool) -> dict[str, Json]:
    if not UUID.fullmatch(record.remote_id):
        raise CannotSend("This lead has no TeleCMI id of its own. Send it again to get one.")
    held = filled(record, FIELDS, PLACE)
    if "phone" not in held:
        raise CannotSend("The phone number is missing. Add one, or leave this lead out.")
    row: dict[str, Json] = {"lead_id": record.remote_id.lower()}
    for name in FIELDS:
        if name in held:
            row[name] = digits(held[name].value) if name == "phone" else as_text(held[name].value)
    if not is_email(row.get("email", "a@b.in")):
        if not leave_out_email:
            raise CannotSend(
                f"Email “{row['email']}” is not a full address. Correct it or leave it out."
            )
        del row["email"]
    return row


def body(parcel: Parcel) -> Json:
    """Return the documented body, names in the order of the sample."""
    payload = parcel.payload
    return {"lead_name": payload["lead_name"], **account(parcel), "leads": payload["leads"]}


def settle(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return what an answer to an upload means."""
    if verdict.outcome is Outcome.ACCEPTED:
        return verdict.reply(remote_ids=_list_id(parcel, body))
    if verdict.outcome is Outcome.REJECTED and parcel.had_unknown:
        return _after_unknown(parcel, verdict)
    return verdict.reply()


def _after_unknown(parcel: Parcel, verdict: Verdict) -> Reply:
    if "lead_id already exists" in verdict.said:
        return verdict.inferred()
    if "lead name already exists" in verdict.said and carries_token(parcel.payload["lead_name"]):
        return verdict.inferred()
    if verdict.number == 422 or any(words in verdict.said for words in SAME_EVERY_TIME):
        return verdict.reply()
    # Anything else, even "Duplicate Phone Numbers Found" (build lets no number in twice), may be
    # said because the first try is there: the documents do not give the order of the checks.
    return verdict.reply(Outcome.UNCERTAIN, ask=True)


def carries_token(name: str) -> bool:
    """Whether a list or campaign name holds our token, so that nobody else can have taken it."""
    return OUR_TOKEN.search(name) is not None


def _list_id(parcel: Parcel, body: Body) -> dict[str, str]:
    # No document promises the list's id; take it where an answer carries it, never a lead's id.
    found = answers.first_text(body.named, ("leads_id", "data.leads_id", "data.id")).lower()
    ours = {lead["lead_id"] for lead in parcel.payload["leads"]}
    return {"leads_id": found} if UUID.fullmatch(found) and found not in ours else {}


UPLOAD = Call(
    Endpoint(
        "leads",
        "Upload leads",
        record=RecordKind.LEAD,
        batch_size=1000,
        credential="app",
        repeatable=always,
        groups=True,
        pace=1.0,
        limit_note=LIMIT,
    ),
    "v3/leads/add-custom",
    body,
    settle,
    build,
)
