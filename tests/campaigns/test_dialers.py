"""The one table of the dialer's rules against the seed, and against itself."""

from datetime import date, time
from typing import Any

import pytest

from campaigns import dialers
from tests.campaigns import rules

SAMPLE: dict[str, Any] = {
    "name": "Q2_Sales_Campaign",
    "dialer_type": "predictive",
    "active": True,
    "leads_id": "550e8400-e29b-41d4-a716-446655440000",
    "timezone": "+05:30",
    "start_date": "2026-05-01",
    "end_date": "2026-06-01",
    "start_time": "09:00:00",
    "end_time": "18:00:00",
    "users": ["5159_2224257"],
    "ratio": "1:2",
    "waiting_music": "default",
    "unanswered_music": "default",
    "ring_rule": "round-robin",
    "ring_seconds": 30,
    "max_waiting_time": 60,
    "call_interval": 10,
    "no_agent_no_wait": True,
    "caller_id": "919876543210",
    "reject_delay_time": 10,
    "no_answer_delay_time": 10,
}
AS_WE_KEEP_THEM = {
    "start_date": date(2026, 5, 1),
    "end_date": date(2026, 6, 1),
    "start_time": time(9),
    "end_time": time(18),
}
BROKEN = list(rules.broken_rules())


def test_our_values_become_the_seeds_sample_in_its_order() -> None:
    made = dialers.wire({**SAMPLE, **AS_WE_KEEP_THEM})
    assert list(made.items()) == list(SAMPLE.items())
    assert [type(value) for value in made.values()] == [type(value) for value in SAMPLE.values()]


@pytest.mark.parametrize("choices", rules.CHOICES)
def test_a_campaign_with_everything_it_needs_has_no_problem(choices: dict[str, str]) -> None:
    assert dialers.problems(rules.wire(rules.right(choices))) == []


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_table_names_the_field_of_each_broken_rule(broken: rules.Broken) -> None:
    found = dialers.problems(broken.body())
    assert broken.field in [problem.field for problem in found]
    assert all(problem.words for problem in found)


def test_every_field_of_the_table_is_broken_by_these_tests() -> None:
    assert {broken.field for broken in BROKEN} == {field.name for field in dialers.FIELDS}


def test_values_of_the_other_dialer_are_kept_by_us_and_not_sent() -> None:
    kept = {**SAMPLE, **AS_WE_KEEP_THEM, "user_interval": "20_s"}
    assert "user_interval" not in dialers.wire(kept)
    progressive = dialers.wire({**kept, "dialer_type": "progressive"})
    assert progressive["user_interval"] == "20_s"
    assert "ratio" not in progressive
    assert dialers.problems(progressive) == []


@pytest.mark.parametrize(("seconds", "sent"), [(0, 0), (45, 45)])
def test_waiting_without_an_agent_is_sent_only_when_people_wait(seconds: int, sent: int) -> None:
    values = {**SAMPLE, **AS_WE_KEEP_THEM, "max_waiting_time_without_agent": seconds}
    assert "max_waiting_time_without_agent" not in dialers.wire(values)
    waiting = dialers.wire({**values, "no_agent_no_wait": False})
    assert waiting["max_waiting_time_without_agent"] == sent
    assert dialers.problems(waiting) == []


def test_days_the_wrong_way_round_are_said_at_both_fields() -> None:
    found = dialers.problems({**SAMPLE, "end_date": "2026-04-30"})
    assert [problem.field for problem in found] == ["start_date", "end_date"]


def test_a_setting_the_seed_does_not_have_is_refused() -> None:
    assert [p.field for p in dialers.problems({**SAMPLE, "weekdays": ["mon"]})] == ["weekdays"]


def test_every_default_fits_its_field() -> None:
    for field in dialers.FIELDS:
        if field.default:
            sent = field.kind.wire(field.kind.parse(field.default))
            assert field.kind.complaint(sent) == "", field.name
