"""What must be set before the product may start, said at start-up instead of at the first use."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection


@register(Tags.security)
def credentials_can_be_encrypted(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Refuse to run without a key: provider credentials are stored encrypted or not at all."""
    if settings.FIELD_ENCRYPTION_KEYS:
        return []
    return [
        Error(
            "FIELD_ENCRYPTION_KEYS is empty, so provider credentials cannot be stored.",
            hint=".env.example shows how to make a key.",
            id="site.E001",
        )
    ]


@register(Tags.database)
def many_machines_share_a_server(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Refuse Celery on SQLite: a file cannot be the one truth of several machines."""
    if not settings.CELERY_BROKER_URL or connection.vendor != "sqlite":
        return []
    return [
        Error(
            "CELERY_BROKER_URL is set but the database is SQLite, which machines cannot share.",
            hint="Set DATABASE_URL to a PostgreSQL, or remove CELERY_BROKER_URL.",
            id="site.E002",
        )
    ]
