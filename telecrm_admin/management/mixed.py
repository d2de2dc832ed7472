"""Commands whose KEY=VALUE words may stand before or after the options."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from telecrm_admin.management.desk import DeskCommand


class MixedCommand(DeskCommand):
    """A command that reads `verb NAME --option X KEY=VALUE` in any order.

    argparse gives a list of words to the first run of them only; its intermixed mode does not.
    """

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the usual parser, reading words and options in any order."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser
