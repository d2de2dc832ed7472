"""After a backup was put back: what waited in it may have left since, so a person decides."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import User
from sync import clock
from sync.ledger import End, close_items, move
from sync.models import ACTIVE, Attempt, Delivery, State


def doubt_everything(by: User | None) -> int:
    """Let everything that waits or is under way rest as "not sure"; return the records.

    Nothing of it goes again by itself. Call it before a worker runs on a restored database.
    """
    records = 0
    with transaction.atomic():
        waiting = Delivery.objects.filter(state__in=ACTIVE).select_related("account")
        for delivery in waiting.select_for_update(of=("self",)):
            records += _doubt(delivery)
        audit.record("restored", actor=by, count=records)
    return records


def _doubt(delivery: Delivery) -> int:
    now = clock.now()
    reason = _("A backup was put back. This may have been sent since it was made.")
    items = list(delivery.items.filter(state=State.QUEUED))
    tries = delivery.attempts.filter(result=Attempt.Result.IN_FLIGHT)
    tries.update(result=Attempt.Result.UNKNOWN, finished_at=now, words=reason)
    token = delivery.lease_token
    move(delivery, State.UNCERTAIN, token=token, had_unknown=True, ended_at=now, reason=reason)
    end = End(State.UNCERTAIN, cause="restored", reason=reason)
    close_items(delivery, {item.pk: end for item in items}, items, now)
    return len(items)
