"""`manage.py worker`: sends what waits, and carries imports on."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from sync.work import Crew, anything_due
from telecrm_admin.work import turn

THREADS = 8
JOB_PAUSE = 0.5


class Command(BaseCommand):
    """Run until told to stop; SIGTERM lets what is under way end."""

    help = "Send what waits and carry imports on. Any number may run at the same time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain", action="store_true", help="return when nothing is due")
        parser.add_argument("--threads", type=int, default=THREADS, help="requests side by side")
        parser.add_argument(
            "--lane", choices=["all", "deliveries", "jobs"], default="all", help="what to work on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A plain flag: an Event set by the handler while this thread holds its lock never ends.
        told_to_stop = False

        def ask_to_stop(number: int, _frame: Any) -> None:
            """Finish what is under way; a second signal ends at once."""
            nonlocal told_to_stop
            told_to_stop = True
            signal.signal(number, signal.SIG_DFL)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        jobs = options["lane"] != "deliveries"
        crew = Crew(options["threads"] if options["lane"] != "jobs" else 0)
        with crew:
            while not told_to_stop:
                busy = self._jobs() if jobs else False
                if options["drain"] and not busy and not anything_due():
                    return
                if not busy:
                    time.sleep(JOB_PAUSE)

    def _jobs(self) -> bool:
        try:
            return turn("jobs", 1.0) > 0
        except OperationalError:
            close_old_connections()
            time.sleep(JOB_PAUSE)
            return True
