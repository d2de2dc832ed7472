"""Provider accounts: connect, test, stop, release, change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from access.models import Account
from access.recheck import recently_confirmed
from access.requests import TeamRequest
from access.roles import Right, needs
from sync import accounts, levers, list_columns, map_form, pickers, providers
from sync.account_form import AccountForm, new_account
from sync.providers.answers import clean
from sync.providers.base import Provider


@needs(Right.SEE)
def index(request: TeamRequest) -> HttpResponse:
    """Every account the team may use, how each one does, and what can be connected."""
    rows = accounts.rows(Account.objects.usable_by(request.team).select_related("team"))
    context = {
        "rows": rows,
        "stopped": [row for row in rows if row.holds],
        "ending": [row for row in rows if row.ends and row.ends.warns],
        "cards": [_card(provider) for provider in providers.PROVIDERS.values()],
        "administrators": accounts.administrators(request.team),
    }
    return render(request, "access/accounts.html", context)


@needs(Right.SEE)
def show(request: TeamRequest, pk: int) -> HttpResponse:
    """One account: state, what stopped it, its public values."""
    row = accounts.rows([_usable(request, pk)])[0]
    provider = providers.get(row.account.provider)
    held = row.account.credentials
    values = [
        (known.label, "" if known.secret else held.get(known.key, ""), bool(held.get(known.key)))
        for known in provider.account_fields
    ]
    context = {
        "row": row,
        "account": row.account,
        "values": values,
        "address": row.account.base_url or provider.base_url,
        "proof": accounts.proof(provider),
        "has_columns": not list_columns.are_numbered(row.account.provider),
        "rules": map_form.in_words(row.account),
        "this_hour": accounts.requests_this_hour(row.account),
        "limit": accounts.limit(provider),
        "offers": list(pickers.offers(row.account)),
        "is_ours": row.account.team_id == request.team.pk,
        "administrators": accounts.administrators(request.team),
    }
    return render(request, "access/account.html", context)


@needs(Right.ACCOUNTS)
def choose(request: TeamRequest) -> HttpResponse:
    """Which provider to connect."""
    cards = [_card(provider) for provider in providers.PROVIDERS.values()]
    return render(request, "access/account_choose.html", {"cards": cards})


@sensitive_post_parameters()
@needs(Right.ACCOUNTS)
@recently_confirmed
def new(request: TeamRequest, slug: str) -> HttpResponse:
    """The form of one provider; saving tests at once."""
    if slug not in providers.PROVIDERS:
        raise Http404(slug)
    provider = providers.get(slug)
    return _edit(request, provider, new_account(request.team, provider))


@sensitive_post_parameters()
@needs(Right.ACCOUNTS)
@recently_confirmed
def edit(request: TeamRequest, pk: int) -> HttpResponse:
    """Other values for an account; a machine's stop ends when the new ones pass the test."""
    account = _ours(request, pk)
    return _edit(request, providers.get(account.provider), account)


def _edit(request: TeamRequest, provider: Provider, account: Account) -> HttpResponse:
    form = AccountForm(request.POST or None, provider=provider, account=account, by=request.user)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        _say(request, saved, accounts.test(saved))
        return redirect("sync:account", saved.pk)
    context = {
        "form": form,
        "provider": provider,
        "account": account,
        "proof": accounts.proof(provider),
    }
    status = 422 if form.errors else 200
    return render(request, "access/account_edit.html", context, status=status)


@needs(Right.ACCOUNTS)
@require_POST
def test(request: TeamRequest, pk: int) -> HttpResponse:
    """Ask the provider something harmless; the answer appears in the account's row."""
    account = _ours(request, pk)
    result = accounts.test(account)
    if request.htmx:
        context = {"row": accounts.rows([account])[0], "result": result, "may_change": True}
        return render(request, "access/_account_row.html", context)
    _say(request, account, result, release=False)
    return redirect("sync:account", pk)


@needs(Right.ACCOUNTS)
def columns(request: TeamRequest, pk: int) -> HttpResponse:
    """Which of our columns feeds which of the provider's fields."""
    account = _ours(request, pk)
    form = map_form.saved(account)
    if request.method == "POST":
        form = map_form.typed(account, request.POST)
        if form.is_valid:
            form.save(request.user)
            messages.success(request, _("Columns saved"))
            return redirect("sync:account_columns", pk)
    context = {
        "form": form,
        "account": account,
        "name": providers.get(account.provider).name,
        "kinds": map_form.KINDS.items(),
    }
    status = 200 if form.is_valid else 422
    return render(request, "access/account_columns.html", context, status=status)


@needs(Right.ACCOUNTS)
@require_POST
def stop(request: TeamRequest, pk: int) -> HttpResponse:
    """Let nothing more leave for this account."""
    account = _ours(request, pk)
    reason = clean(request.POST.get("reason", "").strip())[:200]
    levers.stop_account(account, request.user, reason or _("Stopped by hand"))
    messages.success(request, _("%(name)s is stopped") % {"name": account})
    return redirect("sync:account", pk)


@needs(Right.ACCOUNTS)
@require_POST
def release(request: TeamRequest, pk: int) -> HttpResponse:
    """Let the account go on; what waits goes by itself."""
    account = _ours(request, pk)
    levers.release_account(account, request.user)
    messages.success(request, _("%(name)s goes on") % {"name": account})
    return redirect("sync:account", pk)


def _say(
    request: TeamRequest, account: Account, result: accounts.TestResult, *, release: bool = True
) -> None:
    """Say what the test showed; where it passed, stops made by the machine are over."""
    if result.works is False:
        messages.error(request, result.words)
        return
    by_machine = account.holds.filter(released_at=None, by_label="")
    lifted = 0
    for hold in by_machine if release else ():
        lifted += levers.release_account(account, request.user, hold.credential)
    words = result.words
    if lifted:
        words += " " + ngettext("The stop is over.", "The stops are over.", lifted)
    level = messages.SUCCESS if result.works else messages.WARNING
    messages.add_message(request, level, words)


def _usable(request: TeamRequest, pk: int) -> Account:
    usable = Account.objects.visible_to(request.user).usable_by(request.team)
    return get_object_or_404(usable.select_related("team"), pk=pk)


def _ours(request: TeamRequest, pk: int) -> Account:
    """The account when it belongs to this team; a shared one is changed by its own team."""
    return get_object_or_404(request.team.accounts.select_related("team"), pk=pk)


def _card(provider: Provider) -> dict[str, Any]:
    needed = [known for known in provider.account_fields if known.required]
    return {
        "provider": provider,
        "needed": needed or list(provider.account_fields[:1]),
        "proof": accounts.proof(provider),
    }
