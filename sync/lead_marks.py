"""Where leads stand at each account, for the pages of the floors below (leads/standing.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, F, OuterRef, QuerySet

from access.models import Account
from leads.models import Lead
from leads.standing import Mark, Place
from sync.models import WAITING, Standing, State
from sync.pages import provider_name
from sync.wording import words

# The words of the state filter, each with the ledger's states it stands for.
STATES: dict[str, tuple[str, ...]] = {
    "at": (State.DELIVERED, State.ALREADY_THERE),
    "given": (State.ACCEPTED,),
    "wait": (*WAITING, State.SENDING),
    "refused": (State.REJECTED, State.FAILED),
    "unsure": (State.UNCERTAIN,),
    "fix": (State.REJECTED, State.FAILED, State.UNCERTAIN),
}
LOUD = frozenset(("refused", "unsure", "stopped"))


def narrow(leads: QuerySet[Lead], account: int, state: str) -> QuerySet[Lead]:
    """Return those of `leads` that stand as `state` at `account`.

    `state` is a key of STATES, "none", or "" for every lead ever sent there.
    """
    there = Standing.objects.filter(account=account, lead=OuterRef("pk"))
    if state == "none":
        return leads.filter(~Exists(there))
    if state:
        there = there.filter(state__in=STATES.get(state, ()))
    return leads.filter(Exists(there))


def places(leads: Sequence[int], accounts: Iterable[Account]) -> dict[int, Place]:
    """Return where each of `leads` stands at `accounts`, by lead id; one query."""
    found = defaultdict(list)
    standings = Standing.objects.filter(lead__in=leads, account__in=list(accounts))
    standings = standings.annotate(version_here=F("lead__version"))
    for standing in standings.select_related("account", "item").order_by("-changed_at"):
        found[standing.lead_id].append(standing)
    return {lead: _place(standings) for lead, standings in found.items() if lead}


def _place(standings: list[Standing]) -> Place:
    """Sum up one lead's standings, newest first: quote the newest that needs a person."""
    marks = {standing.account_id: _mark(standing) for standing in standings}
    troubled = [s for s in standings if s.item and marks[s.account_id].loud]
    item = troubled[0].item if troubled else None
    sent = [s.changed_at for s in standings if s.state not in WAITING]
    return Place(
        marks=marks,
        who=provider_name(troubled[0].account.provider) if troubled else "",
        quote=item.quote if item else "",
        reason=item.reason if item else "",
        last_sent=sent[0] if sent else None,
    )


def _mark(standing: Standing) -> Mark:
    evidence = standing.item.evidence if standing.item else ""
    said = words(standing.state, provider_name(standing.account.provider), evidence=evidence)
    sent, here = standing.version_sent, getattr(standing, "version_here", 0)
    return Mark(said.mark, said.text, said.mark in LOUD, stale=bool(sent and sent < here))
