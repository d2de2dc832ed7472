"""Finding leads: what a filter means, and how a number or a name is looked up by index."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

import phonenumbers
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from access.models import Team
from leads import months, standing
from leads.models import Import, Lead, LeadList, LeadTag
from leads.words import with_words

STATES = (
    ("fix", _("To fix")),
    ("refused", _("Refused")),
    ("unsure", _("Not sure")),
    ("wait", _("Waiting")),
    ("given", _("Given, not confirmed")),
    ("at", _("At the provider")),
    ("none", _("Not sent")),
)
# What a month's report counts: at some account, refused and at none, at none.
REACHED = (
    ("reached", _("At a provider")),
    ("stuck", _("Refused everywhere")),
    ("nowhere", _("Not there yet")),
)
# The ledger's own words, as links from the pages of sends write them.
ALSO = {
    "delivered": "at",
    "accepted": "given",
    "waiting": "wait",
    "rejected": "refused",
    "uncertain": "unsure",
}
RARE = {"fix": ("refused", "unsure"), "refused": ("refused",), "unsure": ("unsure",)}
NUMBER = re.compile(r"[\d\s+().-]+")
SHORTEST_NUMBER = 3


@dataclass(frozen=True)
class LeadFilter:
    """The filter row of the leads page; every name is a parameter of the query string.

    Ids are text as typed ("" = any). `dnc` is "yes" or "no"; `gone` is "1" for deleted leads;
    `file` is an import. With a `month` (2026-11) the leads are those of the files imported in it;
    `list`, `source` and `who` (a user) then say which of these files, as in the month's report;
    `unnamed` is "source" or "who" for files without one. `plan` is "none" for leads at a provider
    that no campaign calls.
    """

    q: str = ""
    list: str = ""
    state: str = ""
    account: str = ""
    source: str = ""
    tag: str = ""
    dnc: str = ""
    file: str = ""
    gone: str = ""
    month: str = ""
    who: str = ""
    unnamed: str = ""
    plan: str = ""

    @classmethod
    def read(cls, query: QueryDict | str) -> LeadFilter:
        """Return the filter in a query string; ids that are no numbers are dropped."""
        given = QueryDict(query) if isinstance(query, str) else query
        values = {
            field.name: given.get(field.name, "").replace("\0", "").strip() for field in fields(cls)
        }
        for name in ("list", "account", "tag", "file", "who"):
            values[name] = values[name] if re.fullmatch(r"[0-9]{1,18}", values[name], re.A) else ""
        values["month"] = values["month"] if months.VALUE.fullmatch(values["month"]) else ""
        values["plan"] = "none" if values["plan"] == "none" else ""
        values["state"] = ALSO.get(values["state"], values["state"])
        return cls(**values)

    @property
    def query(self) -> str:
        """The shortest query string that means this filter."""
        return urlencode({f.name: v for f in fields(self) if (v := getattr(self, f.name))})

    def __bool__(self) -> bool:
        return bool(self.query)

    def apply(self, leads: QuerySet[Lead], team: Team) -> QuerySet[Lead]:
        """Return those of `team`'s `leads` the filter means.

        Written for SQLite's planner without statistics: given ORDER BY id and LIMIT it walks the
        team's newest leads rather than use a narrower index, so that index is made the only way.
        """
        leads = leads.filter(deleted_at__isnull=not self.gone, **self._plain())
        if month := months.Month.read(self.month, team):
            leads = leads.filter(team=team, origin__in=self.files(team, month).values("pk"))
        elif self.list:
            mine = LeadList.objects.filter(team=team, pk=int(self.list)).exists()
            leads = leads.filter(lead_list=int(self.list)) if mine else leads.none()
        else:
            leads = leads.filter(team=team)
        if self.tag:
            tagged = LeadTag.objects.filter(lead=OuterRef("pk"), tag=int(self.tag))
            leads = leads.filter(Exists(tagged))
        if self.account or self.state in dict(REACHED):
            leads = standing.desk().narrow(leads, int(self.account or 0), self.state)
        elif self.state in RARE:
            rare = Lead.objects.filter(team=team, push_state__in=RARE[self.state])
            leads = leads.filter(pk__in=rare.values("pk"))
        elif self.state:
            leads = leads.filter(push_state="" if self.state == "none" else self.state)
        if self.plan:
            leads = standing.desk().unplanned(leads, team)
        return find(leads, self.q, team) if self.q else leads

    def files(self, team: Team, month: months.Month) -> QuerySet[Import]:
        """Return the files of the month that are meant."""
        only: dict[str, Any] = {"source": self.source} if self.source else {}
        only |= {"lead_list": int(self.list)} if self.list else {}
        only |= {"created_by": int(self.who)} if self.who else {}
        if self.unnamed in ("source", "who"):
            only |= {"source": ""} if self.unnamed == "source" else {"created_by": None}
        return months.files(team, month, **only).order_by()

    def _plain(self) -> dict[str, Any]:
        """Conditions that are one column each."""
        plain: dict[str, Any] = {}
        if self.file:
            plain["origin"] = int(self.file)
        if self.source and not self.month:
            plain["source"] = self.source
        if self.dnc in ("yes", "no"):
            plain["do_not_call"] = self.dnc == "yes"
        return plain


def find(records: QuerySet[Any], text: str, team: Team) -> QuerySet[Any]:
    """Return the leads or contacts whose number starts or ends with `text`, or whose name has it.

    Numbers need at least three digits and are looked up by index; so are pieces of names.
    """
    digits = re.sub(r"\D", "", text)
    if NUMBER.fullmatch(text) and len(digits) >= SHORTEST_NUMBER:
        return records.filter(pk__in=by_number(records.model, digits, team))
    return with_words(records, text)


def by_number(model: type[Model], digits: str, team: Team) -> QuerySet[Any]:
    """Return the ids of records whose number starts or ends with `digits`, for a `pk__in`.

    With and without the country's code. Ranges, because Django's startswith is a LIKE that SQLite
    does not look up by index; a union, because it does not split an OR over two indexes either.
    """
    code = phonenumbers.country_code_for_region(team.country)
    bare = digits.lstrip("0")
    mine = model._default_manager.filter(team=team).order_by()
    reverse = digits[::-1]
    ends = mine.filter(phone_rev__gte=reverse, phone_rev__lt=f"{reverse}:")
    starts = [
        mine.filter(phone__gte=start, phone__lt=f"{start}:")
        for start in sorted({f"+{digits}", f"+{code}{bare}", f"+{bare}"})
    ]
    return ends.values("pk").union(*(rows.values("pk") for rows in starts))
