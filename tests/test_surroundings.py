"""A run of the tests keeps to itself, and leaves nothing behind however it ends."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).parents[1]
HELD_OPEN = """
from tests.surroundings import postgresql
with postgresql() as address:
    print(address, flush=True)
    input()
"""


@pytest.mark.django_db
def test_a_run_has_a_database_file_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL a run has a server of its own")
    name = Path(connection.settings_dict["NAME"])
    assert name.is_relative_to(tmp_path_factory.getbasetemp())


@pytest.mark.usefixtures("postgres_url")
def test_a_killed_run_leaves_no_postgresql_behind() -> None:
    environment = {**os.environ, "TEST_POSTGRES_URL": ""}
    command = [sys.executable, "-c", HELD_OPEN]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as run:
        address = run.stdout.readline().strip() if run.stdout else ""
        with psycopg.connect(address) as database:
            (folder,) = database.execute("SHOW data_directory").fetchone() or [""]
        run.kill()
    while Path(folder).parent.exists():
        time.sleep(0.1)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
