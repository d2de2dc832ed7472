"""When a send will be through: from the provider's pace, the queue before it, and what stops it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Account, Hold
from sync.models import Attempt, Gate, Push
from sync.pages import endpoint_of, figure, moment, open_holds, provider_name, span, stops
from sync.providers.base import Endpoint

RECENT_TRIES = 60  # the tries whose times tell how quick the account is now
ENOUGH_TRIES = 8
FRESH_SECONDS = 60
A_REQUEST = 0.6  # seconds, while no try has been answered yet


@dataclass(frozen=True)
class Estimate:
    """How long the rest takes, and what sets the speed.

    `seconds` is None while nothing can be known; then `why` says what it waits for.
    """

    seconds: float | None
    why: str
    at: datetime | None = None

    @property
    def words(self) -> str:
        """The estimate for people: "about 41 min left", or what it waits for."""
        if self.seconds is None:
            return self.why
        return _("%(time)s left") % {"time": span(self.seconds)}


@dataclass(frozen=True)
class Speed:
    """Requests a second of one account's endpoint, and the words for what sets them."""

    rate: float
    why: str


def requests_for(records: int, endpoint: Endpoint | None) -> int:
    """Return how many requests `records` take."""
    return ceil(records / (endpoint.batch_size if endpoint else 1))


def speed(account: Account, endpoint: Endpoint | None, gate: Gate | None) -> Speed:
    """Return how fast requests go: the provider's pace is the ceiling, its answers may be slower.

    While requests run, the last ones say how quick it really is.
    """
    name = provider_name(account.provider)
    pace = account.pace or (endpoint.pace if endpoint else 1.0)
    pace *= gate.rate_factor if gate else 1
    at_a_time = endpoint.in_flight if endpoint else 1
    each, observed = _lately(account, endpoint)
    rate = min(pace, at_a_time / each, observed or pace)
    if rate >= 0.9 * pace:
        hourly = figure(round(pace * 3600))
        words = {"name": name, "hourly": hourly}
        return Speed(rate, _("at %(name)s’s pace of %(hourly)s requests an hour") % words)
    each_words = {"name": name, "each": f"{each:.1f}"}
    return Speed(rate, _("%(name)s takes about %(each)s s to answer a request") % each_words)


def _lately(account: Account, endpoint: Endpoint | None) -> tuple[float, float | None]:
    """Seconds from request to answer, and requests a second while they ran just now."""
    recent = Attempt.objects.filter(
        delivery__account=account,
        endpoint=endpoint.slug if endpoint else "",
        result=Attempt.Result.ANSWERED,
        finished_at__isnull=False,
    )
    times = list(recent.order_by("-pk").values_list("started_at", "finished_at")[:RECENT_TRIES])
    took = [(end - start).total_seconds() for start, end in times if end]
    each = max(sum(took) / len(took), 0.01) if took else A_REQUEST
    fresh = timezone.now() - timedelta(seconds=FRESH_SECONDS)
    ends = sorted(end for _start, end in times if end and end > fresh)
    if len(ends) < ENOUGH_TRIES or ends[-1] == ends[0]:
        return each, None
    return each, (len(ends) - 1) / (ends[-1] - ends[0]).total_seconds()


def before(account: Account, records: int, endpoint: Endpoint | None) -> Estimate:
    """Return the estimate for records nobody asked for yet, behind what waits already."""
    gate = Gate.objects.filter(account=account).first()
    ahead = sum(_left(push) for push in _waiting([account.pk]))
    return _through(ahead + requests_for(records, endpoint), speed(account, endpoint, gate), 0)


def of_pushes(pushes: Sequence[Push], holds: Mapping[int, Hold]) -> dict[int, Estimate]:
    """Return push id -> when its rest will be through; `account` is loaded on each.

    `holds` are the stops of their accounts. Costs a few queries an account, not a push.
    """
    accounts = {push.account_id: push.account for push in pushes}
    gates = {gate.account_id: gate for gate in Gate.objects.filter(account__in=accounts)}
    queue = _waiting(list(accounts))
    speeds: dict[tuple[int, str], Speed] = {}
    found = {}
    for push in pushes:
        gate = gates.get(push.account_id)
        at = (push.account_id, push.endpoint)
        if at not in speeds:
            endpoint = endpoint_of(push.account.provider, push.endpoint)
            speeds[at] = speed(push.account, endpoint, gate)
        if stops(holds.get(push.account_id), push):
            stopped = _("%(account)s is stopped") % {"account": push.account.name}
            found[push.pk] = Estimate(None, stopped)
        else:
            found[push.pk] = _estimate(push, gate, queue, speeds[at])
    return found


def of_push(push: Push) -> Estimate:
    """Return when the rest of `push` will be through."""
    holds = open_holds(Account.objects.filter(pk=push.account_id))
    return of_pushes([push], holds)[push.pk]


def _estimate(push: Push, gate: Gate | None, queue: list[Push], rate: Speed) -> Estimate:
    now = timezone.now()
    if push.paused_at:
        return Estimate(None, _("paused"))
    if gate and gate.open_until and gate.open_until > now:
        waits = {"name": provider_name(push.account.provider), "time": moment(gate.open_until)}
        return Estimate(None, _("%(name)s does not answer, tried again at %(time)s") % waits)
    mine = [one for one in queue if one.account_id == push.account_id]
    ahead = sum(_left(one) for one in mine if one.pk < push.pk and not one.paused_at)
    starts_in = max((push.starts_at - now).total_seconds(), 0)
    return _through(ahead + _left(push), rate, starts_in)


def _waiting(account_ids: list[int]) -> list[Push]:
    running = Push.objects.filter(account__in=account_ids, finished_at=None, waiting__gt=0)
    return list(running.select_related("account"))


def _left(push: Push) -> int:
    return requests_for(max(push.waiting, 0), endpoint_of(push.account.provider, push.endpoint))


def _through(requests: int, rate: Speed, starts_in: float) -> Estimate:
    seconds = requests / rate.rate + starts_in
    return Estimate(seconds, rate.why, timezone.now() + timedelta(seconds=seconds))
