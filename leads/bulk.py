"""One act on many leads: chosen by ticking, or by the filter itself.

`told` is False where the act is one portion of a larger one, which tells the log itself (acting).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from access import audit
from access.models import Team, User
from leads import do_not_call, editing
from leads.erased import NO_NUMBER
from leads.models import Lead, LeadList, LeadTag, Tag
from leads.searching import LeadFilter

AT_ONCE = 500
MOST_PICKS = 5_000


@dataclass(frozen=True)
class Choice:
    """Which leads: all that match `chosen_by`, or those of them that are in `picks` (ids)."""

    chosen_by: LeadFilter
    picks: tuple[int, ...] = ()

    @classmethod
    def read(cls, post: QueryDict) -> Choice:
        """Return what the bulk bar posted: `filter` with `all`, or `pick` and `kept` ids, of
        deleted leads where the filter was of deleted ones.
        """
        chosen_by = LeadFilter.read(post.get("filter", ""))
        if post.get("all"):
            return cls(chosen_by)
        texts = [*post.getlist("pick"), *post.get("kept", "").split(",")]
        picks = dict.fromkeys(int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 19)
        return cls(LeadFilter(gone=chosen_by.gone), tuple(picks)[:MOST_PICKS])

    def leads(self, team: Team) -> QuerySet[Lead]:
        """Return the leads meant, of `team` only, as they are now: live or deleted, never both."""
        leads = self.chosen_by.apply(Lead.objects.all(), team)
        return leads.filter(pk__in=self.picks) if self.picks else leads


def _ids(leads: QuerySet[Lead]) -> list[int]:
    """Return the ids of `leads`: read before anything changes, so that no change moves one."""
    return list(leads.order_by("pk").values_list("pk", flat=True))


def _portions(ids: list[int]) -> Iterator[list[int]]:
    """Yield `ids`, as many at a time as one statement takes."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


@transaction.atomic
def tag(
    leads: QuerySet[Lead],
    name: str,
    *,
    team: Team,
    by: User | None,
    told: bool = True,
    at: datetime | None = None,
) -> int:
    """Put the tag `name` on `leads`; return how many did not have it."""
    now = at or timezone.now()
    word, _made = Tag.objects.get_or_create(team=team, name=name)
    fresh = leads.filter(~Exists(LeadTag.objects.filter(lead=OuterRef("pk"), tag=word)))
    count = 0
    for ids in _portions(_ids(fresh)):
        LeadTag.objects.bulk_create([LeadTag(lead_id=pk, tag=word, put_at=now) for pk in ids])
        count += editing.touch(Lead.objects.filter(pk__in=ids))
    if told:
        moment = now.isoformat()
        audit.record("tagged", actor=by, target=word, team=team, count=count, at=moment)
    return count


@transaction.atomic
def untag(put: QuerySet[LeadTag], word: Tag, *, team: Team, by: User) -> int:
    """Take the tag `word` off where one act put it (`put`); return off how many leads."""
    editing.touch(Lead.objects.filter(pk__in=put.values("lead")))
    count, _each = put.delete()
    audit.record("untagged", actor=by, target=word, team=team, count=count)
    return count


@transaction.atomic
def mark_do_not_call(
    leads: QuerySet[Lead], reason: str, *, team: Team, by: User | None, told: bool = True
) -> int:
    """Put the numbers of `leads` on the do-not-call list; return how many leads."""
    phones = list(leads.order_by().values_list("phone", flat=True))
    numbers = dict.fromkeys(phones)
    do_not_call.add(team, numbers, by=by, reason=reason, source="leads", told=told)
    return len(phones)


@transaction.atomic
def delete(
    leads: QuerySet[Lead],
    *,
    team: Team,
    by: User | None,
    told: bool = True,
    at: datetime | None = None,
) -> int:
    """Take `leads` off their lists; they can be brought back."""
    now, count = at or timezone.now(), 0
    for ids in _portions(_ids(leads.filter(deleted_at=None))):
        some = Lead.objects.filter(pk__in=ids)
        _count_down(some)
        count += some.update(deleted_at=now, updated_at=now)
    if told:
        audit.record("deleted", actor=by, team=team, count=count, at=now.isoformat())
    return count


@transaction.atomic
def restore(
    leads: QuerySet[Lead], *, team: Team, by: User | None, told: bool = True
) -> tuple[int, int]:
    """Bring deleted `leads` back; return (brought back, left: the number stands there again)."""
    wanted = leads.count()
    back = 0
    # One by one where two deleted leads of a list share a number: the newest comes back.
    for lead in _can_come_back(leads).order_by("-pk"):
        try:
            editing.restore(lead, by=by, told=False)
        except editing.NumberTaken:
            continue
        back += 1
    if told and back:
        audit.record("restored", actor=by, team=team, count=back)
    return back, wanted - back


