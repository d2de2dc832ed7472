"""All tests, in stages, quick ones first: `make test` runs this after the checks.

1. units: what needs no database, server or browser
2. everything else that needs only Python, on SQLite
3. ledger, imports and records again on a throwaway PostgreSQL, and what only it can do
4. real browsers, a few at a time
5. killed and frozen processes, which mostly wait, two at a time

Where a browser or PostgreSQL is missing its tests are skipped and the reason is said; with
CI=true that is a failure.

The order of the tests and the examples that Hypothesis makes up are the same every time, so that
luck decides nothing. `python -m tests.everything nightly` looks for what luck would find: another
order, new examples, pages and campaigns on PostgreSQL too, the full crash matrix with random kills,
and the long proofs: 10,000 leads of each provider that lose replies, 1,000 stories of the ledger.
`python -m tests.everything crash` runs the full crash matrix alone: CRASH_MATRIX=full tells the
suite not to choose a part of it. CRASH_SEEDS, LOST_REPLIES and LEDGER_STORIES say how much more.
"""

import os
import re
import subprocess
import sys
from contextlib import ExitStack
from typing import NamedTuple

from tests.surroundings import ServiceMissing, browser, postgresql

NO_TESTS_CHOSEN = 5


class Stage(NamedTuple):
    """One run of pytest: its name, what it chooses, and whether Django's database is PostgreSQL."""

    name: str
    arguments: list[str]
    on_postgresql: bool = False


IN_PARALLEL = ["-n", "auto", "--maxschedchunk", "4"]
ON_POSTGRESQL = [*IN_PARALLEL, "-m", "(postgres or django_db) and not (e2e or crash)"]
# Pages ask what the ledger, the import and the records' own tests have asked before them.
WITHOUT_PAGES = ["--ignore=tests/pages", "--ignore=tests/campaigns"]
STAGES = (
    Stage("units", ["-n", "auto", "-m", "unit"]),
    Stage("Python only", [*IN_PARALLEL, "-m", "not (unit or e2e or postgres or crash)"]),
    Stage("PostgreSQL", [*ON_POSTGRESQL, *WITHOUT_PAGES], on_postgresql=True),
    Stage("browsers", [*IN_PARALLEL, "--maxprocesses", "4", "-m", "e2e"]),
    Stage("killed processes", ["-n", "2", "--maxschedchunk", "1", "-m", "crash and not e2e"]),
)
SAME_ORDER = ["--randomly-seed=1"]
ANY_ORDER = ["--hypothesis-profile=new"]
NIGHTLY = (
    *(stage for stage in STAGES if not stage.on_postgresql),
    Stage("all on PostgreSQL", ON_POSTGRESQL, on_postgresql=True),
)
LONG_PROOFS = {"CRASH_SEEDS": "3", "LOST_REPLIES": "10000", "LEDGER_STORIES": "1000"}
FULL_CRASH_MATRIX = (Stage("crash matrix", ["-m", "crash", "--timeout", "1800"]),)


def prepare(stack: ExitStack) -> list[str]:
    """Find or start what the tests need, tell them by the environment, and say what is missing."""
    missing = []
    try:
        os.environ["TEST_BROWSER"] = browser()
    except ServiceMissing as trouble:
        missing.append(f"Browser tests are skipped: {trouble}")
    try:
        os.environ["TEST_POSTGRES_URL"] = stack.enter_context(postgresql())
    except ServiceMissing as trouble:
        missing.append(f"PostgreSQL tests are skipped: {trouble}")
    return missing


def choose(word: str) -> tuple[tuple[Stage, ...], list[str]]:
    """Return the stages for "crash", "nightly" or "", and pytest's arguments for all of them."""
    if not word:
        return STAGES, SAME_ORDER
    os.environ["CRASH_MATRIX"] = "full"
    if word == "crash":
        return FULL_CRASH_MATRIX, SAME_ORDER
    for name, many in LONG_PROOFS.items():
        os.environ.setdefault(name, many)
    return NIGHTLY, ANY_ORDER


def run(stage: Stage, more: list[str]) -> tuple[int, str]:
    """Run one stage with its output passed through; return the exit code and its closing line."""
    environment = dict(os.environ)
    if stage.on_postgresql:
        environment["DATABASE_URL"] = os.environ["TEST_POSTGRES_URL"]
    say(f"\n== {stage.name}")
    command = [sys.executable, "-m", "pytest", "-q", *stage.arguments, *more]
    closing = ""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as pytest:
        for line in pytest.stdout or ():
            say(line, end="")
            closing = line.strip() or closing
    code = 0 if pytest.returncode == NO_TESTS_CHOSEN else pytest.returncode
    return code, re.sub(r"^=+ | =+$", "", closing)


def main() -> int:
    """Run every stage that can run here; return 0 only when all is well."""
    with ExitStack() as stack:
        missing = prepare(stack)
        if missing and os.environ.get("CI") == "true":
            say("\n".join(missing))
            return 1
        chosen, more = choose(" ".join(sys.argv[1:]))
        stages = [s for s in chosen if not s.on_postgresql or "TEST_POSTGRES_URL" in os.environ]
        ends = [(stage.name, *run(stage, more)) for stage in stages]
    say("\n== All stages")
    for name, _code, closing in ends:
        say(f"{name}: {closing}")
    say("\n".join(missing))
    return max(code for _name, code, _closing in ends)


def say(text: str, end: str = "\n") -> None:
    """Print at once, also when the output is a file."""
    print(text, end=end, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
