"""What each fault looks like on the wire."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import signal
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from sync.sandbox.faults import Rule
from sync.sandbox.wire import Answer, Connection

HTML = b"<!doctype html><title>Bad Gateway</title><h1>Bad Gateway</h1><p>The proxy is tired.</p>"
MEGABYTE = 1024 * 1024
SIZES = {
    "huge_body": 10 * MEGABYTE,
    "gzip_bomb": 100 * MEGABYTE,
    "huge_header": 2 * MEGABYTE,
}

# kind -> what is sent instead of the answer; True means the connection may be used again
Sender = Callable[[Connection, Answer, Rule], Awaitable[bool]]


def planned(rule: Rule, answer: Answer, own_500: Any) -> Answer:
    """Return the answer a fault sends when it is well-formed HTTP, else `answer` unchanged.

    `own_500` is the JSON body this provider's endpoint documents for a server fault.
    """
    given = rule.options
    message = given.get("message")
    status, body = answer.status, answer.body
    match rule.kind:
        case "500_before" | "500_after":
            status, body = 500, own_500
        case "429":
            body = {"success": "false", "message": message or "Too many requests."}
            wait = given.get("retry_after")
            headers = {} if wait is None else {"Retry-After": str(wait)}
            return Answer(429, body, headers=headers)
        case "json_array":
            body = [answer.body]
        case "code_string":
            body = {**_object(answer.body), "code": str(_object(answer.body).get("code", 200))}
        case "code_400_in_200":
            status, body = 200, {"code": 400, "msg": message or "Bad Request"}
        case "success_false_string":
            status = 200
            body = {"success": "false", "message": message or "Something is wrong."}
        case _:
            return _planned_bytes(rule, answer)
    return Answer(status, body, headers=answer.headers)


def _planned_bytes(rule: Rule, answer: Answer) -> Answer:
    given = rule.options
    payload = answer.payload()
    match rule.kind:
        case "502_html" | "html_200":
            status = 502 if rule.kind == "502_html" else 200
            return Answer(status, raw=HTML, content_type="text/html")
        case "empty_200":
            return Answer(200, raw=b"")
        case "truncated_json":
            return Answer(answer.status, raw=payload[: len(payload) // 2])
        case "nul_in_body":
            return Answer(answer.status, raw=_inserted(payload, given.get("raw"), "\x00"))
        case "lone_surrogate":
            return Answer(answer.status, raw=_inserted(payload, None, "\ud800"))
        case "huge_body" | "gzip_bomb" | "huge_header":
            return _oversized(rule, answer)
        case "redirect":
            place = str(given.get("location", "http://169.254.169.254/"))
            return Answer(int(given.get("status", 302)), raw=b"", headers={"Location": place})
        case "custom":
            return _custom(given)
        case _:
            return answer


def _oversized(rule: Rule, answer: Answer) -> Answer:
    size = int(rule.options.get("size", SIZES[rule.kind]))
    if rule.kind == "gzip_bomb":
        return Answer(200, raw=_bomb(size), headers={"Content-Encoding": "gzip"})
    if rule.kind == "huge_header":
        return Answer(answer.status, answer.body, headers={"X-Filler": "x" * size})
    return Answer(answer.status, raw=answer.payload() + b" " * size)


def _custom(given: dict[str, Any]) -> Answer:
    body = given.get("body", "")
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else None
    headers = {str(name): str(value) for name, value in given.get("headers", {}).items()}
    kind = headers.pop("Content-Type", "application/json")
    status = int(given.get("status", 200))
    return Answer(status, body=body, raw=raw, headers=headers, content_type=kind)


def _object(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _inserted(payload: bytes, raw: Any, odd: str) -> bytes:
    """Put a character databases refuse into the message, as JSON escape or as a raw byte."""
    if raw:
        return payload[:-2] + odd.encode() + payload[-2:]
    body = json.loads(payload)
    if isinstance(body, dict):
        key = next((name for name in ("msg", "message", "status") if name in body), "msg")
        body[key] = f"{body.get(key, '')} odd{odd}character"
    return json.dumps(body, ensure_ascii=True).encode()


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", mtime=0) as packed:
        for _ in range(max(1, size // MEGABYTE)):
            packed.write(b" " * MEGABYTE)
    return target.getvalue()


def strike(rule: Rule) -> None:
    """Send the rule's signal to the client process; a process already gone is fine."""
    name = rule.options.get("signal", "SIGKILL")
    number = signal.Signals[name] if isinstance(name, str) else signal.Signals(int(name))
    pid = int(rule.options["pid"])
    if pid == os.getpid():
        return
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


async def _drop(connection: Connection, answer: Answer, rule: Rule) -> bool:
    return False


async def _reset(connection: Connection, answer: Answer, rule: Rule) -> bool:
    connection.reset()
    return False


async def _hang(connection: Connection, answer: Answer, rule: Rule) -> bool:
    await connection.wait_for_goodbye()
    return False


async def _drip_body(connection: Connection, answer: Answer, rule: Rule) -> bool:
    payload = answer.payload()
    await connection.write(answer.head(len(payload)))
    await _drip(connection, payload, rule)
    return True


async def _drip_headers(connection: Connection, answer: Answer, rule: Rule) -> bool:
    payload = answer.payload()
    await _drip(connection, answer.head(len(payload)) + payload, rule)
    return True


async def _drip(connection: Connection, text: bytes, rule: Rule) -> None:
    interval = float(rule.options.get("interval", 0.5))
    for position in range(len(text)):
        await connection.write(text[position : position + 1])
        await asyncio.sleep(interval)


async def _short_body(connection: Connection, answer: Answer, rule: Rule) -> bool:
    payload = answer.payload()
    await connection.write(answer.head(len(payload)), payload[: len(payload) // 2])
    return False


async def _garbage(connection: Connection, answer: Answer, rule: Rule) -> bool:
    await connection.write(b"HTTP/nine banana \xff\xfe\r\n\r\n" + answer.payload())
    return False


async def _kill_mid_response(connection: Connection, answer: Answer, rule: Rule) -> bool:
    payload = answer.payload()
    await connection.write(answer.head(len(payload)), payload[: len(payload) // 2])
    strike(rule)
    await connection.write(payload[len(payload) // 2 :])
    return True


async def _whole(connection: Connection, answer: Answer, rule: Rule) -> bool:
    await connection.answer(answer)
    return True


SENDERS: dict[str, Sender] = {
    "drop_after_commit": _drop,
    "reset_before": _reset,
    "hang": _hang,
    "drip_body": _drip_body,
    "drip_headers": _drip_headers,
    "short_body": _short_body,
    "garbage_status_line": _garbage,
}


def sender(rule: Rule) -> Sender:
    """Return the function that puts this fault on the wire."""
    if rule.kind == "kill_client" and rule.when == "mid_response":
        return _kill_mid_response
    return SENDERS.get(rule.kind, _whole)


def has_no_answer(rule: Rule) -> bool:
    """Whether the client never sees a status line of ours."""
    return sender(rule) in (_drop, _reset, _hang, _garbage)
