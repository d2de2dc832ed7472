"""`manage.py flush`: Django's own, which empties every table, also on a log that guards itself."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from access import log_guard


class Command(flush.Command):
    """Empties the database after asking; the log's guard steps aside and is back afterwards."""

    def handle(self, **options: Any) -> None:
        """Empty every table of `--database`."""
        connection = connections[options["database"]]
        if not log_guard.is_installed(connection):
            super().handle(**options)
            return
        log_guard.remove(connection)
        try:
            super().handle(**options)
        finally:
            log_guard.install(connection)
