"""`manage.py benchmark NAME...`: what benchmarks/ holds, figures as ratios of one run."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

NAMES = ("phones", "import", "memory", "beside", "upload", "pace", "eta", "soak")


class Command(BaseCommand):
    """Measure; works on the database of DATABASE_URL and cleans up after itself."""

    help = "Run benchmarks: " + ", ".join(NAMES)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", choices=NAMES, metavar="NAME")
        parser.add_argument("--rows", type=int, default=100_000)
        parser.add_argument("--peer-rows", type=int, default=5_000)
        parser.add_argument("--seconds", type=int, default=120, help="pace, eta: how long")
        parser.add_argument("--minutes", type=float, default=30, help="soak: how long to go on")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["names"]:
            figures = getattr(self, f"_{name}")(options)
            if options["json"]:
                self.stdout.write(json.dumps({"benchmark": name, **figures}))
                continue
            self.stdout.write(f"{name} ({connection.vendor}, {options['rows']:,} rows)")
            for label, figure in figures.items():
                self.stdout.write(f"  {label:44s} {figure:>14,.2f}")

    def _phones(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import phones

        return phones.run(options["rows"])

    def _import(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import import_leads

        return import_leads.run(options["rows"], options["peer_rows"])

    def _memory(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import import_memory

        return import_memory.run(options["rows"])

    def _beside(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import import_beside

        return import_beside.run(options["rows"])

    def _upload(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import upload

        return upload.run()

    def _pace(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import pace

        return pace.run(options["seconds"])

    def _eta(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import eta

        return eta.run(options["seconds"])

    def _soak(self, options: dict[str, Any]) -> dict[str, float]:
        from benchmarks import soak

        return soak.run(options["minutes"])
