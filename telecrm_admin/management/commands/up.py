"""`manage.py up`: the whole product on this machine, in one command."""

import os
import socket
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from telecrm_admin import first_user, practice
from telecrm_admin.processes import Child, Household, manage

SANDBOX_ABOVE = 100  # the sandbox listens this far above the pages
THREADS = 8
STARTING = 60.0  # seconds a process may take until it listens


class Command(BaseCommand):
    """Prepare the database, then keep pages, workers and jobs running until told to stop."""

    help = "Serve the product here: pages, workers and jobs, each replaced when it dies."
    requires_system_checks: list[str] = []  # run after migrate, where all of them can pass

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen, how many workers, and whether to practise."""
        parser.add_argument("--demo", action="store_true", help="with a practice workspace")
        parser.add_argument("--workers", type=int, default=1, help="processes that send (1)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start everything in order, then tend it."""
        self.host, self.port = options["host"], options["port"]
        if options["demo"]:
            allow_practice()
        refuse_taken_port(self.host, self.port)
        prepare()
        self.check()
        household = Household(self.say)
        household.listen()
        try:
            self.start(household, options["workers"], demo=options["demo"])
            household.tend()
        finally:
            household.end()

    def start(self, household: Household, workers: int, *, demo: bool) -> None:
        """Start every process, make the practice workspace, and say where to go."""
        sandbox_port = self.port + SANDBOX_ABOVE
        if demo:
            refuse_taken_port("127.0.0.1", sandbox_port)
            place = ["--port", str(sandbox_port), *practice.sandbox_options()]
            household.add(Child("Sandbox", manage("sandbox", *place)))
            wait_until_it_listens("127.0.0.1", sandbox_port, household)
        household.add(Child("Web", web_command(self.host, self.port)))
        for number in range(1, workers + 1):
            household.add(Child(f"Worker {number}", manage("worker", "--lane", "deliveries")))
        household.add(Child("Jobs", manage("worker", "--lane", "jobs")))
        if demo:
            if not practice.is_made():
                self.say("Making the practice workspace: 2,500 leads are imported and sent.")
            errand = Child("Demo", manage("demo", "--sandbox", f"http://127.0.0.1:{sandbox_port}"))
            if household.wait_for(errand) and not household.is_ending:
                raise CommandError("The practice workspace could not be made; the reason is above.")
        wait_until_it_listens(self.host, self.port, household)
        self.welcome(f"http://127.0.0.1:{sandbox_port}/" if demo else "")

    def welcome(self, imitation: str) -> None:
        """Print the one block of text a person needs; a link only while it cannot leak far."""
        address = f"http://{self.host}:{self.port}"
        lines = ["", f"telecrm-admin is running at {address}/"]
        if imitation or first_user.nobody_signed_in_yet():
            link = first_user.sign_in_link(first_user.first_user(), address)
            lines += ["", "  Sign in, once:         " + link]
            connection.close()  # this process only tends the others from now on
        if imitation:
            lines += ["  What providers got:    " + imitation]
        self.say("\n".join([*lines, "", "Ctrl-C stops it.", ""]))

    def say(self, words: str) -> None:
        """Print at once, also into a log file."""
        self.stdout.write(words)
        self.stdout.flush()


def allow_practice() -> None:
    """Let accounts point at this machine, here and in every child; never in production."""
    if not settings.DEBUG:
        raise CommandError(
            "--demo is for trying things out and this is a production installation "
            "(SECRET_KEY is set). Start it without --demo."
        )
    os.environ["TELECRM_ADMIN_ALLOW_LOCAL_PROVIDERS"] = "true"
    settings.ALLOW_LOCAL_PROVIDERS = True


def prepare() -> None:
    """Bring the database up to date, collect static files for production."""
    call_command("migrate", interactive=False, verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)


def web_command(host: str, port: int) -> list[str]:
    """Return the command of the web server: two processes, threads that wait for the database."""
    gunicorn = manage()[:1] + ["-m", "gunicorn", "telecrm_admin.wsgi", "--bind", f"{host}:{port}"]
    shape = ["--worker-class", "gthread", "--workers", "2", "--threads", str(THREADS)]
    quiet = ["--log-level", "warning", "--no-control-socket"]
    return [*gunicorn, *shape, *quiet, "--chdir", str(settings.BASE_DIR)]


def refuse_taken_port(host: str, port: int) -> None:
    """Stop with one line when another program listens there."""
    if listens(host, port):
        raise CommandError(
            f"Port {port} is taken by another program, perhaps by an earlier start of this one. "
            "Stop that one, or choose another port: manage.py up --port 8001"
        )


def wait_until_it_listens(host: str, port: int, household: Household) -> None:
    """Return when something listens; raises CommandError when nothing does in time."""
    deadline = time.monotonic() + STARTING
    household.tend(until=lambda: listens(host, port) or time.monotonic() > deadline)
    if not household.is_ending and not listens(host, port):
        raise CommandError(f"Nothing answers on port {port}; the reason is above.")


def listens(host: str, port: int) -> bool:
    """Whether something accepts connections at this address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0  # noqa: S104
