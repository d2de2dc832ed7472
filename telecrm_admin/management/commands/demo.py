"""`manage.py demo`: the practice workspace; `manage.py up --demo` runs it by itself."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from telecrm_admin import practice


class Command(BaseCommand):
    """Make what is missing of the practice workspace, beside running workers and a sandbox."""

    help = "Make the practice workspace. Workers and the sandbox must be running: see `up --demo`."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the sandbox is."""
        parser.add_argument("--sandbox", default="http://127.0.0.1:8100", help="its address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, quietly."""
        if not settings.ALLOW_LOCAL_PROVIDERS:
            raise CommandError(
                "Practice accounts point at this machine, which is not allowed here. "
                "Start with: manage.py up --demo"
            )
        practice.make(options["sandbox"].rstrip("/"))
