"""The command line in a fresh clone, before anything was prepared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one command on a database of its own."""
    here = {"DATABASE_URL": f"sqlite:///{folder}/desk.sqlite3", "MEDIA_ROOT": str(folder)}
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, **here},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_database_is_prepared_by_the_first_command(tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("phone\n9876543210\n", encoding="utf-8")
    done = run(tmp_path, "import", "leads", str(file), "--list", "Q2", "--json")
    assert json.loads(done.stdout)["added"] == 1
    assert done.returncode == 0


def test_a_database_of_an_older_version_is_said_in_one_line(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate", "leads", "0001", "--verbosity", "0").returncode == 0
    failed = run(tmp_path, "deliveries")
    assert failed.returncode == 1
    assert failed.stderr.strip().endswith("Run manage.py migrate, then this again.")
    assert "Traceback" not in failed.stderr
