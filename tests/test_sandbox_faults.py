"""Each scripted fault, seen as raw bytes on a socket."""

import json
import signal
import socket
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest

from tests.sandbox_server import TELECMI, Sandbox

ENDPOINT = "leads/add-custom"
PATIENCE, SILENCE = 60, 0.3  # seconds
FOREVER = "import time; print('up', flush=True); time.sleep(600)"


def request_bytes(name: str = "Q2", *, close: bool = True) -> bytes:
    body = json.dumps(
        {
            "lead_name": name,
            "inet_no": TELECMI["inet_no"],
            "secret": TELECMI["secret"],
            "leads": [{"lead_id": str(uuid.uuid4()), "phone": "919876543210"}],
        }
    ).encode()
    head = (
        "POST /telecmi/v3/leads/add-custom HTTP/1.1\r\nHost: sandbox\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'close' if close else 'keep-alive'}\r\n\r\n"
    )
    return head.encode() + body


def exchange(sandbox: Sandbox, sent: bytes = b"", silent_after: bytes | None = None) -> bytes:
    """Send a request and return everything received until the other side is done or silent.

    Silence is listened for only once what was received ends with `silent_after`.
    """
    received = b""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=PATIENCE) as wire:
        wire.sendall(sent or request_bytes())
        try:
            while True:
                ends = silent_after is not None and received.endswith(silent_after)
                wire.settimeout(SILENCE if ends else PATIENCE)
                if not (part := wire.recv(1 << 20)):
                    break
                received += part
        except TimeoutError:
            received += b"<silence>"
    return received


def journalled(sandbox: Sandbox, count: int = 1) -> list[Any]:
    """Return the journal of TeleCMI once it has `count` entries."""
    until = time.monotonic() + PATIENCE
    while len(found := sandbox.journal("telecmi")) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert len(found) == count
    return found


def is_applied(sandbox: Sandbox) -> bool:
    (entry,) = journalled(sandbox)
    stored = int(sandbox.counts()["telecmi"]["lists"]) == 1
    assert entry["applied"] is stored
    return bool(stored)


def test_a_dropped_reply_leaves_the_upload_applied(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "drop_after_commit"}])
    assert exchange(sandbox) == b""
    assert is_applied(sandbox)
    assert sandbox.journal()[0]["status"] is None


def test_a_reset_comes_before_anything_is_applied(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "reset_before"}])
    with pytest.raises(ConnectionResetError):
        exchange(sandbox)
    assert not is_applied(sandbox)


@pytest.mark.parametrize(
    ("kind", "applied", "status", "contains"),
    [
        ("500_after", True, b"500", b"Internal Server Error"),
        ("500_before", False, b"500", b"Internal Server Error"),
        ("502_html", False, b"502", b"<h1>Bad Gateway</h1>"),
        ("html_200", False, b"200", b"<h1>"),
        ("empty_200", True, b"200", b"Content-Length: 0"),
        ("truncated_json", True, b"200", b'{"code":200'),
        ("429", False, b"429", b'"success":"false"'),
        ("nul_in_body", True, b"200", b"\\u0000"),
        ("lone_surrogate", True, b"200", b"\\ud800"),
        ("json_array", True, b"200", b'[{"code":200'),
        ("code_string", True, b"200", b'"code":"200"'),
        ("code_400_in_200", False, b"200", b'"code":400'),
        ("success_false_string", False, b"200", b'"success":"false"'),
        ("redirect", False, b"302", b"Location: http://169.254.169.254/"),
        ("delay", True, b"200", b"Leads Added Successfully"),
        ("drip_body", True, b"200", b"Leads Added Successfully"),
        ("drip_headers", True, b"200", b"Leads Added Successfully"),
    ],
)
def test_a_fault_shows_in_the_answer_and_says_what_was_applied(
    sandbox: Sandbox, kind: str, applied: bool, status: bytes, contains: bytes
) -> None:
    sandbox.faults([{"kind": kind, "seconds": 0.01, "interval": 0.001}])
    answer = exchange(sandbox)
    assert answer.split()[1] == status
    assert contains in answer
    assert is_applied(sandbox) is applied
    assert sandbox.journal()[0]["fault"] == kind


def test_truncated_json_is_whole_http_and_a_short_body_is_not(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "truncated_json"}, {"kind": "short_body"}])
    for complete in (True, False):
        head, _, body = exchange(sandbox, request_bytes(str(complete))).partition(b"\r\n\r\n")
        assert (f"Content-Length: {len(body)}".encode() in head) is complete


def test_a_nul_can_be_a_raw_byte(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "nul_in_body", "raw": True}])
    assert b"\x00" in exchange(sandbox)


@pytest.mark.parametrize("value", ["7", "abc", "-1", "99999999", "Fri, 20 Nov 2026 15:00:00 GMT"])
def test_429_carries_any_retry_after(sandbox: Sandbox, value: str) -> None:
    sandbox.faults([{"kind": "429", "retry_after": value}])
    assert f"Retry-After: {value}\r\n".encode() in exchange(sandbox)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_point_where_the_script_says(sandbox: Sandbox, status: int) -> None:
    place = f"{sandbox.url}/telecmi/elsewhere"
    sandbox.faults([{"kind": "redirect", "status": status, "location": place}])
    answer = exchange(sandbox)
    assert answer.split()[1] == str(status).encode()
    assert f"Location: {place}".encode() in answer


def test_hanging_never_answers(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "hang"}, {"kind": "hang", "when": "after"}])
    assert exchange(sandbox, silent_after=b"") == b"<silence>"
    assert not is_applied(sandbox)
    assert exchange(sandbox, silent_after=b"") == b"<silence>"
    assert journalled(sandbox, 2)[1]["applied"] is True


