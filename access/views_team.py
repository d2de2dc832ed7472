"""The people of a team: roles, invitations and one-time links."""

from __future__ import annotations

import phonenumbers
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access import people
from access.forms import InviteForm
from access.models import Authenticator, Membership, User
from access.requests import TeamRequest
from access.roles import Right, Role, needs

NEW_LINK = "new_link"  # shown once, then taken out of the session


@needs(Right.SEE)
def team(request: TeamRequest) -> HttpResponse:
    """Everybody in the team, their role, and the link just made."""
    app = Authenticator.objects.filter(user=OuterRef("user"), confirmed=True)
    members = (
        request.team.memberships.select_related("user")
        .annotate(second_step=Exists(app))
        .order_by("user__first_name", "user__username")
    )
    context = {
        "members": members,
        "roles": Role.choices,
        "dial": f"+{phonenumbers.country_code_for_region(request.team.country)}",
        "new_link": request.session.pop(NEW_LINK, None),
    }
    return render(request, "access/team.html", context)


@needs(Right.TEAM)
def invite(request: TeamRequest) -> HttpResponse:
    """Add a person and hand out their first sign-in link."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, token = people.invite(request.team, by=request.user, **form.cleaned_data)
        except people.Refused as refusal:
            form.add_error("username", str(refusal))
        else:
            _show_link(request, person, token)
            return redirect("access:team")
    return render(request, "access/invite.html", {"form": form}, status=422 if form.errors else 200)


@needs(Right.TEAM)
@require_POST
def change(request: TeamRequest, pk: int) -> HttpResponse:
    """One verb on one member: ``role``, ``link``, ``second_step`` (reset) or ``remove``."""
    member = get_object_or_404(request.team.memberships.select_related("user", "team"), pk=pk)
    verb = request.POST.get("verb", "")
    try:
        VERBS.get(verb, _unknown)(request, member)
    except people.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("access:team")


def _role(request: TeamRequest, member: Membership) -> None:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise people.Refused(_("Choose one of the roles in the list."))
    people.change_role(member, role, by=request.user)
    words = {"name": member.user, "role": member.get_role_display()}
    messages.success(request, _("%(name)s is now: %(role)s") % words)


def _link(request: TeamRequest, member: Membership) -> None:
    _show_link(request, member.user, people.new_link(member, by=request.user))


def _remove(request: TeamRequest, member: Membership) -> None:
    name = str(member.user)
    people.remove(member, by=request.user)
    messages.success(request, _("%(name)s was taken out of this team") % {"name": name})


def _second_step(request: TeamRequest, member: Membership) -> None:
    people.reset_second_step(member, by=request.user)
    words = _("%(name)s signs in without a second step now, and may set up a new one")
    messages.success(request, words % {"name": member.user})


def _unknown(request: TeamRequest, member: Membership) -> None:
    raise people.Refused(_("Choose what to change."))


VERBS = {"role": _role, "link": _link, "second_step": _second_step, "remove": _remove}


def _show_link(request: TeamRequest, person: User, token: str) -> None:
    address = request.build_absolute_uri(reverse("access:one_time", args=[token]))
    request.session[NEW_LINK] = {"name": str(person), "address": address}
