"""One file with everything: the database as it is at one moment, and the uploaded files.

Keys are not in it: who finds the file must not be able to use the accounts. It is a .tar.gz of
facts.json, `database` (an SQLite file, or pg_dump's custom format) and uploads/.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from access import key_rotation
from access.models import Account, SignInLink, User
from sync import restoring
from telecrm_admin import database_copies

FACTS, DATABASE, UPLOADS = "facts.json", "database", "uploads"


class CannotBackUp(Exception):
    """It cannot be written or put back; the message says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a backup is of."""

    made_at: str
    engine: str  # sqlite or postgresql
    uploads: int
    bytes: int = 0


@dataclass(frozen=True)
class Restored:
    """What was put back, and what it means for what waited in it."""

    made_at: str
    uploads: int
    not_sure: int  # records that waited then: nobody can know whether they left since
    unreadable_secrets: int  # encrypted with a key this installation does not have

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return asdict(self)


def make(path: Path) -> Facts:
    """Write a backup to `path`, which must not exist yet; work may go on meanwhile."""
    if path.exists():
        raise CannotBackUp(f"{path} is there already. Name another file.")
    part = path.with_name(path.name + ".part")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder, DATABASE)
        _surely(database_copies.write, copy)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            facts = _pack(raw, copy)
            raw.flush()
            os.fsync(raw.fileno())
    part.replace(path)
    return Facts(facts.made_at, facts.engine, facts.uploads, path.stat().st_size)


def restore(path: Path, *, replace: bool) -> Restored:
    """Put a backup back; raises CannotBackUp, and then nothing was changed.

    Everybody signs in again, open sign-in links end, and what waited in the backup rests as
    "not sure": it may have been sent since (sync/restoring.py).
    """
    if not replace and _is_in_use():
        raise CannotBackUp("This database holds people's work. Say --replace to give it up.")
    with tempfile.TemporaryDirectory() as folder:
        facts = _unpack(path, Path(folder))
        if facts.engine != connection.vendor:
            raise CannotBackUp(
                f"The backup is of {facts.engine}, DATABASE_URL is {connection.vendor}."
            )
        _surely(database_copies.read, Path(folder, DATABASE))
        _put_uploads_back(Path(folder, UPLOADS))
    connections.close_all()
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        Session.objects.all().delete()
        SignInLink.objects.filter(used_at=None).update(expires_at=timezone.now())
        records = restoring.doubt_everything(None)
    return Restored(facts.made_at, facts.uploads, records, key_rotation.count_unreadable())


def _is_in_use() -> bool:
    """Whether somebody signed in here, or connected an account."""
    if Account._meta.db_table not in connection.introspection.table_names():
        return False
    return User.objects.exclude(last_login=None).exists() or Account.objects.exists()


def _surely(act: Any, copy: Path) -> None:
    try:
        act(copy)
    except database_copies.CopyFailed as trouble:
        raise CannotBackUp(str(trouble)) from trouble


def _pack(raw: Any, copy: Path) -> Facts:
    """Write the archive; the facts come first, so that they can be read without the rest."""
    root = Path(settings.MEDIA_ROOT)
    files = sorted(one for one in root.rglob("*") if one.is_file()) if root.exists() else []
    facts = Facts(timezone.now().isoformat(timespec="seconds"), connection.vendor, len(files))
    about = copy.with_name(FACTS)
    about.write_text(json.dumps(asdict(facts)), encoding="utf-8")
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
        archive.add(about, FACTS)
        archive.add(copy, DATABASE)
        for one in files:
            archive.add(one, f"{UPLOADS}/{one.relative_to(root).as_posix()}")
    return facts


def _unpack(path: Path, folder: Path) -> Facts:
    """Take out what a backup holds and nothing else; the names in it are not trusted."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                ours = member.name in (FACTS, DATABASE) or name.parts[:1] == (UPLOADS,)
                source = archive.extractfile(member) if member.isfile() and ours else None
                if source is None or name.is_absolute() or ".." in name.parts:
                    continue
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(source, file)
        return Facts(**json.loads((folder / FACTS).read_text(encoding="utf-8")))
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as trouble:
        raise CannotBackUp(f"{path} is not a whole backup: {trouble}") from trouble


def _put_uploads_back(folder: Path) -> None:
    if folder.exists():
        shutil.copytree(folder, settings.MEDIA_ROOT, dirs_exist_ok=True)
