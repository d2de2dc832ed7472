"""What a file can be imported into: the fields of the rows, and which rows are the same one.

The engine (leads/importing) knows no model; a higher floor registers its own (campaigns: agents).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Team
from leads.lookups import unweighed
from leads.models import Contact, Import, Lead, LeadField, LeadList
from leads.spellings import (
    ALT_PHONE,
    COMPANY,
    EMAIL,
    FIRST_NAME,
    FULL_NAME,
    LAST_NAME,
    PHONE,
    WHATSAPP,
    spelled,
)


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field a column can go into.

    `kind`: text, name, phone, email, number, money, rating, date, website, tags, dropdown or
    full_name (split into first and last). `spellings` are how headers name it, in small letters.
    A key that is no phone fits `pattern` and is written like `looks_like`.
    """

    key: str
    label: str | Promise
    kind: str = "text"
    required: bool = False
    spellings: tuple[str, ...] = ()
    longest: int = 0
    looks_like: str = ""
    pattern: re.Pattern[str] | None = None

    @property
    def custom_key(self) -> str:
        """The key in Lead.custom, or nothing for a field of its own."""
        return self.key.partition(":")[2] if self.key.startswith("custom:") else ""


class Target(Protocol):
    """One kind of record that files are imported into."""

    kind: str
    model: type[Model]
    key: str  # the field by which two rows are the same record
    place: str  # the column that says where a record stands, "" when there is one place only

    def fields(self, team: Team) -> list[TargetField]:
        """Return the fields a column of this team can go into."""

    def open_place(self, record: Import) -> None:
        """Make what new rows stand in (the list), inside the first transaction that needs it."""

    def constants(self, record: Import) -> dict[str, Any]:
        """Return column -> value for what every new row of an import shares."""

    def found(self, record: Import) -> QuerySet[Any]:
        """Return the records that may be "already here" for an import, deleted ones among them."""

    def is_here(self, record: Import, place: int | None) -> bool:
        """Whether a record found in `place` stands exactly where the import would put it."""


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    """Make a target importable under its kind."""
    _targets[target.kind] = target


def target_of(kind: str) -> Target:
    """Return the target of a kind; raises KeyError for one nobody registered."""
    return _targets[kind]


NAMES = (
    TargetField("full_name", _("First and last name"), "full_name", spellings=FULL_NAME),
    TargetField("first_name", _("First name"), "name", spellings=FIRST_NAME, longest=100),
    TargetField("last_name", _("Last name"), "name", spellings=LAST_NAME, longest=100),
)

LEAD_FIELDS = (
    TargetField("phone", _("Phone"), "phone", required=True, spellings=PHONE),
    *NAMES,
    TargetField("email", _("Email"), "email", spellings=EMAIL, longest=254),
    TargetField("alt_phone", _("Alternate phone"), "phone", spellings=ALT_PHONE),
    TargetField("whatsapp", _("WhatsApp"), "phone", spellings=WHATSAPP),
    TargetField(
        "city",
        _("City"),
        spellings=spelled("city|town|location|district|शहर|नगर|जिला|स्थान"),
        longest=100,
    ),
    TargetField(
        "address",
        _("Address"),
        spellings=spelled("address|street|street address|full address|area|locality|पता|क्षेत्र"),
        longest=300,
    ),
    TargetField("country", _("Country"), spellings=spelled("country|nation|देश"), longest=60),
    TargetField("company", _("Company"), spellings=COMPANY, longest=150),
    TargetField(
        "comment",
        _("Comment"),
        spellings=spelled(
            "comment|comments|note|notes|remark|remarks|message|description|query|requirement|"
            "enquiry|inquiry|टिप्पणी|नोट|विवरण|संदेश"
        ),
    ),
    TargetField(
        "status",
        _("Status"),
        spellings=spelled("status|lead status|stage|lead stage|disposition|स्थिति"),
        longest=60,
    ),
    TargetField(
        "rating", _("Rating"), "rating", spellings=spelled("rating|stars|lead rating|रेटिंग")
    ),
    TargetField(
        "assignee",
        _("Assigned to"),
        "email",
        spellings=spelled("assignee|assigned to|owner|lead owner|agent email"),
        longest=254,
    ),
    TargetField("tags", _("Tags"), "tags", spellings=spelled("tags|tag|labels|label|टैग")),
    TargetField(
        "source",
        _("Source"),
        spellings=spelled(
            "source|lead source|utm_source|channel|platform|medium|campaign source|स्रोत"
        ),
        longest=100,
    ),
    TargetField(
        "consent_source",
        _("Consent from"),
        spellings=spelled("consent from|consent source|consent"),
        longest=100,
    ),
    TargetField(
        "consent_at", _("Consent on"), "date", spellings=spelled("consent on|consent date")
    ),
)

