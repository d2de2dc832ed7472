"""Search from anywhere: pages, lists, campaigns, accounts, leads, phone book."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Account, Team
from access.roles import Right
from campaigns.models import Campaign
from leads.models import Contact, Lead, LeadList
from leads.searching import find
from leads.templatetags.phone import spaced
from sync import providers
from telecrm_admin.templatetags.shell import PLACES, SETTINGS, address

MOST = 6  # hits a group; the page behind it has the rest
SHORTEST = 2

ACTIONS = (
    ("leads:import_new", gettext_lazy("Import a file"), Right.IMPORT),
    ("leads:list_new", gettext_lazy("New list"), Right.IMPORT),
    ("campaigns:new", gettext_lazy("New campaign"), Right.SEND),
    ("sync:account_choose", gettext_lazy("Connect an account"), Right.ACCOUNTS),
    ("access:invite", gettext_lazy("Invite a person"), Right.TEAM),
    ("access:password", gettext_lazy("Change password"), Right.SEE),
)


@dataclass(frozen=True)
class Hit:
    """One result: where it leads, what it is called, what stands beside it."""

    url: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Results of one kind."""

    title: str
    hits: list[Hit]


def search(team: Team, text: str, rights: Container[Right]) -> list[Group]:
    """Return what `text` finds in `team`, most likely kind first; empty groups are left out.

    Of the actions only those the reader's `rights` allow.
    """
    text = text.strip()[:100]
    if len(text) < SHORTEST:
        return [Group(_("Pages"), pages("", rights))]
    found = [
        Group(_("Leads"), _leads(team, text)),
        Group(_("Lists"), _lists(team, text)),
        Group(_("Campaigns"), _campaigns(team, text)),
        Group(_("TeleCMI phone book"), _contacts(team, text)),
        Group(_("Accounts"), _accounts(team, text)),
        Group(_("Pages"), pages(text, rights)),
    ]
    return [group for group in found if group.hits]


def pages(text: str, rights: Container[Right]) -> list[Hit]:
    """Return pages, and actions that `rights` allow, whose name has `text`."""
    known = [(place.url_name, place.word) for place in PLACES]
    known += [(name, word) for name, word, _about in SETTINGS]
    known += [(name, word) for name, word, right in ACTIONS if right in rights]
    wanted = text.casefold()
    return [
        Hit(url, str(word))
        for name, word in known
        if wanted in str(word).casefold() and (url := address(name))
    ]


def _leads(team: Team, text: str) -> list[Hit]:
    leads = Lead.objects.filter(team=team, deleted_at=None).select_related("lead_list")
    found = find(leads, text, team)
    hits = _hits("leads:lead", found, lambda one: f"{spaced(one.phone)}, {one.lead_list}")
    if len(hits) == MOST:
        query = urlencode({"q": text})
        hits.append(Hit(f"{reverse('leads:leads')}?{query}", _("All leads that match")))
    return hits


def _lists(team: Team, text: str) -> list[Hit]:
    lists = LeadList.objects.filter(team=team, deleted_at=None, name__icontains=text)
    return _hits("leads:list", lists, lambda one: one.source)


def _campaigns(team: Team, text: str) -> list[Hit]:
    campaigns = Campaign.objects.filter(team=team, deleted_at=None, name__icontains=text)
    return _hits("campaigns:campaign", campaigns, lambda one: one.get_state_display())


def _contacts(team: Team, text: str) -> list[Hit]:
    contacts = Contact.objects.filter(team=team, deleted_at=None)
    return _hits("leads:contact", find(contacts, text, team), lambda one: spaced(one.phone))


def _accounts(team: Team, text: str) -> list[Hit]:
    accounts = Account.objects.usable_by(team).filter(name__icontains=text)
    names = dict(providers.choices())
    return _hits("sync:account", accounts, lambda one: names.get(one.provider, ""))


def _hits(url_name: str, rows: QuerySet[Any], note: Callable[[Any], str]) -> list[Hit]:
    try:
        reverse(url_name, args=[0])
    except NoReverseMatch:
        return []
    return [Hit(reverse(url_name, args=[row.pk]), str(row), str(note(row))) for row in rows[:MOST]]
