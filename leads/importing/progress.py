"""The states of an import, who may work on it now, and the verbs that move it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.models import User
from leads import leasing, mapping
from leads.csvguess import Unreadable
from leads.importing.rows import RowReader
from leads.models import Import
from leads.targets import named_list, target_of

State = Import.State
WORKING = (State.CHECKING, State.IMPORTING, State.UNDOING)
UNDO_FOR = timedelta(hours=24)
HOURLY = 60  # files of one person begun within an hour; more wait for their turn
CHECK_COUNTERS = ("ready", "already_here", "repeated", "to_fix", "rows_read")
IMPORT_COUNTERS = ("added", "updated", "skipped", "left_out", "repeated", "rows_read")


class WrongTime(Exception):
    """The import is not in a state this can be done in; the message is for people."""


class LostLease(Exception):
    """Somebody else works on this import now, or it was stopped: write nothing."""


def claim() -> Import | None:
    """Take the oldest import that waits for work, or None. One worker holds it at a time."""
    waiting = _waiting().filter(leasing.free()).order_by("created_at", "pk")
    for pk in waiting.values_list("pk", flat=True)[:5]:
        record = take(pk)
        if record is not None:
            return record
    return None


def take(pk: int) -> Import | None:
    """Lease one import by a conditional update; None when somebody else was faster."""
    taken = leasing.take(_waiting().filter(pk=pk))
    return Import.objects.select_related("team", "lead_list").get(pk=pk) if taken else None


def _waiting() -> QuerySet[Import]:
    """Return the imports with work to do whose turn has come."""
    turn = Q(begins_at=None) | Q(begins_at__lte=timezone.now())
    return Import.objects.filter(turn, state__in=WORKING)


def _mine(record: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=record.pk, lease_token=record.lease_token)


def release(record: Import) -> None:
    """Give the lease back."""
    leasing.give_back(_mine(record))


def write(record: Import, **changes: Any) -> None:
    """Write progress inside the chunk's transaction. Raises LostLease, which undoes the chunk."""
    for name, value in changes.items():
        setattr(record, name, value)
    if not leasing.keep(_mine(record).filter(state__in=WORKING), **changes):
        raise LostLease


@transaction.atomic
def start_check(record: Import) -> None:
    """Begin to read every row; writes no record. Raises mapping.Unmatched, WrongTime."""
    hold(record, State.UPLOADED, State.CHECKING, State.CHECKED, State.CANCELLED)
    if record.state == State.CANCELLED and record.rows_read:
        raise WrongTime(_("This import was stopped; upload the file again to go on."))
    require_mapping(record)
    _start(record, State.CHECKING, CHECK_COUNTERS)


def start_import(record: Import, *, by: User | None = None) -> None:
    """Begin to save rows, chunk by chunk. Raises mapping.Unmatched, WrongTime."""
    with transaction.atomic():
        hold(record, State.UPLOADED, State.CHECKED)
        require_mapping(record)
        mapping.remember(record)
        _start(record, State.IMPORTING, IMPORT_COUNTERS, begins_at=_turn(record.created_by))
        audit.record("import_started", actor=by or record.created_by, target=record)


def _turn(by: User | None) -> datetime:
    """Return when the next file of a person may begin: at once, or an hour after the one that was
    HOURLY files ago. The command line, which is nobody, never waits.
    """
    now = timezone.now()
    if by is None:
        return now
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks, one after the other
    begun = Import.objects.filter(created_by=by).exclude(begins_at=None)
    turns = begun.order_by("-begins_at").values_list("begins_at", flat=True)
    full = [turn for turn in turns[HOURLY - 1 : HOURLY] if turn]
    return max(now, *(turn + timedelta(hours=1) for turn in full)) if full else now


def trouble(record: Import) -> list[str]:
    """Return what keeps an import's columns and fixed values from being used, a sentence each."""
    target = target_of(record.kind)
    wrong = mapping.trouble(target, record.team, record.mapping, record.header)
    if wrong:
        return wrong
    try:
        RowReader(record, record.header)
    except mapping.Unmatched as reason:
        return [str(reason)]
    return []


def require_mapping(record: Import) -> None:
    """Raise mapping.Unmatched when the columns cannot be used."""
    wrong = trouble(record)
    if wrong:
        raise mapping.Unmatched(" ".join(wrong))


def hold(record: Import, *states: str) -> None:
    """Lock an import that is in one of `states`, here and in the database: of two clicks, the
    second finds what the first did. Raises WrongTime.
    """
    now = Import.objects.select_for_update(no_key=True).filter(pk=record.pk)
    stands = now.values_list("state", flat=True).first() or State.FAILED
    if stands not in states:
        record.state = stands
        words = _("{file} is {state}: this cannot be done now.")
        raise WrongTime(
            words.format(file=record.file_name, state=record.get_state_display().lower())
        )


@transaction.atomic
def _start(
    record: Import, state: str, counters: tuple[str, ...], *, begins_at: datetime | None = None
) -> None:
    record.issues.all().delete()
    for name in counters:
        setattr(record, name, 0)
    record.state, record.cursor, record.problems, record.warnings = state, {}, {}, {}
    record.already_in, record.left_out = {}, 0
    record.started_at, record.finished_at = timezone.now(), None
    record.begins_at = begins_at
    if target_of(record.kind).place:
        record.lead_list = record.lead_list or named_list(record)
    record.lease_token, record.lease_until = "", None
    record.save()


def cancel(record: Import, *, by: User | None = None) -> None:
    """Stop. What is imported stays and is counted; the chunk being written is undone."""
    with transaction.atomic():
        stopped = Import.objects.filter(pk=record.pk, state__in=(State.CHECKING, State.IMPORTING))
        was = stopped.values_list("state", flat=True).first()
        back = State.UPLOADED if was == State.CHECKING else State.CANCELLED
        if not stopped.update(state=back, finished_at=timezone.now(), lease_token=""):
            raise WrongTime(_("Nothing is running for {file}.").format(file=record.file_name))
        audit.record("import_stopped", actor=by, target=record)
    record.refresh_from_db()


def fail(record: Import, trouble: Exception) -> None:
    """End an import that cannot go on; rows saved so far stay and can be taken back."""
    known = isinstance(trouble, (Unreadable, mapping.Unmatched))
    gone = isinstance(trouble, OSError)
    words = str(trouble) if known else _("Something we did not foresee. Upload the file again.")
    if gone:
        words = _("The uploaded file is no longer on this server. Upload it again.")
    _mine(record).update(state=State.FAILED, words=words, finished_at=timezone.now())


def may_undo(record: Import) -> bool:
    """Whether the import can still be taken back: for 24 hours after it ended."""
    ended = record.state in (State.DONE, State.CANCELLED, State.FAILED) and record.finished_at
    return bool(ended and record.finished_at and timezone.now() - record.finished_at < UNDO_FOR)


def start_undo(record: Import, *, by: User | None = None) -> None:
    """Begin to take the import back. Raises WrongTime."""
    if not may_undo(record):
        raise WrongTime(_("An import can be taken back for 24 hours after it ended."))
    record.state, record.cursor = State.UNDOING, {}
    record.lease_token, record.lease_until = "", None
    with transaction.atomic():
        record.save()
        audit.record("import_undone", actor=by, target=record, count=record.added)
