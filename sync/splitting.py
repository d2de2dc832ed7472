"""Sending fewer at a time, to find the record that a refusal does not name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sync import limits
from sync.crashpoints import crashpoint
from sync.models import Delivery, DeliveryItem, State


def pieces(items: Sequence[DeliveryItem]) -> list[Sequence[DeliveryItem]]:
    """Cut a refused request: halves, and single records once 7 or fewer are left.

    Simulated for 100 records: 1 duplicate 15 requests, 10 duplicates 76,
    never more than 131.
    """
    if len(items) <= limits.SPLIT_TO_SINGLES:
        return [[item] for item in items]
    middle = len(items) // 2
    return [items[:middle], items[middle:]]


def split(delivery: Delivery, items: Sequence[DeliveryItem], now: datetime) -> None:
    """Give the records of `delivery` to smaller children, inside the caller's transaction."""
    cut = pieces(items)
    children = Delivery.objects.bulk_create(
        [
            Delivery(
                push_id=delivery.push_id,
                account_id=delivery.account_id,
                endpoint=delivery.endpoint,
                credential=delivery.credential,
                number=delivery.number,
                item_count=len(piece),
                options=delivery.options,
                had_unknown=delivery.had_unknown,
                parent=delivery,
                next_at=now,
                created_at=now,
                state=State.QUEUED,
            )
            for piece in cut
        ]
    )
    for child, piece in zip(children, cut, strict=True):
        ids = [item.pk for item in piece]
        DeliveryItem.objects.filter(pk__in=ids).update(delivery=child)
    crashpoint("split_before_commit")
