"""Reading agents, lists and workspaces from a provider, by a person's click."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest, our_page
from access.roles import Right, needs
from sync import pickers


def _account(request: TeamRequest, pk: int) -> Account:
    usable = Account.objects.visible_to(request.user).usable_by(request.team)
    return get_object_or_404(usable.select_related("team"), pk=pk)


def _back(request: TeamRequest, otherwise: str, *args: int) -> HttpResponse:
    """Return to the page that asked, if it is one of ours."""
    asked = our_page(request, request.POST.get("next", ""))
    return redirect(asked) if asked else redirect(otherwise, *args)


@needs(Right.SEND)
@require_POST
def agents(request: TeamRequest, pk: int) -> HttpResponse:
    """Enter the agents that the dialer account has."""
    account = _account(request, pk)
    try:
        found = pickers.fetch_agents(account, by=request.user, team=request.team)
    except pickers.CannotFetch as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _agents_words(found))
    return _back(request, "campaigns:agents")


def _agents_words(found: pickers.FetchedAgents) -> str:
    counts = {"found": found.found, "added": found.added, "changed": found.changed}
    words = _("%(found)s agents read: %(added)s new, %(changed)s changed.") % counts
    if found.missing:
        named = ", ".join(found.missing[:5])
        words += " " + ngettext(
            "%(n)s is here but not there: %(names)s.",
            "%(n)s are here but not there: %(names)s.",
            len(found.missing),
        ) % {"n": len(found.missing), "names": named}
    if not found.whole:
        words += " " + _("There are more: fetch again.")
    return words


@needs(Right.SEND)
@require_POST
def lists(request: TeamRequest, pk: int) -> HttpResponse:
    """Read the lead lists that the account has."""
    account = _account(request, pk)
    try:
        found = pickers.fetch_lists(account, by=request.user)
    except pickers.CannotFetch as trouble:
        messages.error(request, str(trouble))
    else:
        words = ngettext("%(n)s list read", "%(n)s lists read", len(found)) % {"n": len(found)}
        messages.success(request, words)
    return _back(request, "sync:account", pk)


@needs(Right.SEND)
@require_POST
def workspace(request: TeamRequest, pk: int) -> HttpResponse:
    """Read fields, labels and actions of the workspace."""
    account = _account(request, pk)
    try:
        found = pickers.fetch_workspace(account, by=request.user)
    except pickers.CannotFetch as trouble:
        messages.error(request, str(trouble))
    else:
        counts = {key: len(found.get(key) or ()) for key in ("kinds", "statuses", "actions")}
        words = _("%(kinds)s fields, %(statuses)s statuses and %(actions)s actions read")
        messages.success(request, words % counts)
    return _back(request, "sync:account", pk)
