"""The only door to the outside: one request in, one `Answer` out, and no exception for the network.

No redirects, no proxies from the environment, no cookies (nothing of httpx.Client is used, only its
transport seam), TLS always verified, a deadline over everything and a cap on what is read.
"""

from __future__ import annotations

import os
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum
from functools import lru_cache

import certifi
import httpcore
import httpx
from django.conf import settings
from httpx import Request, Response

from .hosts import HostPolicy
from .network import STEP_SECONDS, Backend, Blocked, Journey, NameNotFound, Untrusted

__all__ = ["Answer", "HostPolicy", "Kind", "NoAnswer", "Request", "Response", "send", "url_refusal"]

DEADLINE_SECONDS = 30.0
BODY_BYTES = 256 * 1024
IDLE_SECONDS = 4.0  # a kept connection older than this is not trusted with a request
USER_AGENT = "telecrm-admin"


class Kind(StrEnum):
    """What having no answer says about the request."""

    NEVER_SENT = "never_sent"  # not one byte of it left this house
    UNKNOWN = "unknown"  # it may have arrived and may have been applied


@dataclass(frozen=True)
class NoAnswer:
    """There was no whole answer. `reason` is a slug, `words` a sentence, `detail` for the log."""

    kind: Kind
    reason: str
    words: str
    detail: str = ""


Answer = Response | NoAnswer

WORDS = {
    "blocked": "The address of this account is one that requests may not go to.",
    "name": "The host's name was not found. Nothing was sent.",
    "connect": "No connection. Nothing was sent.",
    "tls": "The other side could not prove who it is. Nothing was sent.",
    "not_made": "The request could not be put together. Nothing was sent.",
    "late": "No answer in time. It may have arrived.",
    "cut": "The connection broke before the answer was complete. It may have arrived.",
    "garbled": "The answer was broken. It may have arrived.",
}

# The whole tree of httpx, from special to general; a test walks it.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "connect"),
    (httpx.ConnectError, "connect"),
    (httpx.PoolTimeout, "connect"),
    (httpx.ProxyError, "connect"),
    (httpx.UnsupportedProtocol, "blocked"),
    (httpx.InvalidURL, "blocked"),
    (httpx.LocalProtocolError, "not_made"),
    (httpx.TimeoutException, "late"),
    (httpx.NetworkError, "cut"),
    (httpx.RemoteProtocolError, "garbled"),
    (httpx.HTTPError, "garbled"),
    (httpx.StreamError, "garbled"),
)
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (Blocked, "blocked"),
    (NameNotFound, "name"),
    (Untrusted, "tls"),
)


def send(
    request: Request,
    *,
    allow: HostPolicy,
    keep_alive: bool = False,
    deadline: float = DEADLINE_SECONDS,
) -> Answer:
    """Send `request` once and return the response, its body read (at most 256 KiB), or NoAnswer.

    `deadline`: seconds for everything together. `keep_alive`: reuse this thread's connection.
    """
    url = request.url
    refused = allow.refusal(url.scheme, url.host, url.port, url.userinfo.decode("ascii", "replace"))
    if refused:
        return NoAnswer(Kind.NEVER_SENT, "blocked", refused)
    _dress(request, keep_alive=keep_alive)
    transport = _transport(keep_alive)
    journey = transport.backend.journey = Journey(allow, time.monotonic() + deadline)
    try:
        raw = transport.handle_request(request)
        try:
            return _received(raw, request)
        finally:
            raw.close()
    except (httpx.HTTPError, httpx.StreamError) as problem:
        return no_answer(problem, wrote=journey.wrote)


