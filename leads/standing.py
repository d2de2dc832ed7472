"""Where leads stand at each account: asked on these pages, answered by the floor above.

The ledger lives in `sync`, which this app must not import; `sync` names its answerer here when it
starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import QuerySet

from access.models import Account, Team
from leads.models import Import, Lead, LeadList


@dataclass(frozen=True)
class Mark:
    """One lead at one account: `s` is a mark of templates/parts/_mark.html.

    `loud`: a person is needed, so the `short` word is shown; else it is for screen readers only.
    `stale`: the lead was changed here since it was sent.
    """

    s: str
    word: str
    short: str
    loud: bool = False
    stale: bool = False


@dataclass(frozen=True)
class Place:
    """One lead over all accounts: its marks by account id, and the last thing worth reading.

    `quote` is the provider's own words and `who` the provider; `reason` is ours.
    """

    marks: Mapping[int, Mark]
    who: str = ""
    quote: str = ""
    reason: str = ""
    last_sent: datetime | None = None


@dataclass(frozen=True)
class Onward:
    """Where the send an import asked for stands.

    `url` is the page of the send, "" when none was made. `strip` is what runs (drawn by
    sync/_job.html), to be looked at again in `look_again` seconds; `words` say how it ended, or why
    nothing could be sent.
    """

    url: str = ""
    strip: object = None
    words: str = ""
    look_again: int = 0


class Desk(Protocol):
    """What `sync` answers."""

    def narrow(self, leads: QuerySet[Lead], account: int, state: str) -> QuerySet[Lead]:
        """Return those of `leads` that stand as `state` ("" = were ever sent) at `account`.

        Account 0 is any: "reached" one, "stuck" (refused, at none), "nowhere".
        """

    def unplanned(self, leads: QuerySet[Lead], team: Team) -> QuerySet[Lead]:
        """Return those of `team`'s `leads` whose part at a provider no campaign calls."""

    def places(self, leads: Sequence[int], accounts: Iterable[Account]) -> dict[int, Place]:
        """Return where each of `leads` stands, by id; a lead never sent is left out."""

    def takers(self, team: Team, kind: str) -> list[Account]:
        """Return the accounts of `team` that take records of an import's `kind`."""

    def last_sent(self, lists: Iterable[int]) -> dict[int, str]:
        """Say where each list was sent last, and how long ago; one never sent is left out."""

    def onward(self, record: Import, *, may_send: bool) -> Onward:
        """Return where the send an import asked for stands."""

    def lacks(self, account: Account, lead_list: LeadList) -> str:
        """Say what `account` must be told of a list before it can be sent; "" if nothing."""

    def outlook(self, account: Account, kind: str, records: int) -> str:
        """Say what sending so many records would make, and how long it takes."""


_desks: list[Desk] = []


def answer_with(desk: Desk) -> None:
    """Name who answers; called once by `sync` when the site starts."""
    _desks[:] = [desk]


def desk() -> Desk:
    """Return who answers."""
    return _desks[0]


FEW = 6  # accounts that are all named, also where nothing was sent


def by_account(
    places: Iterable[Place], accounts: Sequence[Account]
) -> tuple[list[tuple[Account, list[Mark]]], int]:
    """Return each account with the marks of `places` there, and how many others have none.

    A few accounts are all named; of many only those where something was sent.
    """
    each = list(places)
    at = [(one, [p.marks[one.pk] for p in each if one.pk in p.marks]) for one in accounts]
    if len(at) <= FEW:
        return at, 0
    named = [(account, marks) for account, marks in at if marks]
    return named, len(at) - len(named)
