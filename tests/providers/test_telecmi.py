"""TeleCMI: the samples of seeds 000, 001 and 003, and every status line they document."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest

from sync.providers import get
from sync.providers.base import (
    Evidence,
    FieldKind,
    Outcome,
    Parcel,
    Record,
    RecordKind,
    Reply,
    replace,
)
from tests.providers.samples import CAMPAIGN, OPTIONS, field, lead_id, phone, record, response

TELECMI = get("telecmi")
ACCOUNT = {"inet_no": "1111112", "secret": "your_api_secret_token", "token": "user-token"}
USER = {"user_id": "103_1111112", "password": "letmein"}
BASE = "https://rest.telecmi.com"
NAMED_BY_US = "Sales_Q2_Campaign [k7f3qa]"


def body_of(parcel: Parcel) -> Any:
    return json.loads(TELECMI.request(parcel).content)


def upload(*records: Record, **more: Any) -> Parcel:
    chosen = records or (record(1, phone("phone")),)
    built = TELECMI.build("leads", chosen, {"lead_name": more.pop("name", NAMED_BY_US)})
    keys = tuple(one.key for one in chosen)
    return Parcel("leads", BASE, ACCOUNT, built.payload, keys, **more)


def book(count: int = 1, **more: Any) -> Parcel:
    contacts = [contact(number) for number in range(count)]
    built = TELECMI.build("contacts", contacts, {})
    held = {"credentials": ACCOUNT, **more}
    keys = tuple(one.key for one in contacts)
    return Parcel("contacts", BASE, payload=built.payload, keys=keys, **held)


def contact(number: int) -> Record:
    return record(
        number,
        phone("phone_no", f"+9192000{number:05d}"),
        field("first_name", "John"),
        field("last_name", "Doe"),
    )


def campaign(**more: Any) -> Parcel:
    built = TELECMI.build("campaign", [record(1)], {"campaign": CAMPAIGN})
    return Parcel("campaign", BASE, ACCOUNT, built.payload, ("1",), **more)


def answer(parcel: Parcel, status: int, msg: str, **more: Any) -> Reply:
    return TELECMI.reply(parcel, response(status, {"code": status, "msg": msg, **more}))


# The samples


def test_the_upload_sample_of_seed_000_is_reproduced() -> None:
    john = Record(
        "1",
        "550E8400-E29B-41D4-A716-446655440000",
        (
            field("email", "john.doe@example.com", FieldKind.EMAIL),
            phone("phone", "+919876543210"),
            field("firstname", " John "),
            field("city", "  "),
        ),
    )
    request = TELECMI.request(upload(john, name="Sales_Q2_Campaign"))
    assert request.method == "POST"
    assert str(request.url) == "https://rest.telecmi.com/v3/leads/add-custom"
    assert request.headers["content-type"] == "application/json"
    assert request.content == (
        b'{"lead_name":"Sales_Q2_Campaign","inet_no":1111112,"secret":"your_api_secret_token",'
        b'"leads":[{"lead_id":"550e8400-e29b-41d4-a716-446655440000","phone":"919876543210",'
        b'"firstname":"John","email":"john.doe@example.com"}]}'
    )


def test_the_contact_sample_of_seed_001_is_reproduced() -> None:
    john = record(
        1,
        field("job_title", "Software Engineer"),
        field("company", "Acme Corp"),
        field("email_id", "john.doe@example.com", FieldKind.EMAIL),
        field("last_name", "Doe"),
        field("first_name", "John"),
        phone("phone_no", "+919200000000"),
    )
    built = TELECMI.build("contacts", [john], {})
    parcel = Parcel("contacts", BASE, {**ACCOUNT, "token": "xxxx-xxxx"}, built.payload, ("1",))
    request = TELECMI.request(parcel)
    assert str(request.url) == "https://rest.telecmi.com/v3/contact/add"
    assert request.content == (
        b'{"token":"xxxx-xxxx","contacts":[{"phone_no":"919200000000","first_name":"John",'
        b'"last_name":"Doe","email_id":"john.doe@example.com","company":"Acme Corp",'
        b'"job_title":"Software Engineer"}]}'
    )


PREDICTIVE: dict[str, Any] = {
    "ratio": "1:2",
    "waiting_music": "default",
    "unanswered_music": "default",
    "ring_rule": "round-robin",
    "ring_seconds": 30,
    "max_waiting_time": 60,
    "call_interval": 10,
    "no_agent_no_wait": True,
    "caller_id": "+919876543210",
    "reject_delay_time": 10,
    "no_answer_delay_time": 10,
}


def test_the_campaign_sample_of_seed_003_is_reproduced() -> None:
    values = {
        **PREDICTIVE,
        "users": ("5159_2224257",),
        "end_time": "18:00",
        "start_time": time(9),
        "end_date": date(2026, 6, 1),
        "start_date": date(2026, 5, 1),
        "timezone": "+05:30",
        "leads_id": "550e8400-e29b-41d4-a716-446655440000",
        "active": True,
        "dialer_type": "predictive",
        "name": "Q2_Sales_Campaign",
        "max_waiting_time_without_agent": None,
        "user_interval": "",
    }
    built = TELECMI.build("campaign", [record(1)], {"campaign": values})
    account = {"inet_no": "12345", "secret": "550e8400-e29b-41d4-a716-446655440000"}
    request = TELECMI.request(Parcel("campaign", BASE, account, built.payload, ("1",)))
    assert str(request.url) == "https://rest.telecmi.com/v3/campaign/create"
    assert request.content == (
        b'{"inet_no":12345,"secret":"550e8400-e29b-41d4-a716-446655440000",'
        b'"name":"Q2_Sales_Campaign","dialer_type":"predictive","active":true,'
        b'"leads_id":"550e8400-e29b-41d4-a716-446655440000","timezone":"+05:30",'
        b'"start_date":"2026-05-01","end_date":"2026-06-01","start_time":"09:00:00",'
        b'"end_time":"18:00:00","users":["5159_2224257"],"ratio":"1:2",'
        b'"waiting_music":"default","unanswered_music":"default","ring_rule":"round-robin",'
        b'"ring_seconds":30,"max_waiting_time":60,"call_interval":10,"no_agent_no_wait":true,'
        b'"caller_id":"919876543210","reject_delay_time":10,"no_answer_delay_time":10}'
    )


# Records that cannot go


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([], "phone number is missing"),
        ([phone("phone", "98765")], "not a full number"),
        ([phone("phone", "+91 98765 43210")], "not a full number"),
        ([phone("phone", "+٩١٩٨٧٦٥٤٣٢١٠")], "not a full number"),
        ([phone("phone"), field("email", "foo@")], "not a full address"),
        ([phone("phone"), field("nickname", "Jo")], "no field “nickname”"),
    ],
)
def test_a_lead_that_telecmi_would_refuse_stays_here(fields: list[Any], words: str) -> None:
    built = TELECMI.build("leads", [record(1, *fields)], OPTIONS)
    assert words in built.refused["1"]


def test_a_lead_without_an_id_of_its_own_stays_here() -> None:
    built = TELECMI.build("leads", [Record("1", "17", (phone("phone"),))], OPTIONS)
    assert "no TeleCMI id" in built.refused["1"]


def test_one_number_twice_would_cost_the_whole_list_so_one_stays_here() -> None:
    built = TELECMI.build("leads", [record(n, phone("phone")) for n in (1, 2)], OPTIONS)
    assert [lead["lead_id"] for lead in built.payload["leads"]] == [lead_id(1)]
    assert "stands twice" in built.refused["2"]


def test_a_bad_email_can_be_left_out_on_request() -> None:
    john = record(1, phone("phone"), field("email", "foo@", FieldKind.EMAIL))
    built = TELECMI.build("leads", [john], {**OPTIONS, "bad_email": "leave_out"})
    assert built.refused == {}
    assert "email" not in built.payload["leads"][0]


def test_a_contact_needs_a_last_name_or_the_chosen_placeholder() -> None:
    john = record(1, phone("phone_no"), field("first_name", "John"))
    assert "last name is missing" in TELECMI.build("contacts", [john], {}).refused["1"]
    built = TELECMI.build("contacts", [john], {"last_name_placeholder": "-"})
    assert built.payload["contacts"] == [
        {"phone_no": "919876543210", "first_name": "John", "last_name": "-"}
    ]


def test_a_campaign_without_the_id_of_its_list_stays_here() -> None:
    built = TELECMI.build("campaign", [record(1)], {"campaign": {**CAMPAIGN, "leads_id": ""}})
    assert built.payload is None
    assert "paste it" in built.refused["1"]


# Uploads: every status line of seed 000, at first and after a lost reply

LIST_ENDS = [
    (200, "Leads Added Successfully", Outcome.ACCEPTED, Outcome.ACCEPTED),
    (400, "Duplicate lead_id Found", Outcome.REJECTED, Outcome.REJECTED),
    (400, "lead_id Already Exists", Outcome.REJECTED, Outcome.ACCEPTED),
    (400, "Duplicate Phone Numbers Found", Outcome.REJECTED, Outcome.UNCERTAIN),
    (400, "Lead Name Already Exists", Outcome.REJECTED, Outcome.ACCEPTED),
    (404, "Account Not Found (Invalid secret or inet_no)", *[Outcome.MISCONFIGURED] * 2),
    (422, "Schema validation failed (e.g., missing required field)", *[Outcome.REJECTED] * 2),
    (429, "Too Many Requests", Outcome.RETRY, Outcome.RETRY),
    (500, "Internal Server Error", Outcome.UNCERTAIN, Outcome.UNCERTAIN),
]


@pytest.mark.parametrize(("status", "msg", "first", "after_unknown"), LIST_ENDS)
def test_what_telecmi_says_of_an_upload(
    status: int, msg: str, first: Outcome, after_unknown: Outcome
) -> None:
    reply = answer(upload(), status, msg)
    assert (reply.outcome, reply.message, reply.code) == (first, msg, str(status))
    assert reply.evidence is Evidence.DIRECT
    later = answer(upload(had_unknown=True), status, msg)
    assert (later.outcome, later.message) == (after_unknown, msg)
    inferred = "Already Exists" in msg
    assert later.evidence is (Evidence.INFERRED if inferred else Evidence.DIRECT)


@pytest.mark.parametrize(("status", "msg", "first", "after_unknown"), LIST_ENDS)
def test_a_refusal_inside_an_http_200_is_a_refusal(
    status: int, msg: str, first: Outcome, after_unknown: Outcome
) -> None:
    said = response(200, {"code": status, "msg": msg})
    assert TELECMI.reply(upload(), said).outcome is first
    assert TELECMI.reply(upload(had_unknown=True), said).outcome is after_unknown


def test_a_name_without_our_token_proves_nothing() -> None:
    parcel = upload(name="Sales_Q2_Campaign", had_unknown=True)
    reply = answer(parcel, 400, "Lead Name Already Exists")
    assert (reply.outcome, reply.ask) == (Outcome.UNCERTAIN, True)


def test_a_success_with_an_error_status_is_none() -> None:
    assert TELECMI.reply(upload(), response(500, {"code": 200})).outcome is Outcome.UNCERTAIN
    assert TELECMI.reply(upload(), response(400, {"code": 200})).outcome is Outcome.REJECTED


LIST_ID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"


@pytest.mark.parametrize("more", [{"leads_id": LIST_ID}, {"data": {"leads_id": LIST_ID}}])
def test_the_id_of_the_list_is_taken_where_an_answer_carries_it(more: dict[str, Any]) -> None:
    reply = answer(upload(), 200, "Leads Added Successfully", **more)
    assert reply.remote_ids == {"leads_id": LIST_ID}


@pytest.mark.parametrize("found", [lead_id(1), "17", "", None, ["x"]])
def test_the_id_of_a_lead_or_no_id_is_never_taken_for_the_list(found: Any) -> None:
    assert answer(upload(), 200, "ok", data={"id": found}).remote_ids == {}


# Phone book: every status line of seed 001


@pytest.mark.parametrize(
    ("status", "msg", "single", "several"),
    [
        (200, "Contact added successfully", Outcome.ACCEPTED, Outcome.ACCEPTED),
        (400, "Invalid request parameters / Validation error", *[Outcome.REJECTED] * 2),
        (404, "Authenticated user record not found", *[Outcome.MISCONFIGURED] * 2),
        (409, "Duplicate contact detected within the organization", "there", Outcome.REJECTED),
        (500, "Something went wrong!", Outcome.UNCERTAIN, Outcome.UNCERTAIN),
    ],
)
def test_what_telecmi_says_of_contacts(
    status: int, msg: str, single: Outcome | str, several: Outcome
) -> None:
    alone = Outcome.ALREADY_THERE if single == "there" else single
    assert answer(book(), status, msg).outcome is alone
    reply = answer(book(3), status, msg)
    assert (reply.outcome, reply.message) == (several, msg)
    assert reply.splittable is (status in (400, 409))


def test_one_contact_that_is_there_after_a_lost_reply_is_ours() -> None:
    reply = answer(
        book(had_unknown=True), 409, "Duplicate contact detected within the organization"
    )
    assert (reply.outcome, reply.evidence) == (Outcome.ACCEPTED, Evidence.INFERRED)


def test_a_dead_token_is_replaced_by_one_sign_in() -> None:
    parcel = book(credentials={**ACCOUNT, **USER})
    reply = answer(parcel, 404, "Authenticated user record not found")
    assert reply.outcome is Outcome.RETRY
    assert reply.next is not None
    assert body_of(reply.next) == {"id": "103_1111112", "password": "letmein"}
    fresh = {"code": 200, "msg": "User loged in successfully", "token": "new"}
    said = response(200, {**fresh, "agent": {"inet_no": 1111112}})
    said.headers["date"] = "Fri, 20 Nov 2026 09:00:00 GMT"
    signed_in = TELECMI.reply(reply.next, said)
    assert signed_in.learned == {"token": "new", "token_expires": "2026-12-20T09:00:00+00:00"}
    assert signed_in.next is not None
    assert body_of(signed_in.next)["token"] == "new"
    assert signed_in.next.payload == parcel.payload
    again = answer(signed_in.next, 404, "Authenticated user record not found")
    assert (again.outcome, again.next) == (Outcome.MISCONFIGURED, None)


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 GMT", "yesterday", ""])
def test_a_sign_in_of_no_date_is_a_sign_in_all_the_same(date: str) -> None:
    login = TELECMI.opening(book(credentials=USER))
    said = response(200, {"code": 200, "token": "new"})
    said.headers["date"] = date
    assert TELECMI.reply(login, said).learned == {"token": "new"}


def test_contacts_without_a_token_start_with_the_sign_in() -> None:
    parcel = book(credentials={**USER, "inet_no": "1111112", "secret": "s"})
    assert TELECMI.opening(parcel).endpoint == "login"
    assert TELECMI.opening(upload()).endpoint == "leads"


def test_a_wrong_password_is_not_tried_twice() -> None:
    login = TELECMI.opening(book(credentials=USER))
    reply = answer(login, 404, "User not found")
    assert (reply.outcome, reply.next) == (Outcome.MISCONFIGURED, None)


def test_a_user_of_another_company_is_pointed_out() -> None:
    login = TELECMI.opening(book(credentials={**USER, "inet_no": "1111112"}))
    reply = answer(login, 200, "ok", token="t", agent={"inet_no": 7})
    words = TELECMI.explain("login", reply.code, reply.message)
    assert words is not None
    assert words.cause == "telecmi-other-account"


def test_the_phone_book_is_read_page_by_page_until_all_are_found() -> None:
    look = TELECMI.read_back(book(2, had_unknown=True))
    assert look is not None
    assert body_of(look) == {"token": "user-token", "limit": 100}
    page = {"contacts": [{"phone_no": 919200000000, "contact_id": "c-0"}], "page_state": "p2"}
    first = answer(look, 200, "ok", **page)
    assert first.next is not None
    assert body_of(first.next)["page_state"] == "p2"
    last = answer(first.next, 200, "ok", contacts=[], page_state=None)
    found = {note.key: (note.outcome, note.remote_id) for note in last.notes}
    assert found == {"0": (Outcome.ACCEPTED, "c-0"), "1": (Outcome.RETRY, "")}
    assert last.code == "absent"


# Campaigns: every status line of seed 003


@pytest.mark.parametrize(
    ("status", "msg", "first", "after_unknown"),
    [
        (200, "Campaign created successfully", *[Outcome.ACCEPTED] * 2),
        (400, "Campaign Name Already Exists", Outcome.REJECTED, Outcome.ACCEPTED),
        (400, "Leads ID Not Found", *[Outcome.REJECTED] * 2),
        (400, "Lead already mapped to another campaign", Outcome.REJECTED, Outcome.UNCERTAIN),
        (400, "Invalid agent IDs", *[Outcome.REJECTED] * 2),
        (400, "User already mapped to another campaign", Outcome.REJECTED, Outcome.UNCERTAIN),
        (404, "App Not Found", *[Outcome.MISCONFIGURED] * 2),
        (422, "Validation Failed (e.g., missing required field)", *[Outcome.REJECTED] * 2),
        (500, "Internal Server Error", *[Outcome.UNCERTAIN] * 2),
    ],
)
def test_what_telecmi_says_of_a_campaign(
    status: int, msg: str, first: Outcome, after_unknown: Outcome
) -> None:
    assert answer(campaign(), status, msg).outcome is first
    later = answer(campaign(had_unknown=True), status, msg)
    assert later.outcome is after_unknown
    assert later.ask is ("mapped" in msg)
    assert (later.evidence is Evidence.INFERRED) is ("Name" in msg)


def test_only_a_campaign_whose_name_is_ours_may_be_repeated() -> None:
    endpoint = next(one for one in TELECMI.endpoints if one.slug == "campaign")
    parcel = campaign()
    assert endpoint.repeatable(parcel)
    plain = replace(parcel, payload={**parcel.payload, "name": "Q2_Sales_Campaign"})
    assert not endpoint.repeatable(plain)


# Reads


def test_passwords_of_agents_are_dropped_before_anything_else() -> None:
    probe = TELECMI.test(BASE, ACCOUNT)
    assert probe is not None
    sent = body_of(probe)
    assert sent == {"appid": 1111112, "secret": "your_api_secret_token", "page": 1, "limit": 1}
    agent = {"agent_id": "101_1", "first_name": "Ravi", "extension": 101, "password": "hunter2"}
    reply = answer(probe, 200, "ok", agents=[agent])
    assert reply.outcome is Outcome.ACCEPTED
    assert reply.found[0]["agent_id"] == "101_1"
    assert "hunter2" not in repr(reply)
    cut = json.dumps({"agents": [agent]})[:-4]
    for status in (200, 404, 500):
        assert "hunter2" not in repr(TELECMI.reply(probe, response(status, cut)))


def test_the_test_goes_on_to_the_phone_book_where_a_token_is_known() -> None:
    probe = TELECMI.test(BASE, ACCOUNT)
    assert probe is not None
    reply = answer(probe, 200, "ok", agents=[])
    assert reply.next is not None
    assert reply.next.endpoint == "contacts_read"
    assert TELECMI.test(BASE, {"inet_no": "1", "secret": "s"}).then is None  # type: ignore[union-attr]


# Words


@pytest.mark.parametrize(
    ("endpoint", "code", "message", "cause", "action"),
    [
        ("leads", "400", "Duplicate lead_id Found", "telecmi-repeated-id", "ask_admin"),
        ("leads", "400", "lead_id Already Exists", "telecmi-lead-known", "send_again"),
        (
            "leads",
            "400",
            "Duplicate Phone Numbers Found",
            "telecmi-repeated-number",
            "edit_records",
        ),
        ("leads", "400", "Lead Name Already Exists", "telecmi-list-name", "rename"),
        ("leads", "404", "Account Not Found (Invalid secret)", "telecmi-account", "credentials"),
        ("leads", "422", "Schema validation failed", "telecmi-format", "edit_records"),
        (
            "contacts",
            "400",
            "Invalid request parameters",
            "telecmi-contact-details",
            "edit_records",
        ),
        (
            "contacts",
            "404",
            "Authenticated user record not found",
            "telecmi-sign-in",
            "credentials",
        ),
        ("contacts", "409", "Duplicate contact detected", "telecmi-contact-known", "none"),
        ("contacts", "500", "Something went wrong!", "telecmi-trouble", "wait"),
        ("campaign", "400", "Campaign Name Already Exists", "telecmi-campaign-name", "campaign"),
        ("campaign", "400", "Leads ID Not Found", "telecmi-list-id", "list_id"),
        ("campaign", "400", "Lead already mapped to another", "telecmi-list-taken", "campaign"),
        ("campaign", "400", "Invalid agent IDs", "telecmi-agent-unknown", "agents"),
        ("campaign", "400", "User already mapped to another", "telecmi-agent-taken", "agents"),
        ("campaign", "404", "App Not Found", "telecmi-account", "credentials"),
        ("campaign", "422", "Validation Failed (x)", "telecmi-campaign-format", "campaign"),
        ("campaign", "500", "Internal Server Error", "telecmi-trouble", "wait"),
        ("login", "404", "whatever", "telecmi-password", "credentials"),
    ],
)
def test_each_documented_message_has_our_words_and_one_next_step(
    endpoint: str, code: str, message: str, cause: str, action: str
) -> None:
    words = TELECMI.explain(endpoint, code, message)
    assert words is not None
    assert (words.cause, words.action) == (cause, action)


def test_a_message_nobody_documented_stands_alone() -> None:
    assert TELECMI.explain("leads", "400", "Quota of the moon reached") is None


def test_credentials_are_checked_before_they_are_stored() -> None:
    assert TELECMI.check_credentials({"inet_no": "1111112", "secret": "s"}) == {}
    assert "digits only" in TELECMI.check_credentials({"inet_no": "12a", "secret": "s"})["inet_no"]
    half = {"inet_no": "1", "secret": "s", "user_id": "103_1"}
    assert "go together" in TELECMI.check_credentials(half)["password"]


def test_the_field_map_names_only_fields_that_telecmi_has() -> None:
    for kind in (RecordKind.LEAD, RecordKind.CONTACT):
        assert len({rule.remote for rule in TELECMI.default_maps[kind]}) in (6, 8)
