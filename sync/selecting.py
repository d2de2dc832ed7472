"""Which records may go to an account, with which settings, and why none may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import Account, Team
from leads.models import Contact, DoNotCall, Lead, LeadList
from sync import providers
from sync.enqueueing import AllThere, CannotSend, NothingToSend
from sync.models import ACTIVE, ListTarget, Push, Standing, State
from sync.providers.base import Endpoint, RecordKind

SETTLED = (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE)


def endpoint_for(account: Account, kind: RecordKind) -> Endpoint:
    """Return the account's endpoint that takes records of `kind`; raises CannotSend."""
    for endpoint in providers.get(account.provider).endpoints:
        if endpoint.record is kind and endpoint.role.value == "write":
            return endpoint
    name = providers.get(account.provider).name
    raise CannotSend(f"{name} takes no {kind.value}s. Choose an account that does.")


def sendable(lead_list: LeadList, account: Account) -> QuerySet[Lead]:
    """Return the leads of a list that may go to `account` and are not there yet, oldest first.

    Not there yet: never sent, cancelled, failed, or refused and edited since.
    """
    here = Standing.objects.filter(account=account, lead=OuterRef("pk"))
    return callable_leads(lead_list).exclude(Exists(_done(here))).order_by("pk")


def sendable_contacts(team: Team, account: Account) -> QuerySet[Contact]:
    """Return the phone book entries that may go to `account` and are not there yet."""
    here = Standing.objects.filter(account=account, contact=OuterRef("pk"))
    blocked = DoNotCall.objects.filter(team=team, phone=OuterRef("phone"))
    live = Contact.objects.filter(team=team, deleted_at=None, do_not_call=False)
    return live.exclude(Exists(blocked)).exclude(Exists(_done(here))).order_by("pk")


def _done(here: QuerySet[Standing]) -> QuerySet[Standing]:
    """Return the standings that keep their record from being sent once more."""
    edited = Q(state=State.REJECTED, item__version__lt=OuterRef("version"))
    return here.exclude(Q(state__in=[State.CANCELLED, State.FAILED, State.SUPERSEDED]) | edited)


def callable_leads(lead_list: LeadList) -> QuerySet[Lead]:
    """Return the leads of a list that may be called at all."""
    blocked = DoNotCall.objects.filter(team_id=lead_list.team_id, phone=OuterRef("phone"))
    return Lead.objects.filter(lead_list=lead_list, deleted_at=None, do_not_call=False).exclude(
        Exists(blocked)
    )


def why_nothing(lead_list: LeadList, account: Account) -> NothingToSend:
    """Return why no lead of the list can go to `account`."""
    name = lead_list.name
    if not Lead.objects.filter(lead_list=lead_list, deleted_at=None).exists():
        return NothingToSend(f"List {name} has no leads yet. Import a file into it, then send.")
    if not callable_leads(lead_list).exists():
        return NothingToSend(f"Every lead of {name} is marked do not call. Nothing was sent.")
    standing = Standing.objects.filter(account=account, lead__lead_list=lead_list)
    if standing.filter(state__in=ACTIVE).exists():
        words = f"The leads of {name} are on their way to {account.name} already."
        return AllThere(words, _running(account, lead_list=lead_list))
    if (
        standing.filter(state=State.REJECTED).exists()
        and not standing.filter(state__in=SETTLED).exists()
    ):
        words = f"{account.name} refused these leads of {name}. Correct them under To fix."
        return NothingToSend(words)
    return AllThere(f"Every lead of {name} that can go is at {account.name} already.")


def why_no_contact(team: Team, account: Account) -> NothingToSend:
    """Return why no entry of the team's phone book can go to `account`."""
    live = Contact.objects.filter(team=team, deleted_at=None)
    if not live.exists():
        return NothingToSend("The phone book is empty. Import contacts into it, then send.")
    standing = Standing.objects.filter(account=account, contact__in=live)
    if standing.filter(state__in=ACTIVE).exists():
        words = f"The phone book is on its way to {account.name} already."
        return AllThere(words, _running(account, team=team, endpoint="contacts"))
    return AllThere(f"Every phone book entry that can go is at {account.name} already.")


def _running(account: Account, **about: Any) -> Push | None:
    """Return the newest send that still has records under way."""
    return Push.objects.filter(account=account, waiting__gt=0, **about).order_by("pk").last()


def list_options(
    lead_list: LeadList, account: Account, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the settings of a list at an account; raises CannotSend when a needed one is missing.

    What the list itself says ("smartflo_list_id") stands under what was set for this account.
    """
    provider = providers.get(account.provider)
    prefix = f"{provider.slug}_"
    own = {
        key.removeprefix(prefix): value
        for key, value in lead_list.provider_settings.items()
        if key.startswith(prefix)
    }
    target = ListTarget.objects.filter(account=account, lead_list=lead_list.pk).first()
    options = {**own, **(target.settings if target else {}), **(extra or {})}
    for wanted in provider.list_fields:
        if not options.get(wanted.key):
            options[wanted.key] = account.settings.get(wanted.key) or wanted.default
        if wanted.required and not options.get(wanted.key):
            raise CannotSend(
                f"{account.name} needs the {wanted.label} of list {lead_list.name}. "
                f"{wanted.where}".strip()
            )
    return options
