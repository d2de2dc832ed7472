"""What the commands of the desk begin with: a database that is ready for them."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from access.models import Team


class DeskCommand(BaseCommand):
    """A command that works in a fresh clone: an empty database is prepared before it starts."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; a database of an older version ends in one line."""
        if Team._meta.db_table not in connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=0)
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as trouble:
            if not _is_behind():
                raise
            words = "The database is of an older version. Run manage.py migrate, then this again."
            raise CommandError(words) from trouble


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
