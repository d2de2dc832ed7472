"""Plays scenarios in a process of its own and prints one JSON line for each.

    DATABASE_URL=... LEDGER_TIME_SCALE=100 python -m tests.crash.run quick|matrix|controls
        [--lane 1/3] [--seed N] [--only TEXT]

Exit code 1 when a promise was broken (or, with `controls`, when a wrong ledger was not found).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "telecrm_admin.settings")
os.environ.setdefault("TELECRM_ADMIN_ALLOW_LOCAL_PROVIDERS", "true")
os.environ.setdefault("LEDGER_TIME_SCALE", "100")

if TYPE_CHECKING:
    from tests.crash.scenarios import Scenario


def main() -> int:
    """Play what was asked for and return the exit code."""
    given = arguments().parse_args()
    django.setup()
    logging.disable(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the sandbox ends with us
    from django.core.management import call_command, load_command_class

    from tests.crash.stage import Stage, sandbox

    call_command("migrate", verbosity=0)
    load_command_class("telecrm_admin", "worker")  # before the forks, which then start at once
    from tests.crash import controls

    bad = 0
    with sandbox() as running:
        for control, scenario in chosen(given):
            began = time.monotonic()
            broken = Stage(running, scenario, control).play()
            found = controls.is_found(control, broken) if control else False
            bad += not found if control else bool(broken)
            line = {
                "scenario": scenario.name,
                "control": control,
                "found": found,
                "violations": broken,
                "seconds": round(time.monotonic() - began, 2),
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return int(bad > 0)


def chosen(given: argparse.Namespace) -> Iterator[tuple[str, Scenario]]:
    """Yield (control, scenario) of this lane, varied by the seed."""
    from tests.crash import scenarios

    if given.what == "controls":
        every = scenarios.wrong_ledgers()
    else:
        found = scenarios.quick() if given.what == "quick" else scenarios.matrix()
        every = [("", one) for one in found]
    lane, lanes = (int(number) for number in given.lane.split("/"))
    dice = random.Random(given.seed)
    for number, (control, one) in enumerate(every):
        varied = one
        if given.seed:
            varied = replace(one, chaos=dice.randrange(1, 2**31))
        if number % lanes == lane - 1 and given.only in one.name:
            yield control, varied


def arguments() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.run")
    parser.add_argument("what", choices=["quick", "matrix", "controls"])
    parser.add_argument("--lane", default="1/1", help="this part of how many")
    parser.add_argument("--seed", type=int, default=0, help="random extra kills")
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    return parser


if __name__ == "__main__":
    sys.exit(main())
