"""What the activity log can take back, for a day: each act by the verb that is its contrary.

What a provider has cannot be taken back from here, so no send stands in this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.models import AuditEvent, Team, User
from access.roles import Right
from leads import bulk, do_not_call, editing
from leads.erased import NO_NUMBER
from leads.importing import progress
from leads.models import Contact, DoNotCall, Import, Lead, LeadList, LeadTag, Tag
from sync import levers
from sync.models import Push

FOR = timedelta(days=1)


class CannotUndo(Exception):
    """It cannot be taken back any more; the text says why, for people."""


@dataclass(frozen=True)
class Way:
    """How one kind of act is taken back: who may, whether it still can be, and the doing.

    `page` is the name of a page that asks first; its only argument is the target's id.
    """

    right: Right
    is_open: Callable[[AuditEvent, Team], bool]
    do: Callable[[AuditEvent, Team, User], None] | None = None
    page: str = ""


def way_of(event: AuditEvent, team: Team, rights: set[Right]) -> Way | None:
    """Return how `event` is taken back by somebody with `rights`; None where it cannot be."""
    way = WAYS.get((event.kind, event.target_kind))
    if way is None or way.right not in rights or timezone.now() - event.at > FOR:
        return None
    return way if way.is_open(event, team) else None


def undo(event: AuditEvent, team: Team, by: User, rights: set[Right]) -> None:
    """Take `event` back. Raises CannotUndo."""
    way = way_of(event, team, rights)
    if way is None or way.do is None:
        raise CannotUndo(_("This cannot be taken back any more: it was changed since."))
    try:
        with transaction.atomic():
            way.do(event, team, by)
    except (editing.NumberTaken, editing.ChangedMeanwhile) as trouble:
        raise CannotUndo(_("Its list has this number again, so it stays as it is.")) from trouble


def _lead(event: AuditEvent, team: Team) -> Lead | None:
    return _known(Lead.objects.filter(team=team, pk=int(event.target_id))).first()


def _known(records: QuerySet[Any]) -> QuerySet[Any]:
    """Return leads or contacts without those that were erased, who never come back."""
    return records.exclude(phone=NO_NUMBER)


def _lead_is_gone(event: AuditEvent, team: Team) -> bool:
    lead = _lead(event, team)
    return bool(lead and lead.deleted_at and lead.lead_list.deleted_at is None)


def _restore_lead(event: AuditEvent, team: Team, by: User) -> None:
    if lead := _lead(event, team):
        editing.restore(lead, by=by)


def _contact_is_gone(event: AuditEvent, team: Team) -> bool:
    found = Contact.objects.filter(team=team, pk=int(event.target_id))
    gone = _known(found).exclude(deleted_at=None)
    there = Contact.objects.filter(team=team, deleted_at=None, phone__in=gone.values("phone"))
    return gone.exists() and not there.exists()


def _restore_contact(event: AuditEvent, team: Team, by: User) -> None:
    record = Contact.objects.get(team=team, pk=int(event.target_id))
    Contact.objects.filter(pk=record.pk).update(deleted_at=None, updated_at=timezone.now())
    audit.record("restored", actor=by, target=record)


def _at(event: AuditEvent) -> datetime | None:
    """Return the moment a bulk act wrote on each of its records; older lines have none."""
    text = event.details.get("at", "")
    return datetime.fromisoformat(text) if text else None


def _gone_together(event: AuditEvent, team: Team) -> QuerySet[Any]:
    at = _at(event)
    gone = _known(Lead.objects.filter(team=team, lead_list__deleted_at=None))
    return gone.filter(deleted_at=at) if at else gone.none()


def _restore_many(event: AuditEvent, team: Team, by: User) -> None:
    if not bulk.bring_back(_gone_together(event, team), team=team, by=by):
        raise CannotUndo(_("Their lists have these numbers again, so they stay deleted."))


def _list_is_gone(event: AuditEvent, team: Team) -> bool:
    gone = LeadList.objects.filter(team=team, pk=int(event.target_id), deleted_at=_at(event))
    taken = LeadList.objects.filter(team=team, deleted_at=None, name__in=gone.values("name"))
    return _at(event) is not None and gone.exists() and not taken.exists()


def _restore_list(event: AuditEvent, team: Team, by: User) -> None:
    made = LeadList.objects.get(team=team, pk=int(event.target_id))
    _known(made.leads.filter(deleted_at=_at(event))).update(deleted_at=None)
    here = made.leads.filter(deleted_at=None).count()
    LeadList.objects.filter(pk=made.pk).update(deleted_at=None, lead_count=here)
    audit.record("restored", actor=by, target=made)


def _is_as_edited(event: AuditEvent, team: Team) -> bool:
    """Whether the lead still holds what this edit wrote; tags are lists of names."""
    lead = _lead(event, team)
    before, after = event.details.get("before"), event.details.get("after")
    if lead is None or lead.deleted_at or type(before) is not type(after):
        return False
    if isinstance(after, list):
        return sorted(lead.tags.values_list("name", flat=True)) == after
    if not isinstance(after, dict) or "consent_at" in after:
        return False
    return bool(after) and all(getattr(lead, name, None) == held for name, held in after.items())


def _edit_back(event: AuditEvent, team: Team, by: User) -> None:
    lead, before = _lead(event, team), event.details["before"]
    if lead is None:
        return
    if isinstance(before, list):
        editing.set_tags(lead, before, by=by)
    else:
        editing.save(lead, before, by=by, seen=editing.stamp(lead))


def _left_lists(event: AuditEvent, team: Team) -> dict[int, list[int]]:
    """Return list id -> leads that came from it by this move and are still where it put them."""
    came = {int(pk): leads for pk, leads in event.details.get("from", {}).items()}
    alive = LeadList.objects.filter(team=team, pk__in=came, deleted_at=None)
    here = Lead.objects.filter(team=team, lead_list=int(event.target_id), deleted_at=None)
    found = {pk: list(here.filter(pk__in=came[pk]).values_list("pk", flat=True)) for pk in came}
    return {one.pk: found[one.pk] for one in alive if found[one.pk]}


def _move_back(event: AuditEvent, team: Team, by: User) -> None:
    for pk, leads in _left_lists(event, team).items():
        to = LeadList.objects.get(pk=pk)
        bulk.move(Lead.objects.filter(pk__in=leads), to, team=team, by=by)


def _tagged_together(event: AuditEvent, team: Team) -> QuerySet[LeadTag]:
    """Return the tags one act put on leads that did not have it, as far as they are still there."""
    put = LeadTag.objects.filter(tag__team=team, tag=int(event.target_id))
    at = _at(event)
    return put.filter(put_at=at) if at else put.none()


def _untag(event: AuditEvent, team: Team, by: User) -> None:
    word = Tag.objects.get(team=team, pk=int(event.target_id))
    bulk.untag(_tagged_together(event, team), word, team=team, by=by)


def _is_blocked(event: AuditEvent, team: Team) -> bool:
    phones = event.details.get("phones") or ()
    return DoNotCall.objects.filter(team=team, phone__in=phones).exists()


def _unblock(event: AuditEvent, team: Team, by: User) -> None:
    for phone in event.details["phones"]:
        do_not_call.remove(team, phone, by=by, reason=_("Taken back in the activity log"))


def _import(event: AuditEvent, team: Team) -> Import | None:
    return Import.objects.filter(team=team, pk=int(event.target_id)).first()


def _may_undo_import(event: AuditEvent, team: Team) -> bool:
    record = _import(event, team)
    return bool(record and progress.may_undo(record))


def _push(event: AuditEvent, team: Team) -> Push | None:
    mine = Push.objects.filter(team=team, pk=int(event.target_id))
    return mine.filter(finished_at=None, paused_at__isnull=False).first()


def _resume(event: AuditEvent, team: Team, by: User) -> None:
    if push := _push(event, team):
        levers.resume(push, by)


WAYS = {
    ("deleted", "lead"): Way(Right.EDIT, _lead_is_gone, _restore_lead),
    ("deleted", "contact"): Way(Right.EDIT, _contact_is_gone, _restore_contact),
    ("deleted", ""): Way(Right.EDIT, lambda e, t: _gone_together(e, t).exists(), _restore_many),
    ("list_deleted", "leadlist"): Way(Right.IMPORT, _list_is_gone, _restore_list),
    ("edited", "lead"): Way(Right.EDIT, _is_as_edited, _edit_back),
    ("moved", "leadlist"): Way(Right.EDIT, lambda e, t: bool(_left_lists(e, t)), _move_back),
    ("tagged", "tag"): Way(Right.EDIT, lambda e, t: _tagged_together(e, t).exists(), _untag),
    ("do_not_call", ""): Way(Right.EDIT, _is_blocked, _unblock),
    ("imported", "import"): Way(Right.IMPORT, _may_undo_import, page="leads:import_result"),
    ("send.paused", "push"): Way(Right.SEND, lambda e, t: _push(e, t) is not None, _resume),
}
