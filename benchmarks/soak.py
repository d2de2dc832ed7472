"""Half an hour of everything going wrong: lost replies, 500, hangs, 429, and workers killed.

    manage.py benchmark soak [--minutes N]

Four accounts get new lists all the time; one of two workers is killed every 20 s. Waiting times
are shortened (LEDGER_TIME_SCALE, 20 unless it is set), so that half an hour holds a day.
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from access.models import Account
from benchmarks.practice import Practice, Worker, fork, practice
from sync.models import ACTIVE, Attempt, Delivery, DeliveryItem, State
from sync.planning import plan_list

MIX = (
    {"kind": "drop_after_commit", "probability": 0.03},
    {"kind": "500_after", "probability": 0.015},
    {"kind": "500_before", "probability": 0.015},
    {"kind": "hang", "probability": 0.002},
    {"kind": "429", "probability": 0.01},
)
KILL_EVERY = 20.0
LIST = 60  # leads of a list; small ones make many requests of every kind
WAITING = 400  # records an account is kept busy with
SCALE = 20.0
AT_REST = 180.0  # seconds everything gets to end after the last list


@dataclass
class Soak:
    """A soak under way."""

    house: Practice
    folder: Path
    accounts: list[Account] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    kills: int = 0
    numbers: int = 0

    def begin(self) -> None:
        """Open the accounts, script the faults and start two workers."""
        if settings.LEDGER_TIME_SCALE == 1:
            settings.LEDGER_TIME_SCALE = SCALE
        self.house.ask("POST", "faults", [{**one, "times": -1} for one in MIX])
        self.accounts = [
            self.house.account("telecmi", 50),
            self.house.account("telecrm", 50),
            self.house.account("smartflo", 50, duplicate_option="skip"),
            self.house.account("smartflo", 50, duplicate_option="clone", look_up="off"),
        ]
        self.workers = [self.fork(), self.fork()]

    def fork(self) -> Worker:
        """Start a worker for the four accounts."""
        return fork([account.pk for account in self.accounts], self.folder, 4)

    def feed(self) -> None:
        """Give a new list to every account that has little left to do."""
        for account in self.accounts:
            left = DeliveryItem.objects.filter(
                delivery__account=account, delivery__state__in=ACTIVE
            )
            if left.count() < WAITING:
                made = self.house.leads(LIST, self.numbers)
                self.numbers += LIST
                plan_list(made, account, by=None, click_token=f"soak {time.time_ns()}")

    def kill(self) -> None:
        """Kill the second worker, whatever it is at, and start another."""
        self.workers[1].end(signal.SIGKILL)
        self.workers[1] = self.fork()
        self.kills += 1

    def rests(self) -> bool:
        """Return whether nothing is on its way any more."""
        return not Delivery.objects.filter(account__in=self.accounts, state__in=ACTIVE).exists()

    def figures(self) -> dict[str, float]:
        """Return what it came to."""
        items = DeliveryItem.objects.filter(delivery__account__in=self.accounts)
        total = items.count()
        explained = items.exclude(state=State.QUEUED).exclude(reason="").count()
        unsure = items.filter(state=State.UNCERTAIN)
        clone = self.accounts[3]
        tries = Attempt.objects.filter(delivery__account__in=self.accounts)
        sent = tries.exclude(result=Attempt.Result.NEVER_SENT).count()
        first = tries.values("delivery").distinct().count()
        half = len(self.memory) // 2
        late = self.memory[half:] or [1]
        early = self.memory[len(self.memory) // 4 : half] or late
        return {
            "records": total,
            "requests": sent,
            "workers killed": self.kills,
            "duplicates at the providers": self.duplicates(),
            "explained / records": explained / max(total, 1),
            "not sure where a repeat would tell": unsure.exclude(delivery__account=clone).count(),
            "not sure at clone / its records": unsure.filter(delivery__account=clone).count()
            / max(items.filter(delivery__account=clone).count(), 1),
            "repeats / requests": (sent - first) / max(sent, 1),
            "memory late / memory early": sum(late) / len(late) / (sum(early) / len(early)),
        }

    def duplicates(self) -> int:
        """Count copies too many: numbers are used once, so a second one anywhere is a copy."""
        state: dict[str, Any] = self.house.ask("GET", "state")
        groups = state["telecmi"]["accounts"]["1111112"]["groups"]
        leads = state["telecrm"]["accounts"]["practice"]["leads"]
        rows = state["smartflo"]["accounts"]["practice"]["lists"][0]["rows"]
        held = Counter(one["phone"] for group in groups for one in group["leads"])
        held += Counter(f"crm {one['fields']['phone']}" for one in leads)
        held += Counter(f"flo {one['field_0']}" for one in rows)
        return sum(count - 1 for count in held.values())


def run(minutes: float) -> dict[str, float]:
    """Soak for `minutes`, let everything end, and return the figures."""
    with practice() as house, tempfile.TemporaryDirectory() as folder:
        soak = Soak(house, Path(folder))
        soak.begin()
        try:
            _go_on(soak, minutes * 60)
        finally:
            for worker in soak.workers:
                worker.end(signal.SIGKILL)
        return soak.figures()


def _go_on(soak: Soak, seconds: float) -> None:
    end = time.monotonic() + seconds
    next_kill = time.monotonic() + KILL_EVERY
    while time.monotonic() < end:
        soak.feed()
        soak.memory.append(soak.workers[0].memory())
        if time.monotonic() >= next_kill:
            soak.kill()
            next_kill += KILL_EVERY
        time.sleep(0.5)
    patience = time.monotonic() + AT_REST
    while not soak.rests() and time.monotonic() < patience:
        time.sleep(0.5)
