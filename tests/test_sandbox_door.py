"""Starting, stopping and looking into the sandbox."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from sync.sandbox.faults import KINDS
from sync.sandbox.journal import redact
from sync.sandbox.world import World
from tests.sandbox_server import ROOT, TELECMI, Sandbox

PATH = "/telecmi/v3/leads/add-custom"


def test_the_journal_tells_what_came_in_without_its_secrets(sandbox: Sandbox) -> None:
    body = json.dumps({"secret": "hush", "phone": "919876543210"}).encode()
    sandbox.request("POST", PATH, body, {"Authorization": "Bearer hush"})
    (entry,) = sandbox.journal("telecmi", "leads/add-custom")
    assert entry["number"] == 1
    assert entry["body"] == {"secret": "[masked]", "phone": "919876543210"}
    assert entry["sha256"] == hashlib.sha256(body).hexdigest()
    assert (entry["status"], entry["applied"], entry["fault"]) == (422, False, None)
    assert "hush" not in json.dumps(entry)
    assert sandbox.journal("telecrm") == []
    assert sandbox.journal(after=1) == []


def test_masking_reaches_into_lists_and_objects() -> None:
    nested = {"a": [{"Password": "p", "id": 1}], "TOKEN": {"x": 1}}
    assert redact(nested) == {"a": [{"Password": "[masked]", "id": 1}], "TOKEN": "[masked]"}


def test_text_that_is_not_unicode_is_shown_all_the_same(sandbox: Sandbox) -> None:
    account = {"inet_no": TELECMI["inet_no"], "secret": TELECMI["secret"]}
    one = {"lead_id": "550e8400-e29b-41d4-a716-446655440000", "phone": "919876543210"}
    sandbox.request("POST", PATH, {**account, "lead_name": "odd \ud800", "leads": [one]})
    (group,) = sandbox.state("telecmi")["accounts"]["1111112"]["groups"]
    assert group["name"] == "odd \ud800"
    assert sandbox.request("GET", "/telecmi")[0] == 200
    assert sandbox.request("GET", "/journal")[0] == 200


def test_an_undocumented_path_is_html_and_journalled(sandbox: Sandbox) -> None:
    status, answer = sandbox.request("POST", "/telecmi/v9/nothing", {})
    assert status == 404
    assert answer.startswith(b"<pre>")
    assert sandbox.journal()[0]["endpoint"] == "POST /v9/nothing"


def test_a_reset_forgets_everything_and_keeps_the_practice_accounts(sandbox: Sandbox) -> None:
    sandbox.add_account("telecmi", inet_no=7, secret="seven")
    sandbox.switch("telecmi", check_order="id_first")
    sandbox.faults([{"kind": "hang", "provider": "smartflo"}])
    sandbox.request("POST", PATH, {})
    sandbox.reset()
    state = sandbox.state("telecmi")
    assert list(state["accounts"]) == [str(TELECMI["inet_no"])]
    assert state["switches"]["check_order"] == "name_first"
    assert sandbox.journal() == []
    assert sandbox.waiting_faults() == []


def test_an_unknown_switch_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="has no switch 'mood'"):
        sandbox.switch("telecmi", mood="good")
    with pytest.raises(RuntimeError, match="cannot be 'yes'"):
        sandbox.switch("telecmi", errors_on_http_200="yes")


@pytest.mark.parametrize("place", ["state", "journal", "faults", "counts", "ready", "nothing"])
def test_the_control_door_only_looks_on_get(sandbox: Sandbox, place: str) -> None:
    status, _ = sandbox.request("GET", f"/_control/{place}")
    assert status == (404 if place == "nothing" else 200)
    assert sandbox.request("DELETE", f"/_control/{place}")[0] == 405


@pytest.mark.parametrize("place", ["/", "/telecmi", "/telecrm", "/smartflo", "/journal"])
def test_each_page_has_no_inline_style_or_script(sandbox: Sandbox, place: str) -> None:
    sandbox.request("POST", PATH, {"lead_name": "<i>"})
    status, page = sandbox.request("GET", place)
    assert status == 200
    assert b"<style" not in page
    assert b"style=" not in page
    assert b"<script" not in page
    assert b"<i>" not in page
    assert sandbox.request("GET", "/sandbox.css")[0] == 200
    assert sandbox.request("GET", f"{place}x")[0] in (404, 405)


def test_a_script_sets_up_accounts_switches_and_faults(tmp_path: Path) -> None:
    script, journal = tmp_path / "script.json", tmp_path / "journal.jsonl"
    script.write_text(
        json.dumps(
            {
                "accounts": [{"provider": "telecmi", "inet_no": 7, "secret": "seven"}],
                "switches": {"telecmi": {"check_order": "id_first"}},
                "seed": 3,
                "faults": [{"kind": "502_html"}],
            }
        )
    )
    running = Sandbox.start("--script", str(script), "--journal", str(journal))
    try:
        assert running.request("POST", PATH, {})[0] == 502
        assert "7" in running.state("telecmi")["accounts"]
        assert json.loads(journal.read_text())["fault"] == "502_html"
    finally:
        assert running.stop() == 0


def test_a_port_that_is_taken_is_one_clear_line(sandbox: Sandbox) -> None:
    command = [sys.executable, "-m", "sync.sandbox", "--port", str(sandbox.port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The sandbox could not start:")
    assert ended.stderr.count("\n") == 1


def test_it_imports_neither_django_nor_anything_of_ours() -> None:
    check = (
        "import sys, sync.sandbox.server;"
        "print([n for n in sys.modules if n.split('.')[0] in"
        " ('django', 'access', 'leads', 'campaigns', 'telecrm_admin', 'httpx')"
        " or (n.startswith('sync.') and not n.startswith('sync.sandbox'))])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_it_does_not_start_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    settings.ALLOW_LOCAL_PROVIDERS = False
    with pytest.raises(CommandError, match="does not run in production"):
        call_command("sandbox")


def test_its_page_of_documentation_names_every_fault_and_switch() -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    providers = World().providers.values()
    switches = [name for provider in providers for name in provider.DEFAULT_SWITCHES]
    assert [name for name in [*KINDS, *switches] if f"`{name}`" not in text] == []
