"""The README's three lines for a machine without make, run for real."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.test_house_papers import read, shell_lines

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@contextmanager
def started(folder: Path, port: int) -> Iterator[str]:
    """Run the README's last line on a fresh database; yield what it printed when it is up."""
    (line,) = [line for line in shell_lines("README.md") if "up --demo" in line]
    command = [sys.executable, *line.split()[1:], "--port", str(port)]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite3'}",
        "MEDIA_ROOT": str(folder / "uploads"),
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        printed = []
        for text in running.stdout or ():
            printed.append(text)
            if "Ctrl-C" in text:
                break
        try:
            yield "".join(printed)
        finally:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=120)
    assert running.returncode == 0


def a_pair_of_ports() -> int:
    """Return a free port whose neighbour for the sandbox is free too.

    Below those that the system gives to connections: one of these could come in between.
    """
    first = 20_000 + 2 * (os.getpid() % 4_000)
    return next(port for port in range(first, 32_000, 2) if is_free(port) and is_free(port + 1))


def is_free(port: int) -> bool:
    """Return whether a server could listen on a loopback port."""
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


class Visitor:
    """Somebody with a browser that keeps cookies and runs no script."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send one request; return status and page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields or {}), headers)
        answer = connection.getresponse()
        for name, text in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _sign, value = text.partition("=")
                self.cookies[key] = value.partition(";")[0]
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    def sign_in(self, printed: str) -> None:
        """Open the printed link and press its button."""
        found = re.search(r"http://\S+/signin/\S+", printed)
        assert found, printed
        path = urlsplit(found.group()).path
        _status, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        status, _page = self.ask("POST", path, {"csrfmiddlewaretoken": token.group(1)})
        assert status == 302


def sends(folder: Path) -> list[tuple[str, int]]:
    """Return (label, total) of every send in the database."""
    import sqlite3

    with sqlite3.connect(folder / "desk.sqlite3") as database:
        return database.execute("SELECT label, total FROM sync_push ORDER BY id").fetchall()


def test_the_readme_lines_make_a_venv_and_install_only_pinned_files() -> None:
    lines = shell_lines("README.md")
    start = lines.index("python3 -m venv .venv")
    install, serve = lines[start + 1 : start + 3]
    assert install == ".venv/bin/python -m pip install --require-hashes -r requirements.txt"
    assert serve == ".venv/bin/python manage.py up --demo"
    assert "-r requirements.txt" in read("Makefile")


def test_a_newcomer_sees_a_day_s_work_and_a_second_start_changes_nothing(tmp_path: Path) -> None:
    port = a_pair_of_ports()
    with started(tmp_path, port) as printed:
        visitor = Visitor(port)
        visitor.sign_in(printed)
        status, today = visitor.ask("GET", "/")
        assert status == 200
        assert "Practice" in today
        assert "Q2 home loans" in today
        first_day = sends(tmp_path)
        assert len(first_day) == 6
    with started(tmp_path, port) as printed:
        visitor = Visitor(port)
        visitor.sign_in(printed)
        assert visitor.ask("GET", "/")[0] == 200
        assert sends(tmp_path) == first_day
