"""The sandbox's TeleCMI answers as seeds 000, 001 and 003 and the public docs say."""

import http.client
import uuid
from typing import Any

import pytest

from tests.sandbox_server import TELECMI, TELECMI_USER, Sandbox

Json = dict[str, Any]
ACCOUNT = {"inet_no": TELECMI["inet_no"], "secret": TELECMI["secret"]}

# The documents' own samples, byte for byte (their secrets are placeholders).
SAMPLE_000 = b"""{
"lead_name": "Sales_Q2_Campaign",
"inet_no": 1111112,
"secret": "your_api_secret_token",
"leads": [
{
"lead_id": "550e8400-e29b-41d4-a716-446655440000",
"phone": "919876543210",
"firstname": "John",
"email": "john.doe@example.com"
}
]
}"""
SAMPLE_001 = b"""{
"token": "xxxx-xxxx-xxxx-xxxx",
"contacts": [
{
"phone_no": "919200000000",
"first_name": "John",
"last_name": "Doe",
"email_id": "john.doe@example.com",
"company": "Acme Corp",
"job_title": "Software Engineer"
}
]
}"""
SAMPLE_003 = b"""{
"inet_no": 12345,
"secret": "550e8400-e29b-41d4-a716-446655440000",
"name": "Q2_Sales_Campaign",
"dialer_type": "predictive",
"active": true,
"leads_id": "550e8400-e29b-41d4-a716-446655440000",
"timezone": "+05:30",
"start_date": "2026-05-01",
"end_date": "2026-06-01",
"start_time": "09:00:00",
"end_time": "18:00:00",
"users": ["5159_2224257"],
"ratio": "1:2",
"waiting_music": "default",
"unanswered_music": "default",
"ring_rule": "round-robin",
"ring_seconds": 30,
"max_waiting_time": 60,
"call_interval": 10,
"no_agent_no_wait": true,
"caller_id": "919876543210",
"reject_delay_time": 10,
"no_answer_delay_time": 10
}"""
LEADS_ID = "550e8400-e29b-41d4-a716-446655440000"


def lead(phone: str = "919876543210", **more: Any) -> Json:
    return {"lead_id": str(uuid.uuid4()), "phone": phone, **more}


def upload(sandbox: Sandbox, *leads: Any, name: str = "Q2", **more: Any) -> tuple[int, Any]:
    body = {**ACCOUNT, "lead_name": name, "leads": list(leads), **more}
    return sandbox.request("POST", "/telecmi/v3/leads/add-custom", body)


def contact(phone: str = "919200000000", **more: Any) -> Json:
    return {"phone_no": phone, "first_name": "John", "last_name": "Doe", **more}


def add_contacts(sandbox: Sandbox, *contacts: Any, token: str = "") -> tuple[int, Any]:
    body = {"token": token or TELECMI["token"], "contacts": list(contacts)}
    return sandbox.request("POST", "/telecmi/v3/contact/add", body)


