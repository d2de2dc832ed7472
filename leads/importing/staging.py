"""Take a file in: keep it, look at its first rows, guess what it is; keep nothing of a bad one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from access import audit
from access.models import Team, User
from leads import mapping, sheetfile
from leads.csvfile import Dialect, Table, Unreadable, open_table
from leads.importing import heading, progress
from leads.importing.notes import storable
from leads.models import Import
from leads.targets import target_of

SAMPLE_ROWS = 200
PREVIEW_ROWS = 10
MOST_SHEETS = 8  # looked at for one that can be imported
CHUNK = 1024 * 1024
KEEP_DAYS = 30
CHANGEABLE = ("encoding", "delimiter", "has_header")


def stage(
    file: BinaryIO,
    name: str,
    *,
    team: Team,
    kind: str = "leads",
    by: User | None = None,
    **more: Any,
) -> Import:
    """Keep an uploaded file and return its Import with columns matched as well as can be.

    `more` sets fields of the Import (list_name, lead_list, source, sheet, options). Raises
    Unreadable, and then nothing is kept.
    """
    given = more.pop("options", {})
    options = {"country": team.country, "duplicates": "skip", "scope": "team", **given}
    record = Import(team=team, kind=kind, created_by=by, options=options, **more)
    record.file_name = Path(name.replace("\\", "/")).name.replace("\0", "")[:255] or "file.csv"
    record.sha256, record.size = _digest(file)
    record.file.save(_safe_name(record.file_name), File(file), save=False)
    try:
        _look(record)
        _recall(record, given)
        with transaction.atomic():
            record.save()
            audit.record("file_added", actor=by, target=record, file=record.file_name)
    except BaseException:
        discard_file(record)
        raise
    return record


def _recall(record: Import, given: Mapping[str, Any]) -> None:
    """Fill in what the last file with these headers had for all rows; `given` goes before it."""
    memory = mapping.memory_of(record.team, record.kind, record.header)
    if memory is None:
        return
    record.source = record.source or memory.source
    record.options = {**record.options, **memory.options, **given}
    known = {field.key for field in target_of(record.kind).fields(record.team)}
    fixed = {**memory.options.get("fixed", {}), **given.get("fixed", {})}
    record.options["fixed"] = {key: text for key, text in fixed.items() if text and key in known}


def reread(record: Import, **choices: Any) -> None:
    """Read the file again with what a person chose: encoding, delimiter, has_header, sheet.

    Corrections and fixes belong to the rows as they were read before, so they go. Raises
    Unreadable and progress.WrongTime, and changes nothing then.
    """
    for name, value in choices.items():
        setattr(record, name, value)
    _look(record, **choices)
    record.options.pop("fixes", None)
    with transaction.atomic():
        progress.hold(record, Import.State.UPLOADED, Import.State.CHECKED)
        record.state = Import.State.UPLOADED
        record.edits.all().delete()
        record.save()


def discard(record: Import) -> None:
    """Forget an import that never began, and its file."""
    discard_file(record)
    record.delete()


def discard_file(record: Import) -> None:
    """Remove the kept file and what was made from it."""
    if not record.file:
        return
    for extra in (rows_path(record), seen_path(record)):
        extra.unlink(missing_ok=True)
    record.file.delete(save=False)


def forget_old_files(days: int = KEEP_DAYS) -> int:
    """Remove uploads older than `days`, also of files nobody went on with; counts stay."""
    working = (Import.State.CHECKING, Import.State.IMPORTING, Import.State.UNDOING)
    before = timezone.now() - timedelta(days=days)
    old = Import.objects.filter(created_at__lt=before).exclude(file="").exclude(state__in=working)
    count = 0
    for record in old.order_by("pk")[:500]:
        discard_file(record)
        Import.objects.filter(pk=record.pk).update(file="")
        count += 1
    return count


def rows_path(record: Import) -> Path:
    """Where the rows of a workbook's sheet are kept as CSV."""
    return Path(record.file.path + ".rows.csv")


def seen_path(record: Import) -> Path:
    """Where the check notes which numbers it has met."""
    return Path(record.file.path + ".seen")


def same_file(record: Import) -> QuerySet[Import]:
    """Return earlier imports of the very same file that brought rows in, newest first."""
    return _others(record, Import.State.DONE, Import.State.CANCELLED, Import.State.IMPORTING)


def twin(record: Import) -> Import | None:
    """Return the last import of the very same file, else the one before this that still waits."""
    waits = _others(record, Import.State.UPLOADED, Import.State.CHECKING, Import.State.CHECKED)
    done = same_file(record).select_related("lead_list", "created_by").first()
    return done or waits.filter(pk__lt=record.pk).last()


