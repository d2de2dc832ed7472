"""Sockets under a hard deadline, opened only to addresses that were checked.

httpx has no limit for a whole request (encode/httpx#1450) and a limit per read is none against a
server that drips; here every step gets the time that is left. The name is resolved here too, and
the very address that was checked is the one connected to.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpcore

from .hosts import HostPolicy

CONNECT_SECONDS = 5.0
STEP_SECONDS = 20.0  # one read or write
TOTAL_BYTES = 1024 * 1024  # headers, chunk lines and body together; far above what is kept

SocketAddress = tuple[Any, ...]


class Blocked(httpcore.ConnectError):
    """Every address of the host is one we do not connect to."""


class NameNotFound(httpcore.ConnectError):
    """The host's name has no address."""


class Untrusted(httpcore.ConnectError):
    """The other side could not prove who it is."""


@dataclass
class Journey:
    """One request on its way: until when, where to, and what has happened so far."""

    policy: HostPolicy
    until: float  # time.monotonic()
    wrote: bool = field(default=False, init=False)  # a byte of the request may have left
    received: int = field(default=0, init=False)

    def left(self, limit: float | None, late: type[Exception]) -> float:
        """Return the seconds the next step may take; raises `late` when there are none."""
        remaining = self.until - time.monotonic()
        if remaining <= 0:
            raise late("the deadline for the whole request has passed")
        return min(remaining, STEP_SECONDS if limit is None else limit)


class Backend(httpcore.NetworkBackend):
    """Opens streams for one thread; `journey` is the request that is on its way just now."""

    journey: Journey

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to the first permitted address of `host` that answers."""
        limit = CONNECT_SECONDS if timeout is None else timeout
        until = time.monotonic() + self.journey.left(limit, httpcore.ConnectTimeout)
        found = [
            place
            for place in resolve(host, port, until - time.monotonic())
            if self.journey.policy.admits(host, ip_address(place[1][0].partition("%")[0]))
        ]
        if not found:
            raise Blocked(f"{host} has no address that requests may go to")
        return Stream(_connect(found, until), self)


def resolve(host: str, port: int, seconds: float) -> list[tuple[int, SocketAddress]]:
    """Return (family, address) pairs of `host`; the system's own lookup knows no time limit."""
    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as problem:
            answer.put(problem)

    if _is_address(host):
        look_up()  # nothing to wait for
    else:
        threading.Thread(target=look_up, daemon=True, name=f"look up {host}").start()
    try:
        found = answer.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"no answer to the lookup of {host}") from None
    if isinstance(found, Exception):
        raise NameNotFound(f"{host}: {found}") from found
    return list(dict.fromkeys((family, place) for family, _, _, _, place in found))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _connect(places: list[tuple[int, SocketAddress]], until: float) -> socket.socket:
    problem: Exception = httpcore.ConnectTimeout("no time left to connect")
    for turn, (family, place) in enumerate(places):
        # A dead IPv6 route must leave time for the IPv4 address behind it.
        share = (until - time.monotonic()) / (len(places) - turn)
        if share <= 0:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(share)
            sock.connect(place)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as late:
            sock.close()
            problem = httpcore.ConnectTimeout(f"{place[0]}: {late}")
        except OSError as refused:
            sock.close()
            problem = httpcore.ConnectError(f"{place[0]}: {refused}")
        else:
            return sock
    raise problem


class Stream(httpcore.NetworkStream):
    """One connection. Each read and write takes its limit from the journey of the moment."""

    def __init__(self, sock: socket.socket, backend: Backend) -> None:
        """Take over a connected socket."""
        self._sock = sock
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived, at most `max_bytes`; b"" at the end of the stream."""
        journey = self._backend.journey
        try:
            self._sock.settimeout(journey.left(timeout, httpcore.ReadTimeout))
            got = self._sock.recv(max_bytes)
        except TimeoutError as late:
            raise httpcore.ReadTimeout(str(late)) from late
        except OSError as cut:
            raise httpcore.ReadError(str(cut)) from cut
        journey.received += len(got)
        if journey.received > TOTAL_BYTES:
            raise httpcore.ReadError("the answer is too long to be one")
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        rest = memoryview(buffer)
        while rest:
            limit = self._backend.journey.left(timeout, httpcore.WriteTimeout)
            self._backend.journey.wrote = True
            try:
                self._sock.settimeout(limit)
                rest = rest[self._sock.send(rest) :]
            except TimeoutError as late:
                raise httpcore.WriteTimeout(str(late)) from late
            except OSError as cut:
                raise httpcore.WriteError(str(cut)) from cut

    def close(self) -> None:
        """Close the socket; a broken one is as good as closed."""
        with suppress(OSError):
            self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the stream with TLS on it. Nothing of the request leaves before this is done."""
        limit = CONNECT_SECONDS if timeout is None else timeout
        try:
            self._sock.settimeout(self._backend.journey.left(limit, httpcore.ConnectTimeout))
            secure = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except TimeoutError as late:
            self.close()
            raise httpcore.ConnectTimeout(f"TLS: {late}") from late
        except ssl.SSLCertVerificationError as unproven:
            self.close()
            raise Untrusted(f"TLS: {unproven}") from unproven
        except (OSError, ValueError) as refused:
            self.close()
            raise httpcore.ConnectError(f"TLS: {refused}") from refused
        return Stream(secure, self._backend)

    def get_extra_info(self, info: str) -> Any:
        """Return what the pool asks about: the socket, its TLS side, whether it is readable."""
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "is_readable":
            return _is_readable(self._sock)
        return {"socket": self._sock}.get(info)


def _is_readable(sock: socket.socket) -> bool:
    # A kept connection that is readable before anything was asked has been closed by its server.
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
