"""TeleCMI (CHUB): leads, phone book and campaigns. Seeds 000, 001 and 003."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import answers, telecmi_campaign, telecmi_contacts, telecmi_leads, telecmi_users, wire
from .base import (
    AccountField,
    Built,
    Explanation,
    FieldKind,
    FieldRule,
    Parcel,
    Record,
    RecordKind,
    Reply,
    Request,
    Response,
    Timeline,
    replace,
)
from .telecmi_answers import Call, settle
from .telecmi_words import TABLE
from .words import look_up

CALLS: dict[str, Call] = {
    call.endpoint.slug: call
    for call in (
        telecmi_leads.UPLOAD,
        telecmi_contacts.ADD,
        telecmi_campaign.CREATE,
        telecmi_contacts.READ,
        telecmi_users.AGENTS,
        telecmi_users.LOGIN,
    )
}
WITH_TOKEN = ("contacts", "contacts_read")


class TeleCMI:
    """TeleCMI, as the seeds describe it."""

    slug = "telecmi"
    name = "TeleCMI"
    base_url = "https://rest.telecmi.com"
    hosts: tuple[str, ...] = ("rest.telecmi.com",)
    account_fields: tuple[AccountField, ...] = (
        AccountField(
            "inet_no", "Account number", where="TeleCMI dashboard: App id", kind="integer"
        ),
        AccountField("secret", "Secret", secret=True, where="TeleCMI dashboard: App secret"),
        AccountField(
            "token",
            "User token for the phone book",
            secret=True,
            required=False,
            where="Only for contacts: from a sign-in of the user below, or pasted. Lasts 30 days.",
        ),
        AccountField(
            "user_id",
            "User id",
            required=False,
            where="Only for contacts: <extension>_<account number>, such as 103_1111112",
        ),
        AccountField(
            "password",
            "Password of that user",
            secret=True,
            required=False,
            kind="password",
            where="Lets the desk sign in again by itself when the token ends",
        ),
    )
    setting_fields: tuple[AccountField, ...] = (
        AccountField(
            "bad_email",
            "A lead or contact whose email is not a full address",
            required=False,
            choices=(("refuse", "is refused"), ("leave_out", "goes without the email")),
            default="refuse",
        ),
        AccountField(
            "last_name_placeholder",
            "Contacts without a last name get",
            required=False,
            where="TeleCMI wants a last name; left empty, such contacts are refused",
        ),
        AccountField(
            "overnight_windows",  # read by campaigns/policy.py
            "Calling hours that run past midnight",
            required=False,
            where="TeleCMI does not say whether its dialer takes them: ask it first",
            choices=(("", "are refused: plan two campaigns"), ("yes", "are sent as they are")),
        ),
    )
    list_fields: tuple[AccountField, ...] = ()
    endpoints = tuple(call.endpoint for call in CALLS.values())
    timeline: Timeline | None = None
    default_maps: Mapping[RecordKind, tuple[FieldRule, ...]] = {
        RecordKind.LEAD: (
            FieldRule("phone", "phone", FieldKind.PHONE),
            FieldRule("first_name", "firstname"),
            FieldRule("last_name", "lastname"),
            FieldRule("email", "email", FieldKind.EMAIL),
            FieldRule("comment", "comment"),
            FieldRule("address", "address"),
            FieldRule("city", "city"),
            FieldRule("country", "country"),
        ),
        RecordKind.CONTACT: (
            FieldRule("phone", "phone_no", FieldKind.PHONE),
            FieldRule("first_name", "first_name"),
            FieldRule("last_name", "last_name"),
            FieldRule("email", "email_id", FieldKind.EMAIL),
            FieldRule("company", "company"),
            FieldRule("job_title", "job_title"),
        ),
    }

    def build(self, endpoint: str, records: Sequence[Record], options: Mapping[str, Any]) -> Built:
        """Return the payload of `leads`, `contacts` or `campaign`."""
        call = CALLS[endpoint]
        if call.build is None:
            raise ValueError(f"TeleCMI {endpoint} sends no records")
        return call.build(records, options)

    def opening(self, parcel: Parcel) -> Parcel:
        """Return a sign-in first where contacts go out and no token is known."""
        needs_token = parcel.endpoint in WITH_TOKEN and not parcel.credentials.get("token")
        if needs_token and telecmi_users.can_sign_in(parcel):
            return telecmi_users.sign_in(parcel)
        return parcel

    def request(self, parcel: Parcel) -> Request:
        """Return the POST; TeleCMI takes its credentials in the body."""
        call = CALLS[parcel.endpoint]
        return wire.post(f"{parcel.base_url.rstrip('/')}/{call.path}", call.body(parcel))

    def reply(self, parcel: Parcel, response: Response) -> Reply:
        """Say what `response` means."""
        body = answers.read(response)
        reply = settle(CALLS[parcel.endpoint], parcel, response.status_code, body)
        return telecmi_users.with_expiry(reply, response)

    def read_back(self, parcel: Parcel) -> Parcel | None:
        """Return the phone book read for contacts; leads and campaigns have no documented read."""
        return telecmi_contacts.read_back(parcel) if parcel.endpoint == "contacts" else None

    def explain(self, endpoint: str, code: str, message: str) -> Explanation | None:
        """Return our words for a documented message."""
        return look_up(TABLE, endpoint, code, message)

    def test(self, base_url: str, credentials: Mapping[str, str]) -> Parcel | None:
        """Return a read of one agent, and of one contact where a phone book sign-in is known."""
        agents = Parcel("agents_read", base_url, credentials, {"page": 1, "limit": 1})
        book = Parcel("contacts_read", base_url, credentials, {"limit": 1})
        if credentials.get("token") or telecmi_users.can_sign_in(book):
            return replace(agents, then=self.opening(book))
        return agents

    def check_credentials(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with the account's values."""
        wrong = wire.missing(self.account_fields, credentials)
        number = credentials.get("inet_no", "").strip()
        if number and not re.fullmatch(r"[0-9]{1,18}", number, re.ASCII):
            wrong["inet_no"] = "Account number: digits only, as TeleCMI shows it under App id."
        if bool(credentials.get("user_id")) != bool(credentials.get("password")):
            absent = "password" if credentials.get("user_id") else "user_id"
            wrong[absent] = "User id and password go together: fill in both, or leave both empty."
        return wrong
