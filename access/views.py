"""Signing in and out, and what a person sets for themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from access import links, second_factor
from access.audit import record
from access.entering import enter
from access.forms import ProfileForm, SignInForm
from access.middleware import SESSION_KEY
from access.models import Team
from access.requests import TeamRequest, our_page


def onward(request: HttpRequest) -> str:
    """Where to go after signing in or switching: a page of this site, never another host."""
    wish = request.POST.get("next") or request.GET.get("next", "")
    return our_page(request, wish) or resolve_url(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; django-axes counts the failures."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return enter(request, form.get_user(), onward(request), by="password")
    status = 422 if form.errors else 200
    return render(
        request, "access/sign_in.html", {"form": form, "next": onward(request)}, status=status
    )


@never_cache
def one_time(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: opening it shows a button, pressing the button signs in."""
    if request.method != "POST":
        person = links.owner(token)
        return render(
            request, "access/one_time.html", {"person": person}, status=200 if person else 410
        )
    person = links.redeem(token)
    if person is None:
        return render(request, "access/one_time.html", {"person": None}, status=410)
    page = "today" if person.has_usable_password() else "access:password"
    return enter(request, person, resolve_url(page), by="link")


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin has no sign-in of its own, which would know no second step."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("access:sign_in")


@login_required
@require_POST
def sign_out_elsewhere(request: TeamRequest) -> HttpResponse:
    """End every other session of the person: a lost laptop, a shared computer."""
    with transaction.atomic():
        request.user.end_sessions()
        record("person.signed_out_elsewhere", actor=request.user, target=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Signed out everywhere else"))
    return redirect("access:profile")


@login_required
@require_POST
def switch_team(request: TeamRequest) -> HttpResponse:
    """Work in another of one's teams from now on."""
    wish = request.POST.get("team", "")
    team = get_object_or_404(
        Team.objects.visible_to(request.user), pk=wish if wish.isdecimal() else 0
    )
    request.session[SESSION_KEY] = team.pk
    return redirect("today")


@login_required
def settings_index(request: TeamRequest) -> HttpResponse:
    """Every place of Settings with what it is for; on phones also the rest of the navigation."""
    return render(request, "access/settings.html")


@login_required
def profile(request: TeamRequest) -> HttpResponse:
    """Name, colours, language and shortcuts of the person reading."""
    initial = {"language": request.LANGUAGE_CODE}
    form = ProfileForm(request.POST or None, instance=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved"))
        answer = redirect("access:profile")
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return answer
    status = 422 if form.errors else 200
    context = {"form": form, "second_step": second_factor.of(request.user)}
    return render(request, "access/profile.html", context, status=status)


@sensitive_post_parameters()
@login_required
def password(request: TeamRequest) -> HttpResponse:
    """A new password; the old one is asked for, unless there is none yet."""
    kind = PasswordChangeForm if request.user.has_usable_password() else SetPasswordForm
    form = kind(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = form.save()
            record("person.changed_password", actor=request.user, target=request.user)
        update_session_auth_hash(request, person)
        messages.success(request, _("Password saved"))
        return redirect("today")
    status = 422 if form.errors else 200
    return render(request, "access/password.html", {"form": form}, status=status)
