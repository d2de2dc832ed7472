"""One list: what stands on its page, its parts at a provider, its other accounts, its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from access.models import Account, Hold
from campaigns.models import Campaign, CampaignState
from leads.models import Import, LeadList, ListPart
from leads.views.imports.wizard import address as import_address
from sync.lead_marks import PLANNED
from sync.models import Delivery, NextPart, Push
from sync.pages import endpoint_for, figure, leads_at, open_holds, provider_name, stops, takes_parts
from sync.pages_marks import Tally, tallies
from sync.providers.base import RecordKind
from sync.wording import Words, words

MOST_FILES = 50


@dataclass(frozen=True)
class PartRow:
    """One group of the list at the provider: its name in two pieces, its state and its id."""

    part: ListPart
    label: str
    token: str
    state: Words
    delivery: Delivery | None
    sent_at: datetime | None


@dataclass(frozen=True)
class PartsAt:
    """The groups of the list at one account, and what a next group would hold."""

    account: Account
    provider: str
    size: int
    rows: list[PartRow]
    unsent: int
    goes_at: int = 0  # how many leads a next group waits for, to go by itself

    @property
    def missing_ids(self) -> int:
        """How many groups have no id from the provider yet, which a campaign needs."""
        return sum(row.part.provider_leads_id is None and bool(row.sent_at) for row in self.rows)


@dataclass(frozen=True)
class Elsewhere:
    """The list at an account that takes leads without groups: sums with links to their leads."""

    account: Account
    sums: list[tuple[str, str, str]]  # mark, words, address


@dataclass
class ListPage:
    """Everything the page of one list shows, and what its head says."""

    lead_list: LeadList
    tallies: dict[int, Tally]
    parts: list[PartsAt]
    elsewhere: list[Elsewhere]
    files: list[tuple[Import, str]]  # and the address of its page
    planned_parts: int
    planned_leads: int
    unplanned_parts: int  # groups at the provider that no campaign was made for
    refused_plans: int
    main: Account | None

    @property
    def at_main(self) -> Tally:
        """Where the leads stand at the account the head speaks of."""
        return self.tallies.get(self.main.pk, Tally()) if self.main else Tally()

    @property
    def ids_wanted(self) -> str:
        """The provider whose ids of parts are missing, "" when none is."""
        return next((at.provider for at in self.parts if at.missing_ids), "")

    @property
    def ids_example(self) -> str:
        """The name of a part whose id is missing."""
        rows = (row for at in self.parts for row in at.rows)
        return next(
            (row.part.wire_name for row in rows if row.sent_at and not row.part.provider_leads_id),
            "",
        )

    @property
    def unsent(self) -> int:
        """Leads that never went to the main account."""
        return max(self.lead_list.lead_count - self.at_main.spoken_for, 0)


def read(lead_list: LeadList) -> ListPage:
    """Return the page of `lead_list`."""
    counted = {account: tally for (_pk, account), tally in tallies([lead_list.pk]).items()}
    accounts = list(Account.objects.filter(pk__in=counted).order_by("name"))
    main = _main(accounts, counted)
    plans = Campaign.objects.filter(part=OuterRef("pk"), deleted_at=None)
    sent = ListPart.objects.filter(lead_list=lead_list, sent_at__isnull=False)
    planned = sent.filter(Exists(plans.filter(state__in=PLANNED)))
    sums = planned.aggregate(parts=Count("pk"), leads=Sum("lead_count"))
    open_parts = sent.filter(~Exists(plans)).count()
    refused = lead_list.campaigns.filter(deleted_at=None, state=CampaignState.REFUSED).count()
    return ListPage(
        lead_list,
        counted,
        _parts(lead_list, accounts, counted),
        [_elsewhere(lead_list, one, counted[one.pk]) for one in accounts if not takes_parts(one)],
        [(one, import_address(one)) for one in _files(lead_list)],
        sums["parts"],
        sums["leads"] or 0,
        open_parts,
        refused,
        main,
    )


def _files(lead_list: LeadList) -> QuerySet[Import]:
    return lead_list.imports.select_related("created_by").order_by("pk")[:MOST_FILES]


def _main(accounts: list[Account], counted: dict[int, Tally]) -> Account | None:
    """The account the head speaks of: one that takes parts before the others, then the fullest."""
    best = sorted(accounts, key=lambda one: (takes_parts(one), counted[one.pk].gone))
    return best[-1] if best else None


def _parts(
    lead_list: LeadList, accounts: list[Account], counted: dict[int, Tally]
) -> list[PartsAt]:
    parts = list(lead_list.parts.select_related("account").order_by("account__name", "number"))
    made = Delivery.objects.filter(part__in=parts).select_related("push__account").order_by("pk")
    latest = {delivery.part_id: delivery for delivery in made}
    ids = {part.account_id for part in parts}
    holds = open_holds(Account.objects.filter(pk__in=ids))
    awaited = dict(NextPart.objects.filter(lead_list=lead_list).values_list("account", "size"))
    found = []
    for account in {part.account for part in parts} | {one for one in accounts if takes_parts(one)}:
        rows = [
            _part_row(one, latest.get(one.pk), holds) for one in parts if one.account == account
        ]
        endpoint = endpoint_for(account.provider, RecordKind.LEAD)
        sent = counted.get(account.pk, Tally()).spoken_for
        name = provider_name(account.provider)
        size = endpoint.batch_size if endpoint else 0
        unsent = max(lead_list.lead_count - sent, 0)
        found.append(PartsAt(account, name, size, rows, unsent, awaited.get(account.pk, 0)))
    return sorted(found, key=lambda at: at.account.name)


def _part_row(part: ListPart, delivery: Delivery | None, holds: dict[int, Hold]) -> PartRow:
    name = provider_name(part.account.provider)
    if part.by_hand:
        state = Words("at", _("At %(provider)s, made by hand") % {"provider": name})
    elif delivery is None:
        state = words("", name)
    else:
        stopped = stops(holds.get(part.account_id), delivery.push)
        state = state_of(delivery, stopped=stopped)
    label, _bracket, _token = part.wire_name.rpartition(f" [{part.token}]")
    return PartRow(part, label or part.wire_name, part.token, state, delivery, part.sent_at)


def state_of(delivery: Delivery, *, stopped: bool = False) -> Words:
    """Return mark and words of a request; a waiting one is "stopped" where its account is."""
    name = provider_name(delivery.account.provider)
    state = delivery.state
    if stopped and state in ("queued", "retry_wait"):
        state = "held"
    return words(state, name, evidence=delivery.evidence, tries=delivery.tries)


def _elsewhere(lead_list: LeadList, account: Account, tally: Tally) -> Elsewhere:
    address = leads_address()
    kinds = (
        ("at", _("%(n)s there"), tally.there, "delivered"),
        ("given", _("%(n)s given, not confirmed"), tally.given, "accepted"),
        ("wait", _("%(n)s waiting"), tally.waiting, "waiting"),
        ("refused", _("%(n)s refused"), tally.refused, "refused"),
        ("unsure", _("%(n)s not sure"), tally.unsure, "uncertain"),
    )
    return Elsewhere(
        account,
        [
            (s, text % {"n": figure(number)}, address + leads_at(lead_list, account, state))
            for s, text, number, state in kinds
            if number
        ],
    )


def leads_address() -> str:
    """Return where the leads of all lists are shown."""
    try:
        return reverse("leads:leads")
    except NoReverseMatch:
        return ""


def running(lead_list: LeadList) -> list[Push]:
    """Return the sends of this list that are not through, oldest first."""
    sends = Push.objects.filter(lead_list=lead_list, finished_at=None)
    return list(sends.select_related("account").order_by("pk"))
