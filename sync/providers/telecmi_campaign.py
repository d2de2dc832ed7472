"""TeleCMI `POST /v3/campaign/create` (seed 003).

Which field a dialer needs, and its bounds, is campaigns/dialers.py's rule; here is its wire form.
TeleCMI returns no campaign id; the name carries our token, so that after a lost reply "already
exists" proves that the campaign is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from . import answers
from .answers import Body
from .base import Built, Endpoint, Json, Outcome, Parcel, Record, RecordKind, Reply
from .telecmi_answers import LIMIT, Call, Verdict, account
from .telecmi_leads import carries_token
from .wire import E164, UUID, CannotSend, each

FIELDS = (
    "name",
    "dialer_type",
    "active",
    "leads_id",
    "timezone",
    "start_date",
    "end_date",
    "start_time",
    "end_time",
    "users",
    "user_interval",
    "ratio",
    "waiting_music",
    "unanswered_music",
    "ring_rule",
    "ring_seconds",
    "max_waiting_time",
    "call_interval",
    "no_agent_no_wait",
    "caller_id",
    "reject_delay_time",
    "no_answer_delay_time",
    "max_waiting_time_without_agent",
)
_HOUR_AND_MINUTE = re.compile(r"[0-9]{2}:[0-9]{2}", re.ASCII)

# Refusals that depend on the request alone: the same bytes met them the first time as well.
SAME_EVERY_TIME = ("leads id not found", "invalid agent ids", "validation failed")


def build(records: Sequence[Record], options: Mapping[str, Any]) -> Built:
    """Return the body of one campaign; `options["campaign"]` holds its values by wire name."""
    bodies, refused = each(records[:1], lambda _: _campaign(options["campaign"]))
    return Built(bodies[0] if bodies else None, refused)


def _campaign(values: Mapping[str, Any]) -> dict[str, Json]:
    held = {name: _wire(name, value) for name, value in values.items() if not _is_blank(value)}
    if not UUID.fullmatch(str(held.get("leads_id", ""))):
        raise CannotSend(
            "The TeleCMI id of this list part is missing. Copy it from TeleCMI, Leads, and paste "
            "it on the list's page."
        )
    known = {name: held.pop(name) for name in FIELDS if name in held}
    return {**known, **held}


def _is_blank(value: object) -> bool:
    return value is None or value == "" or value == [] or value == ()


def _wire(name: str, value: Any) -> Json:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, list | tuple):
        return [str(part).strip() for part in value]
    text = str(value).strip()
    if name in ("start_time", "end_time") and _HOUR_AND_MINUTE.fullmatch(text):
        return f"{text}:00"  # the update page takes no other form
    if name == "caller_id" and E164.fullmatch(text):
        return text[1:]
    return text


def body(parcel: Parcel) -> Json:
    """Return the documented body: account first, then the fields in the order of the sample."""
    return {**account(parcel), **parcel.payload}


def settle(parcel: Parcel, verdict: Verdict, body: Body) -> Reply:
    """Return what an answer to a campaign means."""
    if verdict.outcome is Outcome.ACCEPTED:
        return verdict.reply(remote_ids=_campaign_id(parcel, body))
    if verdict.outcome is Outcome.REJECTED and parcel.had_unknown:
        return _after_unknown(parcel, verdict)
    return verdict.reply()


def _after_unknown(parcel: Parcel, verdict: Verdict) -> Reply:
    if "campaign name already exists" in verdict.said and carries_token(parcel.payload["name"]):
        return verdict.inferred()
    if verdict.number == 422 or any(words in verdict.said for words in SAME_EVERY_TIME):
        return verdict.reply()
    # "already mapped" may be our own first try that took the leads or the agents, or somebody
    # else's campaign. Starting a dialer twice is the worst harm there is: a person decides.
    return verdict.reply(Outcome.UNCERTAIN, ask=True)


def _campaign_id(parcel: Parcel, body: Body) -> dict[str, str]:
    found = answers.first_text(body.named, ("campaign_id", "data.campaign_id", "data.id"))
    known = UUID.fullmatch(found) and found != parcel.payload.get("leads_id")
    return {"campaign_id": found} if known else {}


def named_by_us(parcel: Parcel) -> bool:
    """Whether the name alone can prove, after a lost reply, that the campaign is there."""
    return carries_token(parcel.payload["name"])


CREATE = Call(
    Endpoint(
        "campaign",
        "Create campaign",
        record=RecordKind.CAMPAIGN,
        credential="app",
        repeatable=named_by_us,
        limit_note=LIMIT,
    ),
    "v3/campaign/create",
    body,
    settle,
    build,
)
