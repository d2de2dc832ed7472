"""Our own rules, apart from TeleCMI's."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from campaigns import dialers, policy
from tests.campaigns import rules

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


def plan(**changed: Any) -> dict[str, Any]:
    """A plan nobody objects to, with something changed."""
    written = rules.right(rules.CHOICES[0])
    values = {name: dialers.BY_NAME[name].kind.parse(text) for name, text in written.items()}
    return {**values, **changed}


def broken(values: dict[str, Any], setting: policy.Setting | None = None) -> list[tuple[str, str]]:
    """Names of the rules a plan breaks, with the field."""
    found = policy.breaches(values, setting or policy.Setting(NOON))
    assert all(one.words for one in found)
    return [(one.rule, one.field) for one in found]


def test_a_plain_plan_breaks_nothing() -> None:
    assert broken(plan()) == []


@pytest.mark.parametrize("end", [time(9), time(10)])
def test_hours_over_midnight_are_refused_and_not_by_telecmi(end: time) -> None:
    values = plan(end_time=end)
    assert ("overnight", "end_time") in broken(values)
    assert (
        dialers.problems(rules.wire(rules.right(rules.CHOICES[0])) | {"end_time": "09:00:00"}) == []
    )


def test_an_account_known_to_take_hours_over_midnight_may() -> None:
    taken: dict[str, Any] = {
        "account_settings": {"overnight_windows": "yes"},
        "calling_from": time(9),
    }
    setting = policy.Setting(NOON, **taken, reason="A desk in another country")
    assert broken(plan(end_time=time(9)), setting) == []
    assert broken(plan(end_time=time(10)), setting) == [("overnight", "end_time")]  # no hours
    no_reason = policy.Setting(NOON, **taken)
    assert broken(plan(end_time=time(9)), no_reason) == [("after calling hours", "end_time")]


def test_hours_over_midnight_are_over_on_the_morning_after() -> None:
    last = plan(start_date=date(2027, 2, 1), end_date=date(2027, 2, 1), end_time=time(9))
    morning = datetime(2027, 2, 2, 3, 30, tzinfo=UTC)  # 9:00 in India
    settings: dict[str, Any] = {"account_settings": {"overnight_windows": "yes"}, "reason": "x"}
    assert broken(last, policy.Setting(morning, **settings)) == [("window over", "end_date")]
    assert broken(last, policy.Setting(morning.replace(minute=29), **settings)) == []


def test_a_window_that_is_over_is_refused_to_the_minute() -> None:
    last = plan(start_date=date(2027, 2, 1), end_date=date(2027, 2, 1))
    ends = datetime(2027, 2, 1, 12, 30, tzinfo=UTC)  # 18:00 in India
    assert broken(last, policy.Setting(ends)) == [("window over", "end_date")]
    assert broken(last, policy.Setting(ends.replace(minute=29))) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"start_time": time(8, 59)}, "before calling hours"),
        ({"end_time": time(21, 1)}, "after calling hours"),
    ],
)
def test_calling_hours_hold_unless_an_admin_says_why(changed: dict[str, Any], rule: str) -> None:
    assert [name for name, _field in broken(plan(**changed))] == [rule]
    assert broken(plan(**changed), policy.Setting(NOON, reason="Agreed with the client")) == []


def test_calling_hours_are_those_of_the_leads_place() -> None:
    assert broken(plan(timezone="America/Phoenix", start_time=time(9), end_time=time(21))) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"ring_seconds": 3601}, "more than an hour"),
        ({"name": "x" * 101}, "long name"),
        ({"waiting_music": "x" * 101}, "long music"),
        ({"end_date": date(2099, 3, 1)}, "more than a year"),
        ({"start_date": date(1999, 3, 1)}, "long past"),
    ],
)
def test_slips_are_refused(changed: dict[str, Any], rule: str) -> None:
    assert rule in [name for name, _field in broken(plan(**changed))]


def test_values_of_the_other_dialer_are_not_judged() -> None:
    assert broken(plan(dialer_type="progressive", user_interval="10_s", ring_seconds=9999)) == []


def test_every_rule_of_the_list_is_broken_here() -> None:
    assert {rule.name for rule in policy.RULES} == {
        "overnight",
        "window over",
        "before calling hours",
        "after calling hours",
        "long past",
        "more than a year",
        "long name",
        "long music",
        "more than an hour",
    }
