"""The processes of one installation, kept alive together: `manage.py up`."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

from sync import limits

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
STEADY_AFTER = 60.0  # a child that ran this long starts over with the shortest wait
# Seconds for children to finish: longer than any request, for nobody knows what became of one
# that is cut off.
GRACE = limits.REQUEST_DEADLINE + 5
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive, and when it may be started again."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = FIRST_WAIT
    start_again_at: float = 0.0

    def start(self) -> None:
        """Start it; it ends with this process, however this one ends."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands only
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches this process only, which tells the others
            preexec_fn=_end_with_parent(os.getpid()),  # this process has one thread
        )

    @property
    def is_running(self) -> bool:
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self, say: Callable[[str], None]) -> None:
        """Choose when to start it again: later each time, soon again after a steady run."""
        now = time.monotonic()
        if now - self.started_at >= STEADY_AFTER:
            self.wait = FIRST_WAIT
        code = self.process.returncode if self.process else None
        say(f"{self.name} ended (code {code}); it starts again in {self.wait:g} s")
        self.process = None
        self.start_again_at = now + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)


class Household:
    """Starts children, replaces those that die, and ends them all on SIGTERM or Ctrl-C."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.is_ending = False

    def add(self, child: Child) -> None:
        """Start a child and keep it alive from now on."""
        child.start()
        self.children.append(child)

    def listen(self) -> None:
        """End everything when this process is told to end; at once when it is told twice."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays in force
                signal.signal(number, self._asked_to_end)

    def tend(self, until: Callable[[], bool] = lambda: False) -> None:
        """Replace dead children until asked to end, or until `until()` is true."""
        while not (self.is_ending or until()):
            self.replace_the_dead()
            time.sleep(0.1)

    def wait_for(self, errand: Child) -> int:
        """Run a process that ends by itself, tending the others; return its exit code."""
        errand.start()
        self.tend(until=lambda: not errand.is_running)
        if errand.process is None:
            return 1
        if errand.is_running:
            errand.process.terminate()
        return errand.process.wait()

    def replace_the_dead(self) -> None:
        """Look at every child once."""
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None:
                child.plan_restart(self.say)
            elif time.monotonic() >= child.start_again_at:
                child.start()

    def end(self) -> None:
        """Ask every child to end; end by force those that do not within GRACE seconds."""
        running = [child.process for child in self.children if child.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        self.is_ending = True
        signal.signal(number, signal.SIG_DFL)


def manage(*arguments: str) -> list[str]:
    """Return the command line of one of this project's commands."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """Return what a new child does first: ask Linux to end it when `parent` dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the request was heard
            os._exit(1)

    return ask
