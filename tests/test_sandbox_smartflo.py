"""The sandbox's Smartflo answers as seed 004 and the public docs say."""

from typing import Any

import pytest

from tests.sandbox_server import SMARTFLO, SMARTFLO_USER, Sandbox

TOKEN = {"Authorization": f"Bearer {SMARTFLO['token']}"}
LIST = f"/smartflo/v1/broadcast/leads/{SMARTFLO['list_id']}"
ROW = {"field_0": "9999990001", "field_1": "Test"}


def upload(sandbox: Sandbox, *rows: Any, **more: Any) -> tuple[int, Any]:
    body = {"data": list(rows), "duplicate_option": "skip", **more}
    return sandbox.request("POST", LIST, body, TOKEN)


def rows(sandbox: Sandbox) -> list[Any]:
    return list(sandbox.state("smartflo")["accounts"]["practice"]["lists"][0]["rows"])


def test_a_request_shaped_like_the_sample_is_accepted(sandbox: Sandbox) -> None:
    status, answer = upload(sandbox, ROW, {"field_0": "9999934602", "field_1": "Test1"})
    assert (status, answer["success"]) == (200, True)
    assert set(answer) == {"success", "message"}
    assert [row["field_0"] for row in rows(sandbox)] == ["+919999990001", "+919999934602"]


@pytest.mark.parametrize(
    ("option", "names"),
    [("skip", ["Test"]), ("overwrite", ["New"]), ("clone", ["Test", "New"])],
)
def test_the_duplicate_option_decides_about_a_known_number(
    sandbox: Sandbox, option: str, names: list[str]
) -> None:
    upload(sandbox, ROW)
    upload(sandbox, {"field_0": "+919999990001", "field_1": "New"}, duplicate_option=option)
    assert [row["field_1"] for row in rows(sandbox)] == names


