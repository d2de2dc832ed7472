"""The launch sheet: what of a list will be called, and why the rest will not. It always adds up.

Every lead of the list falls into exactly one line, the first that fits in the order of `Reason`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext as _

from access.models import Account
from campaigns.models import Campaign
from leads.models import DoNotCall, Lead, LeadList
from sync.models import DeliveryItem, Standing, State

THERE = (State.DELIVERED, State.ALREADY_THERE)
GONE_WRONG = (State.REJECTED, State.FAILED)


class Reason(StrEnum):
    """Why a lead is called or not; the order decides where several fit."""

    NO_PHONE = "no-phone"
    DO_NOT_CALL = "do-not-call"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    CALLED = "called"
    UNSURE = "unsure"
    NOT_SENT = "not-sent"


def words(reason: str) -> str:
    """Return a line's words."""
    return {
        Reason.CALLED: _("Will be called"),
        Reason.DO_NOT_CALL: _("On the do-not-call list"),
        Reason.DUPLICATE: _("In another campaign already"),
        Reason.REFUSED: _("Refused by TeleCMI"),
        Reason.NO_PHONE: _("No usable phone"),
        Reason.UNSURE: _("Not sure: needs your decision"),
        Reason.NOT_SENT: _("Not sent yet"),
    }[Reason(reason)]


@dataclass(frozen=True)
class Scope:
    """What a sheet is about: a list at an account, or one campaign's part of it."""

    lead_list: LeadList
    account: Account
    campaigns: Sequence[Campaign] = field(default_factory=list)
    one: bool = False  # one campaign's part only


def leads(scope: Scope) -> QuerySet[Any]:
    """Return every lead of the scope with its `reason`."""
    found: QuerySet[Any] = Lead.objects.filter(lead_list=scope.lead_list, deleted_at=None)
    if scope.one and scope.campaigns:
        part = scope.campaigns[0].part_id
        found = found.filter(Exists(_items(scope.account).filter(delivery__part=part)))
    marked: QuerySet[Any] = found.annotate(
        reason=Case(
            When(phone="", then=Value(str(Reason.NO_PHONE))),
            When(Q(do_not_call=True) | Exists(_blocked()), then=Value(str(Reason.DO_NOT_CALL))),
            When(Exists(_elsewhere(scope)), then=Value(str(Reason.DUPLICATE))),
            When(Exists(_standing(scope, GONE_WRONG)), then=Value(str(Reason.REFUSED))),
            When(Exists(_standing(scope, THERE)), then=Value(str(Reason.CALLED))),
            When(Exists(_standing(scope, [State.UNCERTAIN])), then=Value(str(Reason.UNSURE))),
            default=Value(str(Reason.NOT_SENT)),
            output_field=CharField(),
        )
    )
    return marked


def _blocked() -> QuerySet[DoNotCall]:
    return DoNotCall.objects.filter(team=OuterRef("team"), phone=OuterRef("phone"))


def _standing(scope: Scope, states: Sequence[str]) -> QuerySet[Standing]:
    return Standing.objects.filter(account=scope.account, lead=OuterRef("pk"), state__in=states)


def _items(account: Account) -> QuerySet[DeliveryItem]:
    return DeliveryItem.objects.filter(lead=OuterRef("pk"), delivery__account=account)


def _elsewhere(scope: Scope) -> QuerySet[DeliveryItem]:
    """Return leads with the same number in a part that another campaign calls now."""
    ours = [campaign.pk for campaign in scope.campaigns]
    calling = Campaign.objects.in_the_way().exclude(pk__in=ours).exclude(part=None)
    same = DeliveryItem.objects.filter(
        lead__team=OuterRef("team"),
        lead__phone=OuterRef("phone"),
        delivery__part__in=calling.values("part"),
        state__in=THERE,
    )
    return same.exclude(lead=OuterRef("pk"))


@dataclass(frozen=True)
class SheetRow:
    """One line: `reason` is also the key of its rows and its CSV."""

    reason: str
    word: str
    count: int


@dataclass(frozen=True)
class Sheet:
    """The sum. `total` is counted by itself, so that it proves the lines."""

    total: int
    rows: list[SheetRow]

    @property
    def called(self) -> int:
        """Leads that will be called."""
        return next((row.count for row in self.rows if row.reason == Reason.CALLED), 0)

    @property
    def adds_up(self) -> bool:
        """Whether the lines are the total."""
        return sum(row.count for row in self.rows) == self.total


def sheet(scope: Scope) -> Sheet:
    """Return the launch sheet of `scope`; lines without leads are left out, except the called."""
    marked = leads(scope)
    total = marked.count()
    counted = dict(marked.values_list("reason").annotate(n=Count("pk")).order_by())
    order = [Reason.CALLED, *(one for one in Reason if one is not Reason.CALLED)]
    rows = [SheetRow(one, words(one), counted.get(one, 0)) for one in order]
    return Sheet(total, [row for row in rows if row.count or row.reason == Reason.CALLED])


def rows_of(scope: Scope, reason: str) -> QuerySet[Any]:
    """Return the leads behind one line, newest first."""
    return leads(scope).filter(reason=reason).order_by(F("pk").desc())


def lead_ids_among(ids: Sequence[str]) -> set[str]:
    """Return those of `ids` that we minted for leads, so that nobody pastes one as a list's id."""
    ours = DeliveryItem.objects.filter(remote_id__in=ids, lead__isnull=False)
    return {str(one).lower() for one in ours.values_list("remote_id", flat=True)}
