"""Shorthand for import tests: a file in, an Import out."""

from __future__ import annotations

import csv
import io
from typing import Any

from access.models import Team
from leads import jobs
from leads.importing import progress, staging
from leads.importing.rejects import rejects
from leads.models import Import, Lead
from tests.factories import TeamFactory


def staged(
    data: str | bytes, *, team: Team | None = None, name: str = "w.csv", **more: Any
) -> Import:
    """A file taken in, its columns matched."""
    raw = data.encode() if isinstance(data, str) else data
    more.setdefault("list_name", "Q2")
    return staging.stage(io.BytesIO(raw), name, team=team or TeamFactory.create(), **more)


def checked(data: str | bytes, **more: Any) -> Import:
    """A file whose every row was checked."""
    record = staged(data, **more)
    progress.start_check(record)
    return jobs.finish(record)


def imported(data: str | bytes, **more: Any) -> Import:
    """A file whose good rows are saved."""
    record = staged(data, **more)
    progress.start_import(record)
    return jobs.finish(record)


def sums(record: Import) -> tuple[int, int, int, int]:
    """Added, updated, skipped, left out; their sum is always the rows."""
    counts = (record.added, record.updated, record.skipped, record.left_out)
    assert sum(counts) == record.row_count
    return counts


def phones(record: Import) -> list[str]:
    """The live numbers of the import's list, in the file's order."""
    leads = Lead.objects.filter(lead_list=record.lead_list, deleted_at=None)
    return list(leads.order_by("pk").values_list("phone", flat=True))


def rejected(record: Import) -> list[dict[str, str]]:
    """The rejects file read back."""
    text = b"".join(rejects(record)).decode("utf-8-sig", "surrogateescape")
    return list(csv.DictReader(io.StringIO(text, newline="")))
