"""Letting a person in: at once, or after the code of their second step."""

from __future__ import annotations

import time

import django_otp
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from access import recheck, second_factor
from access.audit import record
from access.middleware import current_team
from access.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITS = "code_for"  # who has shown a password or a link, and still owes the code
WAITS_SECONDS = 10 * 60


def enter(request: HttpRequest, person: User, onward: str, *, by: str) -> HttpResponse:
    """Let `person`, who showed a password or a link (`by`), in; or ask for the code first."""
    if second_factor.of(person) is None:
        return _let_in(request, person, onward, by=by)
    request.session.cycle_key()
    request.session[WAITS] = {
        "person": person.pk, "onward": onward, "by": by, "at": int(time.time()),
        "round": person.get_session_auth_hash(),
    }  # fmt: skip
    return redirect("access:code")


def who_waits(request: HttpRequest) -> User | None:
    """Return who owes a code in this session; nobody after ten minutes or a new password."""
    waits = request.session.get(WAITS)
    if not waits or time.time() - waits["at"] > WAITS_SECONDS:
        return None
    person: User | None = User.objects.filter(pk=waits["person"], is_active=True).first()
    return person if person and person.get_session_auth_hash() == waits["round"] else None


def enter_with_code(request: HttpRequest, person: User) -> HttpResponse:
    """Let `person`, whose code was right, in to where they were going."""
    waits = request.session.pop(WAITS)
    answer = _let_in(request, person, waits["onward"], by=waits["by"], second_step=True)
    django_otp.login(request, second_factor.of(person))
    recheck.note(request)
    return answer


def _let_in(
    request: HttpRequest, person: User, onward: str, *, by: str, second_step: bool = False
) -> HttpResponse:
    login(request, person, backend=BACKEND)
    team = current_team(request)
    record("person.signed_in", actor=person, team=team, by=by, second_step=second_step)
    return redirect(onward)
