"""The second step: its code at sign-in, and setting it up, renewing its codes, turning it off."""

from __future__ import annotations

from typing import Any

import django_otp
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from access import entering, qr, recheck, second_factor
from access.forms import CodeForm
from access.requests import TeamRequest
from access.views import onward

PAGE = "access/second_factor.html"


@sensitive_post_parameters("code")
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The code after the password or the link; without either, back to sign-in."""
    person = entering.who_waits(request)
    if person is None:
        return redirect("access:sign_in")
    form = CodeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            if second_factor.accepts(person, form.cleaned_data["code"]):
                return entering.enter_with_code(request, person)
            form.refuse()
    except second_factor.Locked:
        return locked(request)
    return render(request, "access/code.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("code")
@never_cache
@login_required
def once_more(request: TeamRequest) -> HttpResponse:
    """The code again before secrets, whole lists and decisions (access/recheck.py)."""
    form = CodeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            if second_factor.accepts(request.user, form.cleaned_data["code"]):
                recheck.note(request)
                return redirect(onward(request))
            form.refuse()
    except second_factor.Locked:
        return locked(request)
    context = {"form": form, "next": onward(request)}
    return render(request, "access/recheck.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("code")
@never_cache
@login_required
def second_step(request: TeamRequest) -> HttpResponse:
    """The second step of the person reading: one page, one verb at a time."""
    verb = VERBS.get(request.POST.get("verb", ""))
    if request.method == "POST" and verb:
        try:
            return verb(request)
        except second_factor.Locked:
            return locked(request)
    return show(request, CodeForm())


def show(request: TeamRequest, form: CodeForm, codes: list[str] | None = None) -> HttpResponse:
    """The page: off, being set up (with its picture), or on; `codes` are shown this once."""
    device = second_factor.of(request.user)
    pending = None if device else second_factor.pending_of(request.user)
    context: dict[str, Any] = {
        "form": form,
        "device": device,
        "codes": codes,
        "required": second_factor.is_required(request.user),
    }
    if device:
        context["left"] = second_factor.codes_left(request.user)
    if pending:
        context["picture"] = qr.draw(second_factor.address(pending))
        context["key"] = second_factor.text_key(pending)
    return render(request, PAGE, context, status=422 if form.errors else 200)


def locked(request: HttpRequest) -> HttpResponse:
    """Too many wrong codes."""
    return render(request, "access/locked_out.html", {"second_step": True}, status=429)


def _begin(request: TeamRequest) -> HttpResponse:
    second_factor.begin(request.user)
    return redirect("access:second_step")


def _confirm(request: TeamRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    codes = None
    if form.is_valid():
        codes = second_factor.confirm(request.user, form.cleaned_data["code"])
        if codes is None:
            form.refuse()
    if codes:
        update_session_auth_hash(request, request.user)
        django_otp.login(request, second_factor.of(request.user))
        recheck.note(request)
    return show(request, form if codes is None else CodeForm(), codes)


def _codes(request: TeamRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if not _is_right(request, form):
        return show(request, form)
    return show(request, CodeForm(), second_factor.new_codes(request.user))


def _off(request: TeamRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if second_factor.is_required(request.user):
        messages.error(request, _("Administrators here need the second step. It stays on."))
        return redirect("access:second_step")
    if not _is_right(request, form):
        return show(request, form)
    second_factor.remove(request.user, by=request.user, team=request.team)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Second step turned off"))
    return redirect("access:profile")


def _is_right(request: TeamRequest, form: CodeForm) -> bool:
    if form.is_valid() and second_factor.accepts(request.user, form.cleaned_data["code"]):
        return True
    if form.is_valid():
        form.refuse()
    return False


VERBS = {"begin": _begin, "confirm": _confirm, "codes": _codes, "off": _off}
