"""What stands around every page: the sidebar, the phone bar, the theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team
from access.roles import rights_of

register = template.Library()

MOST_TEAMS = 50  # a menu, not a table; the admin lists more


@dataclass(frozen=True)
class Place:
    """One entry of the sidebar: where it leads, and which addresses belong to it."""

    url_name: str
    word: str | Promise
    icon: str
    paths: tuple[str, ...]
    key: str  # pressed after "g"
    on_phone: bool = False


PLACES = (
    Place("today", _("Today"), "home", ("/start/",), "t", on_phone=True),
    Place("leads:lists", _("Lists"), "queue-list", ("/lists/", "/imports/"), "l", on_phone=True),
    Place("leads:leads", _("Leads"), "users", ("/leads/", "/numbers/", "/contacts/"), "e"),
    Place("campaigns:campaigns", _("Campaigns"), "phone-arrow-up-right", ("/campaigns/",), "c"),
    Place("problems", _("To fix"), "wrench", ("/problems/",), "f", on_phone=True),
    Place("sync:sent", _("Sent"), "paper-airplane", ("/sent/",), "s"),
    Place("reports", _("Reports"), "chart-bar", ("/reports/",), "r"),
    Place(
        "access:settings",
        _("Settings"),
        "cog-6-tooth",
        ("/settings/", "/accounts/", "/team/", "/agents/", "/donotcall/", "/activity/", "/me/"),
        "o",
    ),
)

SETTINGS = (
    ("sync:accounts", _("Accounts"), _("TeleCMI, Telecrm and Smartflo: connect, test, stop.")),
    ("access:team", _("Team"), _("Who works here and what they may do.")),
    ("campaigns:agents", _("Agents"), _("Who takes the calls, and who has left.")),
    ("leads:donotcall", _("Do not call"), _("Numbers that are never sent.")),
    ("leads:fields", _("Lead fields"), _("Your own columns and their types.")),
    ("activity", _("Activity"), _("Who did what, and when.")),
    ("access:profile", _("You"), _("Look, language, shortcuts, password, sign out.")),
)


def address(url_name: str) -> str | None:
    """The address of a page without arguments, or None while no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _is_here(place: Place, url: str, path: str) -> bool:
    return path == url or path.startswith(place.paths)


@register.simple_tag(takes_context=True)
def places(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The sidebar's entries whose pages exist; the one the reader is in has ``here``."""
    request: HttpRequest | None = context.get("request")
    if not getattr(_reader(context), "is_authenticated", False):
        return []
    path = request.path if request else ""
    found = []
    for place in PLACES:
        url = address(place.url_name)
        if url:
            found.append({"url": url, "here": _is_here(place, url, path), "place": place})
    return found


@register.simple_tag(takes_context=True)
def settings_places(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The tabs of Settings whose pages exist: url, word, what it is for, ``here``."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    return [
        {"url": url, "word": word, "about": about, "here": path.startswith(url)}
        for url_name, word, about in SETTINGS
        if (url := address(url_name))
    ]


@register.simple_tag
def url_or_nothing(url_name: str) -> str:
    """The address of a page that another app may or may not have; "" when it has not."""
    return address(url_name) or ""


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """``light`` or ``dark`` when the reader chose one, "" to follow the system."""
    return str(getattr(_reader(context), "theme", ""))


@register.simple_tag(takes_context=True)
def shortcuts_are_off(context: dict[str, Any]) -> bool:
    """Whether the reader switched single-key shortcuts off (WCAG 2.1.4)."""
    return bool(getattr(_reader(context), "shortcuts_off", False))


@register.simple_tag(takes_context=True)
def teams(context: dict[str, Any]) -> list[Team]:
    """The reader's teams, each with ``practice``: its accounts are imitations."""
    reader = _reader(context)
    if reader is None or not reader.is_authenticated:
        return []
    practice = Account.objects.filter(team=OuterRef("pk"), is_practice=True)
    found = Team.objects.visible_to(reader).annotate(practice=Exists(practice))
    return list(found.order_by("name")[:MOST_TEAMS])


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], right: str) -> bool:
    """Whether the reader has ``right`` (see, edit, import, send, ...) in the current team."""
    reader = _reader(context)
    if reader is None:
        return False
    request = context["request"]
    if "known_rights" not in request.__dict__:
        request.known_rights = rights_of(reader, request.team)
    return right in request.known_rights


def _reader(context: dict[str, Any]) -> Any:
    return getattr(context.get("request"), "user", None)


@register.filter
def initials(name: str) -> str:
    """Two letters for a crest or a face: "Saarthi Home Finance" -> "SH"."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:2].upper()
    return (words[0][0] + words[1][0]).upper()
