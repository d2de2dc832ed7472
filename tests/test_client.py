"""The door to the outside, against real sockets that behave badly."""

from __future__ import annotations

import gzip
import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import httpx
import pytest

from sync import client
from sync.client import HostPolicy, Kind, NoAnswer, Request, Response, send
from tests.fault_server import (
    Behaviour,
    answering,
    dripping,
    flooding,
    ok,
    serving,
    silent,
)

LOCAL = HostPolicy(("rest.example.com",), allow_local=True)
STRICT = HostPolicy(("rest.example.com",))
ACCEPTED = ok(b'{"code":200}')


@pytest.fixture(autouse=True)
def _fresh_connections() -> Iterator[None]:
    client.forget()
    yield
    client.forget()


def post(url: str, body: bytes = b'{"secret":"s"}') -> Request:
    return Request("POST", url + "/v3/leads/add-custom", content=body)


def answer_to(behave: Behaviour, **more: Any) -> Response | NoAnswer:
    with serving(behave) as server:
        return send(post(server.url), allow=LOCAL, **more)


def no_answer_to(behave: Behaviour, **more: Any) -> NoAnswer:
    got = answer_to(behave, **more)
    assert isinstance(got, NoAnswer), got
    return got


# What goes out, what comes in


def test_an_answer_comes_back_whole() -> None:
    with serving(answering(ok(b'{"code":200}', "X-Seen: yes"))) as server:
        got = send(post(server.url), allow=LOCAL)
    assert isinstance(got, Response)
    assert (got.status_code, got.content) == (200, b'{"code":200}')
    assert got.headers["x-seen"] == "yes"
    assert got.headers["date"]
    request = server.requests[0]
    assert request.startswith(b"POST /v3/leads/add-custom HTTP/1.1\r\n")
    assert b"accept-encoding: identity\r\n" in request.lower()
    assert b"connection: close\r\n" in request.lower()
    assert request.endswith(b'{"secret":"s"}')


@pytest.mark.parametrize("status", [400, 404, 409, 422, 429, 500, 503])
def test_a_refusal_is_an_answer_too(status: int) -> None:
    got = answer_to(answering(b"HTTP/1.1 %d Hm\r\nContent-Length: 2\r\n\r\nno" % status))
    assert isinstance(got, Response)
    assert (got.status_code, got.content) == (status, b"no")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "http://[::1", "/again", ""])
def test_no_redirect_is_followed(status: int, place: str) -> None:
    raw = f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()
    with serving(answering(raw)) as server:
        got = send(post(server.url), allow=LOCAL)
    assert isinstance(got, Response)
    assert got.status_code == status
    assert (server.connections, len(server.requests)) == (1, 1)


def test_proxies_of_the_environment_and_netrc_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert isinstance(answer_to(answering(ACCEPTED)), Response)


def test_cookies_are_not_remembered() -> None:
    with serving(answering(ok(b"{}", "Set-Cookie: a=b; Path=/"))) as server:
        for _ in range(2):
            send(post(server.url), allow=LOCAL)
    assert b"cookie:" not in server.requests[1].lower()


def test_a_body_that_came_packed_is_opened_within_the_cap() -> None:
    packed = gzip.compress(b'{"code":200}')
    got = answer_to(answering(ok(packed, "Content-Encoding: gzip")))
    assert isinstance(got, Response)
    assert got.content == b'{"code":200}'
    assert "content-encoding" not in got.headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
def test_a_body_that_only_says_it_is_packed_stays_as_it_is(encoding: str) -> None:
    got = answer_to(answering(ok(b"{}", f"Content-Encoding: {encoding}")))
    assert isinstance(got, Response)
    assert got.content == b"{}"


# Too much, too slow


