"""Sends that finished imports ask for: imports know nothing of sending, so sending looks here."""

from __future__ import annotations

from django.db import transaction

from access import audit
from leads.models import Import
from sync import clock, limits
from sync.enqueueing import CannotSend
from sync.planning import plan_contacts, plan_list

NOT_SENT = "import.not_sent"


def click_of(done: Import) -> str:
    """Return the click an import's send is made by, once."""
    return f"import-{done.pk}"


def plan_finished_imports() -> int:
    """Plan "Import and send to ..." of every import that has just ended; return how many."""
    due = Import.objects.filter(
        state=Import.State.DONE, send_to__isnull=False, send_planned_at=None
    ).order_by("pk")
    return sum(_plan(pk) for pk in list(due.values_list("pk", flat=True)[:10]))


def _plan(pk: int) -> int:
    """Plan one import's send; what cannot be sent is written into the activity log in words."""
    with transaction.atomic():
        done = Import.objects.select_for_update().get(pk=pk)
        if done.send_planned_at or done.send_to is None:
            return 0
        try:
            with transaction.atomic():
                _send(done)
        except CannotSend as refusal:
            audit.record(NOT_SENT, actor=done.created_by, target=done, reason=str(refusal))
        done.send_planned_at = clock.now()
        done.save(update_fields=["send_planned_at"])
    return 1


def _send(done: Import) -> None:
    click = click_of(done)
    account = done.send_to
    if account is None:
        return
    if done.kind == Import.Kind.CONTACTS:
        plan_contacts(
            done.team,
            account,
            by=done.created_by,
            click_token=click,
            contact_ids=done.contacts.values_list("pk", flat=True),
            starts_in=limits.time_to_cancel(),
        )
    elif done.lead_list:
        plan_list(
            done.lead_list,
            account,
            by=done.created_by,
            click_token=click,
            lead_ids=done.leads.values_list("pk", flat=True),
            starts_in=limits.time_to_cancel(),
        )
