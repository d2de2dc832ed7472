"""The estimate against simulated histories: at every 5 % of a run it is within 10 % of the truth.

The simulation is a queue of its own: places, slots reserved up to a second ahead, answers, pauses.
No clock and no database are read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from access.models import Account
from sync import eta, limits
from sync.answer_times import RECENT_TRIES, Try, of_tries
from sync.models import Gate, Push
from sync.timetable import Course, Limit, Line, Pace, Repeats, ends

BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)
PLACES = {"leads": 4, "actions": 1}  # of Telecrm
AHEAD = 1.0
PAUSES = [limits.wait(seconds).total_seconds() for seconds in limits.SCHEDULE]


@dataclass(frozen=True)
class Made:
    """One request of the simulated history; seconds from its beginning."""

    push: int
    record: int
    endpoint: str
    claimed: float
    start: float
    end: float
    number: int = 1
    failed: bool = False

    @property
    def due_again(self) -> float:
        """When it is tried again."""
        return self.end + PAUSES[self.number - 1]


@dataclass
class History:
    """Sends at one account, played request by request. `sends` are (endpoint, requests)."""

    pace: float
    sends: Sequence[tuple[str, int]]
    took: Callable[[int], float] = lambda number: 0.2
    pauses: Sequence[tuple[float, float]] = ()  # (when, how long): Retry-After
    workers_take: float = 0.0  # seconds of our own work for a request, one after another
    earlier: Sequence[tuple[str, float, float]] = ()  # (endpoint, start, end) before it began
    fails: Callable[[int], bool] = lambda number: False
    tries: list[Made] = field(default_factory=list)

    def play(self) -> History:
        """Fill `tries`: new records first, then those to be repeated, as they become due."""
        dice = random.Random(5)
        self.tries += [Made(0, 0, slug, start, start, end) for slug, start, end in self.earlier]
        left = {n: list(range(count)) for n, (_slug, count) in enumerate(self.sends, 1)}
        due: dict[int, list[tuple[float, int, int]]] = {number: [] for number in left}
        busy: dict[str, list[float]] = {slug: [0.0] * PLACES[slug] for slug, _count in self.sends}
        slot = at = 0.0
        pauses = list(self.pauses)
        while any(left.values()) or any(due.values()):
            open_ = {self.sends[n - 1][0]: n for n in sorted(left, reverse=True) if left[n]}
            for number, waiting in due.items():
                if waiting and self.sends[number - 1][0] not in open_:
                    open_[self.sends[number - 1][0]] = number
            ready = {n: 0.0 if left[n] else due[n][0][0] for n in open_.values()}
            free = {s: max(min(busy[s]), slot - AHEAD, at, ready[n]) for s, n in open_.items()}
            at = min(free.values()) + self.workers_take
            endpoint = dice.choice([slug for slug in sorted(open_) if free[slug] <= at])
            if pauses and slot >= pauses[0][0]:
                slot += pauses.pop(0)[1]
            start = max(slot, at)
            slot = start + 1 / self.pace
            count = len(self.tries) - len(self.earlier)
            end = start + self.took(count)
            busy[endpoint][busy[endpoint].index(min(busy[endpoint]))] = end
            push = open_[endpoint]
            record, number = (left[push].pop(0), 1) if left[push] else due[push].pop(0)[1:]
            made = Made(push, record, endpoint, at, start, end, number, self.fails(count))
            if made.failed:
                due[push] = sorted([*due[push], (made.due_again, record, number + 1)])
            self.tries.append(made)
        return self

    def end_of(self, push: int) -> float:
        """Return when a send was through."""
        return max(one.end for one in self.tries if one.push == push)

    def at(self, moment: float) -> eta.Queue:
        """Return what the ledger knew at `moment`."""
        now = BEGAN + timedelta(seconds=moment)
        account = Account(
            pk=1, provider="telecrm", name="Main", pace=self.pace, base_url="http://x"
        )
        slots = [one.start for one in self.tries if one.claimed <= moment]
        slot = BEGAN + timedelta(seconds=max(slots, default=0.0) + 1 / self.pace)
        queue = eta.Queue(account, Gate(slot_at=slot, rate_changed_at=BEGAN), now)
        for number, (slug, count) in enumerate(self.sends, 1):
            if moment < self.end_of(number):
                queue.pushes.append(Push(pk=number, endpoint=slug, starts_at=BEGAN))
                self._count(queue, number, count, moment)
        begun = BEGAN.timestamp()
        answered = [one for one in self.tries if one.end <= moment][-RECENT_TRIES:]
        queue.seen = of_tries(
            [Try(one.endpoint, begun + one.start, begun + one.end, one.failed) for one in answered],
            now,
            BEGAN,
        )
        return queue

    def _count(self, queue: eta.Queue, push: int, records: int, moment: float) -> None:
        last = {one.record: one for one in self.tries if one.push == push and one.claimed <= moment}
        flying = [one for one in last.values() if moment < one.end]
        through = [one for one in last.values() if one.end <= moment and not one.failed]
        queue.unsent[push] = records - len(through) - len(flying)
        queue.flying[push] = len(flying)
        failed = [one for one in last.values() if one.end <= moment and one.failed]
        for number in {one.number for one in failed}:
            due = [one.due_again - moment for one in failed if one.number == number]
            repeats = Repeats(number, len(due), max(*due, 0.0))
            queue.repeats.setdefault(push, []).append(repeats)

    def errors(self, push: int, after: float = 0.0) -> list[float]:
        """Return |predicted - real end| / duration at every 5 % after the first, from `after`."""
        whole = self.end_of(push)
        marks = [whole * percent / 100 for percent in range(5, 100, 5)]
        return [
            abs(mark + self.at(mark).timetable()[push].seconds - whole) / whole
            for mark in marks
            if mark > after
        ]


def slow_once(number: int) -> float:
    """Answer in 0.2 s, and once in twelve."""
    return 12.0 if number == 150 else 0.2


def slow_often(number: int) -> float:
    """Answer in 0.2 s, and every fiftieth time not before the deadline."""
    return 30.0 if number % 50 == 30 else 0.2


ONE_BY_ONE = [
    (slug, at, at + 2.0)
    for slug, at in zip(["leads"] * 3 + ["actions"] * 3, range(-13, -1, 2), strict=True)
]
YESTERDAY = [("leads", -86_400.0 + n / 5, -86_400.0 + n / 5 + 0.2) for n in range(60)]


@pytest.mark.parametrize(
    ("history", "limit"),
    [
        pytest.param(History(5, [("leads", 300)]), Limit.PACE, id="one send"),
        pytest.param(History(1, [("actions", 60)]), Limit.PACE, id="slow pace"),
        pytest.param(
            History(5, [("leads", 120), ("leads", 200)]), Limit.PACE, id="another send ahead"
        ),
        pytest.param(
            History(5, [("leads", 300), ("actions", 60)]), Limit.PACE, id="two endpoints at once"
        ),
        pytest.param(
            History(20, [("leads", 300)], took=lambda n: 1.5 + 0.5 * (n % 3)),
            Limit.ANSWERS,
            id="answers are slow",
        ),
        pytest.param(
            History(200, [("leads", 2000)], took=lambda n: 0.01, workers_take=0.02),
            Limit.WORKERS,
            id="the workers are slow",
        ),
        pytest.param(
            History(5, [("leads", 300)], took=slow_once), Limit.PACE, id="one slow answer"
        ),
        pytest.param(
            History(5, [("leads", 300)], pauses=[(30.0, 5.0)]), Limit.PACE, id="a pause of 5 s"
        ),
        pytest.param(History(1, [("actions", 10)]), Limit.PACE, id="ten requests"),
        pytest.param(
            History(20, [("leads", 120)], took=lambda n: 2.0, earlier=ONE_BY_ONE),
            Limit.ANSWERS,
            id="answers are slow, and a few were sent one by one just before",
        ),
        pytest.param(
            History(4, [("leads", 180)], took=lambda n: 0.05, earlier=ONE_BY_ONE),
            Limit.PACE,
            id="a few were sent one by one just before",
        ),
        pytest.param(
            History(20, [("leads", 300)], took=lambda n: 2.0, earlier=YESTERDAY),
            Limit.ANSWERS,
            id="answers take ten times as long as yesterday",
        ),
        pytest.param(
            History(5, [("leads", 6000)], fails=lambda n: n % 7 == 3),
            Limit.PACE,
            id="every seventh request has to be repeated",
        ),
        pytest.param(
            History(5, [("leads", 1500)], fails=lambda n: n % 16 == 3),
            Limit.PACE,
            id="every sixteenth request has to be repeated",
        ),
        pytest.param(
            History(5, [("leads", 3000)], took=slow_often, fails=lambda n: n % 50 == 30),
            Limit.PACE,
            id="now and then a request hangs until its deadline",
        ),
    ],
)
def test_the_end_is_told_within_a_tenth_and_what_sets_the_speed(
    history: History, limit: Limit
) -> None:
    history.play()
    for push in range(1, len(history.sends) + 1):
        assert max(history.errors(push)) <= 0.1
        assert history.at(history.end_of(push) / 2).timetable()[push].limit is limit


def test_a_long_pause_is_counted_in_as_soon_as_it_is_known() -> None:
    history = History(5, [("leads", 300)], pauses=[(30.0, 30.0)]).play()
    assert max(history.errors(1, after=30.0)) <= 0.02


def test_an_hourly_limit_is_waited_out() -> None:
    """Telecrm takes 18,000 an hour: 30,000 at 10 a second are 30 min, a wait, and 20 min."""
    pace = Pace(10, hourly=18_000, room=18_000, turns_in=3600)
    end = ends(pace, {"leads": Course(4, 0.2)}, [Line(1, "leads", 30_000)])[1]
    assert end.seconds == pytest.approx(3600 + 1200, abs=1)
    assert end.limit is Limit.HOURLY
    short = ends(pace, {"leads": Course(4, 0.2)}, [Line(1, "leads", 17_000)])[1]
    assert (round(short.seconds), short.limit) == (1700, Limit.PACE)


def test_at_its_default_pace_telecrm_never_meets_its_hourly_limit() -> None:
    """100,000 leads take 6 h 10 min at 4.5 a second, which is nine tenths of the limit."""
    account = Account(pk=1, provider="telecrm", name="Main", base_url="")
    queue = eta.Queue(account, None, BEGAN, [Push(pk=1, endpoint="leads", starts_at=BEGAN)])
    queue.unsent[1] = 100_000
    queue.seen = of_tries([Try("leads", 0.0, 0.2)], BEGAN, None)
    end = queue.timetable()[1]
    assert end.seconds == pytest.approx(100_000 / 4.5, rel=0.01)
    assert end.limit is Limit.PACE
    account.pace = 10
    end = queue.timetable()[1]
    assert end.seconds == pytest.approx(5 * 3600 + 1000, rel=0.01)
    assert end.limit is Limit.HOURLY


def test_a_pace_that_grows_back_is_counted_with_its_growth() -> None:
    """From half of 10 a second, a tenth more each minute: 2,250 requests in five minutes."""
    pace = Pace(10, factor=0.5, growth=0.1 / 60)
    course = {"leads": Course(4, 0.01)}
    end = ends(pace, course, [Line(1, "leads", 2250)])[1]
    assert end.seconds == pytest.approx(300, rel=0.01)
    assert end.limit is Limit.SLOWED


def test_a_send_for_later_keeps_nobody_waiting_and_a_late_repeat_counts() -> None:
    course = {"leads": Course(4, 0.2)}
    lines = [
        Line(1, "leads", 100, starts_in=3600),
        Line(2, "leads", 50, repeats=[Repeats(1, 1, 600)]),
    ]
    found = ends(Pace(5), course, lines)
    assert found[1].seconds == pytest.approx(3620, abs=1)
    assert found[2].seconds == pytest.approx(600.2, abs=0.1)


def test_look_ups_take_their_share_of_the_pace_from_the_first_one_on() -> None:
    """1,200 at 5 a second: 600 in the two minutes before the first look, the rest at 4.5."""
    pace = Pace(5, looks_in=120, look_share=0.1)
    end = ends(pace, {"leads": Course(4, 0.2)}, [Line(1, "leads", 1200)])[1]
    assert end.seconds == pytest.approx(120 + 600 / 4.5, abs=1)
    assert end.limit is Limit.PACE
