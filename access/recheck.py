"""Asking for the code once more before what would hurt most: secrets, whole lists, decisions.

Only of people who signed in with a second step, and only when their last code is older than a
quarter of an hour: a desk left open is not an open safe.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from access.requests import page_before

FRESH_SECONDS = 15 * 60
CODE_AT = "code_at"
View = Callable[..., HttpResponse]


def note(request: HttpRequest) -> None:
    """Write down that the person has just shown a code."""
    request.session[CODE_AT] = int(time.time())


def is_due(request: HttpRequest) -> bool:
    """Whether the person has a second step and showed its code too long ago."""
    person: Any = request.user
    if not person.is_verified():
        return False
    return bool(time.time() - request.session.get(CODE_AT, 0) > FRESH_SECONDS)


def ask(request: HttpRequest, onward: str) -> HttpResponse:
    """Lead to the page that asks for the code, and from there to `onward`."""
    address = f"{reverse('access:recheck')}?{urlencode({'next': onward})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(address)
    return redirect(address)


def came_from(request: HttpRequest) -> str:
    """Return the page to go back to: this one, or for a form the one it stood on."""
    if request.method == "GET":
        return request.get_full_path()
    return page_before(request) or "/"


def recently_confirmed(view: View) -> View:
    """Guard a view that needs a fresh code of those who have a second step; inside `needs`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_due(request):
            return ask(request, came_from(request))
        return view(request, *args, **kwargs)

    return guarded
