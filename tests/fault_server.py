"""A server on loopback that answers as badly as a test wants, one thread a connection."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


@dataclass
class FaultServer:
    """Where it listens and what it has seen."""

    port: int
    connections: int = 0
    closed: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address by http."""
        return f"http://127.0.0.1:{self.port}"


def answering(raw: bytes) -> Behaviour:
    """Send `raw` and close."""
    return lambda conn: conn.sendall(raw)


def ok(body: bytes, *headers: str) -> bytes:
    """Return a whole 200 with `body`."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def dripping(before: bytes, drip: bytes, pause: float = 0.05) -> Behaviour:
    """Send `before`, then `drip` again and again with a pause, for as long as anybody listens."""

    def behave(conn: socket.socket) -> None:
        conn.sendall(before)
        while True:
            conn.sendall(drip)
            time.sleep(pause)

    return behave


def flooding(before: bytes, block: bytes) -> Behaviour:
    """Send `before`, then `block` without end."""
    return dripping(before, block, 0)


def silent(conn: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    while conn.recv(65536):
        pass


def read_request(conn: socket.socket) -> bytes:
    """Return one whole request, b"" when the other side closed instead."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = conn.recv(65536)
        if not more:
            return b""
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    wanted = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < wanted:
        body += conn.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(
    behave: Behaviour, *, tls: ssl.SSLContext | None = None, keep: int = 1
) -> Iterator[FaultServer]:
    """Run a server whose connections take `keep` requests each and then `behave` each time."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = FaultServer(listener.getsockname()[1])

    def talk(conn: socket.socket) -> None:
        with suppress(OSError, ValueError), conn:
            secure = tls.wrap_socket(conn, server_side=True) if tls else conn
            with secure:
                for _ in range(keep):
                    request = read_request(secure)
                    if not request:
                        return
                    server.requests.append(request)
                    behave(secure)

    def answer(conn: socket.socket) -> None:
        talk(conn)
        server.closed += 1

    def accept() -> None:
        with suppress(OSError):
            while True:
                conn, _ = listener.accept()
                server.connections += 1
                threading.Thread(target=answer, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.close()
