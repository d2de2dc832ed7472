"""The lock after too many wrong passwords, for whoever comes over the web.

Five wrong ones close the door to one name from one address for 15 minutes (django-axes). Fifty
within an hour from one address close it to every name from there: somebody tries many. A name
counts five times at the most, so one person who forgot a password never shuts out an office.
Who is signed in works on, and a sign-in link opens the door.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.models import AccessFailureLog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

FAILURES_OF_AN_ADDRESS, COUNTED_FOR = 50, timedelta(hours=1)


class LockOutBackend(AxesStandaloneBackend):  # type: ignore[misc]  # django-axes is not typed
    """Counts tries by the request's address; code that asks without a request has none to count."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Refuse a locked-out visitor; leave all others, and code without a request, to the next.

        Raises django's PermissionDenied for who is locked out.
        """
        if request is None:
            return
        super().authenticate(request, **credentials)
        _forget_old_failures()
        if settings.PROXIES is not None and _tries_many_names(address_of(request)):
            # Axes then counts nothing and answers with the page, which says which door it was.
            request.axes_locked_out = request.is_closed_to_all = True  # type: ignore[attr-defined]
            raise PermissionDenied


def address_of(request: HttpRequest) -> str | None:
    """Return the address the visitor has, as far as our own proxies know; None for a socket file.

    Each proxy adds the address it was called from at the end of X-Forwarded-For; what stands
    before those was typed by the visitor.
    """
    peer = request.META.get("REMOTE_ADDR") or None
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not settings.PROXIES or len(told) < settings.PROXIES:
        return peer
    try:
        return str(ip_address(told[-settings.PROXIES].strip()))
    except ValueError:
        return peer


def _forget_old_failures() -> None:
    since = timezone.now() - COUNTED_FOR
    AccessFailureLog.objects.filter(attempt_time__lt=since).delete()


def _tries_many_names(address: str | None) -> bool:
    """Whether too many sign-ins from `address` failed within the hour."""
    from_there = AccessFailureLog.objects.filter(ip_address=address)
    each = from_there.values("username").annotate(failures=Count("pk"))
    most = settings.AXES_FAILURE_LIMIT
    counted: int = sum(min(name["failures"], most) for name in each)
    return counted >= FAILURES_OF_AN_ADDRESS
