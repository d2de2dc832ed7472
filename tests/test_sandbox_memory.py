"""What the sandbox has outlives its process when it is told where to keep it."""

from pathlib import Path

from tests.sandbox_server import SMARTFLO, Sandbox


def upload(sandbox: Sandbox) -> None:
    """Put one lead into the practice list."""
    headers = {"Authorization": f"Bearer {SMARTFLO['token']}"}
    path = f"/smartflo/v1/broadcast/leads/{SMARTFLO['list_id']}"
    body = {"data": [{"field_0": "9000010001", "field_1": "Asha"}]}
    status, answer = sandbox.request("POST", path, body, headers)
    assert status == 200, answer


def test_practice_goes_on_after_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "later" / "sandbox.state")
    first = Sandbox.start("--state", state)
    upload(first)
    before = first.counts()
    assert first.stop() == 0
    second = Sandbox.start("--state", state)
    assert second.counts() == before
    second.stop()


def test_an_unreadable_memory_is_a_fresh_start(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    state.write_bytes(b"not a memory")
    sandbox = Sandbox.start("--state", str(state))
    assert sandbox.counts()["smartflo"]["leads"] == 0
    sandbox.stop()