def test_dripping_outlives_a_patient_reader(sandbox: Sandbox) -> None:
    slow = {"interval": 600}
    sandbox.faults([{"kind": "drip_headers", **slow}, {"kind": "drip_body", **slow}])
    assert exchange(sandbox, silent_after=b"H") == b"H<silence>"
    dripped = exchange(sandbox, request_bytes("Q3"), silent_after=b"{")
    assert dripped.endswith(b"\r\n\r\n{<silence>")


def test_large_answers_are_as_large_as_the_script_says(sandbox: Sandbox) -> None:
    sandbox.faults(
        [
            {"kind": "huge_body", "size": 3_000_000},
            {"kind": "huge_header", "size": 200_000},
            {"kind": "gzip_bomb", "size": 20 * 1024 * 1024},
        ]
    )
    assert len(exchange(sandbox, request_bytes("1"))) > 3_000_000
    assert len(exchange(sandbox, request_bytes("2")).partition(b"\r\n\r\n")[0]) > 200_000
    bomb = exchange(sandbox, request_bytes("3"))
    assert b"Content-Encoding: gzip" in bomb
    assert len(bomb) < 100_000


def test_a_garbage_status_line_is_garbage(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "garbage_status_line"}])
    assert not exchange(sandbox).startswith(b"HTTP/1")
    assert is_applied(sandbox)


def test_a_custom_answer_is_sent_as_written(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "text/plain; charset=klingon", "X-Word": "qapla"}
    rule = {"kind": "custom", "status": 418, "headers": headers, "body": "I am a teapot"}
    sandbox.faults([rule, {**rule, "when": "after"}])
    answer = exchange(sandbox)
    assert answer.startswith(b"HTTP/1.1 418 ")
    assert b"X-Word: qapla" in answer
    assert b"charset=klingon" in answer
    assert answer.endswith(b"I am a teapot")
    assert not is_applied(sandbox)
    exchange(sandbox)
    assert sandbox.journal()[1]["applied"] is True


def test_a_custom_answer_can_be_json(sandbox: Sandbox) -> None:
    sandbox.faults([{"kind": "custom", "body": {"code": 200, "msg": "\ud800"}}])
    assert exchange(sandbox).startswith(b"HTTP/1.1 200")


def test_rules_fit_by_provider_endpoint_text_and_number_of_times(sandbox: Sandbox) -> None:
    sandbox.faults(
        [
            {"kind": "500_before", "provider": "smartflo"},
            {"kind": "502_html", "endpoint": ENDPOINT, "match": "special"},
            {"kind": "500_before", "provider": "telecmi", "times": 2},
        ]
    )
    names = ("one", "special", "two", "three", "special")
    statuses = [exchange(sandbox, request_bytes(name)).split()[1] for name in names]
    assert statuses == [b"500", b"502", b"500", b"200", b"200"]
    assert [rule["used"] for rule in sandbox.waiting_faults()] == [0, 1, 2]


def test_chance_is_repeatable(sandbox: Sandbox) -> None:
    runs = []
    for _ in range(2):
        rules = [{"kind": "500_before", "probability": 0.5, "times": -1}]
        sandbox.faults(rules, seed=7, replace=True)
        runs.append([exchange(sandbox).split()[1] for _ in range(12)])
    assert [part == b"500" for part in runs[0]] == [part == b"500" for part in runs[1]]
    assert 0 < runs[0].count(b"500") < 12


@pytest.mark.parametrize(
    "rule",
    [{"kind": "explode"}, {"kind": "hang", "when": "later"}, {"kind": "kill_client", "pid": 1}],
)
def test_a_rule_that_makes_no_sense_is_refused(sandbox: Sandbox, rule: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="UnknownFault"):
        sandbox.faults([rule])
    assert sandbox.waiting_faults() == []


@pytest.mark.parametrize(
    ("when", "applied"),
    [("mid_body", False), ("on_receive", True), ("after_commit", True), ("mid_response", True)],
)
def test_the_client_is_killed_at_the_moment_asked_for(
    sandbox: Sandbox, when: str, applied: bool
) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER], stdout=subprocess.PIPE) as victim:
        sandbox.faults([{"kind": "kill_client", "pid": victim.pid, "when": when}])
        exchange(sandbox, silent_after=b"")
        assert victim.wait(PATIENCE) == -signal.SIGKILL
    assert is_applied(sandbox) is applied


def test_a_killed_client_can_leave_the_request_unapplied(sandbox: Sandbox) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER], stdout=subprocess.PIPE) as victim:
        rule = {"kind": "kill_client", "pid": victim.pid, "signal": "SIGTERM"}
        sandbox.faults([{**rule, "when": "on_receive", "apply": False}])
        exchange(sandbox)
        assert victim.wait(PATIENCE) == -signal.SIGTERM
    assert not is_applied(sandbox)


def test_a_healthy_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=PATIENCE) as wire:
        for name in ("one", "two"):
            wire.sendall(request_bytes(name, close=False))
            assert wire.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_chunked_request_is_understood(sandbox: Sandbox) -> None:
    head, _, body = request_bytes().partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    sent = b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + b"\r\n\r\n" + chunk
    assert b"Leads Added Successfully" in exchange(sandbox, sent)


def test_a_request_cut_short_is_journalled_as_partial(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=PATIENCE) as wire:
        wire.sendall(request_bytes()[:-20])
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(100) == b""
    (entry,) = sandbox.journal()
    assert (entry["partial"], entry["applied"]) == (True, False)