@pytest.mark.parametrize("held", ["café".encode("latin-1"), "नमस्ते".encode(), b"\xff\xfe"])
@pytest.mark.parametrize("name", [b"Server", b"Content-Type", b"Retry-After", b"Date"])
def test_letters_in_a_header_lose_no_answer(name: bytes, held: bytes) -> None:
    lines = [b"HTTP/1.1 200 OK", name + b": " + held, b"Content-Length: 12", b"", b""]
    got = answer_to(answering(b"\r\n".join(lines) + b'{"code":200}'))
    assert isinstance(got, Response), got
    assert got.json() == {"code": 200}


def test_a_bomb_of_200_megabytes_is_cut_at_256_kib() -> None:
    import zlib

    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeeze.compress(b"\0" * 1_000_000) for _ in range(200)) + squeeze.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got = answer_to(answering(ok(bomb, "Content-Encoding: gzip")))
    assert isinstance(got, Response)
    assert len(got.content) == client.BODY_BYTES
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


@pytest.mark.parametrize("length", ["", "Content-Length: 209715200\r\n"])
def test_an_endless_body_is_cut_at_256_kib(length: str) -> None:
    head = f"HTTP/1.1 200 OK\r\n{length}\r\n".encode()
    got = answer_to(flooding(head, b"x" * 65536))
    assert isinstance(got, Response)
    assert len(got.content) == client.BODY_BYTES


@pytest.mark.parametrize(
    "behave",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", b" "),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        silent,
    ],
    ids=["body", "headers", "status line", "chunks", "interim answers", "silence"],
)
def test_the_deadline_ends_every_kind_of_dripping(behave: Behaviour) -> None:
    started = time.monotonic()
    got = no_answer_to(behave, deadline=0.6)
    assert got.kind is Kind.UNKNOWN
    assert time.monotonic() - started < 15  # a single read would have had 20 s


def test_a_body_that_is_taken_too_slowly_ends_at_the_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        got = send(post(url, b"x" * 50_000_000), allow=LOCAL, deadline=0.6)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.UNKNOWN, "late")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 2_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: a\r\n" * 200_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 2_000_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    ],
    ids=["one header", "many headers", "chunk line", "interim answers"],
)
def test_megabytes_of_headers_are_no_answer(raw: bytes) -> None:
    assert no_answer_to(answering(raw)).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_a_torn_answer_is_not_taken_for_one(raw: bytes) -> None:
    got = no_answer_to(answering(raw))
    assert (got.kind, got.reason) in {(Kind.UNKNOWN, "cut"), (Kind.UNKNOWN, "garbled")}
    assert "may have arrived" in got.words


def test_a_connection_reset_after_the_request_is_unknown() -> None:
    def reset(conn: socket.socket) -> None:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    assert no_answer_to(reset).kind is Kind.UNKNOWN


# Never sent


