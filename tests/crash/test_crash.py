"""Real workers are killed and frozen at every named point; afterwards every promise still holds.

`make test` plays the quick part on SQLite. `make crash` (CRASH_MATRIX=full) plays everything on
SQLite and PostgreSQL; CRASH_SEEDS=3 plays it twice more, with random kills of the helpers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sync.crashpoints import POINTS
from tests.crash.controls import CONTROLS
from tests.crash.scenarios import HERE, matrix, quick

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("CRASH_MATRIX") == "full"
SEEDS = range(int(os.environ.get("CRASH_SEEDS", "1")))
LANES = 3
SCALE, SCALE_OF_CONTROLS = 100, 30  # waiting times are so many times shorter

quick_only = pytest.mark.skipif(FULL, reason="the full matrix holds it")
full_only = pytest.mark.skipif(not FULL, reason="make crash plays the full matrix")


def test_the_points_in_the_code_are_the_points_tested() -> None:
    called = set()
    for path in ROOT.glob("*/**/*.py"):
        if "tests" not in path.parts and "var" not in path.parts:
            called |= set(re.findall(r'crashpoint\("(\w+)"\)', path.read_text(encoding="utf-8")))
    assert called == set(POINTS)
    elsewhere = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.parent.name != "crash"
    )
    for name in set(POINTS) - set(HERE):
        assert f'"{name}"' in elsewhere, f"no test kills anything at {name}"


@pytest.mark.parametrize("played", [quick, matrix])
def test_every_point_is_played(played: Callable[[], list[Any]]) -> None:
    struck = {one.orders.point for one in played()}
    struck |= {one.second.point for one in played() if one.second}
    assert struck - {""} == set(HERE)


def play(what: str, databases: list[str], *options: str) -> list[dict[str, Any]]:
    """Play scenarios, one lane for each database, side by side; return a line for each."""
    lanes = []
    scale = SCALE_OF_CONTROLS if what == "controls" else SCALE
    for number, address in enumerate(databases, 1):
        lane = f"{number}/{len(databases)}"
        command = [sys.executable, "-m", "tests.crash.run", what, "--lane", lane, *options]
        environment = {**os.environ, "DATABASE_URL": address, "LEDGER_TIME_SCALE": str(scale)}
        lanes.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        )
    said = [lane.communicate()[0] for lane in lanes]
    assert all(lane.returncode in (0, 1) for lane in lanes)
    return [json.loads(line) for text in said for line in text.splitlines() if line[:1] == "{"]


def on_sqlite(folder: Path) -> list[str]:
    """Return addresses of new SQLite files, one for each lane."""
    return [f"sqlite:///{folder / f'lane{number}.sqlite3'}" for number in range(LANES)]


def on_postgresql(address: str) -> list[str]:
    """Create a database for each lane; return their addresses."""
    root, _, _ = address.rpartition("/")
    names = [f"crash_{os.getpid()}_{number}" for number in range(LANES)]
    with psycopg.connect(address, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
    return [f"{root}/{name}" for name in names]


def broken(lines: list[dict[str, Any]]) -> list[str]:
    """Return what was broken, scenario by scenario."""
    return [f"{one['scenario']}: {words}" for one in lines for words in one["violations"]]


@pytest.mark.crash
@quick_only
@pytest.mark.timeout(600)
def test_killed_and_frozen_workers_lose_and_double_nothing(tmp_path: Path) -> None:
    lines = play("quick", on_sqlite(tmp_path))
    assert broken(lines) == []
    assert len(lines) == len(quick())


@pytest.mark.crash
@full_only
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_matrix_holds_on_sqlite(tmp_path: Path, seed: int) -> None:
    lines = play("matrix", on_sqlite(tmp_path), "--seed", str(seed))
    assert broken(lines) == []
    assert len(lines) == len(matrix())


@pytest.mark.crash
@full_only
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_matrix_holds_on_postgresql(postgres_url: str, seed: int) -> None:
    lines = play("matrix", on_postgresql(postgres_url), "--seed", str(seed))
    assert broken(lines) == []
    assert len(lines) == len(matrix())


@pytest.mark.crash
@pytest.mark.timeout(600)
def test_every_wrong_ledger_is_found(tmp_path: Path) -> None:
    lines = play("controls", on_sqlite(tmp_path)[:1])
    assert [one["control"] for one in lines] == list(CONTROLS)
    innocent = [one for one in lines if not one["found"]]
    assert innocent == []
