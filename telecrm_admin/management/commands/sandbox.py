"""`manage.py sandbox`: the three providers on loopback, for practice."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sync.sandbox.launch import add_options, run


class Command(BaseCommand):
    """Serve the sandbox until it is stopped; never in production."""

    help = "Serve practice versions of TeleCMI, Telecrm and Smartflo on 127.0.0.1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the same options as `python -m sync.sandbox`."""
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse in production, else serve."""
        if not (settings.DEBUG or settings.ALLOW_LOCAL_PROVIDERS):
            raise CommandError(
                "The sandbox does not run in production: "
                "set TELECRM_ADMIN_ALLOW_LOCAL_PROVIDERS=true on a machine for trying things out."
            )
        if code := run(options["port"], options["script"], options["journal"], options["state"]):
            raise SystemExit(code)
