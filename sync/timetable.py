"""When the sends of one account end: its pace, shared by its endpoints, played forward.

A plain model without database and clock; sync/eta.py fills it and finds the words. Requests are
taken as a stream: the k-th one starts when the stream has carried k - 1 before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import inf, log

GROWTH_STEP = 5.0  # seconds for which a pace that grows back is taken as even
HOUR = 3600.0
LIKELY = log(2)  # so many are expected where one is as likely as none
MOSTLY = 0.9  # no more requests than this are taken to be in vain
NEARLY = 0.03  # a pace used up to this much is used up


class Limit(Enum):
    """What sets the speed of a send."""

    PACE = "pace"  # of the account
    SLOWED = "slowed"  # the pace after the provider asked for less
    HOURLY = "hourly"  # the provider's limit for an hour
    ANSWERS = "answers"  # places in flight, times what an answer takes
    WORKERS = "workers"  # this house sends no faster


@dataclass(frozen=True)
class Repeats:
    """Requests that were in vain `times` and wait: `count` of them, the last for `not_before`."""

    times: int
    count: int
    not_before: float


@dataclass(frozen=True)
class Line:
    """One send in the queue: its requests that have not left, and when it starts.

    Some of them are `repeats`. Of any requests the share `in_vain` has to be made once more: behind
    all that were not tried yet, after the first of `pauses`; when in vain again, the second, ...
    """

    key: int
    endpoint: str
    requests: int
    starts_in: float = 0.0
    in_vain: float = 0.0
    repeats: Sequence[Repeats] = ()
    pauses: Sequence[float] = ()

    @property
    def all_requests(self) -> float:
        """Requests to be made, with those that will have to be repeated."""
        return self.requests / (1 - min(self.in_vain, MOSTLY))

    def last(self, through: float) -> float:
        """Return when the last request starts, where all that could go at once have at `through`.

        A pause counts where it is more likely than not that some request has to wait it out.
        """
        waiting = {one.times: one for one in self.repeats}
        tried = float(self.requests - sum(one.count for one in self.repeats))
        last = through
        for times, pause in enumerate(self.pauses, 1):
            again = tried * self.in_vain
            if again >= LIKELY:
                hidden = through * (self.in_vain + 1 / (again + 1)) if times == 1 else 0.0
                last += max(pause - hidden, 0.0)
            here = waiting.get(times)
            last = max(last, here.not_before if here else 0.0)
            tried = again + (here.count if here else 0)
        return max([last, *(one.not_before for one in self.repeats)])


@dataclass(frozen=True)
class Course:
    """One endpoint: `places` requests at a time, each of which takes `each` seconds of a place."""

    places: int
    each: float
    free_in: float = 0.0

    @property
    def most(self) -> float:
        """Requests a second that its places allow."""
        return self.places / self.each


@dataclass(frozen=True)
class Pace:
    """Requests a second an account allows, and when the next may start.

    `factor` is below 1 after a 429 and grows by `growth` a second; of `hourly` requests an hour
    `room` are left until the hour turns in `turns_in` seconds; `most` is what workers reach.
    `ahead`: seconds for which slots are reserved in advance. From `looks_in` seconds on look-ups
    take `look_share` of the slots.
    """

    rate: float
    factor: float = 1.0
    growth: float = 0.0
    opens_in: float = 0.0
    hourly: int | None = None
    room: float = inf
    turns_in: float = HOUR
    hour: float = HOUR
    most: float = inf
    ahead: float = 1.0
    looks_in: float = inf
    look_share: float = 0.0

    def share_of_sends(self, at: float) -> float:
        """Return the share of the slots that look-ups leave `at` seconds from now."""
        return 1 - self.look_share if at >= self.looks_in else 1.0

    def now(self, at: float, room: float) -> tuple[float, Limit]:
        """Return requests a second `at` seconds from now, and what sets them."""
        if room <= 1e-6:
            return 0.0, Limit.HOURLY
        if at < self.opens_in:
            return 0.0, Limit.SLOWED if self.factor < 1 else Limit.PACE
        factor = min(1.0, self.factor + self.growth * (at + GROWTH_STEP / 2))
        allowed = self.rate * (factor if self.factor < 1 else 1.0)
        allowed *= self.share_of_sends(at)
        if self.most < allowed:
            return self.most, Limit.WORKERS
        return allowed, Limit.SLOWED if factor < 1 else Limit.PACE


@dataclass(frozen=True)
class End:
    """When a send is through, in seconds from now, and what held it up most of that time."""

    seconds: float
    limit: Limit


@dataclass
class _Stream:
    """The play: what is left of each line, and the time by now."""

    pace: Pace
    courses: Mapping[str, Course]
    lines: Sequence[Line]
    at: float = 0.0
    room: float = inf
    turns_at: float = inf
    left: dict[int, float] = field(default_factory=dict)
    held_up: dict[int, dict[Limit, float]] = field(default_factory=dict)
    ends: dict[int, End] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {line.key: line.all_requests for line in self.lines}
        self.held_up = {line.key: defaultdict(float) for line in self.lines}
        if self.pace.hourly:
            self.room, self.turns_at = self.pace.room, self.pace.turns_in

    def play(self) -> dict[int, End]:
        """Return the end of each line."""
        for line in self.lines:
            if not line.requests:
                self._end(line, inf)
        while waiting := [line for line in self.lines if line.key not in self.ends]:
            self._go_on(waiting)
        return self.ends

    def _go_on(self, waiting: Sequence[Line]) -> None:
        """Play until something changes."""
        first: dict[str, Line] = {}
        for line in waiting:
            if line.starts_in <= self.at:
                first.setdefault(line.endpoint, line)
        total, limit = self.pace.now(self.at, self.room)
        rates = self._rates(first, total)
        step = min(self._changes(waiting, first, rates)) - self.at
        for line in waiting:
            rate, most = rates.get(line.endpoint, 0.0), self.courses[line.endpoint].most
            idle = total > sum(rates.values()) * (1 + NEARLY)
            slow = Limit.ANSWERS if idle and rate >= most * (1 - NEARLY) else limit
            self.held_up[line.key][slow] += step
        for endpoint, line in first.items():
            self.left[line.key] -= rates[endpoint] * step
            self.room -= rates[endpoint] * step
        self.at += step
        if self.at >= self.turns_at:
            self.room, self.turns_at = float(self.pace.hourly or 0), self.turns_at + self.pace.hour
        for endpoint, line in first.items():
            if self.left[line.key] <= 1e-9:
                self._end(line, rates[endpoint])

    def _end(self, line: Line, rate: float) -> None:
        """Note the end: the last request started one request's time ago, and is to be answered."""
        each = self.courses[line.endpoint].each
        if line.requests:
            last = self.at - 1 / rate
        else:  # all have left, or wait for the slot they have
            last = max(self.pace.opens_in - 1 / self.pace.rate, line.starts_in, -each / 2)
        held_up = self.held_up[line.key]
        limit = max(held_up, key=lambda one: held_up[one], default=Limit.ANSWERS)
        if Limit.HOURLY in held_up:
            limit = Limit.HOURLY  # whatever else: no faster way would have saved the wait
        self.ends[line.key] = End(line.last(last) + each, limit)

    def _rates(self, first: Mapping[str, Line], total: float) -> dict[str, float]:
        """Return requests a second of each endpoint that has a line running."""
        courses = {endpoint: self.courses[endpoint] for endpoint in first}
        slots = self.pace.ahead * self.pace.rate + 1  # reserved in advance, by those with places
        weights = shared(slots, {name: float(one.places) for name, one in courses.items()}, {})
        most = {name: one.most if self.at >= one.free_in else 0.0 for name, one in courses.items()}
        return shared(total, most, weights)

    def _changes(
        self, waiting: Iterable[Line], first: Mapping[str, Line], rates: Mapping[str, float]
    ) -> list[float]:
        """Return the moments, all ahead, at which the rates may change."""
        moments = [line.starts_in for line in waiting]
        moments += [self.courses[endpoint].free_in for endpoint in first]
        moments += [self.pace.opens_in, self.pace.looks_in, self.turns_at]
        for endpoint, line in first.items():
            if rates[endpoint]:
                moments.append(self.at + self.left[line.key] / rates[endpoint])
        if total := sum(rates.values()):
            moments.append(self.at + self.room / total)
            if self.pace.factor + self.pace.growth * self.at < 1 and self.pace.growth:
                moments.append(self.at + GROWTH_STEP)
        return [one for one in moments if one > self.at]


def ends(pace: Pace, courses: Mapping[str, Course], lines: Sequence[Line]) -> dict[int, End]:
    """Return when each of `lines` is through; those of one endpoint go in the order given."""
    return _Stream(pace, courses, lines).play()


def shared(
    total: float, most: Mapping[str, float], weights: Mapping[str, float]
) -> dict[str, float]:
    """Share `total` by weight (1 where none is given), nobody beyond `most`; the rest goes on."""
    given = dict.fromkeys(most, 0.0)
    open_ = set(most)
    while open_ and total > 1e-12:
        weight = sum(weights.get(name, 1.0) for name in open_)
        part = {name: total * weights.get(name, 1.0) / weight for name in open_}
        full = {name for name in open_ if given[name] + part[name] >= most[name]}
        for name in full or open_:
            more = most[name] - given[name] if full else part[name]
            given[name] += more
            total -= more
        open_ = open_ - full if full else set()
    return given
