"""A person's rights over their data: everything about one number as a file, and erasing it."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.recheck import recently_confirmed
from access.requests import TeamRequest
from access.roles import Right, needs
from leads.views.numbers import e164_of
from sync import erasing, person


@needs(Right.TEAM)
@require_safe
@recently_confirmed
def everything(request: TeamRequest, phone: str) -> HttpResponse:
    """Everything the team holds about a number, as a file."""
    e164 = e164_of(phone, request.team.country)
    found = person.take_out(request.team, e164, by=request.user)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"person-{e164.lstrip('+')}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@needs(Right.TEAM)
@recently_confirmed
def erase(request: TeamRequest, phone: str) -> HttpResponse:
    """Ask, with what goes and who keeps a copy (GET); erase and say the same once more (POST)."""
    found = person.find(request.team, e164_of(phone, request.team.country))
    context = {"person": found, "holders": found.holders(), "sent": found.items.count()}
    status = 200
    if request.method == "POST":
        try:
            context["done"] = erasing.erase(request.team, found.phone, by=request.user)
        except erasing.NotYet as trouble:
            context["trouble"], status = str(trouble), 409
    return render(request, "sync/person_erase.html", context, status=status)
