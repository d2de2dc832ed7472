"""Writing a send down: the send, its deliveries, parts, records and standings, all or nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from access import audit
from access.models import Account, Team, User
from campaigns.models import Campaign
from leads.models import Contact, Lead, LeadList, ListPart
from sync import clock, gate, naming, standings
from sync.models import ACTIVE, Delivery, DeliveryItem, LeadAction, Push
from sync.providers.base import Endpoint


class CannotSend(Exception):
    """The send cannot be planned; the text says why and what to do, for people."""


class NothingToSend(CannotSend):
    """Every record is there already, or none may go."""


class AllThere(NothingToSend):
    """Nothing is wrong: every record that may go is there, or on its way with `push`."""

    def __init__(self, words: str, push: Push | None = None) -> None:
        super().__init__(words)
        self.push = push


@dataclass(frozen=True)
class Request:
    """What a planner needs: who asks, under which click, with which options."""

    account: Account
    endpoint: Endpoint
    by: User | None
    click_token: str
    label: str
    team: Team
    options: Mapping[str, Any] = field(default_factory=dict)
    lead_list: LeadList | None = None
    starts_in: float = 0
    again_of: Push | None = None


def planned(click_token: str) -> Push | None:
    """Return the send this click has planned already: a double click, a reload, a back button."""
    found: Push | None = Push.objects.filter(click_token=click_token).first()
    return found


def planning_lock(of: LeadList | Team) -> None:
    """Let nobody else plan sends of these records until the transaction ends.

    Two sends of one record to one account would both leave.
    """
    type(of)._default_manager.select_for_update(no_key=True).get(pk=of.pk)


Sendable = Lead | Contact | Campaign | LeadAction


def write(request: Request, records: Sequence[Sendable]) -> Push:
    """Write the send, its deliveries and records, their standings and the audit, in one go."""
    now = clock.now()
    push = _push(request, len(records), now)
    sizes = balanced(len(records), request.endpoint.batch_size)
    pieces = [records[a:b] for a, b in pairwise(accumulate(sizes, initial=0))]
    deliveries = _deliveries(request, push, pieces, now)
    items = _items(request, deliveries, pieces)
    for start in range(0, len(items), 1000):
        standings.open_(items[start : start + 1000], request.account, now)
    kind = request.endpoint.record
    if kind:
        standings.summarise(kind.value, [record.pk for record in records])
    gate.lock(request.account.pk)
    audit.record(
        "sent",
        actor=request.by,
        target=push,
        team=request.team,
        count=len(records),
        account=request.account.name,
    )
    return push


def _push(request: Request, total: int, now: datetime) -> Push:
    return Push.objects.create(
        team=request.team,
        account=request.account,
        endpoint=request.endpoint.slug,
        lead_list=request.lead_list,
        label=request.label,
        click_token=request.click_token,
        options=dict(request.options),
        again_of=request.again_of,
        starts_at=now + timedelta(seconds=request.starts_in),
        total=total,
        waiting=total,
        created_by=request.by,
        created_at=now,
    )


def balanced(records: int, batch: int) -> list[int]:
    """Return the sizes of the fewest requests, as equal as can be (2,500: 834, 833, 833)."""
    if not records:
        return []
    count = math.ceil(records / batch)
    size, larger = divmod(records, count)
    return [size + (1 if number < larger else 0) for number in range(count)]


def _deliveries(
    request: Request, push: Push, pieces: Sequence[Sequence[Sendable]], now: datetime
) -> list[Delivery]:
    parts = _parts(request, pieces) if request.endpoint.groups else [None] * len(pieces)
    before = _forerunners(request, pieces)
    options = dict(request.options)
    return Delivery.objects.bulk_create(
        [
            Delivery(
                push=push,
                account=request.account,
                endpoint=request.endpoint.slug,
                credential=request.endpoint.credential,
                number=number,
                item_count=len(piece),
                part=part,
                options={**options, "lead_name": part.wire_name} if part else options,
                record_key=_key(piece[0]) if request.endpoint.one_per_record else "",
                waits_for_id=before.get(_lead_of(piece[0])),
                next_at=now,
                created_at=now,
            )
            for number, (piece, part) in enumerate(zip(pieces, parts, strict=True), 1)
        ],
        batch_size=1000,
    )


def _key(record: Sendable) -> str:
    """Return the person a record is about: two requests for one person never fly together."""
    lead = record.lead if isinstance(record, LeadAction) else record
    return getattr(lead, "phone", "")


def _lead_of(record: Sendable) -> int | None:
    """Return the lead a record is, or is about."""
    if isinstance(record, LeadAction):
        return record.lead_id
    return record.pk if isinstance(record, Lead) else None


def _forerunners(request: Request, pieces: Sequence[Sequence[Sendable]]) -> dict[int | None, int]:
    """Return, by lead, the delivery that must end before a new one about that lead may start.

    Only where records go one by one: an action goes after its lead's fields, a newer edit never
    overtakes an older one. The newest of several waits behind the others itself.
    """
    if request.endpoint.batch_size > 1:
        return {}
    waiting = DeliveryItem.objects.filter(
        lead_id__in={lead for piece in pieces if (lead := _lead_of(piece[0]))},
        delivery__account=request.account,
        delivery__state__in=ACTIVE,
    )
    return dict(waiting.order_by("delivery_id").values_list("lead_id", "delivery_id"))


def _parts(request: Request, pieces: Sequence[Sequence[Sendable]]) -> list[ListPart]:
    """Mint one named group per request: the provider takes a name once and never adds to it."""
    lead_list = request.lead_list
    if lead_list is None:
        raise CannotSend("Only leads of a list can be sent in parts.")
    last = ListPart.objects.filter(account=request.account, lead_list=lead_list).count()
    parts = []
    for number, piece in enumerate(pieces, last + 1):
        mark = naming.token()
        parts.append(
            ListPart(
                account=request.account,
                lead_list=lead_list,
                number=number,
                token=mark,
                wire_name=naming.wire_name(lead_list.name, mark),
                lead_count=len(piece),
            )
        )
    return ListPart.objects.bulk_create(parts)


def _items(
    request: Request, deliveries: Sequence[Delivery], pieces: Sequence[Sequence[Sendable]]
) -> list[DeliveryItem]:
    kind = request.endpoint.record
    if kind is None:
        raise CannotSend("This call takes no records.")
    ids = iter(naming.uuids(sum(len(piece) for piece in pieces)))
    return DeliveryItem.objects.bulk_create(
        [
            DeliveryItem(
                delivery=delivery,
                position=position,
                label=str(record)[:200],
                version=record.version,
                remote_id=next(ids),
                **{kind.value: record},
            )
            for delivery, piece in zip(deliveries, pieces, strict=True)
            for position, record in enumerate(piece)
        ],
        batch_size=1000,
    )
