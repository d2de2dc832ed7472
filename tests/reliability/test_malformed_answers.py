"""Whatever comes back over the wire, a delivery ends in the right class and its page renders.

Real sockets, the real ledger; tests/providers holds the same for the reading of bodies alone.
"""

from __future__ import annotations

import gzip
import socket
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.middleware import SESSION_KEY
from access.models import Hold
from sync import client, providers, work
from sync.hosts import HostPolicy
from sync.models import Attempt, Delivery, Push, State
from sync.providers.base import Outcome, Parcel, Role
from sync.redaction import storable
from tests.crash.endpoints import WAYS, Way
from tests.factories import UserFactory
from tests.fault_server import Behaviour, answering, serving
from tests.providers.broken import BODIES
from tests.sandbox_server import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PAGE = b"<!doctype html><title>Bad Gateway</title><h1>Bad Gateway</h1>"


def told(status: str, body: bytes = b"", *headers: bytes, length: int | None = None) -> Behaviour:
    """Answer with `body`; `length` is what the header says of it."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % size, *headers, b"", b""]
    return answering(b"\r\n".join(lines) + body)


def closing(conn: socket.socket) -> None:
    """Say nothing and hang up."""


# 2xx that say nothing, and everything that is no whole answer: it may have been applied.
UNKNOWN: dict[str, Behaviour] = {
    "silence": closing,
    "garbage": answering(b"HTTP/nine banana \xff\xfe\r\n\r\n{}"),
    "half a status line": answering(b"HTTP/1.1 20"),
    "half the headers": answering(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "a body cut short": told("200 OK", b'{"code":200', length=900),
    "a broken chunk": answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
    "two lengths": answering(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}"
    ),
    "two megabytes of header": told("200 OK", b"{}", b"X-Filler: " + b"x" * 2_000_000),
    "status 999": told("999 What", b"{}"),
    "empty 200": told("200 OK"),
    "page with 200": told("200 OK", PAGE),
    "cut JSON": told("200 OK", BODIES["cut object"]),
    "cut string": told("200 OK", BODIES["cut string"]),
    "raw NUL": told("200 OK", BODIES["raw NUL"]),
    "no text": told("200 OK", BODIES["not utf-8"]),
    "deep JSON": told("200 OK", BODIES["deep"]),
    "bomb": told("200 OK", gzip.compress(b" " * 5_000_000), b"Content-Encoding: gzip"),
    "page with 502": told("502 Bad Gateway", PAGE),
    "JSON with 500": told("500 Oh", b'{"code":500,"msg":"Internal Server Error"}'),
    "empty 503": told("503 Later", b"", b"Retry-After: soon"),
    "504": told("504 Gateway Timeout", b"upstream"),
    "408": told("408 Request Timeout", b"{}"),
}
# Known not applied, though hardly an answer.
REFUSED: dict[str, Behaviour] = {
    "empty 400": told("400 Bad Request"),
    "cut JSON with 400": told("400 Bad Request", BODIES["cut object"]),
    "NUL in a refusal": told("422 No", b'{"code":422,"msg":"a\\u0000b","message":"a\\u0000b"}'),
    "surrogate in a refusal": told("400 No", BODIES["lone surrogate"]),
    "endless words": told("400 No", b'{"msg":"' + b"no " * 60_000 + b'"}'),
}
STOPPED: dict[str, Behaviour] = {
    "redirect inside": told("302 Found", b"", b"Location: http://169.254.169.254/"),
    "redirect with the body": told("307 There", b"", b"Location: http://127.0.0.1:1/"),
    "page with 404": told("404 Not Found", PAGE),
    "empty 401": told("401 No"),
    "403 in no text": told("403 No", BODIES["not utf-8"]),
}
LATER: dict[str, Behaviour] = {
    "429 as a page": told("429 Slow", PAGE),
    "429 with a bad wait": told("429 Slow", b"{}", b"Retry-After: -1"),
}
CLASSES = {"unknown": UNKNOWN, "refused": REFUSED, "stopped": STOPPED, "later": LATER}
HAND = [name for name in WAYS if name != "sign-in"]


def expected(kind: str, delivery: Delivery, way: Way) -> bool:
    """Return whether the ledger took the answer for what it is."""
    held = Hold.objects.filter(account=delivery.account, released_at=None).exists()
    if kind == "unknown":
        state = State.RETRY_WAIT if way.repeatable else State.UNCERTAIN
        return bool(delivery.state == state and delivery.had_unknown and not held)
    if kind == "refused":
        return delivery.state in (State.REJECTED, State.SPLIT) and not held
    if kind == "stopped":
        return bool(delivery.state == State.QUEUED and held and not delivery.had_unknown)
    return bool(delivery.state == State.RETRY_WAIT and not delivery.had_unknown)


@pytest.mark.parametrize("way", HAND)
def test_a_malformed_answer_is_taken_for_what_it_is_and_its_page_renders(
    sandbox: Sandbox, client: Client, way: str
) -> None:
    client.force_login(UserFactory.create(is_superuser=True, is_staff=True))
    wrong = []
    answers = [(kind, name, b) for kind, some in CLASSES.items() for name, b in some.items()]
    for kind, name, behave in answers:
        push, delivery = after(sandbox, WAYS[way], behave, f"{way} {name}")
        if not expected(kind, delivery, WAYS[way]):
            wrong.append(f"{name}: {delivery.state}, {delivery.reason}")
        seen = client.session
        seen[SESSION_KEY] = push.team_id
        seen.save()
        page = client.get(reverse("sync:sent_one", args=[delivery.pk]))
        if page.status_code != 200:
            wrong.append(f"{name}: its page says {page.status_code}")
    assert wrong == []
    assert len(answers) > 30


def after(sandbox: Sandbox, way: Way, behave: Behaviour, name: str) -> tuple[Push, Delivery]:
    """Send once to a server that behaves so; return the send and the request it made."""
    sandbox.reset()
    world = way.world(sandbox, name)
    push = world.plan(name)
    with serving(behave) as server:
        world.account.base_url = server.url
        world.account.save()
        assert work.deliver_one([world.account.pk])
    return push, Attempt.objects.get(delivery__push=push).delivery


READS = [
    (slug, endpoint.slug)
    for slug in ("telecmi", "telecrm", "smartflo")
    for endpoint in providers.get(slug).endpoints
    if endpoint.role is not Role.WRITE
]


@pytest.mark.parametrize(("slug", "endpoint"), READS)
def test_a_read_takes_no_malformed_answer_for_news(slug: str, endpoint: str) -> None:
    provider = providers.get(slug)
    wrong = []
    for kind, some in CLASSES.items():
        for name, behave in some.items():
            with serving(behave) as server:
                outcome = asked(provider, endpoint, server.url)
            if outcome in (Outcome.ACCEPTED, Outcome.UNCERTAIN, Outcome.ALREADY_THERE):
                wrong.append(f"{kind} {name}: {outcome}")
    assert wrong == []


def asked(provider: Any, endpoint: str, url: str) -> Outcome | None:
    """Make one read; None when there was no whole answer."""
    options = {"list_id": "1", "wanted": {"1": "9800000000"}, "asking": "1", "clone": False}
    credentials = {"token": "t0ken", "secret": "s3cret", "inet_no": "1", "enterprise_id": "e"}
    parcel = Parcel(endpoint, url, credentials, {"number": "1"}, ("1",), options)
    answer = client.send(provider.request(parcel), allow=HostPolicy((), allow_local=True))
    if isinstance(answer, client.NoAnswer):
        return None
    assert isinstance(storable(answer.content), str)
    outcome: Outcome = provider.reply(parcel, answer).outcome
    return outcome
