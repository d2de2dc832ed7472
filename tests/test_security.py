"""What docs/security.md promises and no other test shows."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from access.audit import record
from access.middleware import BEGAN_KEY
from access.models import AuditEvent, User
from access.roles import RIGHTS, Role
from telecrm_admin.log_lines import OneLine, OneObject
from tests.factories import LeadFactory, LeadListFactory, TeamFactory, UserFactory
from tests.test_house_doors import OPEN, VALUES

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a long sentence"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PRODUCTION = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answer = Client().get("/health/", secure=True, headers={"host": "desk.example.com"})
plain = Client().get("/health/", headers={"host": "desk.example.com"})
names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
         "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "DEBUG")
print(json.dumps({"headers": dict(answer.headers), "plain": plain["Location"],
                  "settings": {name: getattr(settings, name) for name in names}}))
"""


def test_every_line_of_the_security_list_names_a_test_that_exists() -> None:
    rows = [
        line
        for line in (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| V")
    ]
    assert len(rows) > 25
    for row in rows:
        named = NAMED.findall(row)
        assert named or "`make " in row, row
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, row


def test_a_production_installation_sends_every_protective_header(tmp_path: Path) -> None:
    environment = {
        **os.environ, "SECRET_KEY": "x" * 60, "DEBUG": "false",
        "FIELD_ENCRYPTION_KEYS": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        "ALLOWED_HOSTS": "desk.example.com", "DATABASE_URL": f"sqlite:///{tmp_path / 'db'}",
        "DJANGO_SETTINGS_MODULE": "telecrm_admin.settings",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", PRODUCTION], cwd=ROOT, env=environment, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    found = json.loads(said)
    headers = {name.lower(): value for name, value in found["headers"].items()}
    assert headers["strict-transport-security"].startswith("max-age=31536000; includeSubDomains")
    policy = headers["content-security-policy"]
    assert "'unsafe" not in policy
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert found["plain"].startswith("https://")
    assert found["settings"] == {
        "SESSION_COOKIE_NAME": "__Host-sessionid", "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken", "CSRF_COOKIE_SECURE": True, "DEBUG": False,
    }  # fmt: skip


@pytest.fixture
def meera(db: None) -> User:
    user: User = UserFactory.create(team=TeamFactory.create())
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, password: str, **headers: str) -> int:
    values = {"username": user.username, "password": password}
    return client.post(reverse("access:sign_in"), values, headers=headers).status_code


def test_pages_of_signed_in_people_stay_out_of_caches(client: Client, meera: User) -> None:
    client.force_login(meera)
    assert client.get(reverse("access:team"))["Cache-Control"] == "private, no-cache"
    assert client.get(reverse("leads:export"))["Cache-Control"] == "no-store"
    assert "no-store" in client.get(reverse("access:second_step"))["Cache-Control"]


def test_a_made_up_address_does_not_open_a_locked_door(client: Client, meera: User) -> None:
    for number in range(5):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        sign_in(client, meera, "wrong", **forged)
    assert sign_in(client, meera, PASSWORD, **{"X-Forwarded-For": "203.0.113.99"}) == 429


def test_signing_in_changes_the_session(client: Client, meera: User) -> None:
    client.get(reverse("access:sign_in"))
    session = client.session
    session["kept"] = "x"
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    assert sign_in(client, meera, PASSWORD) == 302
    assert client.session.session_key != before


def test_somebody_disabled_is_out_with_the_next_click(client: Client, meera: User) -> None:
    client.force_login(meera)
    assert client.get(reverse("access:team")).status_code == 200
    User.objects.filter(pk=meera.pk).update(is_active=False)
    assert client.get(reverse("access:team")).status_code == 302


def test_other_sessions_end_with_a_new_password_and_on_demand(client: Client, meera: User) -> None:
    for address, values in (
        ("access:password", {"old_password": PASSWORD, "new_password1": "another long one",
                             "new_password2": "another long one"}),
        ("access:sign_out_elsewhere", {}),
    ):  # fmt: skip
        here, elsewhere = Client(), Client()
        here.force_login(User.objects.get())
        elsewhere.force_login(User.objects.get())
        assert here.post(reverse(address), values).status_code == 302
        assert here.get(reverse("access:team")).status_code == 200
        assert elsewhere.get(reverse("access:team")).status_code == 302


def test_an_administrator_of_the_installation_ends_sessions(client: Client, meera: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(meera)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    ticked = {"action": "sign_out", "_selected_action": [meera.pk]}
    client.post(reverse("admin:access_user_changelist"), ticked)
    assert elsewhere.get(reverse("access:team")).status_code == 302
    assert AuditEvent.objects.get(kind="person.sessions_ended").target_id == str(meera.pk)


def choose(client: Client, new: str) -> int:
    values = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    return client.post(reverse("access:password"), values).status_code


@pytest.mark.parametrize("password", ["eleven char", "password1234"])
def test_short_and_common_passwords_are_refused(client: Client, meera: User, password: str) -> None:
    client.force_login(meera)
    assert choose(client, password) == 422


def test_a_long_password_of_any_letters_is_taken_whole(client: Client, meera: User) -> None:
    client.force_login(meera)
    new = "ένα μακρύ σύνθημα, χωρίς κανόνες. " * 3
    assert choose(client, new) == 302
    fresh = User.objects.get()
    assert fresh.check_password(new)
    assert not fresh.check_password(new[:64])


def test_fields_that_a_form_does_not_have_change_nothing(client: Client, meera: User) -> None:
    client.force_login(meera)
    more = {"is_superuser": "on", "is_staff": "on", "username": "root", "password": "x"}
    names = {"first_name": "Meera", "last_name": "Nair", "theme": "", "language": "en"}
    client.post(reverse("access:profile"), {**names, **more})
    fresh = User.objects.get()
    assert (fresh.is_superuser, fresh.is_staff, fresh.username) == (False, False, meera.username)
    lead = LeadFactory.create(lead_list=LeadListFactory.create(team=meera.teams.get()))
    other = TeamFactory.create()
    edit = reverse("leads:lead_group", args=[lead.pk, "person"])
    client.post(edit, {"first_name": "New", "team": other.pk, "deleted_at": "2026-01-01"})
    lead.refresh_from_db()
    assert lead.team != other
    assert lead.deleted_at is None


def test_twenty_files_an_hour_are_the_most(client: Client, meera: User) -> None:
    client.force_login(meera)
    for _n in range(19):
        record("exported", actor=meera)
    assert client.get(reverse("leads:export")).status_code == 200
    answer = client.get(reverse("leads:export"))
    assert answer.status_code == 429
    assert "20 files in an hour are the most" in answer.text
    AuditEvent.objects.update(at=timezone.now() - timedelta(hours=2))
    assert client.get(reverse("leads:export")).status_code == 200


def test_what_people_type_makes_no_line_of_the_log() -> None:
    forged = logging.makeLogRecord(
        {"msg": "no list %s", "args": ("x\r\n2026 ERROR root all is well\x1b\u2028+919820012345",)}
    )
    line = OneLine("%(levelname)s %(message)s").format(forged)
    assert len(line.splitlines()) == 1
    assert "\\r\\n2026 ERROR" in line
    assert line.endswith("+…2345")


def test_an_event_is_written_once() -> None:
    logger: logging.Logger | None = logging.getLogger("django.request")
    writing = []
    while logger:
        # pytest puts handlers of its own at the root.
        writing += [one for one in logger.handlers if isinstance(one.formatter, OneLine)]
        writing += logger.handlers if logger.name == "django" else []
        logger = logger.parent if logger.propagate else None
    assert len(writing) == 1


def test_programs_read_the_log_as_one_object_a_line() -> None:
    trouble = (ValueError, ValueError("+919820012345\r\n2026 ERROR root"), None)
    said = {"msg": "no list %s", "args": ("x\r\n+919820012345",), "levelname": "ERROR"}
    more = {"name": "sync", "created": 1795176000.0, "exc_info": trouble}
    line = OneObject().format(logging.makeLogRecord(said | more))
    told = json.loads(line)
    assert len(line.splitlines()) == 1
    assert told["time"] == "2026-11-20T12:00:00+00:00"
    assert (told["level"], told["logger"]) == ("ERROR", "sync")
    assert told["message"] == "no list x\r\n+…2345"
    assert "ValueError: +…2345" in told["traceback"]
    assert "98200" not in line


def guarded(
    resolver: URLResolver, namespace: str = ""
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (name, right, values) of every address, the admin's left out."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            if entry.app_name != "admin":
                yield from guarded(entry, inner)
        elif entry.name:
            values = {
                key: 1 if type(kind).__name__ == "IntConverter" else VALUES.get(key, "x")
                for key, kind in entry.pattern.converters.items()
            }
            yield f"{namespace}{entry.name}", getattr(entry.callback, "right", ""), values


OWN = {  # about oneself only, whatever the role
    "access:switch_team", "access:settings", "access:profile", "access:password",
    "access:recheck", "access:sign_out_elsewhere", "access:second_step", "access:code",
}  # fmt: skip


def test_every_address_says_which_right_it_needs() -> None:
    silent = {name for name, right, _ in guarded(get_resolver()) if not right}
    assert silent <= OWN | OPEN, silent - OWN - OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_every_address_is_closed_to_every_role_without_its_right(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(team=TeamFactory.create(), team__role=role))
    for name, right, values in guarded(get_resolver()):
        if right and right not in RIGHTS[role]:
            address = reverse(name, kwargs=values)
            answer = client.get(address)
            if answer.status_code == 405:
                answer = client.post(address)
            assert answer.status_code == 403, (role, name)


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, meera: User) -> None:
    client.force_login(meera)
    assert client.get(reverse("access:team")).status_code == 200
    session = client.session
    session[BEGAN_KEY] -= 12 * 3600 - 60
    session.save()
    assert client.get(reverse("access:team")).status_code == 200
    session = client.session
    session[BEGAN_KEY] -= 120
    session.save()
    assert client.get(reverse("access:team")).status_code == 302