@transaction.atomic
def bring_back(leads: QuerySet[Lead], *, team: Team, by: User) -> int:
    """Bring back `leads` that one act deleted: no two of them share list and number.

    Return how many; one whose list has its number again stays deleted.
    """
    count = 0
    for ids in _portions(_ids(_can_come_back(leads))):
        some = Lead.objects.filter(pk__in=ids)
        count += some.update(deleted_at=None, updated_at=timezone.now())
        _count(some, 1)
    audit.record("restored", actor=by, team=team, count=count)
    return count


def _can_come_back(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Return those of deleted `leads` whose list has not their number again, nor was it erased."""
    live = Lead.objects.filter(
        lead_list=OuterRef("lead_list"), phone=OuterRef("phone"), deleted_at=None
    )
    return leads.filter(~Exists(live)).exclude(phone=NO_NUMBER)


OWN = {field.name for field in Lead._meta.concrete_fields}
COPIED = ((editing.SENT_FIELDS & OWN) | {"consent_source", "consent_at", "do_not_call"}) - {"tags"}


@transaction.atomic
def copy(
    leads: QuerySet[Lead], to: LeadList, *, team: Team, by: User | None, told: bool = True
) -> tuple[int, int]:
    """Put copies of `leads` into the list `to`; return (copied, left out: `to` has the number).

    A copy starts anew: nothing was sent of it. Of two chosen leads with one number the newest
    is copied.
    """
    there = Lead.objects.filter(lead_list=to, phone=OuterRef("phone"), deleted_at=None)
    wanted = leads.count()
    newest: dict[str, int] = {}
    rows = leads.exclude(lead_list=to).filter(~Exists(there)).order_by("pk")
    for pk, phone in rows.values_list("pk", "phone"):
        newest[phone] = pk
    for ids in _portions(sorted(newest.values())):
        _copy_some(ids, to)
    LeadList.objects.filter(pk=to.pk).update(lead_count=F("lead_count") + len(newest))
    if told:
        audit.record("copied", actor=by, target=to, team=team, count=len(newest))
    return len(newest), wanted - len(newest)


def _copy_some(ids: list[int], to: LeadList) -> None:
    olds = list(Lead.objects.filter(pk__in=ids).order_by("pk"))
    made = Lead.objects.bulk_create(
        Lead(
            team_id=to.team_id,
            lead_list=to,
            phone_rev=old.phone_rev,
            do_not_call_at=old.do_not_call_at,
            **{name: getattr(old, name) for name in COPIED},
        )
        for old in olds
    )
    copies = dict(zip([old.pk for old in olds], made, strict=True))
    tags = LeadTag.objects.filter(lead__in=ids).values_list("lead", "tag")
    LeadTag.objects.bulk_create([LeadTag(lead=copies[lead], tag_id=tag) for lead, tag in tags])


@transaction.atomic
def move(
    leads: QuerySet[Lead], to: LeadList, *, team: Team, by: User | None, told: bool = True
) -> tuple[int, int]:
    """Move `leads` into the list `to`; return (moved, left where they are: `to` has the number).

    Of two chosen leads with one number only the newest moves.
    """
    there = Lead.objects.filter(lead_list=to, phone=OuterRef("phone"), deleted_at=None)
    coming = leads.exclude(lead_list=to)
    wanted = coming.count()
    newest: dict[str, tuple[int, int]] = {}
    rows = coming.filter(~Exists(there)).order_by("pk").values_list("pk", "phone", "lead_list")
    for pk, phone, place in rows:
        newest[phone] = (pk, place)
    came: dict[int, list[int]] = defaultdict(list)
    for pk, place in newest.values():
        came[place].append(pk)
    moved = 0
    for ids in _portions(sorted(pk for pk, _place in newest.values())):
        some = Lead.objects.filter(pk__in=ids)
        _count_down(some)
        moved += some.update(lead_list=to, updated_at=timezone.now())
    LeadList.objects.filter(pk=to.pk).update(lead_count=F("lead_count") + moved)
    if told:
        lists = {"from": came} if moved <= MOST_PICKS else {}  # so that it can be taken back
        audit.record("moved", actor=by, target=to, team=team, count=moved, **lists)
    return moved, wanted - moved


def _count_down(leads: QuerySet[Lead]) -> None:
    """Take `leads` off the counters of their lists."""
    _count(leads, -1)


def _count(leads: QuerySet[Lead], sign: int) -> None:
    counted: Any = leads.order_by().values("lead_list").annotate(n=Count("pk"))
    for row in counted:
        lists = LeadList.objects.filter(pk=row["lead_list"])
        lists.update(lead_count=F("lead_count") + sign * row["n"])
