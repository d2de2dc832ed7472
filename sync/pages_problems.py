"""Things to fix: stopped accounts, refused records and unknown ends, grouped by cause.

Standings are what is read: a record that was put right and sent again is not a problem any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from access.models import Account, Hold, Team
from leads.models import LeadList
from sync import explanations, fixes
from sync.accounts import administrators
from sync.models import DeliveryItem, Push, Standing, State
from sync.pages import endpoint_of, figure, moment, open_holds, provider_name, stops
from sync.providers.base import Explanation, RecordKind
from sync.wording import how_many

BAD = (State.REJECTED, State.FAILED, State.UNCERTAIN)
OURS = "not-in-form"  # refused here, before it left (sync/freezing.py)
UNNAMED = "unknown"  # the address of problems without a cause


@dataclass
class Problem:
    """One group of records with the same trouble at the same account, or a stopped account."""

    s: str  # a state mark
    cause: str
    account: Account
    records: int
    blocked: int  # what waits or cannot be called because of it
    at: datetime
    title: str = ""
    url: str = ""
    why: str = ""
    quote: str = ""
    lead_list: LeadList | None = None
    item: DeliveryItem | None = None
    requests: int = 1
    said: Explanation | None = None
    way_out: fixes.WayOut | None = None
    hold: Hold | None = field(default=None, repr=False)

    @property
    def kind(self) -> RecordKind:
        """What the records are."""
        return kind_of(self.item) if self.item else RecordKind.LEAD

    @property
    def who(self) -> str:
        """Who is quoted."""
        return provider_name(self.account.provider)

    @property
    def where(self) -> str:
        """The list or account, and the time."""
        place = self.lead_list.name if self.lead_list else self.account.name
        if self.hold:
            return _("%(place)s, since %(time)s") % {"place": place, "time": moment(self.at)}
        return f"{place}. {moment(self.at)}"

    def as_fix(self, *, may_act: bool = True) -> dict[str, Any]:
        """Return what templates/parts/_fix.html draws; without a button for who may not act."""
        way = self.way_out if may_act else None
        return {
            "s": self.s,
            "title": self.title,
            "url": self.url,
            "why": self.why,
            "who": self.who,
            "words": self.quote,
            "where": self.where,
            "action": way.url if way else "",
            "label": way.label if way else "",
        }


def kind_of(item: DeliveryItem) -> RecordKind:
    """Return what the record of an item is."""
    endpoint = endpoint_of(item.delivery.account.provider, item.delivery.endpoint)
    return (endpoint.record if endpoint else None) or RecordKind.LEAD


def problems(team: Team, *, may_open_accounts: bool = True) -> list[Problem]:
    """Return everything of `team` that needs somebody: what blocks most comes first.

    Who may not change an account is sent to somebody who may.
    """
    stopped = _stopped(team)
    if stopped and not may_open_accounts:
        admins = administrators(team)
        for one in stopped:
            if admins and one.way_out:
                label = _("Ask %(who)s") % {"who": admins[0]}
                one.way_out = fixes.WayOut(label, one.way_out.url)
                one.why = f"{one.why} {_('Only an administrator can change it.')}"
    found = stopped + _groups(team)
    return sorted(found, key=lambda one: (one.hold is None, -one.blocked, one.at))


def count(team: Team) -> int:
    """Return how many things there are to fix."""
    holds = open_holds(Account.objects.usable_by(team))
    return len(holds) + len(_grouped(team))


def standings(team: Team) -> QuerySet[Standing]:
    """Return the standings of `team`'s records that need somebody."""
    alive = Q(lead=None) | Q(lead__deleted_at=None)
    kept = Q(contact=None) | Q(contact__deleted_at=None)
    meant = Q(action=None) | Q(action__deleted_at=None)
    return Standing.objects.filter(
        alive,
        kept,
        meant,
        state__in=BAD,
        item__delivery__push__team=team,
        account__in=_accounts(team),
    )


def _accounts(team: Team) -> QuerySet[Account]:
    return Account.objects.filter(pk__in=Account.objects.usable_by(team).values("pk"))


def _grouped(team: Team) -> list[dict[str, Any]]:
    rows = (
        standings(team)
        .values(
            "account",
            "item__cause",
            "state",
            "item__delivery__push__lead_list",
            "item__campaign",
        )
        .annotate(
            records=Count("pk"),
            first=Min("item"),
            requests=Count("item__delivery", distinct=True),
            last=Max("changed_at"),
        )
        .order_by()
    )
    return [{**row} for row in rows]


def _groups(team: Team) -> list[Problem]:
    groups = _grouped(team)
    accounts = _accounts(team).in_bulk()
    lists = LeadList.objects.in_bulk({one["item__delivery__push__lead_list"] for one in groups})
    items = DeliveryItem.objects.select_related("delivery__account", "campaign__part").in_bulk(
        [one["first"] for one in groups]
    )
    return [
        _group(
            one,
            accounts[one["account"]],
            lists.get(one["item__delivery__push__lead_list"]),
            items[one["first"]],
        )
        for one in groups
    ]


