"""When the key of an account ends, and how many days that leaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account
from sync import providers

SOON = 14  # days: time enough for an administrator to ask the provider for a new key


@dataclass(frozen=True)
class Expiry:
    """The end of a key. `renews`: the desk holds a password and signs in again by itself."""

    ends: datetime
    days: int
    renews: bool

    @property
    def warns(self) -> bool:
        """Whether somebody should see to it now."""
        return self.days < SOON and not self.renews

    @property
    def text(self) -> str:
        """The day and what is left until then, for people."""
        if self.renews:
            return _("Renewed by itself")
        day = {"day": date_format(timezone.localtime(self.ends), "j M Y"), "days": self.days}
        if self.days < 0:
            return _("Ended %(day)s") % day
        return (
            ngettext("%(day)s, %(days)s day left", "%(day)s, %(days)s days left", self.days) % day
        )


def of(account: Account) -> Expiry | None:
    """Return when the first key of `account` ends; None where no key says so."""
    ends = min(_ends(account), default=None)
    if ends is None:
        return None
    held = account.credentials
    renews = bool(held.get("password") and (held.get("user_id") or held.get("email")))
    return Expiry(ends, (ends - timezone.now()).days, renews)


def _ends(account: Account) -> Iterator[datetime]:
    known = providers.PROVIDERS.get(account.provider)
    for one in known.account_fields if known else ():
        value = str(account.credentials.get(one.key, "")) if one.secret else ""
        found = said_by(value) or (_learned(account) if one.key == "token" and value else None)
        if found:
            yield found


def _learned(account: Account) -> datetime | None:
    """Return the end that a sign-in told, or none."""
    try:
        told = datetime.fromisoformat(str(account.credentials.get("token_expires", "")))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def said_by(token: str) -> datetime | None:
    """Return the end that a token carries inside (a JSON Web Token's `exp`), or None.

    Only read, never verified: whether the token is good is the provider's to say.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
        return datetime.fromtimestamp(float(claims["exp"]), tz=UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
