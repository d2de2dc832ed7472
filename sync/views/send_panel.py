"""The panel beside a list: what sending it would do, before anything leaves."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from access.models import Account, Team
from access.requests import TeamRequest
from access.roles import Right, needs
from leads.models import LeadList
from sync import eta, next_part, partial, providers, remembered
from sync.forecasting import Forecast
from sync.forecasting import forecast as forecast_of
from sync.models import NextPart
from sync.pages import endpoint_for, figure, provider_name, span
from sync.pages_marks import tallies
from sync.providers.base import RecordKind
from sync.selecting import why_nothing
from sync.send_form import SendForm
from sync.views.found import list_of

FEW = 5


def panel(
    request: TeamRequest, lead_list: LeadList, form: SendForm | None = None, trouble: str = ""
) -> dict[str, Any]:
    """Return what the panel shows; `trouble` says why the last press of the button did nothing."""
    accounts = accounts_for(request.team)
    account = form.to if form else _chosen(request, lead_list, accounts)
    if account is None:
        return {"panel": True, "accounts": accounts, "lead_list": lead_list}
    form = form or SendForm(lead_list, account, initial=_asked(request))
    values = request.POST or request.GET
    first, parts = _first(values), _parts(values)
    forecast = _forecast(lead_list, account)
    shown = forecast.of(first, parts)
    return _full(lead_list, account, forecast) | {
        "panel": True,
        "accounts": accounts,
        "account": account,
        "lead_list": lead_list,
        "form": form,
        "click": uuid.uuid4().hex,
        "forecast": forecast,
        "few": first or min(FEW, max(forecast.records, 1)),
        "parts": values.get("parts", "") or "1",
        "what": values.get("what") if first or values.get("what") == "parts" else "all",
        "sentence": sentence(shown, account),
        "hint": hint(shown, lead_list, account),
        "trouble": trouble,
    }


def _full(lead_list: LeadList, account: Account, forecast: Forecast) -> dict[str, Any]:
    """What the panel says of full parts: how large one is, and whether one is waited for."""
    size = next_part.size_at(account)
    some = {"size": figure(size), "n": figure(forecast.records)}
    some["name"] = provider_name(account.provider)
    so_far = ngettext("%(n)s waits so far.", "%(n)s wait so far.", forecast.records) % some
    return {
        "size": size,
        "may_wait": forecast.records < size,
        "awaited": NextPart.objects.filter(account=account, lead_list=lead_list).first(),
        "groups": forecast.requests if size else 0,
        "full_sentence": _("Once %(size)s leads wait, they become one more %(name)s list.") % some,
        "full_hint": _("Nothing goes now. %(so_far)s It happens once, by itself.")
        % {"so_far": so_far},
    }


def accounts_for(team: Team) -> list[Account]:
    """Return the accounts of a team that take leads, in the order the providers are known."""
    order = list(providers.PROVIDERS)
    usable = Account.objects.usable_by(team).order_by("name")
    found = [one for one in usable if endpoint_for(one.provider, RecordKind.LEAD)]
    return sorted(found, key=lambda one: order.index(one.provider))


def _chosen(request: TeamRequest, lead_list: LeadList, accounts: list[Account]) -> Account | None:
    """The account asked for; else one that has part of the list, else the first that lacks it."""
    asked = request.GET.get("account", "")
    found = next((one for one in accounts if str(one.pk) == asked), None)
    if found or not accounts:
        return found
    counted = {to: tally for (_pk, to), tally in tallies([lead_list.pk]).items()}
    ready = [
        one
        for one in accounts
        if one.pk not in counted or counted[one.pk].spoken_for < lead_list.lead_count
    ]
    known = [one for one in ready if one.pk in counted]
    return [*known, *ready, *accounts][0]


def _forecast(lead_list: LeadList, account: Account) -> Forecast:
    """What sending would do; remembered for a very long list."""
    fingerprint = remembered.large([lead_list.pk]).get(lead_list.pk)
    if fingerprint is None:
        return forecast_of(lead_list, account)
    key = ("forecast", lead_list.pk, account.pk)
    return remembered.recall(key, fingerprint, lambda: forecast_of(lead_list, account))


def _asked(request: TeamRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.GET.items() if key in ("when", "at")}


def _first(values: QueryDict) -> int | None:
    text = values.get("first", "")
    return int(text) if values.get("what") == "first" and text.isdecimal() and text != "0" else None


def _parts(values: QueryDict) -> list[int]:
    text = values.get("parts", "") if values.get("what") == "parts" else ""
    return partial.read_parts(text) or [] if text else []


def sentence(forecast: Forecast, account: Account) -> str:
    """Return what sending would make: "71 leads become one more TeleCMI list." """
    name = provider_name(account.provider)
    leads = ngettext("%(n)s lead", "%(n)s leads", forecast.records) % {
        "n": figure(forecast.records)
    }
    if not forecast.records:
        return ""
    endpoint = endpoint_for(account.provider, RecordKind.LEAD)
    if endpoint and endpoint.groups:
        lists = ngettext("one %(name)s list", "%(n)s %(name)s lists", forecast.requests)
        plans = ngettext("one campaign", "%(n)s campaigns", forecast.requests)
        many = {"name": name, "n": figure(forecast.requests)}
        return _("%(leads)s become %(lists)s and need %(plans)s.") % {
            "leads": leads,
            "lists": lists % many,
            "plans": plans % many,
        }
    if endpoint and endpoint.batch_size == 1:
        return _("%(leads)s go to %(name)s one by one.") % {"leads": leads, "name": name}
    times = ngettext("one request", "%(n)s requests", forecast.requests)
    return _("%(leads)s go to %(name)s in %(times)s.") % {
        "leads": leads,
        "name": name,
        "times": times % {"n": figure(forecast.requests)},
    }


def hint(forecast: Forecast, lead_list: LeadList, account: Account) -> str:
    """Return how long it takes and why, what stays behind, and what cannot be undone."""
    if not forecast.records:
        return str(why_nothing(lead_list, account))
    end = eta.before(account, forecast.records, endpoint_for(account.provider, RecordKind.LEAD))
    took = span(end.seconds or 0)
    said = [_("It takes %(time)s, %(why)s.") % {"time": took, "why": end.why}]
    if forecast.do_not_call:
        stays = ngettext(
            "%(n)s lead marked do not call stays here.",
            "%(n)s leads marked do not call stay here.",
            forecast.do_not_call,
        )
        said.append(stays % {"n": figure(forecast.do_not_call)})
    name = provider_name(account.provider)
    said.append(
        _("You have 10 seconds to cancel; what %(name)s has then cannot be taken back from here.")
        % {"name": name}
    )
    return " ".join(said)


@needs(Right.SEND)
@require_safe
def show(request: TeamRequest, pk: int) -> HttpResponse:
    """The panel for another account, or only its sentence for another number of leads."""
    lead_list = list_of(request, pk)
    only = request.htmx.target == "send-sentence"
    template = "sync/_send_sentence.html" if only else "sync/_send_panel.html"
    return render(request, template, panel(request, lead_list))
