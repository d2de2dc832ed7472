"""Taking back what waits of a cancelled send, however many requests it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from sync import clock
from sync.ledger import End, close_items, move, move_many
from sync.models import WAITING, Delivery, DeliveryItem, Push, State

AT_ONCE = 500  # requests to a statement


def take_back(push: Push) -> int:
    """Take back what waits of a cancelled send; return the number of records.

    The sweeper calls it again for what was under way at the click and then waited again.
    """
    waiting = push.deliveries.filter(state__in=WAITING).select_related("account").order_by("pk")
    with transaction.atomic():
        found = list(waiting.select_for_update(of=("self",)))
        for delivery in found:
            if delivery.had_unknown:
                _rest_in_doubt(delivery)
        sure = [delivery for delivery in found if not delivery.had_unknown]
        return sum(_cancel(sure[start : start + AT_ONCE]) for start in range(0, len(sure), AT_ONCE))


def _rest_in_doubt(delivery: Delivery) -> None:
    """Let one that may have arrived rest; its bytes stay, for "send it again" needs them."""
    now, reason = clock.now(), "Cancelled, but an earlier try may have arrived."
    items = list(delivery.items.filter(state=State.QUEUED))
    move(delivery, State.UNCERTAIN, ended_at=now, reason=reason)
    end = End(State.UNCERTAIN, cause=delivery.cause, quote=delivery.quote, reason=reason)
    close_items(delivery, {item.pk: end for item in items}, items, now)


def _cancel(deliveries: Sequence[Delivery]) -> int:
    """Cancel locked deliveries of one send, none of which ever left; return how many records."""
    now, reason = clock.now(), "Cancelled before it left."
    move_many(deliveries, State.CANCELLED, ended_at=now, reason=reason, payload="")
    ends = {
        one.pk: End(State.CANCELLED, cause=one.cause, quote=one.quote, reason=reason)
        for one in deliveries
    }
    items = list(DeliveryItem.objects.filter(delivery__in=deliveries, state=State.QUEUED))
    close_items(deliveries[0], {item.pk: ends[item.delivery_id] for item in items}, items, now)
    return len(items)
