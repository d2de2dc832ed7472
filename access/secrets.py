"""Encryption at rest for provider credentials.

Keys come from FIELD_ENCRYPTION_KEYS (comma separated, newest first). A wrong key raises: returning
the ciphertext as a value would send it to a provider as the secret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class SecretUnreadable(Exception):
    """The stored secret was encrypted with a key this installation no longer has."""


def box() -> MultiFernet:
    """Return the cipher over all configured keys, newest first."""
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_ENCRYPTION_KEYS])


def encrypt(values: dict[str, str]) -> str:
    """Return `values` as one encrypted token."""
    return box().encrypt(json.dumps(values, ensure_ascii=False).encode()).decode()


def decrypt(token: str) -> dict[str, str]:
    """Return the values in `token`; raises SecretUnreadable with any other key."""
    if not token:
        return {}
    try:
        values = json.loads(box().decrypt(token.encode()))
    except InvalidToken as error:
        raise SecretUnreadable(
            "The stored credentials cannot be read with the configured FIELD_ENCRYPTION_KEYS."
        ) from error
    return {str(key): str(value) for key, value in values.items()}


class Secret(dict[str, str]):
    """Credentials that do not show themselves in a repr, a log or a traceback page."""

    def __repr__(self) -> str:
        return f"<{len(self)} secret values>"

    __str__ = __repr__


if TYPE_CHECKING:
    TextColumn = models.TextField[Any, Any]
else:
    TextColumn = models.TextField


class EncryptedField(TextColumn):
    """A dict of text values, encrypted in the column."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any  # django-stubs: what may be assigned, here a dict
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: Any) -> Secret:
        """Decrypt on read."""
        return Secret(decrypt(value or ""))

    def to_python(self, value: Any) -> Secret:
        """Accept a dict; anything else is not ours to guess."""
        return Secret(value or {})

    def get_prep_value(self, value: Any) -> str:
        """Encrypt on write."""
        return encrypt(dict(value)) if value else ""