def test_a_refused_connection_is_never_sent() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # ours, and nobody listens
        got = send(post(f"http://127.0.0.1:{deaf.getsockname()[1]}"), allow=LOCAL)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "connect")


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have `addresses`."""

    def found(host: str, port: int, **_: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(-2, "Name or service not known")
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in one], 1, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_that_is_not_found_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    got = send(post("https://rest.example.com"), allow=STRICT)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "name")


def test_a_lookup_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    got = send(post("https://rest.example.com"), allow=STRICT, deadline=0.2)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "connect")


def test_a_dead_first_address_leaves_time_for_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(ACCEPTED)) as server:
        resolving(monkeypatch, "::1", "127.0.0.1")
        got = send(post(f"http://sandbox.internal:{server.port}"), allow=LOCAL)
    assert isinstance(got, Response)


def test_a_request_that_cannot_be_made_is_never_sent() -> None:
    with serving(answering(ACCEPTED)) as server:
        broken = Request("POST", server.url, headers={"authorization": "Bearer a\nb"}, content=b"x")
        got = send(broken, allow=LOCAL)
    assert isinstance(got, NoAnswer)
    assert (got.kind, got.reason) == (Kind.NEVER_SENT, "not_made")
    assert server.requests == []


# Keeping connections


def test_a_kept_connection_is_used_again_only_where_that_is_wanted() -> None:
    with serving(answering(ACCEPTED), keep=100) as server:
        for _ in range(5):
            assert isinstance(send(post(server.url), allow=LOCAL, keep_alive=True), Response)
        assert server.connections == 1
        for _ in range(3):
            assert isinstance(send(post(server.url), allow=LOCAL), Response)
        assert server.connections == 4


def test_a_server_that_closes_kept_connections_makes_no_false_unknown() -> None:
    with serving(answering(ACCEPTED), keep=1) as server:
        got = [send(post(server.url), allow=LOCAL) for _ in range(1000)]
    assert all(isinstance(one, Response) for one in got)


def test_a_kept_connection_that_was_closed_is_not_used_again() -> None:
    with serving(answering(ACCEPTED), keep=1) as server:
        for number in range(1, 6):
            assert isinstance(send(post(server.url), allow=LOCAL, keep_alive=True), Response)
            while server.closed < number:
                time.sleep(0.001)
    assert server.connections == 5


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # what Python 3.12 says of it
def test_a_child_process_opens_its_own_connection() -> None:
    with serving(answering(ACCEPTED), keep=100) as server:
        send(post(server.url), allow=LOCAL, keep_alive=True)
        child = os.fork()
        if child == 0:
            got = send(post(server.url), allow=LOCAL, keep_alive=True)
            os._exit(0 if isinstance(got, Response) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        send(post(server.url), allow=LOCAL, keep_alive=True)
        assert server.connections == 2


# The whole tree of errors


def tree(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


SENT_OR_NOT: dict[type[httpx.HTTPError], str] = {
    httpx.ConnectError: "connect",
    httpx.ConnectTimeout: "connect",
    httpx.PoolTimeout: "connect",
    httpx.ProxyError: "connect",
    httpx.UnsupportedProtocol: "blocked",
    httpx.LocalProtocolError: "not_made",
    httpx.ReadTimeout: "late",
    httpx.WriteTimeout: "late",
    httpx.TimeoutException: "late",
    httpx.ReadError: "cut",
    httpx.WriteError: "cut",
    httpx.CloseError: "cut",
    httpx.NetworkError: "cut",
}


@pytest.mark.parametrize("kind", sorted(set(tree(httpx.HTTPError)), key=str))
def test_each_error_of_httpx_has_a_meaning(kind: type[httpx.HTTPError]) -> None:
    request = Request("POST", "https://rest.example.com")
    special: dict[str, Callable[[], httpx.HTTPError]] = {
        "HTTPStatusError": lambda: httpx.HTTPStatusError(
            "x", request=request, response=Response(500)
        )
    }
    problem = special.get(kind.__name__, lambda: kind("x"))()
    reason = SENT_OR_NOT.get(kind, "garbled")
    before, after = (client.no_answer(problem, wrote=wrote) for wrote in (False, True))
    assert (before.kind, before.reason) == (Kind.NEVER_SENT, reason)
    assert (after.kind, after.reason) == (Kind.UNKNOWN, reason)
    assert "may have arrived" not in before.words


@pytest.mark.parametrize(
    "kind", sorted({one for root in client.CORE_ERRORS for one in tree(root)}, key=str)
)
def test_each_error_of_httpcore_becomes_one_of_httpx(kind: type[Exception]) -> None:
    problem = client.as_httpx(kind("x"))
    assert isinstance(problem, httpx.TransportError)
    if hasattr(httpx, kind.__name__):
        assert type(problem).__name__ == kind.__name__


def test_no_error_of_httpcore_is_forgotten() -> None:
    listed = {one for root in client.CORE_ERRORS for one in tree(root)}
    names = [getattr(httpcore, name) for name in httpcore.__all__]
    known = {one for one in names if isinstance(one, type) and issubclass(one, Exception)}
    assert known <= listed
