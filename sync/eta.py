"""When a send will be through: from the provider's pace, the queue before it, and what stops it.

The arithmetic is sync/timetable.py's; here are the figures it is fed with, and the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil, inf

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Account, Hold
from sync import limits, providers
from sync.answer_times import Lately, lately
from sync.models import WAITING, Delivery, Gate, Look, Push, State
from sync.pages import endpoint_of, figure, moment, open_holds, provider_name, span, stops
from sync.providers.base import Endpoint
from sync.timetable import Course, End, Limit, Line, Pace, Repeats, ends

NEW = 0  # the key of a send nobody asked for yet; a row's is never 0


@dataclass(frozen=True)
class Estimate:
    """How long the rest takes, and what sets the speed.

    `seconds` is None while nothing can be known; then `why` says what it waits for.
    """

    seconds: float | None
    why: str
    at: datetime | None = None
    limit: Limit | None = None

    @property
    def words(self) -> str:
        """The estimate for people: "about 41 min left", or what it waits for."""
        if self.seconds is None:
            return self.why
        return _("%(time)s left") % {"time": span(self.seconds)}


@dataclass
class Queue:
    """What waits at one account: its sends, oldest first, and what of them is under way."""

    account: Account
    gate: Gate | None
    now: datetime
    pushes: list[Push] = field(default_factory=list)
    unsent: dict[int, int] = field(default_factory=dict)  # requests that have not left, by send
    flying: dict[int, int] = field(default_factory=dict)
    repeats: dict[int, list[Repeats]] = field(default_factory=dict)  # by send
    seen: Lately = field(default_factory=Lately)
    looks_at: datetime | None = None  # the next look-up at the provider

    def look_back(self, *endpoints: str) -> None:
        """Read how quick the account has been lately, for its sends and for `endpoints`."""
        wanted = {push.endpoint for push in self.pushes}.union(endpoints)
        if wanted:
            self.seen = lately(self.account, wanted, self.now, self.since)

    @property
    def since(self) -> datetime | None:
        """Return when the oldest send that goes began, which is how long there was a queue."""
        return min(
            (one.starts_at for one in self.pushes if one.starts_at <= self.now), default=None
        )

    def timetable(self, *more: Line) -> dict[int, End]:
        """Return the end of each send; `more` stand behind all that wait."""
        lines = [*(self._line(push) for push in self.pushes), *more]
        lines = [line for line in lines if endpoint_of(self.account.provider, line.endpoint)]
        return ends(self._pace(lines[0]), self._courses(lines), lines) if lines else {}

    def _line(self, push: Push) -> Line:
        return Line(
            push.pk,
            push.endpoint,
            self.unsent.get(push.pk, 0),
            starts_in=max((push.starts_at - self.now).total_seconds(), 0),
            in_vain=self.seen.in_vain,
            repeats=self.repeats.get(push.pk, ()),
            pauses=[limits.wait(seconds).total_seconds() for seconds in limits.SCHEDULE],
        )

    def _pace(self, line: Line) -> Pace:
        """Return the pace of the account; all its endpoints share one."""
        endpoint = endpoint_of(self.account.provider, line.endpoint)
        rate = self.account.pace or (endpoint.pace if endpoint else 1.0)
        hourly = hourly_limit(self.account, endpoint)
        gate, hour = self.gate, limits.wait(3600).total_seconds()
        looks_in = (self.looks_at - self.now).total_seconds() if self.looks_at else inf
        if gate is None:
            return Pace(rate, hourly=hourly, room=hourly or inf, most=self._reached(rate))
        grown = (self.now - gate.rate_changed_at).total_seconds() / 60 * limits.RATE_GROWTH
        factor = min(1.0, gate.rate_factor + max(grown, 0))
        turns_in = hour - (self.now - gate.hour_started_at).total_seconds()
        used = gate.hour_requests if turns_in > 0 else 0
        pace = Pace(
            rate,
            factor,
            growth=limits.RATE_GROWTH / 60,
            opens_in=max((gate.slot_at - self.now).total_seconds(), 0),
            hourly=hourly,
            room=max(hourly - used, 0) if hourly else inf,
            turns_in=turns_in if turns_in > 0 else hour,
            hour=hour,
            ahead=limits.RESERVE_AHEAD,
            looks_in=max(looks_in, 0),
            look_share=limits.LOOK_SHARE,
        )
        if factor < 1:
            return pace
        return replace(pace, most=self._reached(rate * pace.share_of_sends(0)))

    def _reached(self, rate: float) -> float:
        """Return what the workers reached where neither the pace nor the places explain it."""
        places = sum(
            known.in_flight / self.seen.cycle(slug, known.in_flight)
            for slug in {one.endpoint for one in self.seen.fresh}
            if (known := endpoint_of(self.account.provider, slug))
        )
        return self.seen.most(min(rate, places or rate))

    def _courses(self, lines: Sequence[Line]) -> dict[str, Course]:
        flying: dict[str, int] = defaultdict(int)
        for push in self.pushes:
            flying[push.endpoint] += self.flying.get(push.pk, 0)
        found = {}
        for slug in {line.endpoint for line in lines}:
            endpoint = endpoint_of(self.account.provider, slug)
            places = endpoint.in_flight if endpoint else 1
            each = self.seen.cycle(slug, places)
            full = flying[slug] >= places
            found[slug] = Course(places, each, each / 2 / places if full else 0.0)
        return found

    def words(self, end: End, endpoint: str) -> str:
        """Return what sets the speed, for people."""
        name = provider_name(self.account.provider)
        known = endpoint_of(self.account.provider, endpoint)
        if end.limit is Limit.WORKERS:
            return _("as fast as the workers here can go")
        if end.limit is Limit.SLOWED:
            return _("slower since %(name)s asked for less speed") % {"name": name}
        if end.limit is Limit.ANSWERS:
            words = {"name": name, "each": f"{max(self.seen.each(endpoint), 0.1):.1f}"}
            return _("%(name)s takes about %(each)s s to answer a request") % words
        if end.limit is Limit.HOURLY:
            words = {"name": name, "hourly": figure((known and known.hourly) or 0)}
            return _("%(name)s takes %(hourly)s requests an hour") % words
        rate = self.account.pace or (known.pace if known else 1.0)
        words = {"name": name, "hourly": figure(round(rate * 3600))}
        return _("at %(name)s’s pace of %(hourly)s requests an hour") % words


def requests_for(records: int, endpoint: Endpoint | None) -> int:
    """Return how many requests `records` take."""
    return ceil(records / (endpoint.batch_size if endpoint else 1))


def hourly_limit(account: Account, endpoint: Endpoint | None) -> int | None:
    """Return the documented limit of an hour, where `account` is at the provider itself."""
    known = providers.PROVIDERS.get(account.provider)
    elsewhere = known and account.base_url not in ("", known.base_url)
    return None if endpoint is None or elsewhere else endpoint.hourly


def queues(
    accounts: Mapping[int, Account], holds: Mapping[int, Hold], now: datetime
) -> dict[int, Queue]:
    """Return what waits at each of `accounts` and will go: nothing paused, nothing stopped."""
    gates = {gate.account_id: gate for gate in Gate.objects.filter(account__in=accounts)}
    found = {pk: Queue(account, gates.get(pk), now) for pk, account in accounts.items()}
    running = Push.objects.filter(
        account__in=accounts, finished_at=None, waiting__gt=0, paused_at=None, cancelled_at=None
    )
    for push in running.select_related("account").order_by("pk"):
        if not stops(holds.get(push.account_id), push):
            found[push.account_id].pushes.append(push)
    due = Look.objects.filter(account__in=accounts).values_list("account")
    looks = dict(due.annotate(Min("due_at")))
    for pk, queue in found.items():
        queue.looks_at = looks.get(pk)
        _count(queue)
    return found


def _count(queue: Queue) -> None:
    """Count what has not left, what is under way, and when the latest repeat is due."""
    if not queue.pushes:
        return
    sent = Delivery.objects.filter(push__in=queue.pushes).order_by()
    flying = sent.filter(state=State.SENDING).values_list("push").annotate(Count("pk"))
    queue.flying = dict(flying)
    again = sent.filter(state=State.RETRY_WAIT).values_list("push", "tries")
    for push, tries, count, latest in again.annotate(Count("pk"), Max("next_at")):
        due = max((latest - queue.now).total_seconds(), 0)
        queue.repeats.setdefault(push, []).append(Repeats(max(tries, 1), count, due))
    batches = []
    for push in queue.pushes:
        endpoint = endpoint_of(push.account.provider, push.endpoint)
        if endpoint and endpoint.batch_size > 1:
            batches.append(push.pk)
        queue.unsent[push.pk] = max(push.waiting - queue.flying.get(push.pk, 0), 0)
    if batches:
        waiting = sent.filter(push__in=batches, state__in=WAITING)
        counted = dict(waiting.values_list("push").annotate(Count("pk")))
        queue.unsent |= {pk: counted.get(pk, 0) for pk in batches}


def before(account: Account, records: int, endpoint: Endpoint | None) -> Estimate:
    """Return the estimate for records nobody asked for yet, behind what waits already."""
    if endpoint is None or not records:
        return Estimate(0.0, "")
    now = timezone.now()
    holds = open_holds(Account.objects.filter(pk=account.pk))
    queue = queues({account.pk: account}, holds, now)[account.pk]
    queue.look_back(endpoint.slug)
    line = Line(NEW, endpoint.slug, requests_for(records, endpoint))
    return _estimate(queue, queue.timetable(line)[NEW], endpoint.slug)


def of_pushes(pushes: Sequence[Push], holds: Mapping[int, Hold]) -> dict[int, Estimate]:
    """Return push id -> when its rest will be through; `account` is loaded on each.

    `holds` are the stops of their accounts. Costs a few queries an account, not a push.
    """
    now = timezone.now()
    accounts = {push.account_id: push.account for push in pushes}
    waiting = queues(accounts, holds, now)
    for queue in waiting.values():
        queue.look_back()
    tables = {pk: queue.timetable() for pk, queue in waiting.items()}
    found = {}
    for push in pushes:
        queue = waiting[push.account_id]
        end = tables[push.account_id].get(push.pk)
        if stopped := _stopped(push, queue.gate, holds.get(push.account_id), now):
            found[push.pk] = Estimate(None, stopped)
        elif end is None:
            found[push.pk] = Estimate(0.0, "")
        else:
            found[push.pk] = _estimate(queue, end, push.endpoint)
    return found


def of_push(push: Push) -> Estimate:
    """Return when the rest of `push` will be through."""
    holds = open_holds(Account.objects.filter(pk=push.account_id))
    return of_pushes([push], holds)[push.pk]


def _stopped(push: Push, gate: Gate | None, hold: Hold | None, now: datetime) -> str:
    """Return what `push` waits for when nobody can know how long; "" when it goes on."""
    if stops(hold, push):
        return _("%(account)s is stopped") % {"account": push.account.name}
    if push.paused_at:
        return _("paused")
    if gate and gate.open_until and gate.open_until > now:
        waits = {"name": provider_name(push.account.provider), "time": moment(gate.open_until)}
        return _("%(name)s does not answer, tried again at %(time)s") % waits
    return ""


def _estimate(queue: Queue, end: End, endpoint: str) -> Estimate:
    at = queue.now + timedelta(seconds=end.seconds)
    return Estimate(end.seconds, queue.words(end, endpoint), at, end.limit)
