"""Smartflo: rows as seed 004 wants them, answers that lie about success, reading back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.providers import get
from sync.providers.base import Evidence, Outcome, Parcel
from tests.providers.samples import field, phone, record, response

SMARTFLO = get("smartflo")
BASE = "https://api-smartflo.tatateleservices.com"
ACCOUNT = {"token": "portal-token"}
USER = {"email": "ops@example.com", "password": "letmein"}
LIST = {"list_id": "441940"}


def upload(count: int = 1, option: str = "skip", **more: Any) -> Parcel:
    options = {**LIST, "duplicate_option": option, **more.pop("options", {})}
    rows = [record(n, phone("field_0", f"+9198765{n:05d}")) for n in range(1, count + 1)]
    built = SMARTFLO.build("leads", rows, options)
    keys = tuple(one.key for one in rows)
    held = {"credentials": ACCOUNT, **more}
    return Parcel("leads", BASE, payload=built.payload, keys=keys, options=options, **held)


def test_rows_go_as_the_sample_of_seed_004() -> None:
    people = [
        record(1, field("field_1", "Test"), phone("field_0", "+919999990001")),
        record(2, phone("field_0", "+919999934602"), field("field_1", "Test1")),
    ]
    built = SMARTFLO.build("leads", people, LIST)
    request = SMARTFLO.request(Parcel("leads", BASE, ACCOUNT, built.payload, options=LIST))
    assert request.method == "POST"
    assert str(request.url) == f"{BASE}/v1/broadcast/leads/441940"
    assert request.headers["authorization"] == "Bearer portal-token"
    assert request.content == (
        b'{"data":[{"field_0":"9999990001","field_1":"Test"},'
        b'{"field_0":"9999934602","field_1":"Test1"}],"duplicate_option":"skip"}'
    )


def test_a_skill_and_the_other_spelling_of_the_duplicate_key_can_be_set() -> None:
    more = {"skill_id": " 17 ", "duplicate_key": "duplicate_options", "duplicate_option": "clone"}
    payload = upload(options=more).payload
    assert list(payload) == ["data", "duplicate_options", "skill_id"]
    assert (payload["duplicate_options"], payload["skill_id"]) == ("clone", "17")


@pytest.mark.parametrize(
    ("number", "form", "wire"),
    [
        ("+919876543210", "ten", "9876543210"),
        ("+919876543210", "e164", "+919876543210"),
        ("+447911123456", "ten", "+447911123456"),
        ("+9198765432", "ten", "+9198765432"),
    ],
)
def test_numbers_go_in_smartflo_s_dialect(number: str, form: str, wire: str) -> None:
    one = record(1, phone("field_0", number), phone("field_5", number))
    row = SMARTFLO.build("leads", [one], {**LIST, "phone_form": form}).payload["data"][0]
    assert row == {"field_0": wire, "field_5": wire}


def test_columns_stand_in_their_order_and_hold_text_only() -> None:
    one = record(1, field("field_10", 5), field("field_2", ""), phone("field_0"))
    row = SMARTFLO.build("leads", [one], LIST).payload["data"][0]
    assert list(row.items()) == [("field_0", "9876543210"), ("field_10", "5")]


@pytest.mark.parametrize(
    ("fields", "options", "words"),
    [
        ([field("field_1", "x")], LIST, "(field_0) is missing"),
        ([phone("field_0", "98765")], LIST, "not a full number"),
        ([phone("field_0"), field("filed_1", "x")], LIST, "no column “filed_1”"),
        ([phone("field_0"), field("field_01", "x")], LIST, "no column “field_01”"),
        ([phone("field_0")], {}, "list id is missing"),
        ([phone("field_0")], {**LIST, "duplicate_option": "merge"}, "skip, overwrite or clone"),
    ],
)
def test_a_row_that_smartflo_cannot_take_stays_here(
    fields: list[Any], options: dict[str, Any], words: str
) -> None:
    built = SMARTFLO.build("leads", [record(1, *fields)], options)
    assert built.payload is None
    assert words in built.refused["1"]


def test_a_list_id_cannot_lead_to_another_path() -> None:
    parcel = Parcel("leads", BASE, ACCOUNT, {"data": []}, options={"list_id": "1/../../x"})
    assert str(SMARTFLO.request(parcel).url).endswith("/v1/broadcast/leads/1%2F..%2F..%2Fx")


@pytest.mark.parametrize(("option", "may"), [("skip", True), ("overwrite", True), ("clone", False)])
def test_only_clone_is_never_repeated(option: str, may: bool) -> None:
    endpoint = next(one for one in SMARTFLO.endpoints if one.slug == "leads")
    assert endpoint.repeatable(upload(option=option)) is may
    assert endpoint.batch_size == 500


# Answers


@pytest.mark.parametrize(
    ("status", "body", "outcome", "split"),
    [
        (200, {"success": True, "message": "Added"}, Outcome.HANDED_OVER, False),
        (200, {"Success": "true", "Message": "Added"}, Outcome.HANDED_OVER, False),
        (200, {"success": False, "message": "Bad"}, Outcome.REJECTED, True),
        (200, {"success": "false", "message": "Bad"}, Outcome.REJECTED, True),
        (200, {"success": "false", "message": "Too many requests."}, Outcome.RETRY, False),
        (200, {"message": "hm"}, Outcome.UNCERTAIN, False),
        (200, [], Outcome.UNCERTAIN, False),
        (400, {"success": True, "message": "data.0.field_0"}, Outcome.REJECTED, True),
        (422, {"message": "bad"}, Outcome.REJECTED, True),
        (413, {}, Outcome.REJECTED, True),
        (401, {"success": False, "message": "Unauthenticated."}, Outcome.MISCONFIGURED, False),
        (403, {}, Outcome.MISCONFIGURED, False),
        (404, {"message": "Lead list not found."}, Outcome.REJECTED, False),
        (404, "<html></html>", Outcome.MISCONFIGURED, False),
        (429, {"success": "false", "message": "Too many requests."}, Outcome.RETRY, False),
        (408, {}, Outcome.UNCERTAIN, False),
        (500, {"success": True}, Outcome.UNCERTAIN, False),
        (301, {}, Outcome.MISCONFIGURED, False),
    ],
)
def test_what_smartflo_says_of_an_upload(
    status: int, body: Any, outcome: Outcome, split: bool
) -> None:
    reply = SMARTFLO.reply(upload(3), response(status, body))
    assert (reply.outcome, reply.splittable) == (outcome, split)
    assert not SMARTFLO.reply(upload(1), response(status, body)).splittable
    assert not SMARTFLO.reply(upload(3, "clone"), response(status, body)).splittable


@pytest.mark.parametrize(
    "more", [{"batch_id": 17}, {"batchId": "17"}, {"data": {"batchId": 17}}, {"id": "17"}]
)
def test_the_id_of_the_job_is_taken_wherever_it_stands(more: dict[str, Any]) -> None:
    reply = SMARTFLO.reply(upload(), response(200, {"success": True, **more}))
    assert reply.remote_ids == {"batch_id": "17"}


def test_an_expired_session_is_replaced_by_one_sign_in() -> None:
    parcel = upload(credentials={**ACCOUNT, **USER})
    reply = SMARTFLO.reply(parcel, response(401, {"message": "Unauthenticated."}))
    assert reply.next is not None
    request = SMARTFLO.request(reply.next)
    assert str(request.url) == f"{BASE}/v1/auth/login"
    assert json.loads(request.content) == USER
    said = response(200, {"success": True, "access_token": "fresh", "expires_in": 3600})
    said.headers["date"] = "Fri, 20 Nov 2026 09:00:00 GMT"
    signed_in = SMARTFLO.reply(reply.next, said)
    assert signed_in.learned == {"token": "fresh", "token_expires": "2026-11-20T10:00:00+00:00"}
    assert signed_in.next is not None
    assert SMARTFLO.request(signed_in.next).headers["authorization"] == "Bearer fresh"
    again = SMARTFLO.reply(signed_in.next, response(401, {}))
    assert (again.outcome, again.next) == (Outcome.MISCONFIGURED, None)


@pytest.mark.parametrize("status", [200, 401])
def test_a_refused_sign_in_is_never_tried_again_by_itself(status: int) -> None:
    login = SMARTFLO.opening(upload(credentials=USER))
    assert login.endpoint == "login"
    said = {"success": False, "message": "The username or password is incorrect."}
    reply = SMARTFLO.reply(login, response(status, {**said, "login_failed_count": 2}))
    assert (reply.outcome, reply.next, reply.code) == (Outcome.MISCONFIGURED, None, "login_failed")


def test_the_lead_lists_come_with_their_columns() -> None:
    probe = SMARTFLO.test(BASE, ACCOUNT)
    assert probe is not None
    rows = [{"id": 441940, "name": "Q2", "header": '["Phone","Name"]'}, {"id": 2}, "odd"]
    reply = SMARTFLO.reply(probe, response(200, rows))
    assert reply.found[0] == {"id": "441940", "name": "Q2", "header": ["Phone", "Name"]}
    assert reply.found[1]["header"] == []


# Reading back


def row(number: str, made: int | None = None) -> dict[str, Any]:
    when = {"created_at": {"$date": {"$numberLong": str(made * 1000)}}} if made else {}
    return {"field_0": number, "lead_id": "65f0c0ffee", **when}


def test_rows_are_looked_up_one_number_after_the_other() -> None:
    look = SMARTFLO.read_back(upload(2))
    assert look is not None
    url = str(SMARTFLO.request(look).url)
    assert url == f"{BASE}/v1/broadcast/leads/441940?number=9876500001"
    first = SMARTFLO.reply(look, response(200, [row("+919876500001")]))
    assert first.next is not None
    assert str(SMARTFLO.request(first.next).url).endswith("?number=9876500002")
    last = SMARTFLO.reply(first.next, response(200, []))
    assert (last.outcome, last.code) == (Outcome.RETRY, "absent")
    found = {note.key: (note.outcome, note.evidence) for note in last.notes}
    assert found["1"] == (Outcome.ACCEPTED, Evidence.VERIFIED)
    assert found["2"][0] is Outcome.RETRY


NOON = 1_795_000_000


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([row("+919876500001", NOON + 3)], Outcome.ACCEPTED),
        ([row("+919876500001", NOON - 30)], Outcome.ACCEPTED),
        ([row("+919876500001", NOON - 3600)], Outcome.UNCERTAIN),
        ([row("+919876500001")], Outcome.UNCERTAIN),
        ([], Outcome.UNCERTAIN),
    ],
)
def test_a_clone_counts_only_when_it_was_made_since_the_try(
    rows: list[dict[str, Any]], outcome: Outcome
) -> None:
    look = SMARTFLO.read_back(upload(option="clone", options={"attempted_at": NOON}))
    assert look is not None
    reply = SMARTFLO.reply(look, response(200, rows))
    assert (reply.outcome, reply.ask) == (outcome, outcome is Outcome.UNCERTAIN)


def test_without_the_start_of_the_try_a_clone_stays_open() -> None:
    look = SMARTFLO.read_back(upload(option="clone"))
    assert look is not None
    reply = SMARTFLO.reply(look, response(200, [row("+919876500001", NOON)]))
    assert reply.outcome is Outcome.UNCERTAIN


def test_big_uploads_are_not_looked_up_one_by_one() -> None:
    assert SMARTFLO.read_back(upload(26)) is None


def test_an_object_where_rows_belong_settles_nothing() -> None:
    look = SMARTFLO.read_back(upload())
    assert look is not None
    reply = SMARTFLO.reply(look, response(200, {"success": True}))
    assert reply.outcome is Outcome.RETRY
    assert reply.code == "unreadable"


# Words


@pytest.mark.parametrize(
    ("endpoint", "code", "message", "cause"),
    [
        ("leads", "400", "data.0.field_0 is not a phone number", "smartflo-format"),
        ("leads", "200", "The list is closed", "smartflo-format"),
        ("leads", "401", "Unauthenticated.", "smartflo-sign-in"),
        ("leads", "404", "Lead list not found.", "smartflo-list-gone"),
        ("leads", "429", "Too many requests.", "smartflo-speed"),
        ("leads", "200", "Too many requests.", "smartflo-speed"),
        ("leads", "503", "", "smartflo-trouble"),
        ("login", "login_failed", "The username or password", "smartflo-password"),
    ],
)
def test_each_documented_message_has_our_words(
    endpoint: str, code: str, message: str, cause: str
) -> None:
    words = SMARTFLO.explain(endpoint, code, message)
    assert words is not None
    assert words.cause == cause


def test_a_token_with_letters_that_no_header_takes_is_the_providers_to_refuse() -> None:
    parcel = upload(credentials={"token": "“portal-token”"})
    assert SMARTFLO.request(parcel).headers["authorization"] == "Bearer ?portal-token?"


def test_a_pasted_bearer_is_not_sent_twice() -> None:
    parcel = upload(credentials={"token": " Bearer portal-token\n"})
    assert SMARTFLO.request(parcel).headers["authorization"] == "Bearer portal-token"


def test_an_account_needs_a_token_or_a_sign_in() -> None:
    assert "token" in SMARTFLO.check_credentials({"email": "ops@example.com"})
    assert SMARTFLO.check_credentials(USER) == {}
    assert SMARTFLO.check_credentials(ACCOUNT) == {}
