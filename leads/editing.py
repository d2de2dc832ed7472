"""Changing saved leads and contacts: what counts as a new version, and who did it.

The only home of "which fields a provider would see": a change of one of them makes a new version,
and the ledger then knows that what it sent is older than what is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.models import User
from leads.erased import NO_NUMBER
from leads.models import Contact, Lead, LeadList, LeadTag, Tag

SENT_FIELDS = frozenset(
    (
        "phone",
        "first_name",
        "last_name",
        "alt_phone",
        "whatsapp",
        "email",
        "comment",
        "address",
        "city",
        "country",
        "company",
        "job_title",
        "rating",
        "status",
        "assignee",
        "source",
        "tags",
        "custom",
    )
)


class ChangedMeanwhile(Exception):
    """Somebody else saved this record after it was read."""


class NumberTaken(Exception):
    """The list already has a live lead with this number."""


def stamp(record: Lead | Contact) -> str:
    """Return what a form keeps to notice that somebody else saved meanwhile."""
    return f"{record.version}.{record.updated_at.timestamp():.6f}"


def changed_fields(record: Model, values: dict[str, Any]) -> list[str]:
    """Return the names in `values` that differ from what `record` holds."""
    return [name for name, value in values.items() if getattr(record, name) != value]


@transaction.atomic
def save(record: Lead | Contact, values: dict[str, Any], *, by: User | None, seen: str) -> int:
    """Write `values` (column -> cleaned value) into `record`; return the version it now has.

    `seen` is the `stamp` the form was drawn with. Raises ChangedMeanwhile when it is an older one,
    NumberTaken when the list has the new number already. Nothing changed, nothing written.
    """
    model = type(record)
    now = model.objects.select_for_update().get(pk=record.pk)
    if stamp(now) != seen:
        raise ChangedMeanwhile
    changed = changed_fields(now, values)
    if not changed:
        return int(now.version)
    before = {name: _plain(getattr(now, name)) for name in changed}
    for name in changed:
        setattr(now, name, values[name])
    now.version += 1 if SENT_FIELDS & set(changed) else 0
    now.updated_at = timezone.now()
    try:
        with transaction.atomic():
            now.save()
    except IntegrityError as error:
        raise NumberTaken from error
    after = {name: _plain(values[name]) for name in changed}
    audit.record("edited", actor=by, target=now, before=before, after=after)
    return int(now.version)


def _plain(value: Any) -> Any:
    """Return `value` as JSON can hold it."""
    return value if isinstance(value, str | int | float | bool | dict | type(None)) else str(value)


@transaction.atomic
def set_tags(lead: Lead, names: Iterable[str], *, by: User | None) -> None:
    """Make `names` the tags of `lead`; unknown ones are created."""
    wanted = {name.strip()[:60] for name in names if name.strip()}
    had = set(lead.tags.values_list("name", flat=True))
    if wanted == had:
        return
    LeadTag.objects.filter(lead=lead).exclude(tag__name__in=wanted).delete()
    for name in sorted(wanted - had):
        tag, _made = Tag.objects.get_or_create(team=lead.team, name=name)
        LeadTag.objects.get_or_create(lead=lead, tag=tag)
    touch(Lead.objects.filter(pk=lead.pk))
    audit.record("edited", actor=by, target=lead, before=sorted(had), after=sorted(wanted))


def touch(records: Any) -> int:
    """Give `records` a new version after a change a provider would see; return how many."""
    return int(records.update(version=F("version") + 1, updated_at=timezone.now()))


@transaction.atomic
def delete(lead: Lead, *, by: User | None) -> None:
    """Take `lead` off the lists; it can be brought back, and what was sent stays recorded."""
    gone = Lead.objects.filter(pk=lead.pk, deleted_at=None)
    if gone.update(deleted_at=timezone.now(), updated_at=timezone.now()):
        LeadList.objects.filter(pk=lead.lead_list_id).update(lead_count=F("lead_count") - 1)
        audit.record("deleted", actor=by, target=lead)


@transaction.atomic
def restore(lead: Lead, *, by: User | None, told: bool = True) -> None:
    """Bring a deleted lead back; raises NumberTaken when its list has the number again.

    `told` is False where an act on many tells the log itself.
    """
    back = Lead.objects.filter(pk=lead.pk).exclude(deleted_at=None).exclude(phone=NO_NUMBER)
    try:
        with transaction.atomic():
            done = back.update(deleted_at=None, updated_at=timezone.now())
    except IntegrityError as error:
        raise NumberTaken from error
    if done:
        LeadList.objects.filter(pk=lead.lead_list_id).update(lead_count=F("lead_count") + 1)
        if told:
            audit.record("restored", actor=by, target=lead)


def taken_words(phone: str, lead_list: LeadList) -> str:
    """Say that `lead_list` has `phone` already."""
    place = {"phone": phone, "list": lead_list.name}
    return _("%(phone)s already stands in %(list)s. A list keeps a number once.") % place
