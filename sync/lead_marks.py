"""Where leads stand at each account, for the pages of the floors below (leads/standing.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account, Team
from campaigns.models import Campaign, CampaignState
from leads.models import Import, Lead, LeadList, ListPart
from leads.standing import Mark, Onward, Place
from sync import eta, imported
from sync.enqueueing import CannotSend
from sync.models import WAITING, DeliveryItem, Push, Standing, State
from sync.pages import endpoint_for, figure, open_holds, provider_name, span
from sync.providers.base import RecordKind
from sync.selecting import list_options
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
# What an import's kind is to a provider; agents go nowhere.
TAKEN = {"leads": RecordKind.LEAD, "contacts": RecordKind.CONTACT}
GONE = (*STATES["at"], *STATES["given"])
PLANNED = (CampaignState.WAITING, CampaignState.CREATED, CampaignState.BY_HAND)
REACHED = ("reached", "stuck", "nowhere")
LOUD = frozenset(("refused", "unsure", "stopped"))


def narrow(leads: QuerySet[Lead], account: int, state: str) -> QuerySet[Lead]:
    """Return those of `leads` that stand as `state` at `account`.

    `state` is a key of STATES, "none", or "" for every lead ever sent there. Account 0 is any of
    them: "reached" leads are at one, "stuck" ones were refused and are at none, "nowhere" the rest.
    """
    there = Standing.objects.filter(lead=OuterRef("pk"))
    if state in REACHED:
        at_one = Exists(there.filter(state__in=GONE))
        refused = Exists(there.filter(state__in=STATES["refused"]))
        meant = {"reached": Q(at_one), "stuck": ~at_one & refused, "nowhere": ~at_one & ~refused}
        return leads.filter(meant[state])
    there = there.filter(account=account)
    if state == "none":
        return leads.filter(~Exists(there))
    if state:
        there = there.filter(state__in=STATES.get(state, ()))
    return leads.filter(Exists(there))


def unplanned(leads: QuerySet[Lead], team: Team) -> QuerySet[Lead]:
    """Return those of `team`'s `leads` whose part at a provider no campaign calls."""
    plans = Campaign.objects.living().filter(part=OuterRef("pk"), state__in=PLANNED)
    parts = ListPart.objects.filter(lead_list__team=team, sent_at__isnull=False)
    open_parts = parts.filter(~Exists(plans)).values("pk")
    there = DeliveryItem.objects.filter(delivery__part__in=open_parts, state__in=STATES["at"])
    return leads.filter(pk__in=there.values("lead"))


def places(leads: Sequence[int], accounts: Iterable[Account]) -> dict[int, Place]:
    """Return where each of `leads` stands at `accounts`, by lead id; two queries."""
    ids = [account.pk for account in accounts]
    stopped = open_holds(Account.objects.filter(pk__in=ids))
    standings = Standing.objects.filter(lead__in=leads, account__in=ids)
    standings = standings.annotate(version_here=F("lead__version"))
    found = defaultdict(list)
    for standing in standings.select_related("account", "item").order_by("-changed_at"):
        found[standing.lead_id].append(standing)
    return {lead: _place(each, stopped.keys()) for lead, each in found.items() if lead}


def _place(standings: Sequence[Standing], stopped: Collection[int]) -> Place:
    """Sum up one lead's standings, newest first: quote the newest that needs a person."""
    marks = {one.account_id: _mark(one, one.account_id in stopped) for one in standings}
    troubled = [one for one in standings if marks[one.account_id].loud]
    first = troubled[0] if troubled else None
    item = first.item if first else None
    reason = item.reason if item else ""
    if first and first.state in WAITING:
        reason = _("Waits for %(account)s") % {"account": first.account}
    sent = [one.changed_at for one in standings if one.state not in WAITING]
    return Place(
        marks=marks,
        who=provider_name(first.account.provider) if first else "",
        quote=item.quote if item and first and first.state not in WAITING else "",
        reason=reason,
        last_sent=sent[0] if sent else None,
    )


def _mark(standing: Standing, stopped: bool) -> Mark:
    """One lead at one account; a waiting one is marked when the account is stopped."""
    state = "held" if stopped and standing.state in WAITING else standing.state
    evidence = standing.item.evidence if standing.item else ""
    said = words(state, provider_name(standing.account.provider), evidence=evidence)
    sent, here = standing.version_sent, getattr(standing, "version_here", 0)
    short = {"refused": _("Refused"), "unsure": _("Not sure"), "stopped": _("Waits")}
    return Mark(
        s=said.mark,
        word=said.text,
        short=short.get(said.mark, said.text),
        loud=said.mark in LOUD,
        stale=bool(sent and sent < here),
    )


def takers(team: Team, kind: str) -> list[Account]:
    """Return the accounts of `team` that take records of an import's `kind`, in their order."""
    record = TAKEN.get(kind)
    usable = Account.objects.usable_by(team).order_by("name") if record else []
    return [account for account in usable if record and endpoint_for(account.provider, record)]


def last_sent(lists: Iterable[int]) -> dict[int, str]:
    """Say where each list was sent last ("at TeleCMI Main 3 days ago"), if it ever was."""
    pushes = Push.objects.filter(lead_list__in=lists).select_related("account")
    came = pushes.filter(Q(delivered__gt=0) | Q(already_there__gt=0) | Q(accepted__gt=0))
    said = {}
    for push in came.order_by("starts_at"):
        words = _("given to %(account)s %(time)s ago")
        if push.delivered or push.already_there:
            words = _("at %(account)s %(time)s ago")
        place = {"account": push.account, "time": timesince(push.starts_at, depth=1)}
        said[push.lead_list_id or 0] = words % place
    return said


def onward(record: Import, *, may_send: bool) -> Onward:
    """Return where the send an import asked for stands."""
    return imported.onward(record, may_send=may_send)


def lacks(account: Account, lead_list: LeadList) -> str:
    """Say what `account` must be told of a list before it can be sent; "" if nothing."""
    try:
        list_options(lead_list, account)
    except CannotSend as refusal:
        return str(refusal)
    return ""


def outlook(account: Account, kind: str, records: int) -> str:
    """Say what sending so many records would make, and how long it takes."""
    endpoint = endpoint_for(account.provider, TAKEN[kind])
    if endpoint is None or not records:
        return ""
    said = []
    if endpoint.groups:
        requests = eta.requests_for(records, endpoint)
        many = {"name": provider_name(account.provider), "n": figure(requests)}
        said.append(ngettext("One %(name)s list.", "%(n)s %(name)s lists.", requests) % many)
    end = eta.before(account, records, endpoint)
    if end.seconds is None:
        said.append(end.why)
    else:
        time = {"time": span(end.seconds), "why": end.why}
        said.append(_("It takes %(time)s, %(why)s.") % time)
    return " ".join(said)
