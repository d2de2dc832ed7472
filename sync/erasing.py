"""Erasing a person: their data goes, the ledger's facts stay, and the number is never called again.

What stays: that one record was sent when, to which account, how it ended and under which id the
provider has it (without it nobody could ask the provider to delete it); a keyed fingerprint of the
number (leads/erased.py); the log's lines without label and details.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit, log_guard
from access.models import AuditEvent, Team, User
from leads import erased
from leads.importing import staging
from leads.models import (
    Contact,
    DoNotCall,
    Import,
    ImportChange,
    ImportEdit,
    ImportIssue,
    Lead,
    LeadList,
    LeadTag,
)
from sync import looks
from sync.models import ACTIVE, Attempt, Delivery, LeadAction, Look, State
from sync.pages import moment
from sync.person import Holder, Person, find

NOBODY = log_guard.ERASED
ENDED = (Import.State.DONE, Import.State.CANCELLED, Import.State.UNDONE, Import.State.FAILED)
_TEXT = (
    "first_name", "last_name", "alt_phone", "whatsapp", "email", "comment", "address", "city",
    "country", "company", "status", "assignee", "consent_source",
)  # fmt: skip


class NotYet(Exception):
    """Something with the number is under way or not sure; the message says what to do first."""


@dataclass(frozen=True)
class Erased:
    """How many records were emptied, and which providers still hold a copy."""

    leads: int
    contacts: int
    sent: int
    holders: tuple[Holder, ...]


def erase(team: Team, phone: str, *, by: User | None) -> Erased:
    """Erase everything `team` holds of `phone` (E.164), for good; raises NotYet.

    Also for a number nobody has: it is only kept from coming in, then.
    """
    with transaction.atomic():
        person = find(team, phone)
        holders = tuple(person.holders())
        _refuse_while_under_way(person)
        names = _names(person)
        sent = _empty_what_was_sent(person, names)
        files = _empty_imports(person)
        _empty_log(person)
        leads, contacts = _empty_leads(person), _empty_contacts(person)
        DoNotCall.objects.filter(team=team, phone=phone).delete()
        erased.remember(team, phone)
        audit.record("person.erased", actor=by, team=team, count=leads + contacts)
    for record in files:  # after the commit: a file cannot be put back
        staging.discard_file(record)
        Import.objects.filter(pk=record.pk).update(file="")
    return Erased(leads, contacts, sent, holders)


def _refuse_while_under_way(person: Person) -> None:
    states = set(person.items.values_list("delivery__state", flat=True))
    if states & set(ACTIVE):
        raise NotYet(
            _("A send with this number is not through. Wait, or cancel it; then erase the number.")
        )
    if State.UNCERTAIN in states:
        raise NotYet(_("Nobody knows how a send with this number ended. Decide; then erase it."))
    # A look needs the bytes that were sent, for all records of the request.
    if look := Look.objects.filter(delivery__items__in=person.items).order_by("due_at").last():
        at = {"account": look.account.name, "time": moment(looks.last_at(look))}
        words = _("%(account)s is asked until %(time)s whether it has this number. Erase it then.")
        raise NotYet(words % at)


def _names(person: Person) -> list[str]:
    """Return what may stand for the person in somebody's words, in small letters."""
    found = {person.phone[-10:], person.phone.lstrip("+")}
    for one in person.records:
        found |= {one.first_name, one.last_name, one.email, str(one)}
    return [text.casefold() for text in found if len(text) > 2]


def _empty_what_was_sent(person: Person, names: list[str]) -> int:
    """Empty labels, bodies, and words that name the person; return how many sends there were."""
    items = list(person.items.values_list("pk", "delivery", "quote", "reason"))
    deliveries = {delivery for _pk, delivery, *_words in items}
    person.items.update(label=NOBODY)
    for pk, _delivery, quote, reason in items:
        if _says(names, quote) or _says(names, reason):
            person.items.filter(pk=pk).update(quote="", reason=NOBODY)
    for one in Delivery.objects.filter(pk__in=deliveries):
        changes = {"record_key": "", "payload": ""}
        if _says(names, one.quote) or _says(names, one.reason):
            changes |= {"quote": "", "reason": NOBODY}
        Delivery.objects.filter(pk=one.pk).update(**changes)
    tries = Attempt.objects.filter(delivery__in=deliveries)
    for try_ in tries.exclude(quote="", words=""):
        if _says(names, try_.quote) or _says(names, try_.words):
            tries.filter(pk=try_.pk).update(quote="", words=NOBODY)
    tries.update(request_body="", response_body="", bodies_removed_at=timezone.now())
    LeadAction.objects.filter(lead__in=person.leads).update(fields={})
    return len(items)


def _says(names: list[str], text: str) -> bool:
    return any(name in text.casefold() for name in names)


def _empty_imports(person: Person) -> list[Import]:
    """Empty what imports kept of the rows; return the imports whose files brought them."""
    digits = person.phone[-10:]
    for issue in ImportIssue.objects.filter(record__team=person.team).iterator():
        if any(digits in _digits(text) for text in (issue.value, *map(str, issue.cells))):
            empty = {"value": "", "cells": [], "figures": {}, "words_kept": NOBODY}
            ImportIssue.objects.filter(pk=issue.pk).update(**empty)
    for edit in ImportEdit.objects.filter(record__team=person.team).iterator():
        if digits in _digits(edit.value):
            edit.delete()
    keys = Q(record__kind="leads", object_id__in=[one.pk for one in person.leads])
    keys |= Q(record__kind="contacts", object_id__in=[one.pk for one in person.contacts])
    ImportChange.objects.filter(keys).delete()
    came_from = {one.origin_id for one in person.records if one.origin_id}
    brought = Import.objects.filter(pk__in=came_from, state__in=ENDED)
    return list(brought.exclude(file=""))


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _empty_log(person: Person) -> None:
    """Take label and details off the lines; the guard of the log allows exactly this."""
    keys = list(person.log.values_list("pk", flat=True))
    AuditEvent.objects.filter(pk__in=keys).update(
        target_label=NOBODY, details=log_guard.ERASED_DETAILS
    )


def _empty_leads(person: Person) -> int:
    now = timezone.now()
    keys = [one.pk for one in person.leads]
    for one in person.leads:
        if one.deleted_at is None:
            LeadList.objects.filter(pk=one.lead_list_id).update(lead_count=F("lead_count") - 1)
    LeadTag.objects.filter(lead__in=keys).delete()
    mine = Lead.objects.filter(pk__in=keys)
    mine.filter(deleted_at=None).update(deleted_at=now)
    mine.update(
        **dict.fromkeys(_TEXT, ""), phone=erased.NO_NUMBER, phone_rev="", custom={}, rating=None,
        consent_at=None, do_not_call=True, updated_at=now, origin_row=None,
    )  # fmt: skip
    mine.update(first_name=NOBODY)
    for column in ("alt_phone", "whatsapp"):  # a second number of somebody else
        others = Lead.objects.filter(team=person.team, **{column: person.phone})
        others.update(**{column: ""}, version=F("version") + 1, updated_at=now)
    return len(keys)


def _empty_contacts(person: Person) -> int:
    now = timezone.now()
    mine = Contact.objects.filter(pk__in=[one.pk for one in person.contacts])
    mine.filter(deleted_at=None).update(deleted_at=now)
    texts = dict.fromkeys(("last_name", "email", "company", "job_title", "phone_rev"), "")
    return mine.update(
        **texts,
        phone=erased.NO_NUMBER,
        first_name=NOBODY,
        do_not_call=True,
        updated_at=now,
        origin_row=None,
    )
