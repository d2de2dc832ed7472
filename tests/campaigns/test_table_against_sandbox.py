"""The table and TeleCMI's stand-in, written by different hands from the same seed, never disagree.

The stand-in is asked in its own process's words: its checks of a body, then its refusals.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import dialers
from sync.sandbox.telecmi import campaigns as stand_in
from sync.sandbox.telecmi.account import Account
from tests.campaigns import rules

EXAMPLES = 3_000  # for each dialer: at least 5,000 together
AGENTS = [f"{5100 + n}_1111112" for n in range(101)]
FIRST = date(2027, 1, 1)

texts = st.text("abz_ 019", max_size=6)
numbers = st.integers(-3, 4000)
strange = st.one_of(st.none(), st.booleans(), texts, numbers, st.floats(0, 99), st.just([]))
days = st.integers(0, 500).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
clocks = st.from_regex(r"\A([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\Z")

FITTING: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text("Q2 _[]xy", min_size=1, max_size=20),
    "dialer_type": st.sampled_from(["predictive", "progressive"]),
    "active": st.booleans(),
    "leads_id": st.sampled_from([rules.PART_ID, rules.PART_ID.upper()]),
    "timezone": st.from_regex(r"\A[+-](0[0-9]|1[0-5]):[0-6][0-9]\Z"),
    "start_date": days,
    "end_date": days,
    "start_time": clocks,
    "end_time": clocks,
    "users": st.lists(st.sampled_from(AGENTS), min_size=1, max_size=4, unique=True),
    "user_interval": st.from_regex(r"\A[0-9]{1,5}_[a-z]\Z"),
    "ratio": st.from_regex(r"\A[0-9]{1,3}:[0-9]{1,2}\Z"),
    "waiting_music": st.sampled_from(["default", "hold music", " ", ""]),
    "unanswered_music": st.sampled_from(["default", "beep"]),
    "ring_rule": st.sampled_from([*stand_in.RING_RULES, "ring_all"]),
    "ring_seconds": numbers,
    "max_waiting_time": numbers,
    "call_interval": st.sampled_from([10, 20, 30, 40, 50, 60, 120, 70, 0, "10"]),
    "no_agent_no_wait": st.booleans(),
    "caller_id": st.from_regex(r"\A[0-9]{5,16}\Z"),
    "reject_delay_time": numbers,
    "no_answer_delay_time": numbers,
    "max_waiting_time_without_agent": numbers,
}
RIGHT = [rules.wire(rules.right(choices)) for choices in rules.CHOICES]


@st.composite
def campaigns(draw: st.DrawFn, dialer: str) -> dict[str, Any]:
    """A campaign with up to four things changed: dropped, foreign, mistyped, out of bounds."""
    right = [body for body in RIGHT if body["dialer_type"] == dialer]
    body = {**draw(st.sampled_from(right)), "users": draw(FITTING["users"])}
    for name in draw(st.lists(st.sampled_from(list(FITTING)), max_size=4, unique=True)):
        change = draw(st.sampled_from(["fit", "fit", "fit", "drop", "strange"]))
        if change == "drop":
            body.pop(name, None)
        else:
            body[name] = draw(FITTING[name] if change == "fit" else strange)
    return body


def stand_in_account() -> Account:
    """An account of the stand-in that knows the part and the agents."""
    agents: dict[str, dict[str, Any]] = {one: {} for one in AGENTS}
    account = Account(1111112, "secret", agents)
    account.add_group("Q2", [], rules.PART_ID)
    return account


def stand_in_says(body: dict[str, Any]) -> str:
    """What the stand-in refuses, as it would over HTTP; "" when it creates the campaign."""
    full = {"inet_no": 1111112, "secret": "secret", **body}
    return stand_in.complaint(full) or stand_in.refusal(stand_in_account(), full)


@pytest.mark.slow
@pytest.mark.parametrize("dialer", ["predictive", "progressive"])
def test_what_the_table_accepts_telecmi_accepts_and_what_it_refuses_telecmi_refuses(
    dialer: str,
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=campaigns(dialer))
    def compare(body: dict[str, Any]) -> None:
        found = dialers.problems(body)
        refused = stand_in_says(body)
        assert bool(found) == bool(refused), (found, refused)
        seen["refused" if found else "taken"] += 1

    compare()
    assert seen.total() >= EXAMPLES
    assert min(seen.values()) > 250, seen


@pytest.mark.parametrize("broken", list(rules.broken_rules()), ids=str)
def test_the_stand_in_refuses_each_rule_the_table_refuses(broken: rules.Broken) -> None:
    assert stand_in_says(broken.body())


@pytest.mark.parametrize("choices", rules.CHOICES)
def test_the_stand_in_takes_what_the_table_takes(choices: dict[str, str]) -> None:
    body = {**rules.wire(rules.right(choices)), "users": AGENTS[:2]}
    assert dialers.problems(body) == []
    assert stand_in_says(body) == ""