def _others(record: Import, *states: str) -> QuerySet[Import]:
    same = Import.objects.filter(team_id=record.team_id, kind=record.kind, sha256=record.sha256)
    return same.filter(state__in=states).exclude(pk=record.pk)


@contextmanager
def table(record: Import) -> Iterator[Table]:
    """Open the rows of an import. Raises Unreadable when the upload was removed by now."""
    if not record.file:
        raise Unreadable(_("The uploaded file was removed after 30 days. Upload it again."))
    with _read_from(record).open("rb") as file:
        yield Table(file, Dialect(**record.options["dialect"]))


def is_kept(record: Import) -> bool:
    """Whether the rows of an import can still be read."""
    return bool(record.file) and _read_from(record).exists()


def _read_from(record: Import) -> Path:
    is_sheet = record.options.get("dialect", {}).get("numbered")
    return rows_path(record) if is_sheet else Path(record.file.path)


def preview(record: Import, count: int = PREVIEW_ROWS) -> list[tuple[int, list[str]]]:
    """Return the first rows with their line numbers, stray bytes shown as U+FFFD."""
    with table(record) as rows:
        block = rows.block(rows.first)
        first = list(zip(block.lines, block.rows, strict=True))[:count]
    return [(line, [storable(cell) for cell in cells]) for line, cells in first]


def _digest(file: BinaryIO) -> tuple[str, int]:
    """Return sha256 and bytes of a file. Raises Unreadable for too many bytes, or none."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    _check_size(size)
    return digest.hexdigest(), size


def _check_size(size: int) -> None:
    if size > settings.UPLOAD_MAX_BYTES:
        words = _("The file has {size} MB; at most {most} MB can be read. Split it in two.")
        most = settings.UPLOAD_MAX_BYTES // CHUNK
        raise Unreadable(words.format(size=size // CHUNK, most=most))
    if not size:
        raise Unreadable(_("The file is empty. Export it again, with its rows."))


def _safe_name(name: str) -> str:
    """Return a file name for our own disk; the given one is kept for people."""
    stem = get_valid_filename(f"x{name}")[-60:].lstrip(".")
    return stem or "file.csv"


def _look(record: Import, **choices: Any) -> None:
    """Guess the dialect and match the columns."""
    with record.file.open("rb") as file:
        is_sheet = sheetfile.is_workbook(file.file)
    if is_sheet:
        _look_at_sheets(record, **choices)
        return
    with Path(record.file.path).open("rb") as plain:
        dialect = open_table(plain).dialect
    _look_at_rows(record, dialect, **choices)


def _look_at_sheets(record: Import, **choices: Any) -> None:
    """Look at the sheet chosen, else at the first that can be imported: a cover comes before it."""
    path, chosen = Path(record.file.path), record.sheet
    names = sheetfile.sheet_names(path)
    readable, trouble = "", None
    for name in [chosen] if chosen else names[:MOST_SHEETS]:
        try:
            _look_at_sheet(record, name, names, **choices)
        except Unreadable as reason:
            trouble = trouble or reason
            continue
        if chosen or not mapping.trouble(
            target_of(record.kind), record.team, record.mapping, record.header
        ):
            return
        readable = readable or name
    if not readable:
        raise trouble or Unreadable(_("The workbook has no sheet with rows. Choose another file."))
    _look_at_sheet(record, readable, names, **choices)


def _look_at_sheet(record: Import, name: str, names: Sequence[str], **choices: Any) -> None:
    dialect = sheetfile.to_csv(Path(record.file.path), name, rows_path(record), names)
    _look_at_rows(record, dialect, **choices)
    record.sheet = name


def _look_at_rows(record: Import, dialect: Dialect, **choices: Any) -> None:
    known = {name: choices[name] for name in CHANGEABLE if name in choices}
    dialect = replace(dialect, **known)
    if known.get("has_header", True):
        path = rows_path(record) if dialect.numbered else Path(record.file.path)
        country = record.options.get("country") or record.team.country
        target = target_of(record.kind)
        dialect = heading.by_names(path, dialect, target, record.team, country)
    record.options["dialect"] = dialect.as_json()
    with table(record) as rows:
        block = rows.block(rows.first)
        record.header = mapping.own_names(rows.header)
    record.encoding, record.delimiter = rows.dialect.encoding, rows.dialect.delimiter
    record.has_header = rows.dialect.has_header
    record.header_key = mapping.header_key(record.header)
    if not block.rows:
        raise Unreadable(_("The file has a header and no rows. Export it again, with its rows."))
    record.mapping = mapping.suggest(
        record.team, record.kind, record.header, block.rows[:SAMPLE_ROWS]
    )
