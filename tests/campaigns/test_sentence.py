"""The sentence and its details say every value that is sent, and say it right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from campaigns import dialers, kinds, sentence
from campaigns.sentence import Bit
from tests.campaigns import rules

seconds = st.integers(0, 3600)
predictive = st.fixed_dictionaries(
    {
        "ratio": st.builds("{}:{}".format, st.integers(1, 99), st.integers(1, 99)),
        "waiting_music": st.sampled_from(["default", "hold music"]),
        "unanswered_music": st.sampled_from(["default", "beep"]),
        "ring_rule": st.sampled_from(list(dialers.RING_RULES)),
        "ring_seconds": seconds,
        "max_waiting_time": seconds,
        "call_interval": st.sampled_from(list(dialers.CALL_INTERVALS)),
        "no_agent_no_wait": st.booleans(),
        "caller_id": st.from_regex(r"\A[1-9][0-9]{6,14}\Z"),
        "reject_delay_time": seconds,
        "no_answer_delay_time": seconds,
        "max_waiting_time_without_agent": seconds,
        "user_interval": st.integers(0, 9999).map("{}_s".format),
    }
)
always = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Top-up loans [m4t9xe]", "दिवाली [k7f3qa]"]),
        "dialer_type": st.sampled_from(list(dialers.DIALERS)),
        "active": st.booleans(),
        "leads_id": st.just(rules.PART_ID),
        "timezone": st.sampled_from(["+05:30", "-07:00", "+00:00", "+05:45"]),
        "start_date": st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        "days": st.integers(0, 40),
        "start_time": st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        "end_time": st.just(time(21)),
        "users": st.integers(1, 100).map(lambda n: [f"{5100 + i}_1" for i in range(n)]),
    }
)
NUMBERS = [rule.name for rule in dialers.FIELDS if rule.kind is kinds.SECONDS] + ["call_interval"]
IN_WORDS = {
    "round-robin": "who take turns",
    "ring-all": "who all ring at once",
    "longest-idle-agent": "longest idle first",
    "agent-with-least-talk-time": "least talked first",
    "agent-with-fewest-calls": "fewest calls first",
}


def a_day(words: str) -> str:
    return datetime.strptime(words, "%d %B %Y").date().isoformat()  # noqa: DTZ007


def a_number(words: str) -> int:
    return int(re.findall(r"\d+", words)[0])


def a_ratio(words: str) -> str:
    lines, *every = re.findall(r"\d+", words)
    return f"{every[0] if every else 1}:{lines}"


# How a reader turns each piece of the sentence back into what is sent.
READ: dict[str, Callable[[str], Any]] = {
    "active": lambda words: words == "It starts by itself.",
    "timezone": lambda words: re.findall(r"[+-]\d\d:\d\d", words)[0],
    "start_date": a_day,
    "end_date": a_day,
    "start_time": lambda words: f"{words}:00",
    "end_time": lambda words: f"{words}:00",
    "users": a_number,
    "user_interval": lambda words: f"{a_number(words)}_s",
    "ratio": a_ratio,
    "ring_rule": lambda words: {w: rule for rule, w in IN_WORDS.items()}[words],
    "no_agent_no_wait": lambda words: words == "they are cut off",
    "caller_id": lambda words: words.removeprefix("+"),
    **dict.fromkeys(NUMBERS, a_number),
}


def read_back(bits: list[Bit]) -> dict[str, Any]:
    """What a reader of the sentence knows about the request."""
    return {bit.field: READ.get(bit.field, str)(bit.text) for bit in bits if bit.field}


@given(always, predictive)
def test_the_sentence_equals_the_payload_field_by_field(
    common: dict[str, Any], own: dict[str, Any]
) -> None:
    last = common["start_date"] + timedelta(days=common["days"])
    sent = dialers.wire({**common, **own, "end_date": last})
    assert dialers.problems(sent) == []
    said = read_back([*sentence.sentence(sent, 996), *sentence.details(sent)])
    assert said == {**sent, "users": len(sent["users"])}


def test_it_reads_like_a_sentence() -> None:
    sent = rules.wire(rules.right(rules.CHOICES[0]))
    assert sentence.plain(sentence.sentence(sent, 996, "Asia/Kolkata")) == (
        "Calls to 996 leads run every day 10:00–18:00 IST (+05:30), 1 March 2097 to 31 March 2097 "
        "(31 days, 5 Sundays), predictive, with 2 lines for each of 2 agents, who take turns. "
        "It starts by itself."
    )


def test_what_is_not_written_yet_is_not_said() -> None:
    words = sentence.plain(sentence.sentence({"dialer_type": "predictive", "active": True}, None))
    assert words == "Calls to … run, predictive. It starts by itself."