def campaign(group: str, **changes: Any) -> Json:
    body: Json = {
        **ACCOUNT,
        "name": "Q2",
        "dialer_type": "progressive",
        "active": True,
        "leads_id": group,
        "timezone": "+05:30",
        "start_date": "2026-05-01",
        "end_date": "2026-06-01",
        "start_time": "09:00",
        "end_time": "18:00:00",
        "users": ["5001_1111112"],
        "user_interval": "10_s",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


PREDICTIVE: Json = {
    "dialer_type": "predictive",
    "user_interval": None,
    "ratio": "1:2",
    "waiting_music": "default",
    "unanswered_music": "default",
    "ring_rule": "round-robin",
    "ring_seconds": 30,
    "max_waiting_time": 60,
    "call_interval": 10,
    "no_agent_no_wait": True,
    "caller_id": "919876543210",
    "reject_delay_time": 10,
    "no_answer_delay_time": 10,
}


def create(sandbox: Sandbox, body: Json) -> tuple[int, Any]:
    return sandbox.request("POST", "/telecmi/v3/campaign/create", body)


@pytest.fixture
def groups(sandbox: Sandbox) -> list[str]:
    for name in ("one", "two"):
        upload(sandbox, lead(), name=name)
    stored = sandbox.state("telecmi")["accounts"]["1111112"]["groups"]
    return [group["leads_id"] for group in stored]


def test_the_samples_of_the_documents_are_accepted_byte_for_byte(sandbox: Sandbox) -> None:
    sandbox.add_account(
        "telecmi", inet_no=1111112, secret="your_api_secret_token", token="xxxx-xxxx-xxxx-xxxx"
    )
    sandbox.add_account(
        "telecmi",
        inet_no=12345,
        secret=LEADS_ID,
        agents=["5159_2224257"],
        groups=[{"name": "Q2", "leads_id": LEADS_ID}],
    )
    post = "POST"
    assert sandbox.request(post, "/telecmi/v3/leads/add-custom", SAMPLE_000) == (
        200,
        {"code": 200, "msg": "Leads Added Successfully"},
    )
    assert sandbox.request(post, "/telecmi/v3/contact/add", SAMPLE_001) == (
        200,
        {"code": 200, "msg": "Contact added successfully"},
    )
    assert sandbox.request(post, "/telecmi/v3/campaign/create", SAMPLE_003) == (
        200,
        {"code": 200, "msg": "Campaign created successfully"},
    )


def test_an_upload_is_stored_whole_under_an_id_only_the_page_shows(sandbox: Sandbox) -> None:
    assert upload(sandbox, lead(firstname="Asha", city="पुणे"), name="Q2 <b>")[0] == 200
    (group,) = sandbox.state("telecmi")["accounts"]["1111112"]["groups"]
    page = sandbox.request("GET", "/telecmi")[1].decode()
    assert f"Q2 &lt;b&gt;  {group['leads_id']}" in page
    assert "पुणे" in page


def test_the_answer_can_carry_the_list_id(sandbox: Sandbox) -> None:
    sandbox.switch("telecmi", success_body_with_leads_id=True)
    _, answer = upload(sandbox, lead())
    assert (
        answer["leads_id"]
        == sandbox.state("telecmi")["accounts"]["1111112"]["groups"][0]["leads_id"]
    )


def test_each_documented_refusal_of_an_upload_is_reachable(sandbox: Sandbox) -> None:
    first = lead()
    assert upload(sandbox, first)[0] == 200
    twin = lead("919876543211")
    for answer, message in (
        (upload(sandbox, twin, {**twin, "phone": "911234567890"}), "Duplicate lead_id Found"),
        (upload(sandbox, first, name="Q3"), "lead_id Already Exists"),
        (upload(sandbox, lead(), lead(), name="Q3"), "Duplicate Phone Numbers Found"),
        (upload(sandbox, lead()), "Lead Name Already Exists"),
    ):
        assert answer == (400, {"code": 400, "msg": message})
    status, body = upload(sandbox, lead(), name="Q4", secret="another")
    assert (status, body["msg"]) == (404, "Account Not Found (Invalid secret or inet_no)")
    assert len(sandbox.state("telecmi")["accounts"]["1111112"]["groups"]) == 1


def test_which_already_exists_comes_first_is_a_switch(sandbox: Sandbox) -> None:
    same = lead()
    upload(sandbox, same)
    assert upload(sandbox, same)[1]["msg"] == "Lead Name Already Exists"
    sandbox.switch("telecmi", check_order="id_first")
    assert upload(sandbox, same)[1]["msg"] == "lead_id Already Exists"


def test_a_phone_of_another_list_is_refused_only_when_the_account_is_the_scope(
    sandbox: Sandbox,
) -> None:
    upload(sandbox, lead(), name="one")
    assert upload(sandbox, lead(), name="two")[0] == 200
    sandbox.switch("telecmi", phone_scope="account")
    assert upload(sandbox, lead(), name="three")[1]["msg"] == "Duplicate Phone Numbers Found"


@pytest.mark.parametrize(
    "change",
    [
        {"inet_no": "1111112"},
        {"inet_no": True},
        {"secret": 5},
        {"lead_name": ""},
        {"lead_name": None},
        {"leads": []},
        {"leads": [lead(f"9198765{n:05}") for n in range(1001)]},
        {"leads": {}},
        {"leads": [{"phone": "919876543210"}]},
        {"leads": [{"lead_id": "7", "phone": "919876543210"}]},
        {"leads": [lead("+919876543210")]},
        {"leads": [lead("98765 43210")]},
        {"leads": [lead(919876543210)]},  # type: ignore[arg-type]
        {"leads": [lead(email="nobody")]},
        {"leads": [lead(email="")]},
        {"leads": [lead(city=5)]},
        {"leads": [lead(name="Asha")]},
        {"tags": []},
    ],
)
def test_an_upload_that_breaks_the_schema_is_422(sandbox: Sandbox, change: Json) -> None:
    status, answer = upload(sandbox, lead(), **change)
    assert (status, answer["code"]) == (422, 422)
    assert answer["msg"].startswith("Schema validation failed")
    assert sandbox.journal()[0]["applied"] is False


def test_a_body_that_is_not_json_is_422(sandbox: Sandbox) -> None:
    for body, kind in ((b"{", "application/json"), (SAMPLE_000, "text/plain"), (b"[NaN]", "json")):
        headers = {"Content-Type": kind}
        assert sandbox.request("POST", "/telecmi/v3/leads/add-custom", body, headers)[0] == 422


def test_a_thousand_leads_are_one_upload(sandbox: Sandbox) -> None:
    assert upload(sandbox, *(lead(f"9198765{n:05}") for n in range(1000)))[0] == 200
    assert sandbox.counts()["telecmi"]["leads"] == 1000


def test_errors_can_arrive_on_http_200(sandbox: Sandbox) -> None:
    sandbox.switch("telecmi", errors_on_http_200=True)
    assert upload(sandbox)[0] == 200
    assert upload(sandbox)[1]["code"] == 422


def test_an_upload_whose_reply_is_lost_is_kept_and_proved_by_the_repeat(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "drop_after_commit", "endpoint": "leads/add-custom"}])
    same = lead()
    with pytest.raises(http.client.RemoteDisconnected):
        upload(sandbox, same)
    assert sandbox.journal()[0]["applied"] is True
    assert upload(sandbox, same)[1]["msg"] == "Lead Name Already Exists"
    assert sandbox.counts()["telecmi"]["leads"] == 1


