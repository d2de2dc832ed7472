"""Which records that ended may be sent again: only where nothing newer is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from sync import standings
from sync.enqueueing import NothingToSend
from sync.models import DeliveryItem, Standing, State

GO_AGAIN = (State.REJECTED, State.FAILED, State.CANCELLED)  # without making a copy
COPIES = (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE)
MAY_COPY = (State.UNCERTAIN, *COPIES)


def left_to_send(items: QuerySet[DeliveryItem], *, copies: bool = False) -> QuerySet[DeliveryItem]:
    """Return those of `items` a person may send again: the last word on a record that is not
    deleted. With `copies` also those that are there already. An unknown is for `decide`.
    """
    last = Standing.objects.filter(item=OuterRef("pk"))
    for kind in standings.RECORD_MODELS:
        items = items.filter(Q(**{kind: None}) | Q(**{f"{kind}__deleted_at": None}))
    found = items.filter(Exists(last), state__in=(*GO_AGAIN, *COPIES) if copies else GO_AGAIN)
    related = ("lead", "contact", "campaign", "action", "delivery__push")
    return found.select_related(*related).order_by("pk")


def newest_ids(items: Sequence[DeliveryItem]) -> set[int]:
    """Return the ids of those of `items` that are the last word on their record."""
    last = Standing.objects.filter(item__in=[item.pk for item in items])
    return {pk for pk in last.values_list("item_id", flat=True) if pk}


def newest(items: Sequence[DeliveryItem]) -> list[DeliveryItem]:
    """Return those of `items` that are the last word on their record at their account.

    Raises NothingToSend when none is: the records were sent again meanwhile.
    """
    ids = newest_ids(items)
    if not ids:
        raise NothingToSend("These were sent again already. Look at the newer send.")
    return [item for item in items if item.pk in ids]
