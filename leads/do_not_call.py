"""Numbers nobody of a team may call: put on the list, taken off, and marked on the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import Team, User
from leads import erased
from leads.models import Contact, DoNotCall, Lead
from leads.phones import PhoneReader

AT_ONCE = 500  # numbers in one statement; SQLite takes 999 values


@dataclass(frozen=True)
class Pasted:
    """What a pasted text holds: E.164 numbers, and (line, text, why) for the others."""

    numbers: tuple[str, ...]
    refused: tuple[tuple[int, str, str], ...]


def read(text: str, country: str) -> Pasted:
    """Read one number a line; also several on a line, separated by commas or semicolons."""
    reader, numbers, refused = PhoneReader(country), [], []
    for line, written in enumerate(text.splitlines(), 1):
        for cell in written.replace(";", ",").split(","):
            if not cell.strip():
                continue
            phone = reader.read(cell.strip())
            if phone.e164:
                numbers.append(phone.e164)
            else:
                refused.append((line, cell.strip(), phone.words))
    return Pasted(tuple(dict.fromkeys(numbers)), tuple(refused))


@transaction.atomic
def add(
    team: Team,
    numbers: Iterable[str],
    *,
    by: User | None,
    reason: str = "",
    source: str = "",
    told: bool = True,
) -> int:
    """Put `numbers` on the list and mark every lead and contact that has one; return the new ones.

    Marked records are left out of every later send, and of waiting ones before they leave. `told`
    is False where the caller writes the log.
    """
    numbers, before = list(numbers), DoNotCall.objects.filter(team=team).count()
    fresh = _not_on(team, numbers) if len(numbers) <= AT_ONCE else []
    rows = [DoNotCall(team=team, phone=n, reason=reason, source=source, by=by) for n in numbers]
    DoNotCall.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    _mark(team, numbers, do_not_call=True)
    added = DoNotCall.objects.filter(team=team).count() - before
    # The new ones are told by name, so that they can be taken back.
    if told:
        audit.record(
            "do_not_call", actor=by, team=team, count=len(numbers), reason=reason, phones=fresh
        )
    return added


def _not_on(team: Team, numbers: list[str]) -> list[str]:
    on = DoNotCall.objects.filter(team=team, phone__in=numbers).values_list("phone", flat=True)
    return sorted(set(numbers) - set(on))


@transaction.atomic
def remove(team: Team, phone: str, *, by: User | None, reason: str) -> bool:
    """Take `phone` off the list and unmark its records; return whether it was on it."""
    gone, _each = DoNotCall.objects.filter(team=team, phone=phone).delete()
    was_erased = erased.forget(team.pk, phone)
    _mark(team, [phone], do_not_call=False)
    audit.record("may_be_called", actor=by, team=team, phone=phone, reason=reason)
    return bool(gone) or was_erased


def _mark(team: Team, numbers: list[str], *, do_not_call: bool) -> None:
    now = timezone.now()
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        Lead.objects.filter(team=team, phone__in=some).exclude(do_not_call=do_not_call).update(
            do_not_call=do_not_call, do_not_call_at=now if do_not_call else None, updated_at=now
        )
        Contact.objects.filter(team=team, phone__in=some).exclude(do_not_call=do_not_call).update(
            do_not_call=do_not_call, updated_at=now
        )