# Contacts


def test_contacts_are_added_read_changed_and_deleted(sandbox: Sandbox) -> None:
    token = {"token": TELECMI["token"]}
    assert add_contacts(sandbox, *(contact(f"9192000{n:05}") for n in range(100)))[0] == 200
    _, first = sandbox.request("POST", "/telecmi/v3/contact/get", {**token, "limit": 60})
    _, rest = sandbox.request(
        "POST",
        "/telecmi/v3/contact/get",
        {**token, "limit": 500, "page_state": first["page_state"]},
    )
    assert (len(first["contacts"]), len(rest["contacts"]), first["count"]) == (60, 40, 100)
    assert rest["page_state"] is None
    one = first["contacts"][0]["contact_id"]
    change = {**token, "contacts": [{"contact_id": one, "company": "Acme"}]}
    assert sandbox.request("POST", "/telecmi/v3/contact/update", change)[1]["msg"] == (
        "Contacts updated successfully"
    )
    gone = sandbox.request("POST", "/telecmi/v3/contact/delete", {**token, "contact_ids": [one]})
    assert gone[1]["msg"] == "Contacts Deleted Successfully"
    assert sandbox.counts()["telecmi"]["contacts"] == 99


def test_each_documented_refusal_of_contacts_is_reachable(sandbox: Sandbox) -> None:
    bad = "Invalid request parameters / Validation error"
    for wrong in ({"phone_no": "+919"}, {"first_name": ""}, {"last_name": None}, {"email_id": "x"}):
        assert add_contacts(sandbox, {**contact(), **wrong}) == (400, {"code": 400, "msg": bad})
    assert add_contacts(sandbox)[0] == 400
    assert add_contacts(sandbox, *(contact(f"9192000{n:05}") for n in range(101)))[0] == 400
    unknown = "Authenticated user record not found"
    assert add_contacts(sandbox, contact(), token="x") == (404, {"code": 404, "msg": unknown})
    add_contacts(sandbox, contact())
    twice = "Duplicate contact detected within the organization"
    assert add_contacts(sandbox, contact()) == (409, {"code": 409, "msg": twice})
    sandbox.faults([{"kind": "500_before"}])
    assert add_contacts(sandbox, contact("919200000001")) == (
        500,
        {"code": 500, "msg": "Something went wrong!"},
    )


