"""Bringing every stored secret under the newest key, one row at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from access.secrets import EncryptedField, SecretUnreadable, decrypt

AT_ONCE = 200


@dataclass
class Rotated:
    """How many secrets were encrypted anew, were current already, and which nobody can read."""

    rotated: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return {
            "rotated": self.rotated,
            "current": self.current,
            "unreadable": self.unreadable,
        }


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield (model, field name) of every encrypted column there is."""
    for model in apps.get_models():
        for column in model._meta.local_fields:
            if isinstance(column, EncryptedField):
                yield model, column.name


def rotate_all() -> Rotated:
    """Encrypt every secret with the first key; safe to stop at any row and to run again."""
    done = Rotated()
    for model, name, pk, token in _stored_secrets():
        _rotate(model, name, pk, token, done)
    return done


def count_unreadable() -> int:
    """Return how many secrets no configured key can read."""
    return sum(not _is_readable(token) for *_place, token in _stored_secrets())


def _is_readable(token: str) -> bool:
    try:
        decrypt(token)
    except SecretUnreadable:
        return False
    return True


def _stored_secrets() -> Iterator[tuple[type[models.Model], str, int, str]]:
    """Yield (model, field name, key, token) of every secret there is."""
    for model, name in encrypted_fields():
        last = 0
        while some := _some(model, name, last):
            yield from ((model, name, pk, token) for pk, token in some)
            last = some[-1][0]


def _some(model: type[models.Model], name: str, after: int) -> list[tuple[int, str]]:
    """Return (key, token) of the next rows: the column as stored, not decrypted."""
    rows = model._default_manager.filter(pk__gt=after).order_by("pk")
    return list(rows.annotate(token=_stored(name)).values_list("pk", "token")[:AT_ONCE])


def _stored(name: str) -> Cast:
    return Cast(name, models.TextField())


def _rotate(model: type[models.Model], name: str, pk: int, token: str, done: Rotated) -> None:
    if not token or _is_current(token):
        done.current += bool(token)
        return
    try:
        values = decrypt(token)
    except SecretUnreadable:
        done.unreadable.append(f"{model._meta.verbose_name} {pk}")
        return
    # Only while it is what was read: a secret that a person changes meanwhile is not put back.
    same = model._default_manager.annotate(token=_stored(name)).filter(pk=pk, token=token)
    done.rotated += same.update(**{name: values})


def _is_current(token: str) -> bool:
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0].strip()).decrypt(token.encode())
    except InvalidToken:
        return False
    return True
