"""kill -9 at random instants: the next worker goes on, and every row still ends exactly once."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from leads import csvfile, jobs
from leads.importing import progress
from leads.models import Import, Lead
from tests.importing.files import staged, sums

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

KILLS = 200
GOOD, TWICE, BAD = 700, 40, 60


def messy_file(dice: random.Random) -> str:
    lines = [f"Lead {n},90000{n + 10_001:05d}" for n in range(GOOD)]
    lines += [f"Again,+91 90000 {n + 10_001:05d}" for n in dice.sample(range(GOOD), TWICE)]
    lines += [f"Short,98{n}" for n in range(BAD)]
    dice.shuffle(lines)
    return "name,phone\n" + "\n".join(lines) + "\n"


def killed_after(work: Callable[[], Any], seconds: float) -> bool:
    """Run `work` in a fork of this warm process; kill -9 it. Return whether it was too late."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:  # the worker that dies
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def work_on() -> None:
    while jobs.run(5):
        pass


def expire_lease(record: Import) -> None:
    """As if the minute a dead worker's lease lasts were over."""
    Import.objects.filter(pk=record.pk).update(lease_until=None)


def driven(record: Import, dice: random.Random, budget: int) -> int:
    """Kill workers on an import until it is done, or the budget is used; return the kills."""
    kills = 0
    while kills < budget and Import.objects.get(pk=record.pk).state in progress.WORKING:
        expire_lease(record)
        kills += not killed_after(work_on, dice.uniform(0.001, 0.05))
    expire_lease(record)
    work_on()
    record.refresh_from_db()
    return kills


def test_an_import_survives_200_kills_without_losing_or_doubling_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice, kills = random.Random(26), 0
    monkeypatch.setattr(csvfile, "BLOCK", 1_024)
    while kills < KILLS:
        record = staged(messy_file(dice))
        progress.start_import(record)
        kills += driven(record, dice, KILLS - kills)
        assert record.state == Import.State.DONE
        assert sums(record) == (GOOD, 0, TWICE, BAD)
        assert record.lead_list is not None
        assert Lead.objects.filter(lead_list=record.lead_list).count() == GOOD
        assert record.lead_list.lead_count == GOOD
        assert record.lead_list.row_count == GOOD + TWICE + BAD
        assert sum(record.problems.values()) == record.issues.filter(is_warning=False).count()
    assert kills >= KILLS


def test_a_check_and_a_taking_back_survive_kills_too(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(27)
    monkeypatch.setattr(csvfile, "BLOCK", 1_024)
    record = staged(messy_file(dice))
    progress.start_check(record)
    driven(record, dice, 15)
    assert (record.ready, record.repeated, record.to_fix) == (GOOD, TWICE, BAD)
    progress.start_import(record)
    jobs.finish(record)
    record.refresh_from_db()
    progress.start_undo(record)
    driven(record, dice, 15)
    assert record.options["undo"] == {"removed": GOOD, "restored": 0, "kept": 0}
    assert not Lead.objects.filter(deleted_at=None).exists()
