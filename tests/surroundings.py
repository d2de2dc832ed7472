"""What some tests need beside Python: a Chromium and a throwaway PostgreSQL.

Both are looked for, and installed with apt where that is possible (Debian, as root).
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
UNSAFE_BUT_FAST = "-c fsync=off -c full_page_writes=off -c max_connections=200"


class ServiceMissing(Exception):
    """It is not here and cannot be installed; the message says what to do."""


def browser() -> str:
    """Return the path of a Chromium, installing Debian's where possible.

    Raises ServiceMissing with the next step.
    """
    named = os.environ.get("TEST_BROWSER", "")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and install("chromium"):
        found = shutil.which("chromium")
    if not found:
        raise ServiceMissing("no Chromium. On Debian: apt install chromium")
    return found


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of a PostgreSQL of our own, gone afterwards.

    An address in TEST_POSTGRES_URL is used as it is. Raises ServiceMissing with the next step.
    """
    if named := os.environ.get("TEST_POSTGRES_URL", ""):
        yield named
        return
    if not (programs := _postgresql_programs()):
        raise ServiceMissing("no PostgreSQL. On Debian: apt install postgresql")
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="telecrm-admin-pg-"))
    if owner:
        shutil.chown(folder, owner)
    with _cleared_away(owner, programs / "pg_ctl", folder):
        data = str(folder / "data")
        _as(owner, programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "--no-sync")
        port = free_port()
        options = f"-p {port} -h 127.0.0.1 -k {folder} {UNSAFE_BUT_FAST}"
        log = str(folder / "log")
        _as(owner, programs / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start")
        yield f"postgres://tests@127.0.0.1:{port}/postgres"


@contextmanager
def _cleared_away(owner: str, pg_ctl: Path, folder: Path) -> Iterator[None]:
    """Stop the server and remove its folder afterwards, also when this process is killed.

    A shell of its own session does it when its input ends, which happens however we end.
    """
    stop = f"{pg_ctl} -D {folder}/data -m immediate stop"
    script = f"read _; {shlex.join(_switch(owner))} {stop}; rm -rf {folder}"
    with subprocess.Popen(
        ["sh", "-c", script],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ):
        yield


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def install(package: str) -> bool:
    """Install a Debian package; False where that cannot be done from here."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = ["apt-get", "-y", "-qq", "--no-install-recommends"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {package} with apt", file=sys.stderr, flush=True)  # noqa: T201
    steps = (["apt-get", "-qq", "update"], [*quiet, "install", package])
    return all(_quietly(step, environment) for step in steps)


def _quietly(command: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def _postgresql_programs() -> Path | None:
    """Return the newest folder with initdb in it: Debian keeps it out of the PATH."""
    for _attempt in range(2):
        debian = Path("/usr/lib/postgresql")
        versions = sorted(debian.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        on_path = shutil.which("initdb")
        if versions or on_path:
            return versions[-1].parent if versions else Path(str(on_path)).parent
        if not install("postgresql"):
            return None
    return None


def _owner() -> str:
    """Return whom to run the server as: initdb refuses root. Empty: nobody to switch to."""
    if os.geteuid() != 0:
        return ""
    known = Path("/etc/passwd").read_text(encoding="utf-8")
    return "postgres" if "\npostgres:" in known else "nobody"


def _switch(owner: str) -> list[str]:
    """Return what to write before a command that `owner` shall run; nobody: nothing."""
    return ["runuser", "-u", owner, "--"] if owner else []


def _as(owner: str, *command: str | Path) -> None:
    """Run a server command as `owner`; what it says is shown only when it fails."""
    with tempfile.TemporaryFile("w+") as said:
        # The server keeps this file open as its own output, so a pipe would never end.
        done = subprocess.run(
            [*_switch(owner), *map(str, command)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
        )
        said.seek(0)
        if done.returncode != 0:
            raise ServiceMissing(f"PostgreSQL did not start: {said.read().strip()[-400:]}")
