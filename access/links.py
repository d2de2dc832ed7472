"""One-time sign-in links: the first sign-in, an invitation, a forgotten password.

Copied by an administrator into whatever the team talks in, so no mail server is needed. Only the
hash is stored; opening the link does not use it up (chat programs open links to preview them),
pressing its button does.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import models, transaction
from django.utils import timezone

from access.models import SignInLink, User

GOOD_FOR = timedelta(days=3)


def make(user: User, *, good_for: timedelta = GOOD_FOR) -> str:
    """Return a new token for `user`; their older unused links end with it."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        user.sign_in_links.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        SignInLink.objects.create(user=user, token_hash=_hash(token), expires_at=now + good_for)
    return token


def owner(token: str) -> User | None:
    """Return whose link `token` is, or None when it is used, ended, unknown or disabled."""
    link = _open_links(token).select_related("user").first()
    return link.user if link else None


def redeem(token: str) -> User | None:
    """Use the link up and return its user; of two at once, only the first gets in."""
    user = owner(token)
    if user is None or not _open_links(token).update(used_at=timezone.now()):
        return None
    return user


def _open_links(token: str) -> models.QuerySet[SignInLink]:
    return SignInLink.objects.filter(
        token_hash=_hash(token),
        used_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
