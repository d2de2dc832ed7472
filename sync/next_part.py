"""Sends that wait for a full part: later leads of a list go by themselves once enough wait."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import Account, User
from leads.models import LeadList
from sync import clock, limits
from sync.enqueueing import CannotSend
from sync.models import NextPart
from sync.planning import plan_list
from sync.providers.base import RecordKind
from sync.selecting import endpoint_for, list_options, sendable

LOOK_EVERY = 15.0  # seconds between two counts of one list
SHARE = 50  # counting takes at most one fiftieth of the time, however long the list


def size_at(account: Account) -> int:
    """Return how many leads fill a part at `account`; 0 where lists do not go in parts."""
    endpoint = endpoint_for(account, RecordKind.LEAD)
    return endpoint.batch_size if endpoint.groups else 0


def wish(lead_list: LeadList, account: Account, *, by: User | None, click_token: str) -> NextPart:
    """Send the list's waiting leads once they fill a part. Raises CannotSend where none can be."""
    size = size_at(account)
    if not size:
        words = _("%(account)s takes leads without parts. Send them now or at a time.")
        raise CannotSend(words % {"account": account.name})
    list_options(lead_list, account)
    with transaction.atomic():
        made, is_new = NextPart.objects.get_or_create(
            account=account,
            lead_list=lead_list,
            defaults={
                "size": size,
                "click_token": click_token,
                "created_by": by,
                "look_at": clock.now(),
            },
        )
        if is_new:
            at = account.name
            audit.record("part.awaited", actor=by, target=lead_list, account=at, size=size)
    return made


def forget(lead_list: LeadList, account: Account, *, by: User | None) -> None:
    """Take such a wish back; what waits goes on waiting."""
    with transaction.atomic():
        gone, _rows = NextPart.objects.filter(account=account, lead_list=lead_list).delete()
        if gone:
            audit.record("part.forgotten", actor=by, target=lead_list, account=account.name)


def plan_full_parts() -> int:
    """Plan the send of every part that is full by now; return how many."""
    due = NextPart.objects.filter(look_at__lte=clock.now(), lead_list__deleted_at=None)
    return sum(_look(pk) for pk in list(due.order_by("look_at").values_list("pk", flat=True)[:10]))


def _look(pk: int) -> int:
    """Count without holding a lock; then plan, unless another worker did."""
    found = NextPart.objects.select_related("lead_list", "account", "created_by").filter(pk=pk)
    one = found.first()
    if one is None:
        return 0
    begun = time.monotonic()
    if sendable(one.lead_list, one.account)[: one.size].count() < one.size:
        least = limits.wait(LOOK_EVERY).total_seconds()
        rest = max(least, SHARE * (time.monotonic() - begun))
        found.update(look_at=clock.now() + timedelta(seconds=rest))
        return 0
    with transaction.atomic():
        if NextPart.objects.select_for_update().filter(pk=pk).first() is None:
            return 0
        _send(one)
        one.delete()
    return 1


def _send(one: NextPart) -> None:
    """Plan the send; what cannot be sent is written into the activity log in words."""
    try:
        with transaction.atomic():
            plan_list(
                one.lead_list,
                one.account,
                by=one.created_by,
                click_token=one.click_token,
                starts_in=limits.time_to_cancel(),
            )
    except CannotSend as refusal:
        target, reason = one.lead_list, str(refusal)
        audit.record("part.not_sent", actor=one.created_by, target=target, reason=reason)