@pytest.mark.parametrize(
    "change",
    [
        {"duplicate_option": "merge"},
        {"duplicate_options": "skip"},
        {"data": []},
        {"data": {}},
        {"skill_id": 7},
        {"data": [ROW, {"field_0": "12"}]},
        {"data": [{"field_1": "no phone"}]},
        {"data": [{"field_0": 9999990001}]},
        {"data": [{**ROW, "Name": "x"}]},
        {"data": [{**ROW, "field_99": "x"}]},
        {"data": [{**ROW, "field_2": 5}]},
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_whole(
    sandbox: Sandbox, change: dict[str, Any]
) -> None:
    status, answer = upload(sandbox, ROW, **change)
    assert (status, answer["success"]) == (400, False)
    assert rows(sandbox) == []


def test_a_bad_row_can_leave_the_good_ones(sandbox: Sandbox) -> None:
    sandbox.switch("smartflo", bad_row="partial")
    assert upload(sandbox, ROW, {"field_0": "12"})[0] == 200
    assert len(rows(sandbox)) == 1
    assert "1 rows left out" in sandbox.journal()[0]["note"]


def test_the_prose_spelling_of_the_option_is_a_switch(sandbox: Sandbox) -> None:
    sandbox.switch("smartflo", duplicate_key="duplicate_options")
    body = {"data": [ROW], "duplicate_options": "skip"}
    assert sandbox.request("POST", LIST, body, TOKEN)[0] == 200
    assert upload(sandbox, ROW)[0] == 400


def test_a_list_is_read_back_by_number_as_an_array(sandbox: Sandbox) -> None:
    upload(sandbox, ROW, {"field_0": "9999990002"}, skill_id="hindi")
    status, found = sandbox.request("GET", f"{LIST}?number=%2B919999990001", None, TOKEN)
    assert (status, len(found), found[0]["field_1"]) == (200, 1, "Test")
    assert found[0]["created_at"]["$date"]["$numberLong"].isdigit()
    assert (found[0]["list_name"], found[0]["skill_id"]) == ("Practice list", "hindi")
    assert len(sandbox.request("GET", LIST, None, TOKEN)[1]) == 2


def test_an_unknown_list_is_an_object_with_a_message(sandbox: Sandbox) -> None:
    place = "/smartflo/v1/broadcast/leads/7"
    for method, body in (("GET", None), ("POST", {"data": [ROW]})):
        status, answer = sandbox.request(method, place, body, TOKEN)
        assert (status, answer["success"]) == (404, False)


def test_a_batch_reaches_the_list_later_and_can_be_asked_for(sandbox: Sandbox) -> None:
    sandbox.switch("smartflo", batch_id=True, batch_seconds=3600)
    _, answer = upload(sandbox, ROW)
    place = f"/smartflo/v1/broadcast/batch_status/{answer['batch_id']}"
    assert sandbox.request("GET", place, None, TOKEN)[1]["status"] == "processing"
    assert rows(sandbox) == []
    sandbox.switch("smartflo", batch_seconds=0)
    _, answer = upload(sandbox, {"field_0": "9999990002"})
    place = f"/smartflo/v1/broadcast/batch_status/{answer['batch_id']}"
    assert sandbox.request("GET", place, None, TOKEN)[1]["status"] == "completed"


def test_lists_name_their_columns_and_new_ones_can_be_made(sandbox: Sandbox) -> None:
    made = {"name": "Loans", "field": ["Phone", "Name"]}
    status, answer = sandbox.request("POST", "/smartflo/v1/broadcast/list", made, TOKEN)
    assert (status, answer["success"]) == (200, True)
    _, lists = sandbox.request("GET", "/smartflo/v1/broadcast/lists", None, TOKEN)
    assert [(one["id"], one["name"]) for one in lists] == [
        (441940, "Practice list"),
        (answer["id"], "Loans"),
    ]
    wide = {"data": [{"field_0": "9999990001", "field_2": "x"}]}
    place = f"/smartflo/v1/broadcast/leads/{answer['id']}"
    assert sandbox.request("POST", place, wide, TOKEN)[0] == 400


def test_a_single_lead_has_a_flat_body(sandbox: Sandbox) -> None:
    place = "/smartflo/v1/broadcast/lead/441940"
    assert sandbox.request("POST", place, {**ROW, "priority": 30}, TOKEN)[0] == 200
    assert sandbox.request("POST", place, {**ROW, "priority": 31}, TOKEN)[0] == 400
    assert rows(sandbox)[0]["priority"] == 30


def test_without_a_good_token_everything_is_401(sandbox: Sandbox) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        assert sandbox.request("GET", LIST, None, headers)[0] == 401
    raw = {"Authorization": SMARTFLO["token"]}
    assert sandbox.request("GET", LIST, None, raw)[0] == 200
    sandbox.expire("smartflo")
    assert sandbox.request("GET", LIST, None, TOKEN)[0] == 401


def test_signing_in_gives_an_hour_and_counts_failures(sandbox: Sandbox) -> None:
    place = "/smartflo/v1/auth/login"
    wrong = {**SMARTFLO_USER, "password": "no"}
    counts = [sandbox.request("POST", place, wrong)[1]["login_failed_count"] for _ in range(2)]
    assert counts == [1, 2]
    status, answer = sandbox.request("POST", place, SMARTFLO_USER)
    assert (status, answer["expires_in"], answer["token_type"]) == (200, 3600, "bearer")
    session = {"Authorization": f"Bearer {answer['access_token']}"}
    assert sandbox.request("GET", LIST, None, session)[0] == 200
    assert sandbox.request("POST", "/smartflo/v1/auth/logout", {}, session)[0] == 200
    assert sandbox.request("GET", LIST, None, session)[0] == 401
    assert answer["access_token"] not in str(sandbox.journal())


def test_too_many_requests_say_so_with_a_string(sandbox: Sandbox) -> None:
    sandbox.add_account("smartflo", name="slow", token="slow-token", requests_per_second=1)
    headers = {"Authorization": "Bearer slow-token"}
    answers = [sandbox.request("GET", LIST, None, headers) for _ in range(3)]
    assert (429, {"success": "false", "message": "Too many requests."}) in answers


def test_the_page_lists_the_rows(sandbox: Sandbox) -> None:
    upload(sandbox, {**ROW, "field_1": "<script>"})
    page = sandbox.request("GET", "/smartflo")[1].decode()
    assert "&lt;script&gt;" in page
    assert "+919999990001" in page
