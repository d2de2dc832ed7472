"""One scenario from its records to its verdict, with real processes on a real database."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.db import OperationalError, connections

from sync import limits, looks
from sync.models import Attempt, Delivery, Look, Push, State
from tests.crash.endpoints import BULK, WAYS, Way, World
from tests.crash.invariants import AT_REST, Evidence, counted, violations
from tests.crash.scenarios import Scenario
from tests.crash.workers import Orders, Worker, fork, fork_worker
from tests.sandbox_server import Sandbox

PATIENCE = 120.0  # seconds for a scenario to come to rest
PATIENCE_WITH_WRONG = 10.0  # a wrong ledger may never come to rest
READ_ENDS = 2.0  # seconds a read under way gets to end
AFTERWARDS = 0.4  # seconds in which a woken worker could still do something late


@dataclass
class Stage:
    """Where one scenario plays."""

    sandbox: Sandbox
    scenario: Scenario
    control: str = ""
    workers: list[Worker] = field(default_factory=list)

    @property
    def way(self) -> Way:
        """The endpoint under test."""
        return {**WAYS, **BULK}[self.scenario.way]

    def play(self) -> list[str]:
        """Return what went wrong: promises broken, or trouble that never struck."""
        self.sandbox.reset()
        if self.scenario.switches:
            self.sandbox.switch(self.way.provider, **self.scenario.switches)
        world = self.way.world(self.sandbox, f"{time.time_ns()}")
        records = counted(world.account.team_id)
        before = len(self.sandbox.journal())
        try:
            missed = self._trouble(world)
            pushes = self._pushes(world)
            self._recover(pushes)
        finally:
            self._end()
        found = Evidence(
            way=self.way,
            pushes=pushes,
            records=records,
            state=self.sandbox.state(),
            journal=self.sandbox.journal(self.way.provider, after=before),
            provoked=self.scenario.provoked,
        )
        Push.objects.filter(pk__in=pushes).update(paused_at=None, finished_at=found_now())
        return [*missed, *violations(found)]

    def _pushes(self, world: World) -> list[int]:
        return list(Push.objects.filter(account=world.account).values_list("pk", flat=True))

    def _trouble(self, world: World) -> list[str]:
        """Plan the send, let the trouble happen, and say so if it never did."""
        if self.scenario.push_dies:
            return self._planning_dies(world)
        world.plan(world.account.team.name)
        first = fork_worker(replace(self.scenario.orders, control=self.control))
        self.workers.append(first)
        self._script(first)
        first.go()
        if not self._strikes:
            return []
        struck = wait_for(lambda: first.is_dead or first.frozen)
        missed = [] if struck else ["the trouble never struck"]
        if self.scenario.second:
            second = fork_worker(replace(self.scenario.second, control=self.control))
            self.workers.append(second)
            second.go()
            missed += [] if wait_for(lambda: second.was_killed) else ["the second never died"]
        return missed

    @property
    def _strikes(self) -> bool:
        deadly = any(rule["kind"] == "kill_client" for rule in self.scenario.rules)
        return bool(self.scenario.orders.point) or deadly

    def _planning_dies(self, world: World) -> list[str]:
        web = fork(lambda: void(world.plan(world.account.team.name)), self.scenario.orders)
        self.workers.append(web)
        web.go()
        missed = [] if wait_for(lambda: web.was_killed) else ["the trouble never struck"]
        there = len(self._pushes(world))
        expected = int(self.scenario.orders.point == "push_after_commit")
        if there != expected:
            missed.append(f"{there} sends are planned after the kill, not {expected}")
        world.plan(world.account.team.name)  # the manager clicks again
        if len(self._pushes(world)) != 1:
            missed.append("the second click made another send")
        return missed

    def _script(self, first: Worker) -> None:
        rules = [
            {**rule, "pid": first.pid} if rule.get("pid") == "PID" else dict(rule)
            for rule in self.scenario.rules
        ]
        if rules:
            self.sandbox.faults(rules)

    def _recover(self, pushes: list[int]) -> None:
        dice = random.Random(self.scenario.chaos)
        for _ in range(self.scenario.helpers):
            self._help()
        for _ in range(self.scenario.restarts):
            self._restart()
        frozen = [worker for worker in self.workers if worker.frozen]
        if frozen:
            self._hold_back(pushes)
            for worker in frozen:
                os.kill(worker.pid, signal.SIGCONT)
        patience = PATIENCE_WITH_WRONG if self.control else PATIENCE
        wait_for(lambda: self._rests(pushes, dice), patience)
        if frozen:
            time.sleep(AFTERWARDS)
        self._look_no_more(pushes)

    def _look_no_more(self, pushes: list[int]) -> None:
        """Let a read that is under way end: later looks are no part of a scenario."""
        wait_for(lambda: bool(Look.objects.all().delete()))
        tries = Attempt.objects.filter(delivery__push__in=pushes)
        wait_for(lambda: not tries.filter(result=Attempt.Result.IN_FLIGHT).exists(), READ_ENDS)

    def _restart(self) -> None:
        """Replace a helper, at whatever it is at."""
        time.sleep(0.05)
        self.workers[-1].end()
        self._help()

    def _help(self) -> None:
        orders = Orders(control=self.control, threads=self.scenario.orders.threads)
        helper = fork_worker(orders)
        helper.go()
        self.workers.append(helper)

    def _hold_back(self, pushes: list[int]) -> None:
        """Keep the frozen worker asleep past its lease, or until another one is on its way."""
        if not self.scenario.wake_in_flight:
            time.sleep(1.5 * limits.wait(limits.LEASE).total_seconds())
            return
        tries = Attempt.objects.filter(delivery__push__in=pushes, number__gt=1)
        wait_for(lambda: tries.filter(result=Attempt.Result.IN_FLIGHT).exists())

    def _rests(self, pushes: list[int], dice: random.Random) -> bool:
        if self.scenario.chaos and dice.random() < 0.02:
            self._restart()
        left = Delivery.objects.filter(push__in=pushes).exclude(state__in=AT_REST)
        return not (left.exists() or looks.first_is_due())

    def _end(self) -> None:
        for worker in self.workers:
            worker.end()


def void(_: object) -> None:
    """Take a value and forget it."""


def found_now() -> object:
    """Return the time now, as the database keeps it."""
    from sync import clock

    return clock.now()


def wait_for(claim: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Return whether `claim` comes true in time; a busy database is asked again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if claim():
                return True
        except OperationalError:
            connections.close_all()
        time.sleep(0.01)
    return False


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of our own for as long as it is needed."""
    running = Sandbox.start()
    try:
        yield running
    finally:
        running.stop()


__all__ = ["Stage", "State", "sandbox", "wait_for"]
