"""The frozen payload: built from the newest record versions, the same bytes for every repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from access.models import Account
from campaigns.models import Campaign
from campaigns.payload import body as campaign_body
from leads import erased
from leads.models import Contact, DoNotCall, FingerprintKey, Lead, ListPart
from sync import explanations, fieldmap, providers
from sync.ledger import End, close_items
from sync.models import Delivery, DeliveryItem, LeadAction, Standing, State
from sync.providers.base import Endpoint, Parcel, RecordKind

# Which records an item of each kind is read with, and where its number is.
_RECORDS = {
    RecordKind.LEAD: ("lead",),
    RecordKind.CONTACT: ("contact",),
    RecordKind.CAMPAIGN: ("campaign",),
    RecordKind.ACTION: ("action", "action__lead"),
}
NOT_THERE = (State.REJECTED, State.FAILED, State.CANCELLED)
_PHONES = {
    RecordKind.LEAD: "lead__phone",
    RecordKind.CONTACT: "contact__phone",
    RecordKind.ACTION: "action__lead__phone",
}


@dataclass(frozen=True)
class Frozen:
    """What a delivery is about to carry; nothing of it is written yet.

    `going` are its records in payload order, `payload` their JSON (None: the bytes frozen before
    go again); `ends` says by id how each of the `dropped` ones ends, which may not go.
    """

    going: list[DeliveryItem]
    payload: str | None = None
    ends: dict[int, End] = field(default_factory=dict)
    dropped: list[DeliveryItem] = field(default_factory=list)

    def columns(self, now: datetime) -> dict[str, object]:
        """Return what the delivery's row gets."""
        if self.payload is None:
            return {}
        return {
            "payload": self.payload,
            "payload_hash": hashlib.sha256(self.payload.encode()).hexdigest(),
            "frozen_at": now,
            "item_count": len(self.going),
        }


def open_items(delivery: Delivery) -> list[DeliveryItem]:
    """Return the items of `delivery` that have not ended, in payload order."""
    return list(delivery.items.filter(state=State.QUEUED).order_by("position"))


def freeze(delivery: Delivery, endpoint: Endpoint) -> Frozen:
    """Return what shall leave, read inside the first intent's transaction.

    Bytes that may have reached the provider are never rebuilt. Otherwise every record is read
    again: a deleted one and one on the do-not-call list are dropped here, the newest edit goes out.
    """
    if delivery.payload and delivery.had_unknown:
        return Frozen(open_items(delivery))
    kind = endpoint.record or RecordKind.LEAD
    items = _items(delivery, kind)
    erased_numbers = _erased(delivery, items)
    bare = _without_lead(delivery, items)
    ends = {item.pk: end for item in items if (end := _unwanted(item, erased_numbers) or bare)}
    going = [item for item in items if item.pk not in ends]
    payload = None
    if going:
        columns = delivery.options.get("columns")
        records = fieldmap.records(going, delivery.account, kind, columns)
        provider = providers.get(delivery.account.provider)
        built = provider.build(endpoint.slug, records, _options(delivery, going))
        ends |= _refused(going, built.refused)
        going = [item for item in going if item.pk not in ends]
        payload = json.dumps(built.payload, ensure_ascii=False, separators=(",", ":"))
    ends = _doubted(ends) if delivery.had_unknown else ends
    return Frozen(going, payload, ends, [item for item in items if item.pk in ends])


def keep(delivery: Delivery, frozen: Frozen, now: datetime) -> None:
    """Write what goes with a freeze: ends of dropped records, versions, part, marks of leaving.

    The caller holds the transaction and has written `frozen.columns`.
    """
    if frozen.ends:
        close_items(delivery, frozen.ends, frozen.dropped, now)
    if frozen.payload is None or not frozen.going:
        return
    newer = [item for item in frozen.going if _refresh_version(item)]
    if newer:
        DeliveryItem.objects.bulk_update(newer, ["version"], batch_size=500)
    if delivery.part_id:
        count = len(frozen.going)
        ListPart.objects.filter(pk=delivery.part_id).update(frozen_at=now, lead_count=count)
    _mark_left(frozen.going, now)


