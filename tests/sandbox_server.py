"""The sandbox as a child process, and a small client for its control door."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent

# What the practice accounts of sync/sandbox accept.
TELECMI = {
    "inet_no": 1111112,
    "secret": "practice-secret-telecmi",
    "token": "practice-token-telecmi",
}
TELECMI_USER = {"user_id": "5001_1111112", "password": "practice-password"}
TELECRM = {
    "enterprise_id": "practice",
    "token": "practice-async-telecrm",
    "sync_token": "practice-sync-telecrm",
}
SMARTFLO = {"token": "practice-token-smartflo", "list_id": "441940"}
SMARTFLO_USER = {"email": "practice@example.com", "password": "practice-password"}


class Sandbox:
    """A running sandbox: `base_url` for accounts, the rest for looking and meddling."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port = port
        self.process = process

    @classmethod
    def start(cls, *options: str) -> Sandbox:
        """Start a sandbox on a free port and wait until it listens."""
        command = [sys.executable, "-m", "sync.sandbox", "--port", "0", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline() if process.stdout else ""
        if "ready on" not in line:
            process.kill()
            process.communicate()
            raise RuntimeError(f"The sandbox did not start: {line!r}")
        return cls(int(line.rsplit(":", 1)[1]), process)

    def stop(self) -> int:
        """End the process in good order and return its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode

    @property
    def url(self) -> str:
        """The address of the front page, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, provider: str) -> str:
        """The base URL an account of "telecmi", "telecrm" or "smartflo" is given."""
        return f"{self.url}/{provider}"

    def state(self, provider: str = "") -> dict[str, Any]:
        """Everything each provider has, or the part of the one named."""
        found: dict[str, Any] = self._control("GET", "state", query={"provider": provider})
        return dict(found[provider]) if provider else found

    def counts(self) -> dict[str, dict[str, int]]:
        """How much each provider has."""
        return dict(self._control("GET", "counts"))

    def journal(self, provider: str = "", endpoint: str = "", after: int = 0) -> list[Any]:
        """Every request received since the last reset, oldest first."""
        query = {"provider": provider, "endpoint": endpoint, "after": after}
        return list(self._control("GET", "journal", query=query))

    def faults(self, rules: list[dict[str, Any]], *, seed: int = 0, replace: bool = False) -> None:
        """Queue fault rules; see sync/sandbox/faults.py for their keys."""
        self._control("POST", "faults", {"rules": rules, "seed": seed, "replace": replace})

    def waiting_faults(self) -> list[dict[str, Any]]:
        """The rules with how often each was used."""
        return list(self._control("GET", "faults"))

    def switch(self, provider: str, **values: Any) -> None:
        """Turn a provider's switches, e.g. switch("telecmi", check_order="id_first")."""
        self._control("POST", "switches", {provider: values})

    def add_account(self, provider: str, **text: Any) -> dict[str, Any]:
        """Open an account and return its public part."""
        return dict(self._control("POST", "accounts", {"provider": provider, **text}))

    def expire(self, provider: str, account: str = "") -> int:
        """Let the sign-in tokens of an account run out; returns how many there were."""
        return int(
            self._control("POST", "expire", {"provider": provider, "account": account})["expired"]
        )

    def reset(self) -> None:
        """Back to the state after the start."""
        self._control("POST", "reset", {})

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request and return status and answer (JSON where it is JSON, else bytes)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        payload = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        fields = {"Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, path, payload, fields)
            reply = connection.getresponse()
            received = reply.read()
        finally:
            connection.close()
        try:
            return reply.status, json.loads(received)
        except ValueError:
            return reply.status, received

    def _control(
        self, method: str, name: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        path = f"/_control/{name}" + (f"?{urlencode(query)}" if query else "")
        status, answer = self.request(method, path, body)
        if status != 200:
            raise RuntimeError(f"{path}: {answer}")
        return answer
