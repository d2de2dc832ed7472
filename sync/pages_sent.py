"""What was sent and what came back: sends, the requests of one send, and their filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account, Hold, Team
from access.requests import id_in
from sync.ledger import COUNTERS
from sync.models import Delivery, DeliveryItem, Push, State
from sync.pages import endpoint_of, figure, moment, open_holds, provider_name, stops
from sync.providers.base import RecordKind
from sync.wording import Words, some, words

VIEWS = ("", "waiting", "refused", "unsure", "proved")
FORGIVEN = 7  # digits that make a search text a number


@dataclass(frozen=True)
class Row:
    """One line of the table: a send, or one request of a send."""

    title: str
    sub: str
    account: Account
    leads: int
    state: Words
    quote: str
    loud: bool
    tries: int
    last: datetime | None
    delivery_id: int | None  # its page; None: a send of several requests
    push_id: int

    @property
    def at(self) -> str:
        """The time of the last try, for people."""
        return moment(self.last)


def visible_sends(user: Any, team: Team) -> QuerySet[Push]:
    """Return the sends of `team` that `user` may see, newest first."""
    found: QuerySet[Push] = Push.objects.visible_to(user).filter(team=team)
    return found.order_by("-pk")


def in_view(sends: QuerySet[Push], view: str) -> QuerySet[Push]:
    """Return the sends of one saved view."""
    if view == "waiting":
        return sends.filter(finished_at=None, waiting__gt=0)
    if view == "refused":
        return sends.filter(Q(rejected__gt=0) | Q(failed__gt=0))
    if view == "unsure":
        return sends.filter(uncertain__gt=0)
    if view == "proved":
        proof = Delivery.objects.filter(
            push=OuterRef("pk"), evidence__in=("inferred", "verified"), tries__gt=1
        )
        return sends.filter(Exists(proof))
    return sends


def narrow(sends: QuerySet[Push], query: Mapping[str, str]) -> QuerySet[Push]:
    """Return the sends that match what is written and chosen above the table."""
    if account := id_in(query.get("account", "")):
        sends = sends.filter(account_id=account)
    if wanted_list := id_in(query.get("list", "")):
        sends = sends.filter(lead_list_id=wanted_list)
    if query.get("kind") == "leads":
        sends = sends.exclude(endpoint__startswith="campaign")
    if query.get("kind") == "campaigns":
        sends = sends.filter(endpoint__startswith="campaign")
    days = query.get("days", "")
    if days.isdecimal():
        since = timezone.localtime() - timedelta(days=int(days[:4]))
        sends = sends.filter(created_at__gte=since)
    text = query.get("q", "").strip()
    return sends.filter(_matches(text)) if text else sends


def _matches(text: str) -> Q:
    part = Delivery.objects.filter(push=OuterRef("pk"), part__wire_name__icontains=text)
    found = Q(label__icontains=text) | Q(Exists(part))
    digits = "".join(letter for letter in text if letter.isdecimal())
    if len(digits) >= FORGIVEN:
        backwards = digits[::-1]
        records = DeliveryItem.objects.filter(delivery__push=OuterRef("pk"))
        people = Q(lead__phone_rev__startswith=backwards) | Q(
            contact__phone_rev__startswith=backwards
        )
        found |= Q(Exists(records.filter(people)))
    return found


def with_answers(sends: QuerySet[Push]) -> QuerySet[Push]:
    """Add to each send its first request, the words that matter most, and its tries."""
    mine = Delivery.objects.filter(push=OuterRef("pk"))
    bad = mine.filter(state__in=[State.REJECTED, State.UNCERTAIN, State.FAILED])
    said = mine.exclude(quote="").order_by("-pk")
    return sends.select_related("account", "lead_list").annotate(
        first_id=Subquery(mine.order_by("pk").values("pk")[:1]),
        last_id=Subquery(mine.order_by("-pk").values("pk")[:1]),
        bad_quote=Subquery(bad.order_by("pk").values("quote")[:1]),
        bad_reason=Subquery(bad.order_by("pk").values("reason")[:1]),
        said=Subquery(said.values("quote")[:1]),
        most_tries=Subquery(mine.order_by("-tries").values("tries")[:1]),
        evidence=Subquery(mine.order_by("-pk").values("evidence")[:1]),
        part_name=Subquery(mine.order_by("pk").values("part__token")[:1]),
        campaign_token=Subquery(
            DeliveryItem.objects.filter(delivery__push=OuterRef("pk"))
            .order_by("pk")
            .values("campaign__token")[:1]
        ),
    )


def rows(sends: Sequence[Push]) -> list[Row]:
    """Return the lines of the table; `sends` come from `with_answers`."""
    holds = open_holds(Account.objects.filter(pk__in={push.account_id for push in sends}))
    return [_row(push, holds) for push in sends]


def _row(push: Any, holds: dict[int, Hold]) -> Row:
    one = push.first_id == push.last_id
    stopped = stops(holds.get(push.account_id), push)
    bad = push.rejected + push.failed + push.uncertain
    return Row(
        title=push.label,
        sub=_sub(push, one),
        account=push.account,
        leads=push.total,
        state=state_of_send(push, stopped=stopped, evidence=push.evidence if one else ""),
        quote=(push.bad_quote if bad else push.said) or "",
        loud=bool(bad or stopped and push.waiting),
        tries=push.most_tries or 0,
        last=push.finished_at or push.starts_at,
        delivery_id=push.first_id if one else None,
        push_id=push.pk,
    )


def _sub(push: Any, one: bool) -> str:
    endpoint = endpoint_of(push.account.provider, push.endpoint)
    if endpoint and endpoint.record is RecordKind.CAMPAIGN:
        token = f" [{push.campaign_token}]" if push.campaign_token else ""
        return _("Campaign") + token
    if endpoint and endpoint.record is RecordKind.CONTACT:
        return _("Phone book")
    if endpoint and endpoint.record is RecordKind.ACTION:
        return _("Actions on leads")
    if endpoint and endpoint.batch_size == 1:
        return _("Leads, one by one")
    if push.part_name:
        return _("Part [%(token)s]") % {"token": push.part_name} if one else _("Several parts")
    list_id = push.options.get("list_id")
    return _("List %(id)s") % {"id": list_id} if list_id else _("Leads")


def state_of_send(push: Push, *, stopped: bool = False, evidence: str = "") -> Words:
    """Return mark and words of a whole send: what still waits first, then the worst of its ends."""
    name = provider_name(push.account.provider)
    if push.waiting > 0 and not push.finished_at:
        return _under_way(push, stopped)
    for state in (State.UNCERTAIN, State.REJECTED, State.FAILED):
        if number := getattr(push, COUNTERS[state]):
            mark, text = words(state, name), some(push, COUNTERS[state])
            return Words(mark.mark, text if number < push.total else _whole(state, mark, text))
    good = (
        (push.delivered, State.DELIVERED),
        (push.accepted, State.ACCEPTED),
        (push.already_there, State.ALREADY_THERE),
        (push.superseded, State.SUPERSEDED),
        (push.cancelled, State.CANCELLED),
    )
    state = max(good, key=lambda pair: pair[0])[1]
    return words(state, name, evidence=evidence)


def sums(push: Push) -> list[Words]:
    """Return what became of the records of a send so far: how many in each state, with marks."""
    name = provider_name(push.account.provider)
    found = [
        (number, words(state, name))
        for state, counter in COUNTERS.items()
        if (number := getattr(push, counter))
    ]
    return [Words(said.mark, f"{figure(number)} {said.text}") for number, said in found]


def _whole(state: str, mark: Words, some: str) -> str:
    return some if state == State.FAILED else mark.text


def _under_way(push: Push, stopped: bool) -> Words:
    done = push.total - push.waiting
    if push.cancelled_at:
        return Words("wait", _("Cancelled, what had left still ends"))
    if push.paused_at:
        return Words("wait", _("Paused, %(n)s done") % {"n": figure(done)})
    if stopped:
        return Words("stopped", _("Waiting: account stopped"))
    if not done and push.starts_at > timezone.now():
        return Words("wait", _("Waiting"))
    return Words("sending", _("Sending, %(n)s done") % {"n": figure(done)})


def requests_of(push: Push, view: str) -> QuerySet[Delivery]:
    """Return the requests of a send that belong to one saved view."""
    states = {
        "waiting": ("queued", "retry_wait", "sending"),
        "refused": ("rejected", "failed"),
        "unsure": ("uncertain",),
    }.get(view)
    found = push.deliveries.select_related("account", "part", "push__account")
    found = found.annotate(
        item_label=Subquery(
            DeliveryItem.objects.filter(delivery=OuterRef("pk"))
            .order_by("position")
            .values("label")[:1]
        )
    )
    return found.filter(state__in=states) if states else found


def request_rows(deliveries: Sequence[Delivery], push: Push) -> list[Row]:
    """Return the lines of one send's requests."""
    hold = open_holds(Account.objects.filter(pk=push.account_id)).get(push.account_id)
    stopped = stops(hold, push)
    name = provider_name(push.account.provider)
    found = []
    for one in deliveries:
        label = getattr(one, "item_label", "") or push.label
        state = "held" if stopped and one.state in ("queued", "retry_wait") else one.state
        found.append(
            Row(
                title=_request_title(one, label),
                sub=_request_words(one, label),
                account=push.account,
                leads=one.item_count,
                state=words(state, name, evidence=one.evidence, tries=one.tries),
                quote=one.quote,
                loud=one.state in ("rejected", "uncertain", "failed"),
                tries=one.tries,
                last=one.ended_at or one.first_attempt_at,
                delivery_id=one.pk,
                push_id=push.pk,
            )
        )
    return found


def _request_title(delivery: Delivery, first: str) -> str:
    if delivery.part:
        return str(delivery.part.wire_name)
    return first if delivery.item_count == 1 else _numbered(delivery)


def _request_words(delivery: Delivery, first: str) -> str:
    """What is below the title: its number, or whom it is about where the title is its number."""
    others = delivery.item_count - 1
    if not others or delivery.part:
        return _numbered(delivery) if others else ""
    words = ngettext("%(first)s and %(n)s other", "%(first)s and %(n)s others", others)
    return words % {"first": first, "n": figure(others)}


def _numbered(delivery: Delivery) -> str:
    return _("Request %(number)s") % {"number": figure(delivery.number)}
