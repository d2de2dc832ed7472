"""Everything the team holds about one number: for the person who asks for it, and for erasing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from access import audit
from access.models import AuditEvent, Team, User
from leads.models import Contact, DoNotCall, Lead
from sync.models import DeliveryItem, LeadAction, Standing, State
from sync.pages import provider_name

REACHED = (State.DELIVERED, State.ACCEPTED, State.ALREADY_THERE, State.UNCERTAIN)


@dataclass(frozen=True)
class Holder:
    """An account whose provider has this person, and by which ids it knows them."""

    account: str
    provider: str
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        known = f" ({', '.join(self.ids)})" if self.ids else ""
        return f"{self.account}, {self.provider}{known}"


@dataclass(frozen=True)
class Person:
    """The records of one number in one team."""

    team: Team
    phone: str
    leads: list[Lead] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)

    @property
    def records(self) -> list[Lead | Contact]:
        """Leads and phone book entries together."""
        return [*self.leads, *self.contacts]

    @property
    def is_known(self) -> bool:
        """Whether there is any record of the number."""
        return bool(self.leads or self.contacts)

    @property
    def items(self) -> QuerySet[DeliveryItem]:
        """Every time one of the records, or an action of theirs, was to be sent."""
        mine = Q(lead__in=self.leads) | Q(contact__in=self.contacts)
        return DeliveryItem.objects.filter(mine | Q(action__lead__in=self.leads))

    @property
    def log(self) -> QuerySet[AuditEvent]:
        """The lines of the log that are about the records, or name the number or the person."""
        leads = [str(one.pk) for one in self.leads]
        contacts = [str(one.pk) for one in self.contacts]
        about = Q(target_kind="lead", target_id__in=leads)
        about |= Q(target_kind="contact", target_id__in=contacts)
        for name in self.full_names:
            for spelling in {name, json.dumps(name)[1:-1]}:  # SQLite keeps JSON in ASCII
                about |= Q(team_id=str(self.team.pk), text__icontains=spelling)
        events = AuditEvent.objects.annotate(text=Cast("details", TextField()))
        return events.filter(about).order_by("pk")

    @property
    def full_names(self) -> set[str]:
        """What names this person and hardly anybody else: number, full name, email."""
        found = {self.phone[-10:]}
        for one in self.records:
            found |= {one.email, str(one) if one.first_name and one.last_name else ""}
        return found - {""}

    def holders(self) -> list[Holder]:
        """The accounts whose providers hold a copy, with the ids to name there."""
        mine = Q(lead__in=self.leads) | Q(contact__in=self.contacts)
        there = Standing.objects.filter(mine, state__in=REACHED).select_related("account")
        accounts = {one.account_id: one.account for one in there.order_by("account__name")}
        sent = self.items.filter(state__in=REACHED).exclude(remote_id="")
        ids: dict[int, list[str]] = {}
        for account, remote in sent.values_list("delivery__account", "remote_id"):
            ids.setdefault(account, []).append(remote)
        return [
            Holder(one.name, provider_name(one.provider), tuple(dict.fromkeys(ids.get(pk, ()))))
            for pk, one in accounts.items()
        ]


def find(team: Team, phone: str) -> Person:
    """Return what `team` holds of `phone` (E.164), deleted records too."""
    leads = Lead.objects.filter(team=team, phone=phone).select_related("lead_list", "origin")
    contacts = Contact.objects.filter(team=team, phone=phone)
    return Person(team, phone, list(leads.order_by("pk")), list(contacts.order_by("pk")))


def take_out(team: Team, phone: str, *, by: User | None) -> dict[str, Any]:
    """Return everything about `phone` as JSON, and write down that it was taken out."""
    found = find(team, phone)
    # A number that was erased, or nobody has, does not come back through the log.
    known = phone if found.is_known else ""
    audit.record("person.taken_out", actor=by, team=team, phone=known)
    return as_json(found)


def as_json(person: Person) -> dict[str, Any]:
    """Return all of it as JSON can hold it, in words a person can read."""
    blocked = DoNotCall.objects.filter(team=person.team, phone=person.phone).first()
    return {
        "phone": person.phone,
        "team": person.team.name,
        "as_of": timezone.now().isoformat(timespec="seconds"),
        "leads": [_lead(one) for one in person.leads],
        "phone_book": [_columns(one, hidden=("team", "origin", "id")) for one in person.contacts],
        "do_not_call": _columns(blocked, hidden=("team", "id", "by")) if blocked else None,
        "actions": [
            _columns(one, hidden=("team", "lead", "id", "created_by"))
            for one in LeadAction.objects.filter(lead__in=person.leads).order_by("pk")
        ],
        "sent": [_sent(item) for item in _sent_items(person)],
        "log": [_line(event) for event in person.log],
        "held_by": [str(holder) for holder in person.holders()],
    }


def _sent_items(person: Person) -> QuerySet[DeliveryItem]:
    found = person.items.select_related("delivery__account").order_by("pk")
    return found.prefetch_related("delivery__attempts")


def _lead(lead: Lead) -> dict[str, Any]:
    found = _columns(lead, hidden=("team", "lead_list", "origin", "origin_row", "id", "phone_rev"))
    found["list"] = lead.lead_list.name
    found["tags"] = list(lead.tags.order_by("name").values_list("name", flat=True))
    if lead.origin:
        found["from_file"] = f"{lead.origin.file_name}, line {lead.origin_row}"
    return found


def _sent(item: DeliveryItem) -> dict[str, Any]:
    delivery = item.delivery
    tries = delivery.attempts.all()
    return {
        "account": delivery.account.name,
        "provider": provider_name(delivery.account.provider),
        "asked_at": _plain(delivery.created_at),
        "state": item.get_state_display(),
        "ended_at": _plain(item.ended_at),
        "id_at_provider": item.remote_id,
        "provider_said": item.quote or delivery.quote,
        "tries": [_plain(one.started_at) for one in sorted(tries, key=lambda one: one.number)],
    }


def _line(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": _plain(event.at), "by": event.actor_label, "what": event.kind,
        "details": event.details,
    }  # fmt: skip


def _columns(record: Model, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Return the filled columns of a record, by name."""
    names = [one.name for one in record._meta.concrete_fields if one.name not in hidden]
    values = {name: _plain(getattr(record, name)) for name in names}
    return {name: value for name, value in values.items() if value not in ("", None, {})}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value
