"""Actions and payments for a lead's timeline: written here, looked over, sent once.

Seed 002 appends an action each time it comes and drops in silence what it does not understand, so
what would be lost or doubled is refused while a person still looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import Account, Team, User
from leads.models import Lead
from sync import clock, fieldmap, planning, providers
from sync.enqueueing import CannotSend, planned, planning_lock
from sync.models import ACTIVE, LeadAction, Push, Standing, State
from sync.providers.base import (
    PAYMENT,
    FieldKind,
    FieldValue,
    Record,
    RecordKind,
    Timeline,
)
from sync.providers.wire import CannotSend as NotInForm
from sync.selecting import SETTLED, endpoint_for

FIELD = re.compile(r"([\w.-]+)(?:\s*[:(]\s*(\w+)\s*\)?)?", re.ASCII)  # cost (number), cost:number
MOST, CENT = Decimal(10) ** 12, Decimal("0.01")


@dataclass(frozen=True)
class Written:
    """An action as a person writes it: `kind` is its code or PAYMENT, `fields` are texts by API
    name, with a type behind it where it is no text; `created_on` is DD/MM/YYYY HH:MM or empty.
    """

    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)
    created_on: str = ""
    status: str = ""
    currency: str = ""
    amount: str = ""


def takers(team: Team) -> list[Account]:
    """Return the accounts of the team that keep a timeline, by name."""
    known = Account.objects.usable_by(team).order_by("name")
    return [account for account in known if _endpoint(account)]


def _endpoint(account: Account) -> str:
    try:
        return endpoint_for(account, RecordKind.ACTION).slug
    except CannotSend:
        return ""


def refused(lead: Lead, pk: int) -> LeadAction | None:
    """Return the action `pk` of `lead` if it did not arrive and may be written anew."""
    ended = Standing.objects.filter(action=pk, state__in=[State.REJECTED, State.FAILED])
    mine = LeadAction.objects.filter(lead=lead, pk=pk, deleted_at=None)
    return mine.first() if ended.exists() else None


def drafted(lead: Lead, account: Account, written: Written) -> LeadAction:
    """Return `written` as an unsaved action; raises CannotSend with what keeps it from arriving."""
    endpoint = endpoint_for(account, RecordKind.ACTION).slug
    here = Standing.objects.filter(lead=lead, account=account, state__in=[*SETTLED, *ACTIVE])
    if not here.exists():
        place = {"lead": lead, "account": account.name}
        raise CannotSend(
            _("%(lead)s is not at %(account)s yet. Send the lead there first.") % place
        )
    try:
        action = _action(lead, timeline_of(account), account.settings, written)
        chosen = fieldmap.rules(account, RecordKind.ACTION)
        record = Record("new", "", fieldmap.fields_of(lead, chosen))
        options = {**account.settings, "action": fieldmap.action_of(action)}
        built = providers.get(account.provider).build(endpoint, [record], options)
    except NotInForm as refusal:
        raise CannotSend(str(refusal)) from refusal
    if built.refused:
        raise CannotSend(built.refused["new"])
    return action


def timeline_of(account: Account) -> Timeline:
    """Return what `account` takes on a timeline; raises CannotSend where it keeps none."""
    if found := providers.get(account.provider).timeline:
        return found
    raise CannotSend(_("%(account)s keeps no timeline.") % {"account": account.name})


def _action(
    lead: Lead, timeline: Timeline, settings: Mapping[str, Any], written: Written
) -> LeadAction:
    """Return the action with its values in their wire forms. Raises NotInForm."""
    action = LeadAction(team=lead.team, lead=lead, kind=written.kind.strip()[:60])
    if action.kind.upper() == PAYMENT:
        action.kind = PAYMENT
        action.payment_status = written.status.strip().upper()[:12]
        action.payment_currency = written.currency.strip().upper()[:3]
        action.payment_amount = _amount(timeline, settings, written.amount)
        return action
    action.fields = dict(_value(*one, timeline, settings) for one in written.fields.items())
    if written.created_on.strip():
        when = FieldValue(_("When"), FieldKind.DATE, written.created_on)
        on = timeline.wire(when, settings)
        zone = ZoneInfo(str(settings.get("timezone") or "Asia/Kolkata"))
        action.predated_at = datetime.strptime(on, "%d/%m/%Y %H:%M:%S").replace(tzinfo=zone)
    return action


def _amount(timeline: Timeline, settings: Mapping[str, Any], text: str) -> Decimal:
    """Return the amount of a payment. Raises NotInForm."""
    amount = Decimal(timeline.wire(FieldValue(_("Amount"), FieldKind.MONEY, text), settings))
    if amount >= MOST:
        raise NotInForm(_("The amount is too large. Write it in digits, like 5000."))
    if amount != amount.quantize(CENT):
        raise NotInForm(_("The amount has more than two decimals. Write it like 1500.50."))
    return amount


def _value(
    name: str, text: str, timeline: Timeline, settings: Mapping[str, Any]
) -> tuple[str, Any]:
    """Return API name and wire value of one field of an action. Raises NotInForm."""
    found = FIELD.fullmatch(name.strip())
    kind = (found[2] or FieldKind.TEXT).lower() if found else ""
    if found is None or kind not in timeline.kinds:
        words = _(
            "“%(name)s” is no field. Write its API name, and its type if it is no text: %(types)s."
        )
        raise NotInForm(words % {"name": name.strip()[:60], "types": ", ".join(timeline.kinds)})
    return found[1], timeline.wire(FieldValue(found[1], FieldKind(kind), text.strip()), settings)


@transaction.atomic
def keep(action: LeadAction, *, by: User | None) -> LeadAction:
    """Save a drafted action."""
    action.created_by = by
    action.save()
    audit.record("action.added", actor=by, target=action)
    return action


def write(
    lead: Lead,
    account: Account,
    written: Written,
    *,
    by: User | None,
    click_token: str,
    starts_in: float = 0,
    instead_of: LeadAction | None = None,
) -> Push:
    """Keep an action and plan its send, both once for each click; raises CannotSend.

    It is written `instead_of` one that was refused, which then needs nobody any more.
    """
    with transaction.atomic():
        planning_lock(lead.team)
        if known := planned(click_token):
            return known
        action = keep(drafted(lead, account, written), by=by)
        if instead_of:
            LeadAction.objects.filter(pk=instead_of.pk).update(deleted_at=clock.now())
        return planning.plan_actions(
            [action], account, by=by, click_token=click_token, starts_in=starts_in
        )
