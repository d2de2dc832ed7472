"""How far a plan gets: arithmetic that moves the right way and says what would finish the list."""

from datetime import date, time
from typing import Any

from campaigns import feasibility
from campaigns.feasibility import Assumptions, Estimate


def values(**changed: Any) -> dict[str, Any]:
    """Two agents, two lines each, eight hours, one day."""
    return {
        "dialer_type": "predictive",
        "ratio": "1:2",
        "call_interval": 10,
        "ring_seconds": 30,
        "users": ["5101_1", "5102_1"],
        "start_date": date(2027, 3, 1),
        "end_date": date(2027, 3, 1),
        "start_time": time(10),
        "end_time": time(18),
        **changed,
    }


def made(leads: int = 2500, assumed: Assumptions | None = None, **changed: Any) -> Estimate:
    """The estimate of a plan that is complete."""
    found = feasibility.estimate(values(**changed), leads, assumed)
    assert found is not None
    return found


def test_more_of_anything_reaches_more() -> None:
    usual = made().calls
    assert made(users=["a_1", "b_1", "c_1"]).calls > usual
    assert made(end_date=date(2027, 3, 2)).calls > usual
    assert made(end_time=time(20)).calls > usual
    assert made(assumed=Assumptions(talk=60)).calls > usual
    assert made(call_interval=120).calls < usual


def test_what_would_finish_the_list_does() -> None:
    short = made(leads=2500)
    assert not short.is_enough
    assert short.more_days
    assert made(leads=2500, end_date=date(2027, 3, 1 + short.more_days)).is_enough
    assert short.more_agents
    more = [f"{n}_1" for n in range(2 + short.more_agents)]
    assert made(leads=2500, users=more).is_enough


def test_agents_cannot_talk_more_than_all_the_time() -> None:
    everybody_answers = Assumptions(pickup=100, talk=100, after=20)
    assert made(ratio="1:99", assumed=everybody_answers).calls == 2 * 8 * 3600 // 120


def test_progressive_dials_one_line_for_each_agent() -> None:
    progressive = made(dialer_type="progressive", user_interval="10_s")
    assert progressive.calls < made().calls


def test_nothing_is_guessed_while_the_form_is_incomplete() -> None:
    assert feasibility.estimate(values(users=[]), 100) is None
    assert feasibility.estimate(values(start_date=None), 100) is None
    assert feasibility.estimate(values(end_time=values()["start_time"]), 100) is None
