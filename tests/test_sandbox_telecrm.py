"""The sandbox's Telecrm answers as seed 002 and the public docs say."""

from typing import Any

import pytest

from tests.sandbox_server import TELECRM, Sandbox

Json = dict[str, Any]
ASYNC = {"Authorization": f"Bearer {TELECRM['token']}"}
SYNC = {"Authorization": f"Bearer {TELECRM['sync_token']}"}
PAYMENT = {"type": "PAYMENT", "status": "COMPLETED", "currency": "INR", "amount": "5000"}


def queue(sandbox: Sandbox, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    path = f"/telecrm/enterprise/{TELECRM['enterprise_id']}/autoupdatelead"
    return sandbox.request("POST", path, body, headers or ASYNC)


def sync(sandbox: Sandbox, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    base = f"/telecrm/autoupdate/v2/enterprise/{TELECRM['enterprise_id']}"
    return sandbox.request(method, base + path, body, SYNC)


def workspace(sandbox: Sandbox) -> Json:
    return dict(sandbox.state("telecrm")["accounts"]["practice"])


def test_any_object_with_fields_is_queued(sandbox: Sandbox) -> None:
    several: list[Json] = [{"phone": "+919876543210"}, {"phone": "99999"}, {}, {"nonsense": []}]
    for fields in several:
        assert queue(sandbox, {"fields": fields}) == (200, {"status": "QUEUED"})
    assert [entry["applied"] for entry in sandbox.journal()] == [True, False, False, False]
    assert len(workspace(sandbox)["leads"]) == 1


def test_an_older_host_answers_ok_in_plain_text(sandbox: Sandbox) -> None:
    sandbox.switch("telecrm", plain_ok=True)
    assert queue(sandbox, {"fields": {"phone": "9876543210"}}) == (200, b"OK")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"lead": {}}', b'{"fields": []}'])
def test_what_is_not_an_object_with_fields_is_400(sandbox: Sandbox, body: bytes) -> None:
    assert queue(sandbox, body)[0] == 400


@pytest.mark.parametrize(
    "headers", [{"Authorization": ""}, {"Authorization": "Bearer x"}, SYNC, {"X": "y"}]
)
def test_only_an_async_token_of_the_workspace_is_taken(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    status, answer = queue(sandbox, {"fields": {}}, headers)
    assert (status, answer["error"]["code"]) == (401, "NOT_AUTHORIZED")


def test_one_phone_in_three_spellings_is_one_lead(sandbox: Sandbox) -> None:
    for phone, more in (
        ("+91 98765 43210", {"name": "Asha", "city": "Pune"}),
        ("919876543210", {"city": "Mumbai"}),
        ("09876543210", {}),
    ):
        queue(sandbox, {"fields": {"phone": phone, **more}})
    (lead,) = workspace(sandbox)["leads"]
    assert lead["fields"] == {
        "status": "Fresh",
        "phone": "919876543210",
        "name": "Asha",
        "city": "Mumbai",
    }
    assert [event["what"] for event in lead["timeline"]] == ["created", "updated", "updated"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", "3"),
        ("rating", 6),
        ("rating", True),
        ("email", "nobody"),
        ("status", "Unheard of"),
        ("assignee", "stranger@example.com"),
        ("budget", 1000),
        ("employees", "12"),
        ("follow_up_on", "2026-06-01T00:00:00Z"),
        ("follow_up_on", "31/02/2026"),
        ("source", "Billboard"),
        ("tags", "hot, loan"),
        ("website", "example"),
        ("city", 5),
        ("alternate_phone", "123"),
        ("unheard_of", "x"),
    ],
)
def test_a_value_of_the_wrong_type_is_dropped_without_a_word(
    sandbox: Sandbox, field: str, value: Any
) -> None:
    assert queue(sandbox, {"fields": {"phone": "9876543210", field: value}})[0] == 200
    found = workspace(sandbox)
    assert set(found["leads"][0]["fields"]) == {"status", "phone"}
    assert found["leads"][0]["fields"]["status"] == "Fresh"
    assert found["dropped"][0]["what"] == field
    assert found["dropped"][0]["reason"] in sandbox.journal()[0]["note"]


def test_values_of_the_right_type_are_kept(sandbox: Sandbox) -> None:
    fields = {
        "phone": "919876543210",
        "rating": 5,
        "status": "interested",
        "assignee": "Asha@example.com",
        "budget": "1000",
        "employees": 12,
        "follow_up_on": "01/06/2026 10:30:00",
        "source": "facebook",
        "tags": ["hot"],
        "website": "https://example.com",
    }
    queue(sandbox, {"fields": fields})
    stored = workspace(sandbox)["leads"][0]["fields"]
    assert stored == {
        **fields,
        "status": "Interested",
        "assignee": "asha@example.com",
        "source": "Facebook",
    }


def test_an_unknown_label_can_grow_the_dropdown(sandbox: Sandbox) -> None:
    sandbox.switch("telecrm", dropdown_auto_create=True)
    queue(sandbox, {"fields": {"phone": "9876543210", "source": "Billboard"}})
    assert workspace(sandbox)["leads"][0]["fields"]["source"] == "Billboard"


def test_actions_are_appended_each_time(sandbox: Sandbox) -> None:
    note = {"type": "ACTION_1001", "fields": {"note": "hello"}, "created_on": "01/06/2026"}
    for _ in range(2):
        queue(sandbox, {"fields": {"phone": "9876543210"}, "actions": [note, PAYMENT]})
    (lead,) = workspace(sandbox)["leads"]
    types = [action["type"] for action in lead["actions"]]
    assert types == ["ACTION_1001", "PAYMENT", "ACTION_1001", "PAYMENT"]
    assert lead["actions"][0]["performed_at"] == 1780252200  # 1 June 2026, 00:00 in India
    page = sandbox.request("GET", "/telecrm")[1].decode()
    assert page.count("payment: COMPLETED 5000 INR") == 2


def test_only_predated_actions_take_created_on(sandbox: Sandbox) -> None:
    brochure = {"type": "ACTION_1003", "created_on": "01/06/2026 10:00:00"}
    queue(sandbox, {"fields": {"phone": "9876543210"}, "actions": [brochure]})
    journal = sandbox.journal()
    (action,) = workspace(sandbox)["leads"][0]["actions"]
    assert action["performed_at"] >= journal[0]["time"]


@pytest.mark.parametrize(
    "action",
    [
        {"type": "1001"},
        {"type": 1001},
        {"type": "ACTION_9"},
        {"type": "SYSTEM_NOTE"},
        "ACTION_1001",
        {**PAYMENT, "amount": 5000},
        {**PAYMENT, "amount": "0"},
        {**PAYMENT, "amount": "nan"},
        {**PAYMENT, "status": "DONE"},
        {**PAYMENT, "currency": "EUR"},
    ],
)
def test_an_action_that_is_not_understood_is_dropped(sandbox: Sandbox, action: Any) -> None:
    assert queue(sandbox, {"fields": {"phone": "9876543210"}, "actions": [action]})[0] == 200
    assert workspace(sandbox)["leads"][0]["actions"] == []
    assert len(workspace(sandbox)["dropped"]) == 1


def test_the_speed_limit_is_per_token(sandbox: Sandbox) -> None:
    sandbox.add_account("telecrm", enterprise_id="other", token="another-async")
    sandbox.switch("telecrm", rate_per_hour=1, burst=3, retry_after="7")
    answers = [queue(sandbox, {"fields": {"phone": "9876543210"}})[0] for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    other = {"Authorization": "Bearer another-async"}
    path = "/telecrm/enterprise/other/autoupdatelead"
    assert sandbox.request("POST", path, {"fields": {}}, other)[0] == 200
    assert sandbox.journal()[3]["applied"] is False


def test_a_queued_lead_shows_up_after_a_while(sandbox: Sandbox) -> None:
    sandbox.switch("telecrm", processing_seconds=3600)
    queue(sandbox, {"fields": {"phone": "9876543210"}})
    found = workspace(sandbox)
    assert (found["queued"], found["leads"]) == (1, [])


def test_a_workspace_may_have_its_own_fields_and_identifier(sandbox: Sandbox) -> None:
    sandbox.add_account(
        "telecrm",
        enterprise_id="mail",
        token="mail-async",
        identifier="email",
        fields={"loan": {"type": "dropdown", "options": ["Home"]}},
    )
    headers = {"Authorization": "Bearer mail-async"}
    path = "/telecrm/enterprise/mail/autoupdatelead"
    for email in ("Asha@Example.com", "asha@example.com"):
        sandbox.request("POST", path, {"fields": {"email": email, "loan": "Home"}}, headers)
    (lead,) = sandbox.state("telecrm")["accounts"]["mail"]["leads"]
    assert lead["fields"]["loan"] == "Home"


# The sync side


def test_a_lead_is_created_once_read_found_and_changed(sandbox: Sandbox) -> None:
    body = {"fields": {"phone": "9876543210", "rating": "3"}, "actions": [{"type": "1001"}]}
    status, made = sync(sandbox, "POST", "/lead", body)
    assert (status, made["actions"][0]["status"]) == (201, "CREATED")
    assert made["remarks"][0]["field"] == "rating"
    assert sync(sandbox, "POST", "/lead", body)[1]["error"]["code"] == "LEAD_ALREADY_EXISTS"
    assert sync(sandbox, "POST", "/lead", {"fields": {}})[0] == 400
    place = f"/lead/{made['lead_id']}"
    assert sync(sandbox, "POST", place, {"fields": {"city": "Pune"}})[1]["fields"]["city"] == "Pune"
    _, read = sync(sandbox, "GET", f"{place}?includeActions=true")
    assert [action["type"] for action in read["actions"]] == ["1001"]
    _, found = sync(sandbox, "POST", "/lead/search?skip=0&limit=1", {"phone": "+919876543210"})
    assert (found["total_count"], found["data"][0]["fields"]["city"]) == (1, "Pune")
    assert "lead_id" not in found["data"][0]


def test_each_documented_refusal_of_the_sync_side_is_reachable(sandbox: Sandbox) -> None:
    _, made = sync(sandbox, "POST", "/lead", {"fields": {"phone": "9876543210"}})
    place = f"/lead/{made['lead_id']}"
    assert (
        sync(sandbox, "POST", place, {"fields": {"phone": "9"}})[1]["error"]["code"]
        == "INVALID_LEAD"
    )
    assert sync(sandbox, "POST", place, {"fields": {"rating": 9}})[0] == 400
    assert sync(sandbox, "GET", "/lead/none")[1]["error"]["code"] == "LEAD_NOT_FOUND"
    _, answer = sync(sandbox, "POST", "/lead/search?limit=101", {})
    assert answer["error"]["message"] == "Limit should be between 1 and 100"
    base = f"/telecrm/autoupdate/v2/enterprise/{TELECRM['enterprise_id']}/metadata"
    assert sandbox.request("GET", base, None, ASYNC)[0] == 401


def test_the_workspace_describes_itself(sandbox: Sandbox) -> None:
    _, about = sync(sandbox, "GET", "/metadata")
    assert about["leadIdentifierFieldId"] == "phone"
    assert "ACTION_1001" in [action["code"] for action in about["actions"]]
    assert sync(sandbox, "GET", "/lead-stage-pipeline")[1]["data"][0] == {"label": "Fresh"}
    _, fields = sync(sandbox, "GET", "/custom-fields?detail=true")
    assert any(one["apiName"] == "source" and one["options"] for one in fields["data"])
    assert sync(sandbox, "GET", "/custom-fields/city")[1]["type"] == "text"
    assert sync(sandbox, "GET", "/custom-actions")[0] == 200
    assert sync(sandbox, "GET", "/team-members?limit=11")[0] == 400
    assert sync(sandbox, "GET", "/team-members?limit=2")[1]["total_count"] == 4


def test_an_action_is_found_by_type_and_time(sandbox: Sandbox) -> None:
    queue(sandbox, {"fields": {"phone": "9876543210"}, "actions": [PAYMENT]})
    (entry,) = sandbox.journal()
    span = {"from": entry["time"] * 1000 - 1000}
    body = {"type": "PAYMENT", "performed_at": span}
    assert sync(sandbox, "POST", "/action/search", body)[1]["total_count"] == 1
    lead_id = workspace(sandbox)["leads"][0]["lead_id"]
    late = {"type": "PAYMENT", "performed_at": {"from": entry["time"] * 1000 + 3_600_000}}
    assert sync(sandbox, "POST", f"/lead/{lead_id}/action/search", late)[1]["total_count"] == 0
