"""What every provider keeps to. A new one is in here as soon as it is registered."""

from __future__ import annotations

import json
import re
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.providers import PROVIDERS, choices, get
from sync.providers.base import Outcome, Parcel, Provider, RecordKind, Reply, Role, replace
from tests.providers.broken import BODIES
from tests.providers.samples import (
    OPTIONS,
    credentials,
    every_parcel,
    mapped,
    parcels,
    record,
    response,
    write_parcel,
)

PARCELS = list(every_parcel())
ACTIONS = {
    "edit_records",
    "credentials",
    "rename",
    "agents",
    "list_id",
    "campaign_dates",
    "campaign",
    "decide",
    "wait",
    "send_again",
    "list_settings",
    "ask_admin",
    "none",
}
BANNED = re.compile(r"\b(oops|invalid|successful|successfully|please|sorry|failed to)\b", re.I)
STATUSES = (200, 201, 204, 301, 307, 400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429)
EVERY_STATUS = (*STATUSES, 500, 502, 503, 504, 599, 700)


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> Provider:
    """Each registered provider in turn."""
    return get(request.param)


def role_of(slug: str, parcel: Parcel) -> Role:
    return next(one.role for one in get(slug).endpoints if one.slug == parcel.endpoint)


def named(found: tuple[str, Parcel]) -> str:
    return f"{found[0]}-{found[1].endpoint}{'-after-unknown' if found[1].had_unknown else ''}"


every_call = pytest.mark.parametrize("found", PARCELS, ids=map(named, PARCELS))


def test_the_registry_knows_each_provider_by_its_slug(provider: Provider) -> None:
    assert PROVIDERS[provider.slug] is provider
    assert (provider.slug, provider.name) in choices()


def test_its_own_address_is_https_and_on_its_list_of_hosts(provider: Provider) -> None:
    parts = urlsplit(provider.base_url)
    assert parts.scheme == "https"
    assert parts.hostname in provider.hosts


def test_endpoints_say_how_they_are_used(provider: Provider) -> None:
    slugs = [one.slug for one in provider.endpoints]
    assert len(slugs) == len(set(slugs))
    for one in provider.endpoints:
        assert one.label
        assert one.pace > 0
        assert one.batch_size >= 1
        assert (one.role is Role.WRITE) == (one.record is not None)
        if one.role is Role.WRITE:
            assert one.limit_note
        if one.record not in (None, RecordKind.CAMPAIGN):
            assert provider.default_maps[one.record]


def test_account_fields_are_asked_for_once_and_in_words(provider: Provider) -> None:
    fields = (*provider.account_fields, *provider.setting_fields, *provider.list_fields)
    assert len({one.key for one in fields}) == len(fields)
    assert all(one.label for one in fields)
    for one in fields:
        assert not one.choices or one.default in dict(one.choices)


def test_missing_and_broken_credentials_are_named_one_by_one(provider: Provider) -> None:
    wrong = provider.check_credentials({})
    assert {one.key for one in provider.account_fields if one.required} <= set(wrong)
    assert all(sentence.endswith(".") for sentence in wrong.values())
    held = credentials(provider)
    secret = next(one.key for one in provider.account_fields if one.secret)
    assert secret in provider.check_credentials({**held, secret: "two\nlines"})


@every_call
def test_a_request_is_the_same_bytes_each_time_and_after_freezing(
    found: tuple[str, Parcel],
) -> None:
    slug, parcel = found
    frozen = json.loads(json.dumps(parcel.payload))
    first, again = get(slug).request(parcel), get(slug).request(replace(parcel, payload=frozen))
    assert first.content == again.content
    assert first.url == again.url


@every_call
def test_secrets_are_in_no_payload_no_address_and_no_printed_parcel(
    found: tuple[str, Parcel],
) -> None:
    slug, parcel = found
    request = get(slug).request(parcel)
    assert "canary" not in json.dumps(parcel.payload)
    assert "canary" not in repr(parcel).replace(parcel.base_url, "")
    secrets = [one.key for one in get(slug).account_fields if one.secret]
    assert not any(f"canary/{key}" in str(request.url) for key in secrets)


@every_call
def test_requests_go_to_the_hosts_on_the_list_only(found: tuple[str, Parcel]) -> None:
    slug, parcel = found
    assert get(slug).request(parcel).url.host in get(slug).hosts


@every_call
def test_requests_to_another_address_stay_at_that_address(found: tuple[str, Parcel]) -> None:
    slug, parcel = found
    url = get(slug).request(replace(parcel, base_url="http://127.0.0.1:9/practice/")).url
    assert str(url).startswith("http://127.0.0.1:9/practice/")
    assert "//" not in url.path


def test_records_that_cannot_go_are_named_and_the_rest_go(provider: Provider) -> None:
    for endpoint in provider.endpoints:
        if endpoint.record not in (RecordKind.LEAD, RecordKind.CONTACT) or endpoint.batch_size < 2:
            continue
        good, empty = mapped(provider, endpoint.record), record(2)
        built = provider.build(endpoint.slug, [good, empty], OPTIONS)
        assert set(built.refused) == {"2"}
        assert built.refused["2"].endswith(".")
        alone = provider.build(endpoint.slug, [good], OPTIONS)
        assert built.payload == alone.payload


def test_an_empty_request_is_never_made(provider: Provider) -> None:
    for endpoint in provider.endpoints:
        if endpoint.record in (RecordKind.LEAD, RecordKind.CONTACT):
            built = provider.build(endpoint.slug, [record(1)], OPTIONS)
            assert built.payload is None
            assert set(built.refused) == {"1"}


