"""Nobody gets a request who cannot prove who it is."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from pytest_django import Settings

from sync import client
from sync.client import HostPolicy, Kind, NoAnswer, Request, Response, send
from tests.fault_server import answering, ok, serving

LOCAL = HostPolicy((), allow_local=True)


@pytest.fixture
def ca(settings: Settings, tmp_path: Path) -> Iterator[trustme.CA]:
    """A certificate authority that the client trusts for one test."""
    authority = trustme.CA()
    place = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(place)
    settings.PROVIDER_CA_FILE = str(place)
    client.trust.cache_clear()
    client.forget()
    yield authority
    client.trust.cache_clear()
    client.forget()


def server_side(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def answer_from(tls: ssl.SSLContext) -> tuple[Response | NoAnswer, list[bytes]]:
    with serving(answering(ok(b"{}")), tls=tls) as server:
        request = Request("POST", f"https://localhost:{server.port}/", content=b"secret")
        return send(request, allow=LOCAL), server.requests


def test_a_server_that_proves_its_name_is_answered(ca: trustme.CA) -> None:
    got, seen = answer_from(server_side(ca.issue_cert("localhost")))
    assert isinstance(got, Response)
    assert seen[0].endswith(b"secret")


def expired(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("flaw", ["expired", "self-signed", "another name"])
def test_a_server_that_cannot_prove_its_name_gets_not_one_byte(ca: trustme.CA, flaw: str) -> None:
    certs = {
        "expired": lambda: expired(ca),
        "self-signed": lambda: trustme.CA().issue_cert("localhost"),
        "another name": lambda: ca.issue_cert("rest.example.com"),
    }
    got, seen = answer_from(server_side(certs[flaw]()))
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "tls")
    assert "prove" in got.words
    assert seen == []


def test_old_tls_is_not_spoken(ca: trustme.CA) -> None:
    assert client.trust().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert client.trust().verify_mode is ssl.CERT_REQUIRED
    assert client.trust().check_hostname


def test_a_connection_cut_in_the_handshake_is_never_sent(ca: trustme.CA) -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\n\r\n")) as server:
        request = Request("POST", f"https://localhost:{server.port}/", content=b"secret")
        got = send(request, allow=LOCAL, deadline=1)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "connect")
    assert server.requests == []