def _group(
    found: dict[str, Any], account: Account, lead_list: LeadList | None, item: DeliveryItem
) -> Problem:
    unsure = found["state"] == State.UNCERTAIN
    said = explain(item, account)
    part = item.campaign.part if item.campaign else None
    made = Problem(
        s="unsure" if unsure else "refused",
        cause=found["item__cause"] or UNNAMED,
        account=account,
        records=found["records"],
        blocked=part.lead_count if part else found["records"],
        at=found["last"],
        quote=item.quote,
        lead_list=lead_list,
        item=item,
        requests=found["requests"],
        said=said,
    )
    made.title = _title(made, unsure, found["state"] == State.FAILED)
    made.why = f"{said.sentence} {said.fix}" if said.cause != OURS else said.sentence
    if unsure and item.reason:
        made.why = item.reason
    made.url = _unsure_url(made) if unsure else fixes.problem_url(_place(made))
    made.way_out = _way_out(made, unsure)
    if made.item and made.item.campaign_id and made.way_out:
        made.url = made.way_out.url  # the same again would be refused again
    return made


def explain(item: DeliveryItem, account: Account) -> Explanation:
    """Return our words for how a record ended: the provider's table, or our own check's."""
    name = provider_name(account.provider)
    if item.cause == OURS:
        return Explanation(
            OURS,
            _("These values do not fit %(name)s’s form, so they were not sent.") % {"name": name},
            _("Put them right, then send them again."),
            "edit_records",
        )
    delivery = item.delivery
    return explanations.explain(
        account.provider, delivery.endpoint, delivery.code, item.quote, state=item.state
    )


def _title(made: Problem, unsure: bool, failed: bool) -> str:
    many = how_many(made.kind, made.records)
    values = {"many": many, "name": made.who, "leads": figure(made.blocked)}
    if made.item and made.item.campaign_id:
        if unsure:
            return _("A campaign: not sure whether %(name)s has it") % values
        return _("A campaign was refused: %(leads)s leads have no calls planned") % values
    if unsure:
        return _("%(many)s: not sure at %(name)s") % values
    if failed:
        return _("%(many)s not sent to %(name)s") % values
    if made.cause == OURS:
        return _("%(many)s with values not in %(name)s’s form") % values
    return _("%(many)s refused by %(name)s") % values


def _place(made: Problem) -> fixes.Place:
    return fixes.Place(
        cause=made.cause,
        account=made.account,
        records=made.records,
        kind=made.kind,
        lead_list=made.lead_list,
        campaign_id=made.item.campaign_id if made.item else None,
        delivery=made.item.delivery if made.item else None,
    )


def _unsure_url(made: Problem) -> str:
    if made.requests == 1 and made.item:
        return reverse("sync:sent_one", args=[made.item.delivery_id]) + "#decide"
    return f"{reverse('sync:sent')}?state=unsure&account={made.account.pk}"


def _way_out(made: Problem, unsure: bool) -> fixes.WayOut | None:
    if unsure:
        return fixes.WayOut(_("Decide"), made.url)
    said = made.said or Explanation(UNNAMED, "", "", "send_again")
    at = _place(made)
    way = fixes.way_out(said.action, at)
    if way is None and made.item and made.item.campaign_id:
        way = fixes.way_out("campaign", at)
    if way is None or said.action in ("edit_records", "send_again"):
        return fixes.WayOut(way.label if way else _("Look at them"), made.url)
    return way


def _stopped(team: Team) -> list[Problem]:
    holds = open_holds(Account.objects.usable_by(team))
    waiting = Push.objects.filter(
        team=team, account__in=holds, finished_at=None, waiting__gt=0
    ).select_related("account")
    blocked: dict[int, int] = {}
    for push in waiting:
        if stops(holds[push.account_id], push):
            blocked[push.account_id] = blocked.get(push.account_id, 0) + push.waiting
    return [_stop(hold, blocked.get(pk, 0)) for pk, hold in holds.items()]


def _stop(hold: Hold, waiting: int) -> Problem:
    account = hold.account
    by = _("%(who)s stopped it.") % {"who": hold.by_label} if hold.by_label else ""
    wait = _("Nothing is lost: what waits goes by itself once the account works again.")
    return Problem(
        s="stopped",
        cause=hold.cause,
        account=account,
        records=waiting,
        blocked=waiting,
        at=hold.created_at,
        title=hold.reason.rstrip(".") if not hold.by_label else _stopped_title(account),
        url=fixes.address("sync:account", account.pk),
        why=f"{by} {wait}".strip() if waiting else by,
        quote=hold.quote,
        way_out=fixes.way_out("credentials", fixes.Place(hold.cause, account)),
        hold=hold,
    )


def _stopped_title(account: Account) -> str:
    return _("%(account)s is stopped") % {"account": account.name}
