"""The three providers over real HTTP: one effect each, also when the answer is lost or torn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync import client
from sync.client import HostPolicy, NoAnswer
from sync.providers import get
from sync.providers.base import Evidence, Outcome, Parcel, Reply, Role, replace
from tests.providers.samples import CAMPAIGN, field, phone, record
from tests.sandbox_server import (
    SMARTFLO,
    SMARTFLO_USER,
    TELECMI,
    TELECMI_USER,
    TELECRM,
    Sandbox,
)

LOCAL = HostPolicy((), allow_local=True)
ACCOUNTS: dict[str, dict[str, str]] = {
    "telecmi": {key: str(value) for key, value in TELECMI.items()},
    "telecrm": dict(TELECRM),
    "smartflo": {"token": SMARTFLO["token"]},
}
LIST = {"list_id": SMARTFLO["list_id"], "duplicate_option": "skip"}
NAMED = {"lead_name": "Q2 home loans [k7f3qa]"}


def ask(parcel: Parcel, slug: str, deadline: float = 5) -> Reply | NoAnswer:
    """Send `parcel` and whatever it leads to; the last meaning, or the missing answer."""
    provider = get(slug)
    step: Parcel | None = provider.opening(parcel)
    reply: Reply | None = None
    while step is not None:
        endpoint = next(one for one in provider.endpoints if one.slug == step.endpoint)
        request = provider.request(step)
        got = client.send(request, allow=LOCAL, keep_alive=endpoint.keep_alive, deadline=deadline)
        if isinstance(got, NoAnswer):
            return got
        reply = provider.reply(step, got)
        step = reply.next
    assert reply is not None
    return reply


def parcel(sandbox: Sandbox, name: str, **credentials: str) -> Parcel:
    """Return a parcel of two records (one, where only one may go) for "telecmi leads" and so on."""
    slug, endpoint = name.split()
    phones = ("+919876500001", "+919876500002")
    many: dict[str, Callable[[], Any]] = {
        "telecmi leads": lambda: [record(n, phone("phone", p)) for n, p in enumerate(phones)],
        "telecmi contacts": lambda: [
            record(n, phone("phone_no", p), field("first_name", "A"), field("last_name", "B"))
            for n, p in enumerate(phones)
        ],
        "telecmi campaign": lambda: [record(1)],
        "telecrm leads": lambda: [record(1, phone("phone", phones[0]), field("name", "Asha"))],
        "telecrm actions": lambda: [record(1, phone("phone", phones[0]))],
        "smartflo leads": lambda: [record(n, phone("field_0", p)) for n, p in enumerate(phones)],
    }
    options: dict[str, Any] = {**NAMED, **LIST}
    payment = {"type": "PAYMENT", "status": "COMPLETED", "currency": "INR", "amount": "5000"}
    options["action"] = payment
    if name == "telecmi campaign":
        options["campaign"] = {**CAMPAIGN, "leads_id": _list_id(sandbox), "users": _agents(sandbox)}
    records = many[name]()
    built = get(slug).build(endpoint, records, options)
    assert not built.refused, built.refused
    keys = tuple(one.key for one in records)
    held = {**ACCOUNTS[slug], **credentials}
    return Parcel(endpoint, sandbox.base_url(slug), held, built.payload, keys, options)


def _list_id(sandbox: Sandbox) -> str:
    assert ask(parcel(sandbox, "telecmi leads"), "telecmi")
    account = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]
    return str(account["groups"][0]["leads_id"])


def _agents(sandbox: Sandbox) -> list[str]:
    return [f"5001_{TELECMI['inet_no']}"]


def effects(sandbox: Sandbox, endpoint: str) -> int:
    """How many requests to `endpoint` the provider has applied."""
    return sum(1 for one in sandbox.journal(endpoint=endpoint) if one["applied"])


WRITES = {
    "telecmi leads": "leads/add-custom",
    "telecmi contacts": "contact/add",
    "telecmi campaign": "campaign/create",
    "telecrm leads": "autoupdatelead",
    "telecrm actions": "autoupdatelead",
    "smartflo leads": "leads/bulk",
}
TAKEN = (Outcome.ACCEPTED, Outcome.HANDED_OVER)


@pytest.mark.parametrize("name", WRITES)
def test_each_call_is_taken_at_the_first_try(sandbox: Sandbox, name: str) -> None:
    reply = ask(parcel(sandbox, name), name.split()[0])
    assert isinstance(reply, Reply), reply
    assert reply.outcome in TAKEN
    assert reply.evidence is Evidence.DIRECT
    assert effects(sandbox, WRITES[name]) == 1


TORN = ["drop_after_commit", "500_after", "empty_200", "truncated_json", "code_string"]


@pytest.mark.parametrize("kind", TORN)
@pytest.mark.parametrize("name", ["telecmi leads", "telecmi campaign"])
def test_the_same_bytes_after_a_lost_answer_prove_that_it_is_there(
    sandbox: Sandbox, name: str, kind: str
) -> None:
    asked = parcel(sandbox, name)
    sandbox.faults([{"kind": kind, "endpoint": WRITES[name]}])
    first = ask(asked, "telecmi")
    assert isinstance(first, NoAnswer) or first.outcome is Outcome.UNCERTAIN
    again = ask(replace(asked, had_unknown=True), "telecmi")
    assert isinstance(again, Reply)
    assert (again.outcome, again.evidence) == (Outcome.ACCEPTED, Evidence.INFERRED)
    assert effects(sandbox, WRITES[name]) == 1


@pytest.mark.parametrize("order", ["name_first", "id_first"])
def test_whichever_check_comes_first_proves_the_upload(sandbox: Sandbox, order: str) -> None:
    sandbox.switch("telecmi", check_order=order)
    asked = parcel(sandbox, "telecmi leads")
    assert isinstance(ask(asked, "telecmi"), Reply)
    again = ask(replace(asked, had_unknown=True), "telecmi")
    assert isinstance(again, Reply)
    assert again.evidence is Evidence.INFERRED
    first_time = ask(asked, "telecmi")
    assert isinstance(first_time, Reply)
    assert first_time.outcome is Outcome.REJECTED


@pytest.mark.parametrize("scope", ["atomic", "partial"])
def test_contacts_after_a_lost_answer_are_settled_by_reading(sandbox: Sandbox, scope: str) -> None:
    sandbox.switch("telecmi", contact_batch=scope)
    asked = parcel(sandbox, "telecmi contacts")
    sandbox.faults([{"kind": "drop_after_commit", "endpoint": "contact/add"}])
    assert isinstance(ask(asked, "telecmi"), NoAnswer)
    again = replace(asked, had_unknown=True)
    reply = ask(again, "telecmi")
    assert isinstance(reply, Reply)
    assert (reply.outcome, reply.splittable) == (Outcome.REJECTED, True)
    look = get("telecmi").read_back(again)
    assert look is not None
    found = ask(look, "telecmi")
    assert isinstance(found, Reply)
    assert [note.outcome for note in found.notes] == [Outcome.ACCEPTED] * 2
    assert all(note.evidence is Evidence.VERIFIED and note.remote_id for note in found.notes)


def test_a_dead_phone_book_token_costs_one_sign_in(sandbox: Sandbox) -> None:
    asked = parcel(sandbox, "telecmi contacts", **TELECMI_USER)
    sandbox.expire("telecmi")
    reply = ask(asked, "telecmi")
    assert isinstance(reply, Reply)
    assert reply.outcome is Outcome.ACCEPTED
    assert len(sandbox.journal(endpoint="user/login")) == 1


def test_a_dead_smartflo_session_costs_one_sign_in(sandbox: Sandbox) -> None:
    asked = parcel(sandbox, "smartflo leads", **SMARTFLO_USER)
    sandbox.expire("smartflo")
    reply = ask(asked, "smartflo")
    assert isinstance(reply, Reply)
    assert reply.outcome is Outcome.HANDED_OVER
    assert len(sandbox.journal(endpoint="auth/login")) == 1


@pytest.mark.parametrize("name", ["telecrm leads", "smartflo leads"])
def test_what_may_go_again_makes_no_second_copy(sandbox: Sandbox, name: str) -> None:
    slug = name.split()[0]
    asked = parcel(sandbox, name)
    sandbox.faults([{"kind": "drop_after_commit", "endpoint": WRITES[name]}])
    assert isinstance(ask(asked, slug), NoAnswer)
    before = sandbox.counts()[slug]
    again = ask(replace(asked, had_unknown=True), slug)
    assert isinstance(again, Reply)
    assert again.outcome is Outcome.HANDED_OVER
    assert sandbox.counts()[slug]["leads"] == before["leads"]


@pytest.mark.parametrize("name", ["telecrm leads", "smartflo leads"])
def test_what_was_only_taken_can_be_verified(sandbox: Sandbox, name: str) -> None:
    slug = name.split()[0]
    asked = parcel(sandbox, name)
    look = get(slug).read_back(asked)
    assert look is not None
    before = ask(look, slug)
    assert isinstance(before, Reply)
    assert before.code == "absent"
    assert isinstance(ask(asked, slug), Reply)
    after = ask(look, slug)
    assert isinstance(after, Reply)
    assert (after.outcome, after.evidence) == (Outcome.ACCEPTED, Evidence.VERIFIED)
    assert after.found == ()


def test_a_clone_whose_answer_was_lost_is_found_by_its_time(sandbox: Sandbox) -> None:
    asked = parcel(sandbox, "smartflo leads")
    asked = replace(asked, payload={**asked.payload, "duplicate_option": "clone"})
    sandbox.faults([{"kind": "drop_after_commit", "endpoint": "leads/bulk"}])
    assert isinstance(ask(asked, "smartflo"), NoAnswer)
    started = sandbox.journal(endpoint="leads/bulk")[0]["time"]
    look = get("smartflo").read_back(
        replace(asked, options={**asked.options, "attempted_at": started})
    )
    assert look is not None
    found = ask(look, "smartflo")
    assert isinstance(found, Reply)
    assert found.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("slug", sorted(ACCOUNTS))
def test_the_account_test_tells_right_from_wrong(sandbox: Sandbox, slug: str) -> None:
    provider = get(slug)
    probe = provider.test(sandbox.base_url(slug), ACCOUNTS[slug])
    assert probe is not None
    good = ask(probe, slug)
    assert isinstance(good, Reply)
    assert good.outcome is Outcome.ACCEPTED
    wrong = {key: "wrong" if "inet" not in key else "7" for key in ACCOUNTS[slug]}
    bad = ask(replace(probe, credentials=wrong, then=None), slug)
    assert isinstance(bad, Reply)
    assert bad.outcome is Outcome.MISCONFIGURED
    words = provider.explain(probe.endpoint, bad.code, bad.message)
    assert words is not None
    assert words.action == "credentials"
    writes = {one.slug for one in provider.endpoints if one.role is Role.WRITE}
    assert not any(one["endpoint"] in writes for one in sandbox.journal())
