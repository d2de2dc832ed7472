"""Telecrm: leads and their actions through the Async API. Seed 002."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from . import answers, looking_up, telecrm_answers, telecrm_leads, wire
from .answers import Body
from .base import (
    AccountField,
    Built,
    Endpoint,
    Explanation,
    FieldKind,
    FieldRule,
    Parcel,
    Record,
    RecordKind,
    Reply,
    Request,
    Response,
    Role,
    Timeline,
    always,
    never,
    replace,
)
from .telecrm_words import TABLE
from .words import look_up

SYNC_HOST = "https://next.telecrm.in"
ASYNC_HOSTS = ("next-api.telecrm.in", "api.telecrm.in")
PACE = 4.5  # nine tenths of the limit: other programs may use the same token
HOURLY = 18_000
LIMIT = "18,000 requests an hour for each token (seed 002), 5 a second."

LEADS = Endpoint(
    "leads",
    "Create or update leads",
    record=RecordKind.LEAD,
    in_flight=4,
    one_per_record=True,
    repeatable=always,
    keep_alive=True,
    pace=PACE,
    hourly=HOURLY,
    limit_note=LIMIT,
)
ACTIONS = Endpoint(
    "actions",
    "Write on the timeline",
    record=RecordKind.ACTION,
    one_per_record=True,
    repeatable=never,
    pace=PACE,
    hourly=HOURLY,
    limit_note=LIMIT,
)
SEARCH = Endpoint("lead_search", "Look a lead up", Role.READ, credential="sync", repeatable=always)
METADATA = Endpoint(
    "metadata", "Read the workspace", Role.READ, credential="sync", repeatable=always
)
SETTLE: dict[str, Callable[[Parcel, int, Body], Reply]] = {
    "leads": telecrm_answers.settle_write,
    "actions": telecrm_answers.settle_write,
    "lead_search": telecrm_answers.settle_search,
    "metadata": telecrm_answers.settle_metadata,
}


class Telecrm:
    """Telecrm, as its seed and public pages describe it."""

    slug = "telecrm"
    name = "Telecrm"
    base_url = "https://next-api.telecrm.in"
    hosts: tuple[str, ...] = (*ASYNC_HOSTS, "next.telecrm.in")
    account_fields: tuple[AccountField, ...] = (
        AccountField(
            "enterprise_id", "Enterprise id", where="Telecrm: Integrations, Website/API Integration"
        ),
        AccountField(
            "token",
            "Async token",
            secret=True,
            where="Telecrm: Integrations, Website/API Integration, Create new token, type Async",
        ),
        AccountField(
            "sync_token",
            "Sync token",
            secret=True,
            required=False,
            where="The same place, type Sync. Lets the desk look up what Telecrm kept",
        ),
    )
    setting_fields: tuple[AccountField, ...] = (
        AccountField("identifier", "Field that identifies a lead", required=False, default="phone"),
        AccountField(
            "statuses",
            "Statuses of the workspace",
            required=False,
            where="One on each line, as Telecrm spells them; empty: not checked",
        ),
        AccountField(
            "new_options",
            "A value that is not among a field's labels",
            required=False,
            choices=(("refuse", "is refused"), ("allow", "is sent as it is")),
            default="refuse",
        ),
        AccountField(
            "timezone", "Time zone of the workspace", required=False, default="Asia/Kolkata"
        ),
        AccountField(
            "action_prefix",
            "Codes of custom actions",
            required=False,
            choices=(("ACTION_", "with ACTION_ in front"), ("none", "bare")),
            default="ACTION_",
        ),
        AccountField(
            "reference_field",
            "Text field of custom actions for our reference",
            required=False,
            where="API name; helps to find one action again after a lost answer",
        ),
        looking_up.setting("Needs a Sync token. After 2 minutes, 15 minutes and an hour, slowly"),
    )
    list_fields: tuple[AccountField, ...] = ()
    endpoints: tuple[Endpoint, ...] = (LEADS, ACTIONS, SEARCH, METADATA)
    timeline: Timeline | None = telecrm_leads.TIMELINE
    default_maps: Mapping[RecordKind, tuple[FieldRule, ...]] = {
        RecordKind.LEAD: (
            FieldRule("full_name", "name"),
            FieldRule("phone", "phone", FieldKind.PHONE),
            FieldRule("email", "email", FieldKind.EMAIL),
            FieldRule("rating", "rating", FieldKind.RATING),
            FieldRule("status", "status", FieldKind.STATUS),
            FieldRule("assignee", "assignee", FieldKind.ASSIGNEE),
        ),
        RecordKind.ACTION: (FieldRule("phone", "phone", FieldKind.PHONE),),
    }

    def build(self, endpoint: str, records: Sequence[Record], options: Mapping[str, Any]) -> Built:
        """Return the payload of one lead's fields, or of one action."""
        if endpoint == LEADS.slug:
            return telecrm_leads.build_fields(records, options)
        if endpoint == ACTIONS.slug:
            return telecrm_leads.build_action(records, options)
        raise ValueError(f"Telecrm {endpoint} sends no records")

    def opening(self, parcel: Parcel) -> Parcel:
        """Return the parcel itself: Telecrm's tokens need no sign-in."""
        return parcel

    def request(self, parcel: Parcel) -> Request:
        """Return the request; the token travels in a header."""
        held = parcel.credentials
        enterprise = held.get("enterprise_id", "").strip()
        if parcel.endpoint in (LEADS.slug, ACTIONS.slug):
            url = wire.join(parcel.base_url, "enterprise", enterprise, "autoupdatelead")
            return wire.post(url, parcel.payload, wire.bearer(held.get("token", "")))
        token = wire.bearer(held.get("sync_token", ""))
        root = wire.join(_sync_base(parcel.base_url), "enterprise", enterprise)
        if parcel.endpoint == METADATA.slug:
            return wire.get(f"{root}/metadata", token)
        return wire.post(f"{root}/lead/search?skip=0&limit=1", parcel.payload, token)

    def reply(self, parcel: Parcel, response: Response) -> Reply:
        """Say what `response` means."""
        return SETTLE[parcel.endpoint](parcel, response.status_code, answers.read(response))

    def read_back(self, parcel: Parcel) -> Parcel | None:
        """Return the search for a sent lead, where a Sync token is known.

        None for actions: the only documented search wants an id that no answer brings.
        """
        identifier = parcel.options.get("identifier") or "phone"
        if parcel.endpoint != LEADS.slug or not parcel.credentials.get("sync_token"):
            return None
        fields = parcel.payload["fields"]
        if identifier not in fields:  # chosen since these bytes were frozen
            return None
        return replace(
            parcel,
            endpoint=SEARCH.slug,
            payload={"fields": {identifier: fields[identifier]}},
            options={"expected": fields},
        )

    def explain(self, endpoint: str, code: str, message: str) -> Explanation | None:
        """Return our words for a documented message."""
        return look_up(TABLE, endpoint, code, message)

    def test(self, base_url: str, credentials: Mapping[str, str]) -> Parcel | None:
        """Return a read with the Sync token; nothing but a lead can prove the Async one."""
        if not credentials.get("sync_token"):
            return None
        return Parcel(METADATA.slug, base_url, credentials, {})

    def check_credentials(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with the account's values."""
        wrong = wire.missing(self.account_fields, credentials)
        if "/" in credentials.get("enterprise_id", ""):
            wrong["enterprise_id"] = "Enterprise id: only the id itself, not the whole address."
        same = credentials.get("sync_token") and credentials.get("sync_token") == credentials.get(
            "token"
        )
        if same:
            wrong |= {"sync_token": "Sync token: the same as the Async one, which is another kind."}
        return wrong


def _sync_base(base_url: str) -> str:
    """Return where the Sync API is: a host of its own at Telecrm, beside the rest elsewhere."""
    known = urlsplit(base_url).hostname in (*ASYNC_HOSTS, urlsplit(SYNC_HOST).hostname)
    return f"{SYNC_HOST if known else base_url.rstrip('/')}/autoupdate/v2"
