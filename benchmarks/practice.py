"""A sandbox and accounts at it for the benchmarks that send, and workers that send nothing else."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from access.models import Account, Hold, Team
from leads.models import Lead, LeadList, ListPart
from sync import sending
from sync.models import (
    Attempt,
    Decision,
    Delivery,
    DeliveryItem,
    Gate,
    LeadAction,
    Look,
    Push,
    Standing,
)
from sync.work import Crew

ROOT = Path(__file__).resolve().parent.parent
THREADS = 8
PORTION = 500
CREDENTIALS: dict[str, dict[str, str]] = {
    "telecmi": {"inet_no": "1111112", "secret": "practice-secret-telecmi"},
    "telecrm": {"enterprise_id": "practice", "token": "practice-async-telecrm"},
    "smartflo": {"token": "practice-token-smartflo"},
}


@dataclass
class Practice:
    """The sandbox under test: `ask` its control door, open `account`s at it."""

    port: int
    team: Team

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        """Return what the control door says to one request."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            door.request(method, f"/_control/{name}", json.dumps(body) if body else None)
            return json.loads(door.getresponse().read())
        finally:
            door.close()

    def account(self, provider: str, pace: float, **settings: str) -> Account:
        """Open an account at `provider` with `pace` requests a second."""
        return Account.objects.create(
            team=self.team,
            provider=provider,
            name=f"{provider} {Account.objects.filter(team=self.team).count()}",
            base_url=f"http://127.0.0.1:{self.port}/{provider}",
            credentials=dict(CREDENTIALS[provider]),
            settings={"list_id": "441940", **settings},
            pace=pace,
        )

    def leads(self, count: int, first: int = 0) -> LeadList:
        """Make a list of `count` leads with numbers from `first` on."""
        made = LeadList.objects.create(team=self.team, name=f"from {first}", lead_count=count)
        Lead.objects.bulk_create(
            Lead(
                team=self.team,
                lead_list=made,
                phone=f"+9190{n:08d}",
                phone_rev=f"{n:08d}"[::-1] + "0919",
                first_name=f"Asha {n}",
            )
            for n in range(first, first + count)
        )
        return made


@contextmanager
def practice() -> Iterator[Practice]:
    """Run a sandbox, make a team, and remove both with everything the team sent."""
    command = [sys.executable, "-m", "sync.sandbox", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline() if process.stdout else ""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    try:
        yield Practice(int(line.rsplit(":", 1)[1]), team)
    finally:
        process.terminate()
        process.communicate(timeout=20)
        clean(team)


def clean(team: Team) -> None:
    """Remove a team with everything it sent, however much that is."""
    accounts = Account.objects.filter(team=team)
    sent = Delivery.objects.filter(push__team=team)
    for rows in (
        Look.objects.filter(account__in=accounts),
        Standing.objects.filter(account__in=accounts),
        Attempt.objects.filter(delivery__in=sent),
        Decision.objects.filter(delivery__in=sent),
        DeliveryItem.objects.filter(delivery__in=sent),
        sent.order_by("-pk"),  # the parts of a split one before it
        Push.objects.filter(team=team),
        ListPart.objects.filter(account__in=accounts),
        Gate.objects.filter(account__in=accounts),
        Hold.objects.filter(account__in=accounts),
        LeadAction.objects.filter(team=team),
        Lead.objects.filter(team=team),
        LeadList.objects.filter(team=team),
        accounts,
    ):
        _remove(rows)
    team.delete()


def _remove(rows: QuerySet[Any]) -> None:
    """Delete in portions: SQLite takes only so many values in one statement."""
    while some := list(rows.values_list("pk", flat=True)[:PORTION]):
        rows.model._default_manager.filter(pk__in=some).delete()


@dataclass
class Worker:
    """A forked process that sends for chosen accounts; `requests()` says how many it made."""

    pid: int
    counter: Path

    def requests(self) -> int:
        """Return how many requests it has made so far."""
        return self.counter.stat().st_size if self.counter.exists() else 0

    def memory(self) -> int:
        """Return its resident memory in KiB, 0 when it is gone."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        return int(sizes[0]) if sizes else 0

    def end(self, signal_number: int) -> None:
        """Send it a signal and wait for its end."""
        os.kill(self.pid, signal_number)
        os.waitpid(self.pid, 0)


def fork(accounts: Sequence[int], folder: Path, threads: int = THREADS) -> Worker:
    """Start a worker that sends for `accounts` only, until it is killed."""
    connections.close_all()
    counter = folder / f"requests {time.monotonic_ns()}"
    pid = os.fork()
    if pid:
        return Worker(pid, counter)
    try:
        _count(counter)
        with Crew(threads, accounts):
            while True:
                time.sleep(60)
    finally:
        os._exit(1)


def _count(counter: Path) -> None:
    """Write one byte for each request this process makes: an append is whole or nothing."""
    file = os.open(counter, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    made: list[Callable[..., Any]] = []

    def counted(*args: Any, **more: Any) -> Any:
        os.write(file, b".")
        return made[0](*args, **more)

    made.append(sending.talk_through(counted))
