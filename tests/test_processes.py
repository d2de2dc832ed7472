"""What `manage.py up` promises about its processes, with real ones."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from telecrm_admin.processes import LONGEST_WAIT, STEADY_AFTER, Child, Household

ROOT = Path(__file__).parents[1]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]
PARENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
from django.conf import settings
settings.configure()
from telecrm_admin.processes import Child, Household
household = Household(lambda words: None)
household.listen()
child = Child("Sleeper", [sys.executable, "-c", sys.argv[1]])
household.add(child)
print(child.process.pid, flush=True)
household.tend()
household.end()
"""
STUBBORN = """
import signal, time
def later(number, frame):
    signal.signal(number, signal.SIG_DFL)
    print("asked", flush=True)
signal.signal(signal.SIGTERM, later)
print("ready", flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def household() -> Iterator[Household]:
    """A household that leaves nobody behind."""
    made = Household(said.append)
    said.clear()
    yield made
    made.end()


said: list[str] = []


def wait_for(claim: Callable[[], bool]) -> bool:
    """Return whether `claim` comes true while we look."""
    deadline = time.monotonic() + 60
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.02)
    return claim()


def lives(pid: int) -> bool:
    """Return whether a process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_killed_process_is_replaced(household: Household) -> None:
    child = Child("Sleeper", SLEEP, wait=0.01)
    household.add(child)
    first = child.process
    assert first is not None
    first.kill()
    household.tend(until=lambda: child.is_running and child.process is not first)
    assert child.is_running
    assert said == ["Sleeper ended (code -9); it starts again in 0.01 s"]


def test_one_that_keeps_dying_is_started_less_and_less_often(household: Household) -> None:
    child = Child("Dying", DIE, wait=0.01)
    household.add(child)
    household.tend(until=lambda: len(said) == 4)
    assert [words.rsplit(" in ")[1] for words in said] == ["0.01 s", "0.02 s", "0.04 s", "0.08 s"]


def test_the_wait_has_an_end_and_a_steady_run_forgives() -> None:
    child = Child("Dying", DIE, wait=LONGEST_WAIT, started_at=time.monotonic())
    child.plan_restart(said.append)
    assert child.wait == LONGEST_WAIT
    child.started_at = time.monotonic() - STEADY_AFTER
    child.plan_restart(said.append)
    assert said[-1].endswith("0.5 s")


def test_an_errand_is_run_once_while_others_are_tended(household: Household) -> None:
    household.add(Child("Sleeper", SLEEP))
    assert household.wait_for(Child("Errand", DIE)) == 3
    assert said == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, SLEEP[-1]], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        os.kill(parent.pid, number)
        parent.wait(60)
    assert wait_for(lambda: not lives(child))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")
def test_a_second_ctrl_c_waits_for_nobody() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, STUBBORN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        lines = iter(parent.stdout.readline, "")
        told = {next(lines).strip(), next(lines).strip()}
        (child,) = (int(line) for line in told if line.isdigit())
        parent.send_signal(signal.SIGINT)
        assert next(lines) == "asked\n"
        parent.send_signal(signal.SIGINT)
        assert parent.wait(60) == -signal.SIGINT
    assert wait_for(lambda: not lives(child))
