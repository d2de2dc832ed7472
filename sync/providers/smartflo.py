"""Smartflo (Tata Tele): rows into a lead list. Seed 004."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from . import answers, looking_up, smartflo_answers, smartflo_leads, wire
from .answers import Body
from .base import (
    AccountField,
    Built,
    Endpoint,
    Explanation,
    FieldKind,
    FieldRule,
    Json,
    Outcome,
    Parcel,
    Record,
    RecordKind,
    Reply,
    Request,
    Response,
    Role,
    Timeline,
    always,
)
from .smartflo_words import TABLE
from .words import look_up

LIMIT = "All calls of an account together: its calls per second, as Smartflo contracts them."

LEADS = Endpoint(
    "leads",
    "Add leads to a list",
    record=RecordKind.LEAD,
    batch_size=500,
    repeatable=smartflo_leads.repeatable,
    splits=True,
    limit_note=LIMIT,
)
LISTS = Endpoint("lists", "Read the lead lists", Role.READ, repeatable=always)
READ_BACK = Endpoint("read_back", "Look leads up", Role.READ, repeatable=always)
LOGIN = Endpoint("login", "Sign in", Role.LOGIN)


class Smartflo:
    """Smartflo, as its seed and public pages describe it."""

    slug = "smartflo"
    name = "Smartflo"
    base_url = "https://api-smartflo.tatateleservices.com"
    hosts: tuple[str, ...] = (
        "api-smartflo.tatateleservices.com",
        "api-cloudphone.tatateleservices.com",
    )
    account_fields: tuple[AccountField, ...] = (
        AccountField(
            "token",
            "API token",
            secret=True,
            required=False,
            where="Smartflo portal: API Connect, API token",
        ),
        AccountField(
            "email",
            "Email of a Smartflo user",
            required=False,
            kind="email",
            where="Only without a token: the desk then signs in by itself",
        ),
        AccountField(
            "password", "Password of that user", secret=True, required=False, kind="password"
        ),
    )
    setting_fields: tuple[AccountField, ...] = (
        AccountField(
            "phone_form",
            "Indian numbers go",
            required=False,
            choices=(("ten", "with 10 digits"), ("e164", "with +91 in front")),
            default="ten",
        ),
        AccountField(
            "duplicate_key",
            "Name of the duplicate setting in requests",
            required=False,
            where="Smartflo's sample and its table differ; the first is right as far as we know",
            choices=(
                ("duplicate_option", "duplicate_option"),
                ("duplicate_options", "duplicate_options"),
            ),
            default="duplicate_option",
        ),
        looking_up.setting("For requests of up to 25 leads, slowly"),
    )
    list_fields: tuple[AccountField, ...] = (
        AccountField(
            "list_id", "Smartflo list id", where="Smartflo portal: Lead Lists, such as 441940"
        ),
        AccountField(
            "duplicate_option",
            "Numbers that are in the Smartflo list already",
            choices=(
                ("skip", "stay as they are"),
                ("overwrite", "get the new details"),
                ("clone", "get a second entry: people may be called twice"),
            ),
            default="skip",
        ),
        AccountField("skill_id", "Skill id", required=False, where="Smartflo portal: Skills"),
    )
    endpoints: tuple[Endpoint, ...] = (LEADS, LISTS, READ_BACK, LOGIN)
    timeline: Timeline | None = None
    default_maps: Mapping[RecordKind, tuple[FieldRule, ...]] = {
        RecordKind.LEAD: (
            FieldRule("phone", "field_0", FieldKind.PHONE),
            FieldRule("full_name", "field_1"),
        ),
    }

    def build(self, endpoint: str, records: Sequence[Record], options: Mapping[str, Any]) -> Built:
        """Return the rows for a list."""
        if endpoint != LEADS.slug:
            raise ValueError(f"Smartflo {endpoint} sends no records")
        return smartflo_leads.build(records, options)

    def opening(self, parcel: Parcel) -> Parcel:
        """Return a sign-in first where no token is known."""
        if parcel.endpoint == LOGIN.slug or parcel.credentials.get("token"):
            return parcel
        return smartflo_answers.sign_in(parcel) if smartflo_answers.can_sign_in(parcel) else parcel

    def request(self, parcel: Parcel) -> Request:
        """Return the request; the token travels in a header."""
        held, root = parcel.credentials, parcel.base_url.rstrip("/")
        if parcel.endpoint == LOGIN.slug:
            body = {"email": held.get("email", "").strip(), "password": held.get("password", "")}
            return wire.post(f"{root}/v1/auth/login", body)
        token = wire.bearer(held.get("token", ""))
        if parcel.endpoint == LISTS.slug:
            return wire.get(f"{root}/v1/broadcast/lists", token)
        url = wire.join(f"{root}/v1/broadcast/leads", str(parcel.options["list_id"]).strip())
        if parcel.endpoint == READ_BACK.slug:
            return wire.get(f"{url}?number={quote(parcel.payload['number'], safe='')}", token)
        return wire.post(url, parcel.payload, token)

    def reply(self, parcel: Parcel, response: Response) -> Reply:
        """Say what `response` means."""
        body, status = answers.read(response), response.status_code
        if parcel.endpoint == LOGIN.slug:
            return smartflo_answers.settle_login(parcel, response, body)
        if parcel.endpoint == LISTS.slug:
            return _settle_lists(parcel, status, body)
        if parcel.endpoint == READ_BACK.slug:
            return smartflo_leads.settle_read(parcel, status, body)
        return smartflo_leads.settle(parcel, status, body)

    def read_back(self, parcel: Parcel) -> Parcel | None:
        """Return a look at the list by number, for uploads small enough.

        With clone it needs `options["attempted_at"]` (ISO text or seconds) to tell the new entry
        from an old one.
        """
        return smartflo_leads.read_back(parcel) if parcel.endpoint == LEADS.slug else None

    def explain(self, endpoint: str, code: str, message: str) -> Explanation | None:
        """Return our words for a documented message."""
        return look_up(TABLE, endpoint, code, message)

    def test(self, base_url: str, credentials: Mapping[str, str]) -> Parcel | None:
        """Return a read of the lead lists."""
        return self.opening(Parcel(LISTS.slug, base_url, credentials, {}))

    def check_credentials(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with the account's values."""
        wrong = wire.missing(self.account_fields, credentials)
        sign_in = credentials.get("email") and credentials.get("password")
        if not credentials.get("token") and not sign_in:
            wrong["token"] = "API token: missing. Paste one, or fill in email and password."  # noqa: S105
        return wrong


def _settle_lists(parcel: Parcel, status: int, body: Body) -> Reply:
    trouble = smartflo_answers.read_trouble(parcel, status, body)
    if trouble:
        return trouble
    found = tuple(
        {
            "id": answers.first_text(row, ("id",)),
            "name": answers.first_text(row, ("name",)),
            "header": _header(row.get("header")),
        }
        for row in answers.rows(body.value)
    )
    return Reply(Outcome.ACCEPTED, code=str(status), found=found)


def _header(held: Json) -> list[str]:
    """Return a list's column titles; Smartflo sends them as JSON inside a string."""
    if isinstance(held, str):
        try:
            held = json.loads(held)
        except (ValueError, RecursionError):
            return []
    return [answers.as_words(title) for title in held] if isinstance(held, list) else []
