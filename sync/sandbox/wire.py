"""HTTP/1.1 by hand: reading a request, writing an answer, and holding the raw connection.

A web framework cannot send broken HTTP; the sandbox has to.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LARGEST_BODY = 32 * 1024 * 1024
LARGEST_LINE = 64 * 1024


class BrokenRequest(Exception):
    """The client sent something that is not a complete HTTP request."""


@dataclass
class Request:
    """One request as received; `headers` keys are lower case, `body` is raw bytes."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    keep_alive: bool = True
    params: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError for anything that is not strict JSON."""
        return json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant)

    @property
    def bearer(self) -> str:
        """The bearer token, or the raw Authorization value when the word Bearer is missing."""
        value = self.headers.get("authorization", "").strip()
        return value[7:].strip() if value[:7].lower() == "bearer " else value


@dataclass
class Answer:
    """One answer: a JSON `body` (or `raw` bytes), and whether the request changed anything."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    applied: bool = False
    account: str = ""
    note: str = ""
    content_type: str = "application/json"

    def payload(self) -> bytes:
        """Return the bytes that follow the headers."""
        if self.raw is not None:
            return self.raw
        try:
            return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # a lone surrogate, which only an escape can carry
            return json.dumps(self.body, separators=(",", ":")).encode()

    def head(self, length: int | None, *, keep_alive: bool = True) -> bytes:
        """Return status line and headers; without `length` the end of the body is the close."""
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        fields = {
            "Date": formatdate(usegmt=True),
            "Content-Type": self.content_type,
            **self.headers,
        }
        if length is not None:
            fields["Content-Length"] = str(length)
        fields["Connection"] = "keep-alive" if keep_alive and length is not None else "close"
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


@dataclass
class Connection:
    """The two ends of one TCP connection and the ways to mistreat it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, *parts: bytes) -> None:
        """Send bytes and wait until the operating system took them."""
        self.writer.write(b"".join(parts))
        await self.writer.drain()

    async def answer(self, answer: Answer, *, keep_alive: bool = True) -> None:
        """Send a whole, correct answer."""
        payload = answer.payload()
        await self.write(answer.head(len(payload), keep_alive=keep_alive), payload)

    def reset(self) -> None:
        """Break the connection with RST instead of an orderly close."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def wait_for_goodbye(self) -> None:
        """Keep silent until the client hangs up."""
        while await self.reader.read(65536):
            pass


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


async def read_head(connection: Connection) -> Request | None:
    """Return method, path and headers of the next request; None when the client hung up."""
    try:
        line = await connection.reader.readline()
        if not line.strip():
            return None
        method, target, version = line.decode("latin-1").split()
        headers: dict[str, str] = {}
        while (text := (await connection.reader.readline()).decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        parts = urlsplit(target)
    except ValueError as error:
        raise BrokenRequest(str(error)) from error
    wish = headers.get("connection", "").lower()
    keep = wish != "close" and (version == "HTTP/1.1" or wish == "keep-alive")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(method.upper(), unquote(parts.path), query, headers, keep_alive=keep)


async def read_body(connection: Connection, request: Request) -> bytes:
    """Return the request's body; raises BrokenRequest when it is cut short or too large."""
    if request.headers.get("expect", "").lower() == "100-continue":
        await connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if "chunked" in request.headers.get("transfer-encoding", "").lower():
            return await _read_chunks(connection.reader)
        length = int(request.headers.get("content-length") or 0)
        if length > LARGEST_BODY:
            raise BrokenRequest("body too large")
        return await connection.reader.readexactly(length)
    except (ValueError, asyncio.IncompleteReadError) as error:
        raise BrokenRequest(str(error)) from error


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    received = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        if len(received) + size > LARGEST_BODY:
            raise BrokenRequest("body too large")
        received += await reader.readexactly(size)
        await reader.readline()
    while (await reader.readline()).strip():
        pass
    return bytes(received)
