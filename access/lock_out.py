"""The lock after too many wrong passwords (django-axes), for whoever comes over the web."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.http import HttpRequest


class LockOutBackend(AxesStandaloneBackend):  # type: ignore[misc]  # django-axes is not typed
    """Counts tries by the request's address; code that asks without a request has none to count."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Refuse a locked-out visitor; leave all others, and code without a request, to the next.

        Raises django's PermissionDenied for who is locked out.
        """
        if request is not None:
            super().authenticate(request, **credentials)