def url_refusal(url: str, allow: HostPolicy) -> str:
    """Return why a base URL that a person typed is refused, for people; "" when it may be used."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return "The base URL cannot be read. It looks like https://rest.example.com."
    userinfo = read.userinfo.decode("ascii", "replace")
    return allow.refusal(read.scheme, read.host, read.port, userinfo)


def no_answer(problem: Exception, *, wrote: bool) -> NoAnswer:
    """Return what `problem` (of httpx's tree) means; `wrote`: a byte of the request had left."""
    table = (*_CAUSES, *_REASONS)
    causes = (problem.__cause__, problem)
    reason = next(
        (slug for cause in causes for known, slug in table if isinstance(cause, known)), "garbled"
    )
    kind = Kind.UNKNOWN if wrote else Kind.NEVER_SENT
    words = WORDS[reason]
    if not wrote and reason in ("late", "cut", "garbled"):
        words = WORDS["connect"]
    return NoAnswer(kind, reason, words, f"{type(problem).__name__}: {problem}")


def _dress(request: Request, *, keep_alive: bool) -> None:
    request.headers["Accept-Encoding"] = "identity"
    request.headers["User-Agent"] = USER_AGENT
    request.headers["Connection"] = "keep-alive" if keep_alive else "close"
    limits = {"connect": None, "read": STEP_SECONDS, "write": STEP_SECONDS, "pool": STEP_SECONDS}
    request.extensions = {**request.extensions, "timeout": limits}


def _received(raw: Response, request: Request) -> Response:
    body = b""
    for chunk in raw.iter_raw():
        body += chunk
        if len(body) >= BODY_BYTES:
            break
    content = _unpacked(body[:BODY_BYTES], raw.headers.get("content-encoding", ""))
    dropped = (b"content-encoding", b"content-length", b"transfer-encoding")
    # As bytes: a header may hold letters that no str of ours could be sent back as.
    headers = [(name, held) for name, held in raw.headers.raw if name.lower() not in dropped]
    if "date" not in raw.headers:  # RFC 9110 6.6.1: the receiver notes when it came
        headers.append((b"date", formatdate(usegmt=True).encode()))
    return Response(raw.status_code, headers=headers, content=content, request=request)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """Return a body that came packed although we asked for none, never more than the cap of it."""
    windows = {"gzip": 31, "x-gzip": 31, "deflate": 15}.get(encoding.strip().lower())
    if windows is None:
        return body
    try:
        return zlib.decompressobj(windows).decompress(body, BODY_BYTES)
    except zlib.error:
        return body


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """Return the one TLS setting: verify always, TLS 1.2 or newer.

    Trusts the machine's own certificates, Mozilla's list, and those of settings.PROVIDER_CA_FILE.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if settings.PROVIDER_CA_FILE:
        context.load_verify_locations(settings.PROVIDER_CA_FILE)
    return context


class Transport(httpx.BaseTransport):
    """httpx's transport seam over httpcore, with our own network underneath."""

    def __init__(self, *, keep_alive: bool) -> None:
        """Make a pool for one thread; without `keep_alive` no connection is used twice.

        A server that closes idle connections makes a request on a kept one end in doubt, so
        keeping is for calls that may be repeated.
        """
        self.backend = Backend()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust(),
            max_connections=4,
            max_keepalive_connections=4 if keep_alive else 0,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self.backend,
        )

    def handle_request(self, request: Request) -> Response:
        """Send and return the response with its body still to be read."""
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            got = self._pool.handle_request(sent)
        except CORE_ERRORS as problem:
            raise as_httpx(problem) from problem
        return Response(got.status, headers=got.headers, stream=_Incoming(got))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __del__(self) -> None:
        """Close what a thread that ended has kept open."""
        self.close()


class _Incoming(httpx.SyncByteStream):
    def __init__(self, got: httpcore.Response) -> None:
        self._got = got

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._got.iter_stream()
        except CORE_ERRORS as problem:
            raise as_httpx(problem) from problem

    def close(self) -> None:
        self._got.close()


CORE_ERRORS = (
    httpcore.ConnectionNotAvailable,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
)


def as_httpx(problem: Exception) -> httpx.HTTPError:
    """Return httpx's exception of the same name as httpcore's `problem`, or of its nearest base."""
    for known in type(problem).__mro__:
        twin = getattr(httpx, known.__name__, None)
        if isinstance(twin, type) and issubclass(twin, httpx.HTTPError):
            return twin(str(problem))
    return httpx.TransportError(str(problem))


_mine = threading.local()


def _transport(keep_alive: bool) -> Transport:
    name = "keeping" if keep_alive else "closing"
    held: Transport | None = getattr(_mine, name, None)
    if held is None:
        held = Transport(keep_alive=keep_alive)
        setattr(_mine, name, held)
    return held


def forget() -> None:
    """Close this thread's connections.

    After a fork parent and child would otherwise talk over the same socket; closing the child's
    copy of it leaves the parent's open.
    """
    _mine.__dict__.clear()


os.register_at_fork(after_in_child=forget)


def hang_up() -> None:
    """Close this thread's connections in good order: the thread is about to end."""
    for held in list(_mine.__dict__.values()):
        held.close()
    _mine.__dict__.clear()
