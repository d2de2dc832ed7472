"""What goes wrong where: the matrix, the quick part of it, and the wrong ledgers to be found."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.crash import controls
from tests.crash.endpoints import WAYS
from tests.crash.workers import Orders

WORKER_POINTS = (
    "claim_before_commit",
    "claim_after_commit",
    "payload_before_commit",
    "intent_before_commit",
    "intent_after_commit",
    "response_before_write",
    "result_before_commit",
    "result_after_commit",
)
FREEZE_POINTS = (
    "claim_before_commit",
    "claim_after_commit",
    "payload_before_commit",
    "intent_after_commit",
    "response_before_write",
    "result_before_commit",
)
SPLIT_POINTS = ("split_before_commit", "split_after_commit")
SWEEP_POINTS = ("sweep_before_commit", "sweep_after_commit")
PUSH_POINTS = ("push_before_commit", "push_after_commit")
LOOK_POINTS = ("read_before_write",)
LOGIN_POINTS = ("token_refresh_after_login",)
HERE = (
    *WORKER_POINTS,
    *SPLIT_POINTS,
    *SWEEP_POINTS,
    *PUSH_POINTS,
    *LOGIN_POINTS,
    *LOOK_POINTS,
)
CLIENT_KILLS = ("mid_body", "on_receive", "after_commit", "mid_response")
FAULTS = (
    "drop_after_commit",
    "500_after",
    "500_before",
    "502_html",
    "429",
    "hang",
    "reset_before",
    "truncated_json",
)
REFUSED_BATCH: dict[str, Any] = {
    "kind": "custom",
    "status": 400,
    "body": '{"success": false, "message": "One of the rows cannot be taken."}',
}


@dataclass(frozen=True)
class Scenario:
    """One way, one trouble. `orders` are the first worker's, `second` another's after its end.

    Where both are frozen, the first is woken and ends what it was at, then the second, and only
    then anybody else comes. `rules` are sandbox faults ("PID" becomes the first worker's);
    `switches` of its provider; `provoked`: a contradictory answer is scripted; `chaos`: a seed for
    random kills of the helpers; `restarts`: so many times a helper is replaced under way.
    """

    name: str
    way: str
    orders: Orders = field(default_factory=Orders)
    second: Orders | None = None
    rules: Sequence[Mapping[str, Any]] = ()
    switches: Mapping[str, Any] = field(default_factory=dict)
    provoked: bool = False
    push_dies: bool = False
    chaos: int = 0
    helpers: int = 2
    restarts: int = 0


def rule(way: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a fault rule for the endpoint of `way`."""
    known = WAYS[way]
    return {"provider": known.provider, "endpoint": known.wire, "kind": kind, "times": 1, **more}


def killed(way: str, point: str, sign: int = signal.SIGKILL, nth: int = 1) -> Scenario:
    """Return a worker that dies, or freezes, at `point`."""
    verb = "frozen" if sign == signal.SIGSTOP else "killed"
    rules: tuple[dict[str, Any], ...] = ()
    if point in SPLIT_POINTS and way == "skip":
        rules = (rule(way, **REFUSED_BATCH),)
    if point in LOOK_POINTS:
        rules = (rule(way, "drop_after_commit"),)
    return Scenario(f"{way}: {verb} at {point}", way, Orders(point, sign, nth), rules=rules)


def client_killed(way: str, moment: str) -> Scenario:
    """Return a worker killed by the provider's side at `moment` of its request."""
    rules = (rule(way, "kill_client", when=moment, pid="PID", signal="SIGKILL"),)
    return Scenario(f"{way}: killed from outside, {moment}", way, rules=rules)


def faulty(way: str, kind: str) -> Scenario:
    """Return a provider that answers wrongly once, or not at all."""
    more = {"retry_after": "1"} if kind == "429" else {}
    return Scenario(f"{way}: {kind}", way, rules=(rule(way, kind, **more),))


def swept(way: str, point: str) -> Scenario:
    """Return a worker that dies while it takes over from a dead one."""
    return Scenario(
        f"{way}: killed at {point}",
        way,
        Orders("intent_after_commit"),
        second=Orders(point, after=1.3),
    )


def late_refusal() -> Scenario:
    """Return a refusal in the hands of a frozen worker, written while another has a success."""
    refusal = rule("leads", "custom", status=422, body='{"code": 422, "msg": "Schema failed"}')
    return replace(
        killed("leads", "response_before_write", signal.SIGSTOP),
        name="leads: a late refusal over a living worker",
        rules=(refusal,),
        second=Orders("response_before_write", signal.SIGSTOP),
    )


def woken_beside() -> Scenario:
    """Return a worker that wakes with a lost lease while another waits for the answer."""
    return replace(
        killed("clone", "claim_after_commit", signal.SIGSTOP),
        name="clone: woken while another is on its way",
        second=Orders("response_before_write", signal.SIGSTOP),
    )


def raced() -> Scenario:
    """Return two workers that read the same row, the second of which is on its way already."""
    return Scenario(
        "actions: two workers read the same row",
        "actions",
        Orders(controls.HAS_READ, signal.SIGSTOP),
        second=Orders("response_before_write", signal.SIGSTOP),
    )


def planned(point: str, way: str = "leads") -> Scenario:
    """Return a web process that dies while it plans a send."""
    return Scenario(f"{way}: killed at {point}", way, Orders(point), push_dies=True)


def crowds() -> list[Scenario]:
    """Return four workers at one queue, twenty restarts under load, and a plan of 10,000 killed."""
    return [
        Scenario("many: four workers race", "many", helpers=3),
        Scenario("many: restarted twenty times under load", "many", restarts=20),
        *(planned(point, "ten thousand") for point in PUSH_POINTS),
    ]


def odd_providers() -> Iterator[Scenario]:
    """Return lost replies at providers that read the documents in another way."""
    yield replace(
        faulty("leads", "drop_after_commit"),
        name="leads: lost reply, ids checked first",
        switches={"check_order": "id_first"},
    )
    yield replace(
        faulty("leads", "drop_after_commit"),
        name="leads: lost reply, refusals with HTTP 200",
        switches={"errors_on_http_200": True},
    )
    yield replace(
        faulty("campaign", "drop_after_commit"),
        name="campaign: lost reply, lead list checked first",
        switches={"check_order": "id_first"},
        provoked=True,
    )
    yield Scenario(
        "contacts: a 409 that stored the others",
        "contacts",
        switches={"contact_batch": "partial"},
    )
    yield replace(
        killed("contacts", "split_before_commit"),
        name="contacts: killed while splitting, the others stored",
        switches={"contact_batch": "partial"},
    )


def matrix() -> list[Scenario]:
    """Return everything: each point, kill, freeze and fault at each endpoint it can happen at."""
    ways = [name for name in WAYS if name != "sign-in"]
    found = [killed(way, point) for way in ways for point in WORKER_POINTS]
    found += [killed(way, point, signal.SIGSTOP) for way in ways for point in FREEZE_POINTS]
    found += [client_killed(way, moment) for way in ways for moment in CLIENT_KILLS]
    found += [faulty(way, kind) for way in ways for kind in FAULTS]
    found += [killed(way, point) for way in ("contacts", "skip") for point in SPLIT_POINTS]
    found += [killed("sign-in", point) for point in (*LOGIN_POINTS, "intent_after_commit")]
    found += [swept(way, point) for way in ways for point in SWEEP_POINTS]
    found += [planned(point) for point in PUSH_POINTS]
    found += [killed("clone", point) for point in LOOK_POINTS]
    found += [killed("clone", point, signal.SIGSTOP) for point in LOOK_POINTS]
    return [*found, late_refusal(), woken_beside(), *odd_providers(), *crowds()]


def quick() -> list[Scenario]:
    """Return about 40 of them: each point at a repeatable and at a non-repeatable endpoint."""
    found = [killed(way, point) for way in ("leads", "actions") for point in WORKER_POINTS]
    found += [
        killed(way, point, signal.SIGSTOP)
        for way, point in (
            ("fields", "claim_after_commit"),
            ("clone", "claim_after_commit"),
            ("actions", "payload_before_commit"),
            ("leads", "intent_after_commit"),
            ("actions", "intent_after_commit"),
            ("actions", "response_before_write"),
        )
    ]
    found += [client_killed("campaign", "after_commit"), client_killed("clone", "mid_body")]
    found += [client_killed("fields", "mid_response"), client_killed("actions", "on_receive")]
    found += [faulty("leads", "drop_after_commit"), faulty("clone", "500_after")]
    found += [faulty("overwrite", "hang"), faulty("fields", "429"), faulty("skip", "502_html")]
    found += [killed("contacts", point) for point in SPLIT_POINTS]
    found += [killed("sign-in", point) for point in LOGIN_POINTS]
    found += [killed("clone", point) for point in LOOK_POINTS]
    found += [swept(way, point) for way in ("leads", "clone") for point in SWEEP_POINTS]
    found += [late_refusal(), woken_beside(), *crowds()[:2]]
    return [*found, *(planned(point) for point in PUSH_POINTS)]


def wrong_ledgers() -> list[tuple[str, Scenario]]:
    """Return each wrong ledger of controls.py with the scenario that must find it.

    Each is found by the order in which things happen, which the scenario forces, never by luck.
    """
    return [
        ("retry_everything", faulty("actions", "drop_after_commit")),
        ("unfenced_intent", woken_beside()),
        ("result_without_token", late_refusal()),
        ("read_then_save", raced()),
        ("forgetful_sweeper", client_killed("actions", "after_commit")),
    ]
