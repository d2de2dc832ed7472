"""A backup is one file; put back, it brings everything and sends nothing twice."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access import links
from access.models import Account, User
from leads.models import Import, Lead, LeadList
from sync.models import Delivery, Push, State
from sync.planning import plan_list
from tests.factories import ImportFactory, UserFactory
from tests.reliability.conftest import drain
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: Any) -> Any:
    out = io.StringIO()
    call_command(*map(str, words), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "night.tar.gz"


def test_what_was_backed_up_comes_back_and_goes_to_nobody_by_itself(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox, file: Path
) -> None:
    leads(lead_list, 3)
    upload: Import = ImportFactory.create(team=lead_list.team)
    upload.file.save("leads.csv", ContentFile(b"Name,Phone\n"))
    push = plan_list(lead_list, account(), by=None, click_token="a")
    assert run("backup", file)["uploads"] == 1
    drain()  # sent after the backup was made
    sent = len(sandbox.journal("telecrm"))
    assert sent == 3
    Lead.objects.update(first_name="Changed since")
    upload.file.storage.delete(str(upload.file.name))
    done = run("restore", file, "--replace")
    assert (done["not_sure"], done["uploads"], done["unreadable_secrets"]) == (3, 1, 0)
    assert set(Lead.objects.values_list("first_name", flat=True)) == {"Asha 0", "Asha 1", "Asha 2"}
    with Import.objects.get().file.open() as again:
        assert again.read() == b"Name,Phone\n"
    drain()
    assert len(sandbox.journal("telecrm")) == sent
    assert Push.objects.get(pk=push.pk).uncertain == 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.UNCERTAIN}


def test_sessions_and_links_of_then_open_no_door(
    client: Client, lead_list: LeadList, file: Path
) -> None:
    meera: User = UserFactory.create(team=lead_list.team)
    client.force_login(meera)
    token = links.make(meera)
    run("backup", file)
    run("restore", file, "--replace")
    assert client.get(reverse("access:team")).status_code == 302
    assert links.owner(token) is None


def test_a_database_in_use_is_given_up_only_when_told(lead_list: LeadList, file: Path) -> None:
    UserFactory.create(last_login=timezone.now())
    run("backup", file)
    with pytest.raises(CommandError, match="Say --replace"):
        run("restore", file)
    with pytest.raises(CommandError, match="is there already"):
        run("backup", file)


def test_what_is_not_a_whole_backup_changes_nothing(lead_list: LeadList, file: Path) -> None:
    run("backup", file)
    whole = file.read_bytes()
    for broken in (b"", b"no archive", whole[: len(whole) // 2]):
        file.write_bytes(broken)
        with pytest.raises(CommandError, match="is not a whole backup"):
            run("restore", file, "--replace")
    assert LeadList.objects.get() == lead_list


def test_names_that_lead_out_of_the_folder_are_left_in_the_archive(
    lead_list: LeadList, file: Path, tmp_path: Path
) -> None:
    run("backup", file)
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(file) as source, tarfile.open(evil, "w:gz") as target:
        for member in source:
            target.addfile(member, source.extractfile(member))
        for name in ("uploads/../../escaped", "/escaped-too", "uploads/link"):
            info = tarfile.TarInfo(name)
            info.type = tarfile.SYMTYPE if name.endswith("link") else tarfile.REGTYPE
            info.linkname = "/etc/passwd"
            target.addfile(info, io.BytesIO(b""))
    run("restore", evil, "--replace")
    assert not list(tmp_path.rglob("escaped*"))
    assert not list(tmp_path.rglob("link"))


def test_nobody_else_may_read_it_and_no_key_is_in_it(
    account: Callable[..., Account], lead_list: LeadList, file: Path, settings: Settings
) -> None:
    account()
    run("backup", file)
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        held = b"".join(
            source.read() for member in archive if (source := archive.extractfile(member))
        )
    for key in (settings.SECRET_KEY, *settings.FIELD_ENCRYPTION_KEYS):
        assert key.encode() not in held
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert run("restore", file, "--replace")["unreadable_secrets"] == 1
