"""Where requests may not go: this machine, its network, and names that lead there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from sync import client
from sync.client import HostPolicy, Kind, NoAnswer, Request, send, url_refusal
from sync.hosts import is_global
from tests.fault_server import answering, ok, serving

STRICT = HostPolicy(("rest.example.com",))
LOCAL = HostPolicy(("rest.example.com",), allow_local=True)


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every address that a socket was asked to connect to."""
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    client.forget()
    yield tried
    client.forget()


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in one], 1, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "ff02::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_known_as_such(address: str) -> None:
    assert not is_global(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "49.44.79.236"])
def test_outside_addresses_are_known_as_such(address: str) -> None:
    assert is_global(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://[{one}]" if ":" in one else f"https://{one}" for one in INSIDE),
        "http://127.0.0.1:8000",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://127.1",
        "https://017700000001",
        "https://127.0.0.1.",
        "https://localhost",
        "https://LOCALHOST.",
        "http://rest.example.com",
        "https://rest.example.com:8443",
        "https://rest.example.com.evil.test",
        "https://evil.test",
        "https://user:secret@rest.example.com",
        "https://rest.example.com@evil.test",
        "ftp://rest.example.com",
        "file:///etc/passwd",
        "https://",
    ],
)
def test_nothing_connects_to_an_address_that_is_not_the_providers(
    url: str, connects: list[Any]
) -> None:
    assert url_refusal(url, STRICT)
    try:
        request = Request("POST", url, content=b"secret")
    except httpx.InvalidURL:
        return  # not even a request can be made of it
    got = send(request, allow=STRICT)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "blocked")
    assert connects == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_listed_name_that_leads_inside_is_not_connected_to(
    address: str, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, address)
    got = send(Request("POST", "https://rest.example.com"), allow=STRICT)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "blocked")
    assert connects == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["8.8.8.8", "10.0.0.1"], ["10.0.0.1"]])

    def rebinding(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (one, port)) for one in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    request = Request("POST", "https://rest.example.com")
    assert isinstance(send(request, allow=STRICT), NoAnswer)
    assert connects == ["8.8.8.8"]
    assert isinstance(send(request, allow=STRICT), NoAnswer)
    assert connects == ["8.8.8.8"]


def test_a_listed_host_is_reached_by_https() -> None:
    assert url_refusal("https://rest.example.com", STRICT) == ""
    assert url_refusal("https://REST.example.com:443/v3", STRICT) == ""
    assert "https on port 443" in url_refusal("http://rest.example.com", LOCAL)


def test_local_addresses_are_open_only_where_allowed() -> None:
    with serving(answering(ok(b"{}"))) as server:
        url = f"http://localhost:{server.port}"
        assert not isinstance(send(Request("GET", url), allow=LOCAL), NoAnswer)
        assert isinstance(send(Request("GET", url), allow=STRICT), NoAnswer)


def test_allowing_local_addresses_opens_no_strange_host_outside(
    connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, "8.8.8.8")
    got = send(Request("POST", "http://evil.test", content=b"secret"), allow=LOCAL)
    assert isinstance(got, NoAnswer)
    assert got.reason == "blocked"
    assert connects == []


@pytest.mark.parametrize("url", ["https://[::1", "https://a b", "https://\x00", "not a url", ""])
def test_a_base_url_that_cannot_be_read_is_refused_in_words(url: str) -> None:
    assert url_refusal(url, STRICT).endswith(".")
