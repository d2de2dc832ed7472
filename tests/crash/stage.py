"""One scenario from its records to its verdict, with real processes on a real database."""

from __future__ import annotations

import random
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

PATIENCE = 120.0  # seconds without a step forward, on however slow a machine
PATIENCE_WITH_WRONG = 30.0  # a wrong ledger may never come to rest


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
            missed += self._recover(pushes)
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
            struck = wait_for(lambda: second.was_killed or second.frozen)
            missed += [] if struck else ["the second was never struck"]
            missed += self._wake()
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

    def _recover(self, pushes: list[int]) -> list[str]:
        """Let ordinary workers bring the send to rest; say what did not happen as it must."""
        dice = random.Random(self.scenario.chaos)
        for _ in range(self.scenario.helpers):
            self._help()
        for _ in range(self.scenario.restarts):
            self._restart()
        missed = self._hold_back(pushes, dice) if self._frozen else []
        missed += self._wake()
        self._come_to_rest(pushes, dice)
        self._look_no_more(pushes)
        return missed

    def _come_to_rest(self, pushes: list[int], dice: random.Random) -> bool:
        """Whether the send comes to rest; as long as it gets on, no machine is too slow for it."""
        resting = Delivery.objects.filter(push__in=pushes, state__in=AT_REST)
        done = -1
        while not wait_for(lambda: self._rests(pushes, dice), self._patience):
            if self.control or resting.count() <= done:
                return False
            done = resting.count()
        return True

    @property
    def _patience(self) -> float:
        return PATIENCE_WITH_WRONG if self.control else PATIENCE

    @property
    def _frozen(self) -> list[Worker]:
        for worker in self.workers:
            worker.look()
        return [worker for worker in self.workers if worker.frozen]

    def _wake(self) -> list[str]:
        """Wake the frozen workers one after another; each ends what it was at before the next."""
        missed = []
        for worker in self._frozen:
            worker.wake()
            if not wait_for(lambda one=worker: one.is_dead):  # type: ignore[misc]
                missed.append("a woken worker never ended what it was at")
        return missed

    def _look_no_more(self, pushes: list[int]) -> None:
        """Let a read that is under way end: later looks are no part of a scenario."""
        wait_for(lambda: bool(Look.objects.all().delete()))
        tries = Attempt.objects.filter(delivery__push__in=pushes)
        landed = lambda: not tries.filter(result=Attempt.Result.IN_FLIGHT).exists()  # noqa: E731
        wait_for(landed, self._patience)

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

    def _hold_back(self, pushes: list[int], dice: random.Random) -> list[str]:
        """Keep the frozen worker asleep until the others have done its work and all the rest.

        One that holds the database's lock keeps everybody waiting: it sleeps past its lease.
        """
        if self.scenario.orders.point.endswith("_before_commit"):
            time.sleep(1.5 * limits.wait(limits.LEASE).total_seconds())
            return []
        rests = self._come_to_rest(pushes, dice)
        return [] if rests or self.control else ["the others never did a frozen worker's work"]

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


def wait_for(claim: Callable[[], bool], seconds: float = PATIENCE) -> bool:
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
