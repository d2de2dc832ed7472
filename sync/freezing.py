"""The frozen payload: built from the newest record versions, the same bytes for every repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from access.models import Account
from campaigns.models import Campaign
from campaigns.payload import body as campaign_body
from leads import erased
from leads.models import Contact, DoNotCall, Lead, ListPart
from sync import fieldmap, providers
from sync.ledger import End, close_items
from sync.models import Delivery, DeliveryItem, State
from sync.providers.base import Endpoint, Parcel, RecordKind

_RECORDS = {
    RecordKind.LEAD: ("lead",),
    RecordKind.CONTACT: ("contact",),
    RecordKind.CAMPAIGN: ("campaign",),
    RecordKind.ACTION: ("action", "action__lead"),
}


def open_items(delivery: Delivery, *records: str) -> list[DeliveryItem]:
    """Return the items of `delivery` that have not ended, in payload order, with `records`."""
    items = delivery.items.filter(state=State.QUEUED).order_by("position")
    return list(items.select_related(*records) if records else items)


def freeze(delivery: Delivery, endpoint: Endpoint, now: datetime) -> list[DeliveryItem]:
    """Build and store the payload inside the intent's transaction; return the items it holds.

    Bytes that may have reached the provider are never rebuilt. Otherwise every record is read
    again: a deleted one and one on the do-not-call list are dropped here, the newest edit goes out.
    """
    if delivery.payload and delivery.had_unknown:
        return open_items(delivery)
    kind = endpoint.record or RecordKind.LEAD
    items = open_items(delivery, *_RECORDS[kind])
    going = _drop_unwanted(delivery, items, now)
    built = None
    if going:
        columns = delivery.options.get("columns")
        records = fieldmap.records(going, delivery.account, kind, columns)
        provider = providers.get(delivery.account.provider)
        built = provider.build(endpoint.slug, records, _options(delivery, going))
        going = _drop_refused(delivery, going, built.refused, now)
    if not going or built is None:
        return []
    _store(delivery, built.payload, going, now)
    return going


def _drop_unwanted(
    delivery: Delivery, items: Sequence[DeliveryItem], now: datetime
) -> list[DeliveryItem]:
    """End the records that may not go any more, and return the others."""
    phones = {phone for item in items if (phone := _phone(item))}
    blocked = set(
        DoNotCall.objects.filter(team=delivery.push.team_id, phone__in=phones).values_list(
            "phone", flat=True
        )
    )
    blocked |= erased.among(delivery.push.team_id, phones)
    ends = {item.pk: end for item in items if (end := _unwanted(item, blocked))}
    _end(delivery, ends, items, now)
    return [item for item in items if item.pk not in ends]


def _end(
    delivery: Delivery, ends: dict[int, End], items: Sequence[DeliveryItem], now: datetime
) -> None:
    """End records before they leave; one that an earlier try may have brought is "not sure"."""
    if delivery.had_unknown:
        doubt = "An earlier try may have arrived."
        ends = {
            pk: replace(end, state=State.UNCERTAIN, reason=f"{end.reason} {doubt}")
            for pk, end in ends.items()
        }
    if ends:
        close_items(delivery, ends, [item for item in items if item.pk in ends], now)


def _phone(item: DeliveryItem) -> str:
    record = item.lead or item.contact or (item.action.lead if item.action else None)
    return record.phone if record else ""


def _unwanted(item: DeliveryItem, blocked: set[str]) -> End | None:
    record = item.lead or item.contact or item.campaign or item.action
    if record is None or record.deleted_at:
        return End(State.CANCELLED, reason="Deleted before it was sent.")
    if _phone(item) in blocked or (isinstance(record, Lead | Contact) and record.do_not_call):
        return End(State.CANCELLED, cause="do-not-call", reason="On the do-not-call list.")
    return None


def _drop_refused(
    delivery: Delivery, items: list[DeliveryItem], refused: Any, now: datetime
) -> list[DeliveryItem]:
    """End the records that cannot be written in the provider's form, each with its sentence."""
    ends = {
        item.pk: End(State.REJECTED, cause="not-in-form", reason=refused[str(item.pk)])
        for item in items
        if str(item.pk) in refused
    }
    _end(delivery, ends, items, now)
    return [item for item in items if item.pk not in ends]


def _options(delivery: Delivery, items: Sequence[DeliveryItem]) -> dict[str, Any]:
    """Return the settings of the account under those of the send, plus what single records need."""
    options = {**delivery.account.settings, **delivery.options}
    first = items[0]
    if first.campaign:
        options["campaign"] = campaign_body(first.campaign)
    if first.action:
        options["action"] = fieldmap.action_of(first.action)
    return options


def _store(delivery: Delivery, payload: Any, items: Sequence[DeliveryItem], now: datetime) -> None:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    delivery.payload = text
    delivery.payload_hash = hashlib.sha256(text.encode()).hexdigest()
    delivery.frozen_at = now
    delivery.item_count = len(items)
    delivery.save(update_fields=["payload", "payload_hash", "frozen_at", "item_count"])
    newer = [item for item in items if _refresh_version(item)]
    DeliveryItem.objects.bulk_update(newer, ["version"], batch_size=500)
    if delivery.part_id:
        ListPart.objects.filter(pk=delivery.part_id).update(frozen_at=now, lead_count=len(items))
    _mark_left(items, now)


def _refresh_version(item: DeliveryItem) -> bool:
    record = item.lead or item.contact or item.campaign or item.action
    known, item.version = item.version, record.version if record else item.version
    return item.version != known


def _mark_left(items: Sequence[DeliveryItem], now: datetime) -> None:
    """Note on each record that it has left for a provider: an undo keeps it from now on."""
    for model, ids in (
        (Lead, [item.lead_id for item in items if item.lead_id]),
        (Contact, [item.contact_id for item in items if item.contact_id]),
        (Campaign, [item.campaign_id for item in items if item.campaign_id]),
    ):
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