@pytest.mark.parametrize(("batch", "left"), [("atomic", 1), ("partial", 2)])
def test_what_a_409_leaves_behind_is_a_switch(sandbox: Sandbox, batch: str, left: int) -> None:
    sandbox.switch("telecmi", contact_batch=batch)
    add_contacts(sandbox, contact())
    assert add_contacts(sandbox, contact(), contact("919200000001"))[0] == 409
    assert sandbox.counts()["telecmi"]["contacts"] == left


def test_a_sign_in_gives_a_token_until_it_is_made_to_expire(sandbox: Sandbox) -> None:
    given = {"id": TELECMI_USER["user_id"], "password": TELECMI_USER["password"]}
    status, answer = sandbox.request("POST", "/telecmi/v2/user/login", given)
    assert (status, answer["msg"]) == (200, "User loged in successfully")
    assert answer["agent"]["inet_no"] == TELECMI["inet_no"]
    assert add_contacts(sandbox, contact(), token=answer["token"])[0] == 200
    assert sandbox.expire("telecmi", "1111112") == 2
    assert add_contacts(sandbox, contact(), token=answer["token"])[0] == 404
    wrong = {**given, "password": "no"}
    assert sandbox.request("POST", "/telecmi/v2/user/login", wrong)[0] == 404


def test_agents_are_listed_with_passwords_that_the_journal_masks(sandbox: Sandbox) -> None:
    body = {"appid": TELECMI["inet_no"], "secret": TELECMI["secret"], "page": 2, "limit": 10}
    _, answer = sandbox.request("POST", "/telecmi/v3/user/list", body)
    assert (answer["count"], len(answer["agents"])) == (12, 2)
    password = answer["agents"][0]["password"]
    journal = str(sandbox.journal())
    assert password not in journal
    assert str(TELECMI["secret"]) not in journal
    assert "919000005011" in journal


# Campaigns


def test_both_dialer_types_are_created_once_per_list_and_agent(
    sandbox: Sandbox, groups: list[str]
) -> None:
    assert create(sandbox, campaign(groups[0]))[1]["msg"] == "Campaign created successfully"
    second = campaign(groups[1], name="Q3", users=["5002_1111112"], **PREDICTIVE)
    assert create(sandbox, second)[0] == 200
    for change, message in (
        ({}, "Campaign Name Already Exists"),
        ({"name": "Q4", "leads_id": str(uuid.uuid4())}, "Leads ID Not Found"),
        ({"name": "Q4"}, "Lead already mapped to another campaign"),
    ):
        assert create(sandbox, campaign(groups[0], **change)) == (
            400,
            {"code": 400, "msg": message},
        )
    assert create(sandbox, campaign(groups[0], secret="no")) == (
        404,
        {"code": 404, "msg": "App Not Found"},
    )


def test_unknown_and_busy_agents_are_refused(sandbox: Sandbox, groups: list[str]) -> None:
    create(sandbox, campaign(groups[0]))
    unknown = campaign(groups[1], name="Q3", users=["5999_1111112"])
    assert create(sandbox, unknown)[1]["msg"] == "Invalid agent IDs"
    busy = campaign(groups[1], name="Q3", users=["5001_1111112", "5002_1111112"])
    assert create(sandbox, busy)[1]["msg"] == "User already mapped to another campaign"
    sandbox.faults([{"kind": "500_after"}])
    assert create(sandbox, {**busy, "users": ["5003_1111112"]}) == (
        500,
        {"code": 500, "msg": "Internal Server Error"},
    )
    assert sandbox.counts()["telecmi"]["campaigns"] == 2