def _items(delivery: Delivery, kind: RecordKind) -> list[DeliveryItem]:
    """Return the open items with their records.

    `blocked`: the number is on the do-not-call list; `guarded`: the team has erased numbers.
    """
    items = delivery.items.filter(state=State.QUEUED).order_by("position")
    items = items.select_related(*_RECORDS[kind])
    if kind in _PHONES:
        listed = DoNotCall.objects.filter(team=delivery.push.team_id, phone=OuterRef(_PHONES[kind]))
        keys = FingerprintKey.objects.filter(team=delivery.push.team_id)
        items = items.annotate(blocked=Exists(listed), guarded=Exists(keys))
    return list(items)


def _erased(delivery: Delivery, items: Sequence[DeliveryItem]) -> set[str]:
    """Return the numbers among `items` whose persons were erased; asked only where any were."""
    if not any(getattr(item, "guarded", False) for item in items[:1]):
        return set()
    return erased.among(delivery.push.team_id, {_phone(item) for item in items})


def _without_lead(delivery: Delivery, items: Sequence[DeliveryItem]) -> End | None:
    """Return the end of an action whose lead went first and never arrived, else None.

    It names its lead by the number only, and would make one there that has nothing else.
    """
    action = items[0].action if items else None
    if action is None or delivery.waits_for is None or delivery.waits_for.state not in NOT_THERE:
        return None
    known = Standing.objects.filter(account=delivery.account_id, lead=action.lead_id)
    if known.exclude(version_sent=None).exists():
        return None
    provider = delivery.account.provider
    words = explanations.explain(provider, delivery.endpoint, explanations.NO_LEAD, "")
    return End(State.FAILED, cause=words.cause, reason=words.sentence)


def _phone(item: DeliveryItem) -> str:
    record = item.lead or item.contact or (item.action.lead if item.action else None)
    return record.phone if record else ""


def _doubted(ends: dict[int, End]) -> dict[int, End]:
    """Return ends of records that an earlier try may have brought: they are "not sure"."""
    doubt = "An earlier try may have arrived."
    return {
        pk: replace(end, state=State.UNCERTAIN, reason=f"{end.reason} {doubt}")
        for pk, end in ends.items()
    }


def _unwanted(item: DeliveryItem, erased_numbers: set[str]) -> End | None:
    record = item.lead or item.contact or item.campaign or item.action
    person = record.lead if isinstance(record, LeadAction) else record
    if record is None or person is None or record.deleted_at or person.deleted_at:
        return End(State.CANCELLED, reason="Deleted before it was sent.")
    marked = isinstance(person, Lead | Contact) and person.do_not_call
    if marked or getattr(item, "blocked", False) or _phone(item) in erased_numbers:
        return End(State.CANCELLED, cause="do-not-call", reason="On the do-not-call list.")
    return None


def _refused(items: Sequence[DeliveryItem], refused: Mapping[str, str]) -> dict[int, End]:
    """Return the ends of records that cannot be written in the provider's form."""
    return {
        item.pk: End(State.REJECTED, cause="not-in-form", reason=refused[str(item.pk)])
        for item in items
        if str(item.pk) in refused
    }


def _options(delivery: Delivery, items: Sequence[DeliveryItem]) -> dict[str, Any]:
    """Return the settings of the account under those of the send, plus what single records need."""
    options = {**delivery.account.settings, **delivery.options}
    first = items[0]
    if first.campaign:
        options["campaign"] = campaign_body(first.campaign)
    if first.action:
        options["action"] = fieldmap.action_of(first.action)
    return options


def _refresh_version(item: DeliveryItem) -> bool:
    record = item.lead or item.contact or item.campaign or item.action
    known, item.version = item.version, record.version if record else item.version
    return item.version != known


def _mark_left(items: Sequence[DeliveryItem], now: datetime) -> None:
    """Note on each record that it has left for a provider: an undo keeps it from now on."""
    for model, records in (
        (Lead, [item.lead for item in items]),
        (Contact, [item.contact for item in items]),
        (Campaign, [item.campaign for item in items]),
    ):
        ids = [record.pk for record in records if record and record.left_at is None]
        if ids:
            model._default_manager.filter(pk__in=ids, left_at=None).update(left_at=now)


def parcel_of(delivery: Delivery, account: Account, keys: Sequence[str]) -> Parcel:
    """Return the frozen delivery as a parcel, with the account's credentials of this moment."""
    provider = providers.get(account.provider)
    return Parcel(
        endpoint=delivery.endpoint,
        base_url=account.base_url or provider.base_url,
        credentials=account.credentials,
        payload=json.loads(delivery.payload) if delivery.payload else None,
        keys=tuple(keys),
        options={**account.settings, **delivery.options},
        had_unknown=delivery.had_unknown,
    )
