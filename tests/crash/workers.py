"""Real workers, forked from a warm process, that die or freeze where they are told to."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.management import call_command
from django.db import connections

from sync import crashpoints
from tests.crash import controls

THREADS = 2


@dataclass
class Orders:
    """Where a worker dies. `point` names a crash point, `nth` counts its passes from 1.

    One that is frozen has a single thread: a second one might be stopped anywhere, even with the
    database's lock in hand, and what happens next would be luck.
    """

    point: str = ""
    signal: int = signal.SIGKILL
    nth: int = 1
    control: str = ""
    after: float = 0  # seconds to wait before beginning
    threads: int = THREADS

    def __post_init__(self) -> None:
        if self.signal == signal.SIGSTOP:
            self.threads = 1


@dataclass
class Worker:
    """A forked process; it begins when `go` is called, so that faults can name its pid.

    A frozen one goes on when `wake` is called, and not before, however slow the machine is.
    """

    pid: int
    gate: int
    status: int | None = field(default=None)
    frozen: bool = False

    def go(self) -> None:
        """Let it begin."""
        os.write(self.gate, b"g")

    def wake(self) -> None:
        """Let a frozen one end what it is at; then it stops like any worker that is told to."""
        os.kill(self.pid, signal.SIGCONT)
        os.write(self.gate, b"w")
        os.kill(self.pid, signal.SIGTERM)

    def look(self) -> None:
        """Note whether it ended or was frozen meanwhile."""
        if self.status is not None:
            return
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        if not pid:
            return
        if os.WIFSTOPPED(status):
            self.frozen = True
        elif os.WIFCONTINUED(status):
            self.frozen = False
        else:
            self.status = status
            os.close(self.gate)

    @property
    def is_dead(self) -> bool:
        """Whether it has ended."""
        self.look()
        return self.status is not None

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL ended it."""
        dead = self.is_dead
        return dead and os.WIFSIGNALED(self.status or 0)

    def end(self) -> None:
        """Kill it and wait for its end."""
        if self.is_dead:
            return
        os.kill(self.pid, signal.SIGKILL)
        while not self.is_dead:
            time.sleep(0.005)


def fork(task: Callable[[], None], orders: Orders) -> Worker:
    """Run `task` in a new process of ours that follows `orders`."""
    connections.close_all()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reading)
        return Worker(pid, writing)
    os.close(writing)
    code = 1
    try:
        os.read(reading, 1)
        time.sleep(orders.after)
        controls.apply(orders.control)
        crashpoints.arm(_striking(orders, reading))
        task()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def fork_worker(orders: Orders) -> Worker:
    """Fork `manage.py worker` with its deliveries lane."""

    def work() -> None:
        call_command("worker", lane="deliveries", threads=orders.threads)

    return fork(work, orders)


def _striking(orders: Orders, gate: int) -> Callable[[str], None]:
    passes = 0

    def act(name: str) -> None:
        nonlocal passes
        if name != orders.point:
            return
        passes += 1
        if passes == orders.nth:
            os.kill(os.getpid(), orders.signal)
            os.read(gate, 1)  # a stop may reach this thread later: it waits here to be woken

    return act
