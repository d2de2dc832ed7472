"""From "send these" to a send: the verbs behind every send button and `push` command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from access.models import Account, Team, User
from campaigns import readiness
from campaigns.models import Campaign
from leads.models import Lead, LeadList
from sync import partial
from sync.crashpoints import crashpoint
from sync.enqueueing import (
    AllThere,
    CannotSend,
    NothingToSend,
    Request,
    planned,
    planning_lock,
    write,
)
from sync.models import LeadAction, Push, Standing
from sync.providers.base import Endpoint, RecordKind
from sync.selecting import (
    endpoint_for,
    list_options,
    sendable,
    sendable_contacts,
    why_no_contact,
    why_nothing,
)

__all__ = [
    "CannotSend",
    "NothingToSend",
    "plan_actions",
    "plan_campaign",
    "plan_contacts",
    "plan_list",
]


def plan_list(
    lead_list: LeadList,
    account: Account,
    *,
    by: User | None,
    click_token: str,
    first: int | None = None,
    parts: Collection[int] = (),
    lead_ids: Iterable[int] | None = None,
    options: Mapping[str, Any] | None = None,
    starts_in: float = 0,
) -> Push:
    """Plan sending a list and return the send: all that wait, the `first` few, some of the `parts`
    that all would become (1 has the oldest leads), or chosen leads.

    The same `click_token` again returns the same send. Raises NothingToSend or CannotSend.
    """
    if known := planned(click_token):
        return known
    request = _list_request(lead_list, account, by, click_token, options, starts_in)
    with transaction.atomic():
        planning_lock(lead_list)
        if known := planned(click_token):
            return known
        push = write(request, _chosen(lead_list, request, first, parts, lead_ids))
        crashpoint("push_before_commit")
    crashpoint("push_after_commit")
    return push


def _list_request(
    lead_list: LeadList,
    account: Account,
    by: User | None,
    click_token: str,
    options: Mapping[str, Any] | None,
    starts_in: float,
) -> Request:
    return Request(
        account=account,
        endpoint=endpoint_for(account, RecordKind.LEAD),
        by=by,
        click_token=click_token,
        label=lead_list.name,
        options=list_options(lead_list, account, options),
        team=lead_list.team,
        lead_list=lead_list,
        starts_in=starts_in,
    )


def _chosen(
    lead_list: LeadList,
    request: Request,
    first: int | None,
    parts: Collection[int],
    lead_ids: Iterable[int] | None,
) -> list[Lead]:
    """Return the leads that go, only what a send writes down of each. Raises where none may go."""
    leads = sendable(lead_list, request.account)
    if lead_ids is not None:
        leads = leads.filter(pk__in=list(lead_ids))
    leads = leads.only("pk", "phone", "version", "first_name", "last_name")
    chosen = partial.cut(leads, request.endpoint.batch_size, first, parts)
    if not chosen:
        raise why_nothing(lead_list, request.account)
    return chosen


def plan_contacts(
    team: Team,
    account: Account,
    *,
    by: User | None,
    click_token: str,
    contact_ids: Iterable[int] | None = None,
    starts_in: float = 0,
) -> Push:
    """Plan sending the team's phone book entries that `account` does not have yet."""
    if known := planned(click_token):
        return known
    endpoint = endpoint_for(account, RecordKind.CONTACT)
    request = Request(account, endpoint, by, click_token, "Phone book", team, starts_in=starts_in)
    with transaction.atomic():
        planning_lock(team)
        if known := planned(click_token):
            return known
        contacts = sendable_contacts(team, account)
        if contact_ids is not None:
            contacts = contacts.filter(pk__in=list(contact_ids))
        chosen = list(contacts)
        if not chosen:
            raise why_no_contact(team, account)
        return write(request, chosen)


def plan_campaign(
    campaign: Campaign,
    *,
    by: User | None,
    click_token: str,
    starts_in: float = 0,
    again_of: Push | None = None,
) -> Push:
    """Plan creating `campaign` at its account; raises CannotSend with the first thing missing.

    `again_of` is the send it was refused in.
    """
    if known := planned(click_token):
        return known
    endpoint = endpoint_for(campaign.account, RecordKind.CAMPAIGN)
    with transaction.atomic():
        fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if known := planned(click_token):
            return known
        _check_campaign(fresh)
        if not fresh.wire_name:
            fresh.save(update_fields=["token", "wire_name"])  # a campaign names itself
        request = _campaign_request(fresh, endpoint, by, click_token, starts_in, again_of)
        push = write(request, [fresh])
        Campaign.objects.filter(pk=fresh.pk).update(state=Campaign.State.WAITING)
        return push


def _campaign_request(
    campaign: Campaign,
    endpoint: Endpoint,
    by: User | None,
    click_token: str,
    starts_in: float,
    again_of: Push | None,
) -> Request:
    return Request(
        account=campaign.account,
        endpoint=endpoint,
        by=by,
        click_token=click_token,
        label=campaign.name,
        team=campaign.team,
        lead_list=campaign.lead_list,
        starts_in=starts_in,
        again_of=again_of,
    )


def _check_campaign(campaign: Campaign) -> None:
    if campaign.state not in (Campaign.State.DRAFT, Campaign.State.REFUSED):
        raise CannotSend(
            f"Campaign {campaign.name} was sent before ({campaign.get_state_display()}). "
            "Duplicate it to create another."
        )
    if campaign.part is None:
        raise CannotSend(f"Campaign {campaign.name} has no list part. Choose one, then create it.")
    if campaign.part.provider_leads_id is None:
        raise CannotSend(
            f"Part {campaign.part.wire_name} has no {campaign.account.name} id yet. "
            "Copy it from TeleCMI -> Leads and paste it on the list's page."
        )
    if refusal := readiness.refusal(campaign):
        raise CannotSend(f"Campaign {campaign.name} was not sent. {refusal}")


def plan_actions(
    actions: Sequence[LeadAction],
    account: Account,
    *,
    by: User | None,
    click_token: str,
    starts_in: float = 0,
) -> Push:
    """Plan writing actions on leads' timelines: one request each, after the lead itself."""
    if known := planned(click_token):
        return known
    endpoint = endpoint_for(account, RecordKind.ACTION)
    if not actions:
        raise NothingToSend("There is no action to send.")
    team = actions[0].team
    label = str(actions[0])[:200] if len(actions) == 1 else "Actions"
    request = Request(account, endpoint, by, click_token, label, team, starts_in=starts_in)
    with transaction.atomic():
        planning_lock(team)
        if known := planned(click_token):
            return known
        ids = [action.pk for action in actions]
        sent = Standing.objects.filter(account=account, action__in=ids)
        asked = set(sent.values_list("action_id", flat=True))
        fresh = [action for action in actions if action.pk not in asked]
        if not fresh:
            raise AllThere(f"Every one of these is at {account.name} or on its way already.")
        return write(request, fresh)