def test_a_full_request_holds_as_many_records_as_promised(provider: Provider) -> None:
    for endpoint in provider.endpoints:
        if endpoint.role is Role.WRITE:
            parcel = write_parcel(provider, endpoint, endpoint.batch_size)
            assert len(parcel.keys) == endpoint.batch_size


@every_call
@pytest.mark.parametrize("status", EVERY_STATUS)
def test_no_broken_answer_is_taken_for_a_known_end(found: tuple[str, Parcel], status: int) -> None:
    slug, parcel = found
    writes = role_of(slug, parcel) is Role.WRITE
    for name, body in BODIES.items():
        reply = get(slug).reply(parcel, response(status, body))
        place = f"{name} with {status}: {reply}"
        assert isinstance(reply, Reply), place
        if 200 <= status < 300 and writes:
            expected = {Outcome.UNCERTAIN, Outcome.HANDED_OVER}  # Telecrm takes any 2xx as received
            assert reply.outcome in expected, place
        if status in (408, *range(500, 600)):
            open_end = Outcome.UNCERTAIN if writes else Outcome.RETRY
            assert reply.outcome is open_end, place
        if status == 429:
            assert (reply.outcome, reply.code) == (Outcome.RETRY, "429"), place
        if 300 <= status < 400:
            assert reply.outcome is Outcome.MISCONFIGURED, place


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_a_provider_with_actions_says_what_its_timeline_takes(provider: Provider) -> None:
    takes = any(endpoint.record is RecordKind.ACTION for endpoint in provider.endpoints)
    assert takes is (provider.timeline is not None)


@every_call
def test_an_answer_nested_to_pythons_own_limit_breaks_nothing(found: tuple[str, Parcel]) -> None:
    slug, parcel = found
    for depth in (60, *range(860, 1000, 4)):
        inner = "[" * depth + "]" * depth
        body = f'{{"code": 400, "msg": {inner}, "message": {inner}, "error": {{"a": {inner}}}}}'
        for status in (200, 400, 500):
            assert isinstance(get(slug).reply(parcel, response(status, body.encode())), Reply)


@every_call
def test_no_words_that_a_database_refuses_are_kept(found: tuple[str, Parcel]) -> None:
    slug, parcel = found
    for status in (200, 400, 404, 409, 500):
        for body in BODIES.values():
            reply = get(slug).reply(parcel, response(status, body))
            kept = reply.message + reply.code + "".join(reply.remote_ids.values())
            assert "\0" not in kept
            kept.encode("utf-8")
            assert len(kept) < 3000


@given(st.sampled_from(PARCELS), st.sampled_from(EVERY_STATUS), st.binary(max_size=200))
def test_reading_an_answer_never_raises(
    found: tuple[str, Parcel], status: int, body: bytes
) -> None:
    assert isinstance(get(found[0]).reply(found[1], response(status, body)), Reply)


def _objects(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    names = "code msg status success message error errors data token agents contacts id agent"
    known = [*names.split(), "leads_id", "campaign_id", "page_state", "access_token", "created_at"]
    return st.dictionaries(st.sampled_from(known), inner, max_size=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | _objects(inner),
    max_leaves=8,
)


@given(st.sampled_from(PARCELS), st.sampled_from(EVERY_STATUS), JSON)
def test_reading_any_json_never_raises(
    found: tuple[str, Parcel], status: int, value: object
) -> None:
    body = json.dumps(value).encode()
    assert isinstance(get(found[0]).reply(found[1], response(status, body)), Reply)


@every_call
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_sign_in_leads_to_one_more_try_at_most(
    found: tuple[str, Parcel], status: int
) -> None:
    slug, parcel = found
    asked: Parcel | None = parcel
    steps = 0
    while asked is not None:
        reply = get(slug).reply(asked, response(status, {"msg": "no", "message": "no"}))
        asked, steps = reply.next, steps + 1
        assert steps <= 3
    assert reply.outcome in (Outcome.MISCONFIGURED, Outcome.REJECTED)


def test_the_account_test_writes_nothing(provider: Provider) -> None:
    probe = provider.test(provider.base_url, credentials(provider))
    while probe is not None:
        assert role_of(provider.slug, probe) is not Role.WRITE
        probe = probe.then


def test_looking_something_up_writes_nothing(provider: Provider) -> None:
    for parcel in parcels(provider):
        if role_of(provider.slug, parcel) is Role.WRITE:
            look = provider.read_back(parcel)
            assert look is None or role_of(provider.slug, look) is Role.READ


def test_our_words_for_its_messages_keep_the_house_style(provider: Provider) -> None:
    for line in getattr(import_module(type(provider).__module__), "TABLE", ()):
        one = line.explanation
        assert re.fullmatch(r"[a-z][a-z0-9-]+", one.cause)
        assert one.cause.startswith(provider.slug)
        assert one.action in ACTIONS
        assert one.sentence.endswith(".")
        assert one.fix.endswith(".")
        assert not BANNED.search(one.sentence + " " + one.fix)


@given(st.sampled_from(PARCELS), st.text(max_size=20), st.text(max_size=60))
def test_explaining_any_message_gives_words_or_nothing(
    found: tuple[str, Parcel], code: str, message: str
) -> None:
    words = get(found[0]).explain(found[1].endpoint, code, message)
    assert words is None or words.sentence
