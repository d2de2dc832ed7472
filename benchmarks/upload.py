"""How much a web process grows while a file of 200 MB is uploaded, checked and watched.

    manage.py benchmark upload

Starts the web server of `manage.py up` (gunicorn, two processes, threads) on a free port, signs
a manager in, posts the file as a browser does (multipart, streamed from disk), agrees to the
columns and looks at the progress page, while a second connection opens a list page again and
again. Memory is the peak the kernel notes (VmHWM) less what the process had before.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from access.models import Membership, Team, User
from access.roles import Role
from benchmarks import lead_rows
from benchmarks.import_leads import clean
from leads.models import Import
from telecrm_admin.management.commands import up

MEBIBYTE = 1024 * 1024
SIZE = 199 * MEBIBYTE
ROWS = 20_000  # written once, repeated until the file is large enough
BOUNDARY = "----leads"
POLLS = 5
PATIENCE = 120.0


class Browser:
    """One signed-in connection; keeps the form's secret."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie, self.secret = port, cookie, ""

    def get(self, path: str) -> str:
        """Return a page; remembers the secret of its form."""
        page = self._ask("GET", path)[1]
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.secret = found[1] if found else self.secret
        return page

    def upload(self, path: str, file: Path) -> str:
        """Post a file in pieces, as it is read; return where the server leads next."""
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"'
        head = f"{part % 'csrfmiddlewaretoken'}\r\n\r\n{self.secret}\r\n"
        head += f'{part % "file"}; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'
        tail = f"\r\n--{BOUNDARY}--\r\n"
        size = len(head) + file.stat().st_size + len(tail)

        def body() -> Iterator[bytes]:
            yield head.encode()
            with file.open("rb") as opened:
                while piece := opened.read(64 * 1024):
                    yield piece
            yield tail.encode()

        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self._ask("POST", path, body(), kind, size)[0]

    def agree(self, path: str) -> str:
        """Post the columns as they are matched; return where the server leads next."""
        form = f"csrfmiddlewaretoken={self.secret}&list_name=Benchmark+upload&country=IN"
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", path, form.encode(), kind, len(form))[0]

    def _ask(
        self, verb: str, path: str, body: Any = None, kind: str = "", size: int = 0
    ) -> tuple[str, str]:
        """Return the address a redirect names, and the page. Raises RuntimeError for an error."""
        token = f"csrftoken={self.secret_cookie}; " if self.secret_cookie else ""
        headers = {"Cookie": f"{token}{settings.SESSION_COOKIE_NAME}={self.cookie}"}
        if body is not None:
            headers |= {"Content-Type": kind, "Content-Length": str(size)}
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        asked.request(verb, path, body, headers)
        answer = asked.getresponse()
        page = answer.read().decode("utf-8", "replace")
        asked.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.secret_cookie = value.partition("=")[2].partition(";")[0]
        if answer.status >= 400:
            raise RuntimeError(f"{verb} {path} answered {answer.status}: {page[:300]}")
        return answer.headers.get("Location", ""), page

    secret_cookie = ""


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Run the web server of `manage.py up`; yield its port and the pid of its master process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = up.web_command("127.0.0.1", port)
    running = subprocess.Popen(command, env={**os.environ})  # noqa: S603 - our own command
    try:
        deadline = time.monotonic() + up.STARTING
        while not up.listens("127.0.0.1", port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait()


def processes(master: int) -> list[int]:
    """Return the web server's worker processes."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii")
    return [int(pid) for pid in children.split()]


def memory(pid: int, name: str) -> float:
    """Return VmRSS or VmHWM of a process in mebibytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.M)
    return int(found[1]) / 1024 if found else 0.0


def write_large(path: Path) -> Path:
    """Write a file of SIZE bytes: the same rows again and again."""
    small = lead_rows.write(path.with_suffix(".small"), ROWS).read_bytes()
    header, _end, rows = small.partition(b"\n")
    with path.open("wb") as file:
        file.write(header + b"\n")
        for _copy in range((SIZE - len(header)) // len(rows)):
            file.write(rows)
    return path


def signed_in() -> tuple[Team, User, str]:
    """Make a team with a manager; return both and the cookie of a session."""
    team = Team.objects.create(name=f"Benchmark {time.time()}")
    user = User.objects.create(username=f"benchmark{time.time()}")
    Membership.objects.create(user=user, team=team, role=Role.MANAGER)
    client = Client()
    client.force_login(user)
    return team, user, client.cookies[settings.SESSION_COOKIE_NAME].value


def _read_lists(port: int, cookie: str, stop: threading.Event, took: list[float]) -> None:
    """Open the list page again and again, as a colleague does; note milliseconds."""
    colleague = Browser(port, cookie)
    while not stop.is_set():
        start = time.perf_counter()
        colleague.get("/leads/")
        took.append(1000 * (time.perf_counter() - start))
        stop.wait(0.1)


def walk(port: int, cookie: str, file: Path) -> float:
    """Upload, agree to the columns, watch; return seconds of the upload."""
    manager = Browser(port, cookie)
    manager.get("/imports/new/")
    start = time.perf_counter()
    step = manager.upload("/imports/new/", file)
    uploaded = time.perf_counter() - start
    manager.get(step)
    step = manager.agree(step)
    for _poll in range(POLLS):
        manager.get(step)
        time.sleep(1)
    return uploaded


def run() -> dict[str, float]:
    """Return mebibytes, seconds and milliseconds."""
    team, user, cookie = signed_in()
    took: list[float] = []
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder, server() as (port, master):
        file = write_large(Path(folder) / "large.csv")
        for _warm in range(8):
            Browser(port, cookie).get("/leads/")
        pids = processes(master)
        before = {pid: memory(pid, "VmRSS") for pid in pids}
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # peak from here on
        reader = threading.Thread(target=_read_lists, args=(port, cookie, stop, took))
        reader.start()
        uploaded = walk(port, cookie, file)
        stop.set()
        reader.join()
        grown = max(memory(pid, "VmHWM") - before[pid] for pid in pids)
        size = file.stat().st_size / MEBIBYTE
    rows = Import.objects.get(team=team).rows_read
    clean(team)
    user.delete()
    team.delete()
    return {
        "file, MiB": size,
        "upload, s": uploaded,
        "rows checked in the requests": float(rows),
        "a web process before, MiB": max(before.values()),
        "a web process grew by, MiB": grown,
        "list page meanwhile p95, ms": statistics.quantiles(took, n=20)[-1],
    }