@pytest.mark.parametrize(
    "change",
    [
        {"active": "true"},
        {"active": 1},
        {"dialer_type": "preview"},
        {"leads_id": "7"},
        {"timezone": "5:30"},
        {"timezone": "+15:00"},
        {"timezone": "+05:60"},
        {"timezone": "Asia/Kolkata"},
        {"start_date": "01-05-2026"},
        {"start_date": "2026-02-30"},
        {"end_date": "2026-04-30"},
        {"start_time": "9:00"},
        {"end_time": "24:00"},
        {"users": []},
        {"users": "5001_1111112"},
        {"users": [5001]},
        {"users": [f"{n}_1111112" for n in range(101)]},
        {"user_interval": None},
        {"user_interval": 10},
        {"user_interval": "10 s"},
        {"ratio": "1:2"},
        {"name": " "},
        {"inet_no": "1111112"},
    ],
)
def test_a_progressive_campaign_that_breaks_a_rule_is_422(
    sandbox: Sandbox, groups: list[str], change: Json
) -> None:
    status, answer = create(sandbox, campaign(groups[0], **change))
    assert (status, answer["msg"][:17]) == (422, "Validation Failed")


@pytest.mark.parametrize(
    "change",
    [
        *({name: None} for name in PREDICTIVE if name not in ("user_interval", "dialer_type")),
        {"ratio": "0:2"},
        {"ratio": "1:100"},
        {"ring_rule": "random"},
        {"ring_seconds": "30"},
        {"max_waiting_time": -1},
        {"max_waiting_time": 1.5},
        {"call_interval": 15},
        {"call_interval": "10"},
        {"no_agent_no_wait": "true"},
        {"no_agent_no_wait": False},
        {"max_waiting_time_without_agent": 30},
        {"caller_id": 919876543210},
        {"caller_id": "+919876543210"},
        {"user_interval": "10_s"},
    ],
)
def test_a_predictive_campaign_that_breaks_a_rule_is_422(
    sandbox: Sandbox, groups: list[str], change: Json
) -> None:
    status, answer = create(sandbox, campaign(groups[0], **{**PREDICTIVE, **change}))
    assert (status, answer["msg"][:17]) == (422, "Validation Failed")


def test_waiting_without_an_agent_needs_its_limit(sandbox: Sandbox, groups: list[str]) -> None:
    change = {"no_agent_no_wait": False, "max_waiting_time_without_agent": 0}
    assert create(sandbox, campaign(groups[0], **{**PREDICTIVE, **change}))[0] == 200


def test_a_campaign_is_changed_by_the_id_its_page_shows(
    sandbox: Sandbox, groups: list[str]
) -> None:
    create(sandbox, campaign(groups[0]))
    (stored,) = sandbox.state("telecmi")["accounts"]["1111112"]["campaigns"]
    body = {**ACCOUNT, "campaign_id": stored["campaign_id"], "active": False}
    path = "/telecmi/v3/campaign/update"
    assert sandbox.request("POST", path, body)[1]["msg"] == "Campaign updated successfully"
    short = {**body, "start_time": "09:00"}
    assert sandbox.request("POST", path, short)[0] == 422
    other = {**body, "campaign_id": str(uuid.uuid4())}
    assert sandbox.request("POST", path, other)[1]["msg"] == "Campaign Not Found"
    (stored,) = sandbox.state("telecmi")["accounts"]["1111112"]["campaigns"]
    assert stored["active"] is False


def test_a_list_in_an_active_campaign_cannot_be_deleted(
    sandbox: Sandbox, groups: list[str]
) -> None:
    create(sandbox, campaign(groups[0]))
    path = "/telecmi/v3/leads/delete"
    answers = [
        sandbox.request("POST", path, {**ACCOUNT, "leads_id": one})
        for one in (groups[0], groups[1], groups[1])
    ]
    assert answers == [
        (200, {"code": 400, "msg": "Lead is Used in Active Campaign"}),
        (200, {"code": 200, "msg": "Lead Deleted Successfully"}),
        (200, {"code": 404, "msg": "Lead not found"}),
    ]
