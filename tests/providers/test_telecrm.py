"""Telecrm: field types of seed 002 on the wire, actions that travel alone, what answers mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.providers import get
from sync.providers.base import Built, Evidence, FieldKind, FieldValue, Outcome, Parcel
from tests.providers.samples import field, phone, record, response

TELECRM = get("telecrm")
BASE = "https://next-api.telecrm.in"
ACCOUNT = {"enterprise_id": "64c0ffee", "token": "async-token"}
SYNC = {**ACCOUNT, "sync_token": "sync-token"}
NAME, MAIL = field("name", "Asha Rao"), field("email", "asha@example.com", FieldKind.EMAIL)


def lead(*fields: FieldValue, **options: Any) -> Built:
    return TELECRM.build("leads", [record(1, phone("phone"), *fields)], options)


def sent(remote: str, value: Any, kind: FieldKind, **options: Any) -> Any:
    built = lead(field(remote, value, kind), **options)
    assert built.refused == {}, built.refused
    return built.payload["fields"][remote]


def refused(remote: str, value: Any, kind: FieldKind, **options: Any) -> str:
    built = lead(field(remote, value, kind), **options)
    assert built.payload is None
    return built.refused["1"]


def action(values: dict[str, Any], **options: Any) -> Built:
    options["action"] = values
    return TELECRM.build("actions", [record(1, phone("phone"), NAME)], options)


def parcel(endpoint: str = "leads", **more: Any) -> Parcel:
    payload = {"fields": {"phone": "+919876543210", "name": "Asha Rao"}}
    return Parcel(endpoint, BASE, more.pop("credentials", ACCOUNT), payload, ("1",), **more)


def test_a_lead_goes_as_seed_002_describes_it() -> None:
    built = lead(
        NAME,
        MAIL,
        field("rating", 3, FieldKind.RATING),
        field("status", "Fresh", FieldKind.STATUS),
        field("assignee", "agent@example.com", FieldKind.ASSIGNEE),
        field("interests", ["VIP", "Returning"], FieldKind.TAGS),
        field("comment", "   "),
    )
    request = TELECRM.request(Parcel("leads", BASE, ACCOUNT, built.payload, ("1",)))
    assert request.method == "POST"
    assert str(request.url) == "https://next-api.telecrm.in/enterprise/64c0ffee/autoupdatelead"
    assert request.headers["authorization"] == "Bearer async-token"
    assert request.headers["content-type"] == "application/json"
    assert request.content == (
        b'{"fields":{"phone":"+919876543210","name":"Asha Rao","email":"asha@example.com",'
        b'"rating":3,"status":"Fresh","assignee":"agent@example.com",'
        b'"interests":["VIP","Returning"]}}'
    )


@pytest.mark.parametrize(
    ("kind", "value", "wire"),
    [
        (FieldKind.TEXT, 17, "17"),
        (FieldKind.RATING, "5", 5),
        (FieldKind.RATING, 1.0, 1),
        (FieldKind.NUMBER, "12", 12),
        (FieldKind.NUMBER, "-2.5", -2.5),
        (FieldKind.NUMBER, "1,00,000", 100000),
        (FieldKind.MONEY, 1000, "1000"),
        (FieldKind.MONEY, "1,000.50", "1000.50"),
        (FieldKind.DATE, date(2026, 6, 1), "01/06/2026 00:00:00"),
        (FieldKind.DATE, "2026-06-01", "01/06/2026 00:00:00"),
        (FieldKind.DATE, "1/6/2026 10:30", "01/06/2026 10:30:00"),
        (FieldKind.DATE, datetime(2026, 6, 1, 5, tzinfo=UTC), "01/06/2026 10:30:00"),
        (FieldKind.DATE, "2026-06-01T05:00:00Z", "01/06/2026 10:30:00"),
        (FieldKind.TAGS, "VIP, Returning,", ["VIP", "Returning"]),
        (FieldKind.WEBSITE, "https://example.com/a", "https://example.com/a"),
        (FieldKind.MEDIALINK, "http://cdn.example.com/f.pdf", "http://cdn.example.com/f.pdf"),
        (FieldKind.DROPDOWN, "Website", "Website"),
        (FieldKind.LOST_REASON, "No need", "No need"),
        (FieldKind.PHONE, "+447911123456", "+447911123456"),
    ],
)
def test_each_field_type_has_its_own_wire_form(kind: FieldKind, value: Any, wire: Any) -> None:
    got = sent("x", value, kind)
    assert got == wire
    assert type(got) is type(wire)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (FieldKind.RATING, 0, "from 1 to 5"),
        (FieldKind.RATING, "4.5", "from 1 to 5"),
        (FieldKind.RATING, True, "from 1 to 5"),
        (FieldKind.NUMBER, "12 lakh", "not a plain number"),
        (FieldKind.MONEY, "₹500", "not a plain number"),
        (FieldKind.MONEY, "1e5", "not a plain number"),
        (FieldKind.DATE, "06/13/2026", "not a date"),
        (FieldKind.DATE, "2026-13-01", "not a date"),
        (FieldKind.DATE, "soon", "not a date"),
        (FieldKind.EMAIL, "asha@", "not a full email"),
        (FieldKind.ASSIGNEE, "Ravi", "not a full email"),
        (FieldKind.WEBSITE, "example.com", "not a web address"),
        (FieldKind.WEBSITE, "http://[", "not a web address"),
        (FieldKind.PHONE, "99999", "filler number"),
        (FieldKind.PHONE, "9876543210", "not a full number"),
    ],
)
def test_what_telecrm_would_drop_in_silence_is_refused_here(
    kind: FieldKind, value: Any, words: str
) -> None:
    assert words in refused("x", value, kind)


def test_labels_are_compared_with_those_of_the_workspace() -> None:
    known = {"statuses": "Fresh\nContacted, Won", "choices": {"source": ["Website", "Referral"]}}
    assert sent("status", "fresh", FieldKind.STATUS, **known) == "Fresh"
    assert "Did you mean “Contacted”?" in refused("status", "Contactd", FieldKind.STATUS, **known)
    assert sent("source", "WEBSITE", FieldKind.DROPDOWN, **known) == "Website"
    assert "not one of the labels" in refused("source", "Radio", FieldKind.DROPDOWN, **known)
    assert sent("source", "Radio", FieldKind.DROPDOWN, **known, new_options="allow") == "Radio"


def test_a_lead_without_its_identifier_stays_here() -> None:
    built = TELECRM.build("leads", [record(1, NAME)], {})
    assert "phone is missing" in built.refused["1"]
    assert TELECRM.build("leads", [record(1, NAME, MAIL)], {"identifier": "email"}).payload


def test_an_unknown_time_zone_is_named() -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    assert "Mars/Base" in refused("x", moment, FieldKind.DATE, timezone="Mars/Base")


# Actions


@pytest.mark.parametrize("code", ["1001", "ACTION_1001", "action_1001", " 1001 "])
def test_an_action_travels_alone_and_with_its_prefix(code: str) -> None:
    built = action(
        {
            "type": code,
            "fields": {"note": "Site visit", "score": 3, "empty": ""},
            "created_on": datetime(2026, 6, 1, 5, tzinfo=UTC),
        }
    )
    assert built.payload == {
        "fields": {"phone": "+919876543210"},
        "actions": [
            {
                "type": "ACTION_1001",
                "fields": {"note": "Site visit", "score": 3},
                "created_on": "01/06/2026 10:30:00",
            }
        ],
    }


def test_an_older_workspace_may_want_bare_codes() -> None:
    built = action({"type": "ACTION_7"}, action_prefix="none")
    assert built.payload["actions"] == [{"type": "7"}]


def test_our_reference_goes_into_the_field_chosen_for_it() -> None:
    built = action({"type": "7", "reference": "k7f3qa"}, reference_field="ref")
    assert built.payload["actions"][0]["fields"] == {"ref": "k7f3qa"}


def test_a_payment_goes_as_documented() -> None:
    built = action({"type": "payment", "status": "completed", "currency": "inr", "amount": 5000})
    assert built.payload["actions"] == [
        {"type": "PAYMENT", "status": "COMPLETED", "currency": "INR", "amount": "5000"}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "PAID"}, "Payment status"),
        ({"currency": "EUR"}, "Payment currency"),
        ({"amount": 0}, "above 0"),
        ({"amount": "-5"}, "above 0"),
        ({"type": "!"}, "code is missing"),
    ],
)
def test_an_action_that_would_be_lost_stays_here(change: dict[str, Any], words: str) -> None:
    whole = {"type": "PAYMENT", "status": "PENDING", "currency": "INR", "amount": "5"}
    assert words in action({**whole, **change}).refused["1"]


def test_fields_may_go_again_and_actions_never() -> None:
    calls = {one.slug: one for one in TELECRM.endpoints}
    assert calls["leads"].repeatable(parcel())
    assert not calls["actions"].repeatable(parcel("actions"))
    assert calls["leads"].one_per_record
    assert calls["leads"].in_flight == 4
    assert calls["leads"].pace * 3600 <= 18_000


# Answers


@pytest.mark.parametrize("endpoint", ["leads", "actions"])
@pytest.mark.parametrize(
    ("status", "body", "outcome", "code", "message"),
    [
        (200, {"status": "QUEUED"}, Outcome.HANDED_OVER, "200", "QUEUED"),
        (200, "OK", Outcome.HANDED_OVER, "200", "OK"),
        (200, '"OK"', Outcome.HANDED_OVER, "200", "OK"),
        (201, "success", Outcome.HANDED_OVER, "201", "success"),
        (200, {"id": 5}, Outcome.HANDED_OVER, "unexpected", '{"id": 5}'),
        (202, "Lead accepted", Outcome.HANDED_OVER, "unexpected", "Lead accepted"),
        (200, {"status": "FAILED"}, Outcome.REJECTED, "400", "FAILED"),
        (200, {"success": "false", "message": "no"}, Outcome.REJECTED, "400", "no"),
        (200, {"statusCode": 422, "message": "no"}, Outcome.REJECTED, "422", "no"),
        (200, {"code": "401", "msg": "no"}, Outcome.MISCONFIGURED, "401", "no"),
        (200, {"code": 500, "msg": "no"}, Outcome.UNCERTAIN, "500", "no"),
        (200, {"code": 429, "msg": "no"}, Outcome.RETRY, "429", "no"),
        (200, {"code": 400, "status": "QUEUED"}, Outcome.UNCERTAIN, "400", "QUEUED"),
        (200, {"errors": ["no"]}, Outcome.REJECTED, "400", '{"errors": ["no"]}'),
        (200, {"error": None, "status": "QUEUED"}, Outcome.HANDED_OVER, "200", "QUEUED"),
        (200, "", Outcome.UNCERTAIN, "unreadable", "(empty answer)"),
        (200, '{"status":"QUE', Outcome.UNCERTAIN, "unreadable", '{"status":"QUE'),
        (200, "<html>hi</html>", Outcome.UNCERTAIN, "unreadable", "<html>hi</html>"),
        (302, "", Outcome.MISCONFIGURED, "not_our_api", "HTTP 302"),
        (404, "<html>no</html>", Outcome.MISCONFIGURED, "not_our_api", "<html>no</html>"),
        (404, "", Outcome.MISCONFIGURED, "404", ""),
        (502, "<html>bad</html>", Outcome.UNCERTAIN, "502", "<html>bad</html>"),
    ],
)
def test_what_telecrm_says_of_a_lead_or_an_action(
    endpoint: str, status: int, body: Any, outcome: Outcome, code: str, message: str
) -> None:
    reply = TELECRM.reply(parcel(endpoint), response(status, body))
    assert (reply.outcome, reply.code, reply.message) == (outcome, code, message)


def test_nothing_is_looked_up_by_a_field_that_did_not_go_out() -> None:
    assert TELECRM.read_back(parcel(credentials=SYNC)) is not None
    assert TELECRM.read_back(parcel(credentials=SYNC, options={"identifier": "email"})) is None


def test_a_lead_that_is_there_does_not_mean_that_its_action_is() -> None:
    said = {"error": {"code": "LEAD_ALREADY_EXISTS", "message": "it is there"}}
    assert TELECRM.reply(parcel("actions"), response(409, said)).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("status", "code", "outcome", "cause"),
    [
        (400, "INVALID_REQUEST", Outcome.REJECTED, "telecrm-format"),
        (401, "NOT_AUTHORIZED", Outcome.MISCONFIGURED, "telecrm-token"),
        (402, "BUY_LICENSE", Outcome.MISCONFIGURED, "telecrm-licence"),
        (403, "INVALID_LEAD", Outcome.REJECTED, "telecrm-identifier"),
        (403, "FORBIDDEN", Outcome.MISCONFIGURED, None),
        (404, "LEAD_NOT_FOUND", Outcome.REJECTED, "telecrm-lead-gone"),
        (404, "ENTERPRISE_NOT_FOUND", Outcome.MISCONFIGURED, "telecrm-enterprise"),
        (409, "LEAD_ALREADY_EXISTS", Outcome.ALREADY_THERE, "telecrm-lead-known"),
        (500, "INTERNAL_ERROR", Outcome.UNCERTAIN, None),
        (200, "NOT_AUTHORIZED", Outcome.MISCONFIGURED, "telecrm-token"),
        (200, "SOMETHING", Outcome.REJECTED, None),
    ],
)
def test_what_telecrm_s_error_codes_mean(
    status: int, code: str, outcome: Outcome, cause: str | None
) -> None:
    said = {"error": {"code": code, "message": "In its own words"}}
    reply = TELECRM.reply(parcel(), response(status, said))
    assert (reply.outcome, reply.code, reply.message) == (outcome, code, "In its own words")
    words = TELECRM.explain("leads", reply.code, reply.message)
    assert (words.cause if words else None) == cause


@pytest.mark.parametrize(
    ("endpoint", "code", "message", "cause"),
    [
        ("leads", "200", "QUEUED", "telecrm-queued"),
        ("leads", "unexpected", "hello", "telecrm-unexpected"),
        ("leads", "500", "", "telecrm-trouble"),
        ("actions", "500", "", "telecrm-action-open"),
        ("leads", "401", "", "telecrm-token"),
        ("leads", "429", "", "telecrm-speed"),
    ],
)
def test_answers_without_a_code_have_words_too(
    endpoint: str, code: str, message: str, cause: str
) -> None:
    words = TELECRM.explain(endpoint, code, message)
    assert words is not None
    assert words.cause == cause


def test_too_much_speed_has_one_code_whatever_telecrm_calls_it() -> None:
    said = {"error": {"code": "TOO_MANY_REQUESTS", "message": "Rate limit exceeded"}}
    reply = TELECRM.reply(parcel(), response(429, said))
    assert (reply.outcome, reply.code) == (Outcome.RETRY, "429")


# Looking up


def test_a_sent_lead_is_looked_up_with_the_sync_token() -> None:
    look = TELECRM.read_back(parcel(credentials=SYNC))
    assert look is not None
    request = TELECRM.request(look)
    assert str(request.url) == (
        "https://next.telecrm.in/autoupdate/v2/enterprise/64c0ffee/lead/search?skip=0&limit=1"
    )
    assert request.headers["authorization"] == "Bearer sync-token"
    assert json.loads(request.content) == {"fields": {"phone": "+919876543210"}}


def test_without_a_sync_token_and_for_actions_there_is_nothing_to_look_up() -> None:
    assert TELECRM.read_back(parcel()) is None
    assert TELECRM.read_back(parcel("actions", credentials=SYNC)) is None
    assert TELECRM.test(BASE, ACCOUNT) is None


def test_a_lead_that_is_found_is_verified_and_lost_fields_are_named() -> None:
    look = TELECRM.read_back(parcel(credentials=SYNC))
    assert look is not None
    row = {"fields": {"phone": "919876543210"}}
    reply = TELECRM.reply(look, response(200, {"data": [row], "total_count": 1}))
    assert (reply.outcome, reply.evidence) == (Outcome.ACCEPTED, Evidence.VERIFIED)
    assert reply.found == ({"not_kept": ["name"]},)
    assert [note.key for note in reply.notes] == ["1"]


def test_a_lead_that_is_not_found_is_absent() -> None:
    look = TELECRM.read_back(parcel(credentials=SYNC))
    assert look is not None
    reply = TELECRM.reply(look, response(200, {"data": [], "total_count": 0}))
    assert (reply.outcome, reply.code) == (Outcome.RETRY, "absent")


def test_a_sandbox_has_both_kinds_of_call_under_one_address() -> None:
    probe = TELECRM.test("http://127.0.0.1:9/telecrm", SYNC)
    assert probe is not None
    assert str(TELECRM.request(probe).url) == (
        "http://127.0.0.1:9/telecrm/autoupdate/v2/enterprise/64c0ffee/metadata"
    )


def test_an_enterprise_id_cannot_lead_to_another_path() -> None:
    odd = parcel(credentials={**ACCOUNT, "enterprise_id": "../admin?x"})
    assert "/enterprise/..%2Fadmin%3Fx/autoupdatelead" in str(TELECRM.request(odd).url)
    assert "enterprise_id" in TELECRM.check_credentials({**ACCOUNT, "enterprise_id": "a/b"})
    assert "sync_token" in TELECRM.check_credentials({**ACCOUNT, "sync_token": "async-token"})
    assert TELECRM.check_credentials(SYNC) == {}
