"""`manage.py up`, short of starting anything for long."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access.models import AuditEvent, Team, User
from telecrm_admin import first_user
from telecrm_admin.checks import many_machines_share_a_server
from tests.factories import UserFactory

ROOT = Path(__file__).parents[1]


@pytest.mark.django_db
def test_the_first_user_is_made_once_with_a_team_and_no_password() -> None:
    user = first_user.first_user()
    assert first_user.first_user() == user
    assert user.is_superuser
    assert not user.has_usable_password()
    assert Team.objects.filter(people=user).count() == 1


@pytest.mark.django_db
def test_a_sign_in_link_is_printed_until_somebody_signed_in() -> None:
    user = first_user.first_user()
    assert first_user.nobody_signed_in_yet()
    link = first_user.sign_in_link(user, "http://127.0.0.1:8000")
    assert link.startswith("http://127.0.0.1:8000" + reverse("access:sign_in"))
    User.objects.update(last_login="2026-11-20T09:00:00Z")
    assert not first_user.nobody_signed_in_yet()


@pytest.mark.django_db
def test_the_command_line_prints_a_link_for_the_first_person(
    client: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://desk.example.com"]
    call_command("sign_in_link")
    words, address = capsys.readouterr().out.strip().rsplit(" ", 1)
    assert words == "owner signs in, once within three days:"
    home, path = address.split("/", 3)[2:]
    assert home == "desk.example.com"
    assert client.post(f"/{path}")["Location"] == reverse("access:password")


@pytest.mark.django_db
def test_the_command_line_lets_anybody_in_again_and_says_so_in_the_log(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    meera = UserFactory.create(username="meera")
    call_command("sign_in_link", "Meera", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["name"] == "meera"
    client.post(urlsplit(told["link"]).path)
    assert get_user(client).pk == meera.pk
    assert AuditEvent.objects.get(kind="person.link").target_id == str(meera.pk)
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="Nobody signs in as meera"):
        call_command("sign_in_link", "meera")


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken .* another port"):
            call_command("up", port=port)


def test_practice_is_refused_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="production installation"):
        call_command("up", demo=True)


def test_a_production_installation_without_an_encryption_key_does_not_start() -> None:
    environment = {**os.environ, "SECRET_KEY": "x" * 60, "FIELD_ENCRYPTION_KEYS": ""}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, check=False)
    assert done.returncode != 0
    assert b"FIELD_ENCRYPTION_KEYS is empty" in done.stderr


def test_celery_on_sqlite_is_refused(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    expected = ["site.E002"] if connection.vendor == "sqlite" else []
    assert [error.id for error in many_machines_share_a_server(None)] == expected