CONTACT_FIELDS = (
    TargetField("phone", _("Phone"), "phone", required=True, spellings=PHONE),
    *NAMES,
    TargetField("email", _("Email"), "email", spellings=EMAIL, longest=254),
    TargetField("company", _("Company"), spellings=COMPANY, longest=150),
    TargetField(
        "job_title",
        _("Job title"),
        spellings=spelled("job title|title|designation|position|role|पद|पदनाम"),
        longest=100,
    ),
)


class LeadTarget:
    """Leads of one list; a number stands once in a list, always."""

    kind: str = Import.Kind.LEADS
    model: type[Model] = Lead
    key = "phone"
    place = "lead_list_id"

    def fields(self, team: Team) -> list[TargetField]:
        """Return the lead's own fields, then the team's custom columns."""
        own = LeadField.objects.filter(team=team)
        return [*LEAD_FIELDS, *(custom_field(f.key, f.label, f.kind) for f in own)]

    def open_place(self, record: Import) -> None:
        """Find the list by its name or make it, and the custom columns the mapping adds."""
        for position, (key, field) in enumerate(record.options.get("new_fields", {}).items(), 100):
            LeadField.objects.get_or_create(
                team_id=record.team_id, key=key, defaults={**field, "position": position}
            )
        wanted = record.options.get("provider_settings") or {}
        if record.lead_list_id:
            LeadTarget._tell(record.lead_list, wanted)
            return
        made: dict[str, Any] = {"source": record.source, "created_by": record.created_by}
        made["country"] = record.options.get("country") or record.team.country
        record.lead_list, new = LeadList.objects.get_or_create(
            team_id=record.team_id,
            name=_list_name(record),
            deleted_at=None,
            defaults=made,
        )
        record.options["made_list"] = new
        LeadTarget._tell(record.lead_list, wanted)

    @staticmethod
    def _tell(lead_list: LeadList | None, wanted: dict[str, str]) -> None:
        """Keep on the list what a provider must know of it."""
        if lead_list and wanted:
            lead_list.provider_settings = {**lead_list.provider_settings, **wanted}
            lead_list.save(update_fields=["provider_settings"])

    def constants(self, record: Import) -> dict[str, Any]:
        """Return team, list and origin."""
        return {
            "team_id": record.team_id,
            "lead_list_id": record.lead_list_id,
            "origin_id": record.pk,
            "source": record.source,
        }

    def found(self, record: Import) -> QuerySet[Any]:
        """Return the team's leads, deleted ones too, with the list as their place."""
        return Lead.objects.filter(team_id=unweighed(record.team_id))

    def is_here(self, record: Import, place: int | None) -> bool:
        """Whether the lead found stands in the import's list."""
        return place is not None and place == record.lead_list_id


def _list_name(record: Import) -> str:
    return record.list_name or Path(record.file_name).stem[:100]


def named_list(record: Import) -> LeadList | None:
    """Return the list an import names, where it is there by now: another file may have made it."""
    lists = LeadList.objects.filter(team_id=record.team_id, deleted_at=None)
    return lists.filter(name=_list_name(record)).first()


class ContactTarget:
    """The team's TeleCMI phone book; a number stands once in it."""

    kind: str = Import.Kind.CONTACTS
    model: type[Model] = Contact
    key = "phone"
    place = ""

    def open_place(self, record: Import) -> None:
        """The phone book is always there."""

    def fields(self, team: Team) -> list[TargetField]:
        """Return the fields of seed 001."""
        return list(CONTACT_FIELDS)

    def constants(self, record: Import) -> dict[str, Any]:
        """Return team and origin."""
        return {"team_id": record.team_id, "origin_id": record.pk}

    def found(self, record: Import) -> QuerySet[Any]:
        """Return the team's live contacts."""
        return Contact.objects.filter(team_id=unweighed(record.team_id), deleted_at=None)

    def is_here(self, record: Import, place: int | None) -> bool:
        """A contact found is always in the one phone book."""
        return True


def custom_field(key: str, label: str, kind: str) -> TargetField:
    """Return a team's own column as a target field."""
    return TargetField(f"custom:{key}", label, kind, spellings=(label.lower(), key.lower()))


register(LeadTarget())
register(ContactTarget())
