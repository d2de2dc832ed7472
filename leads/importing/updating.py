"""Change records that were already here, and keep what they were, so it can be taken back."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from leads.editing import SENT_FIELDS
from leads.importing.bulk import write_changes
from leads.importing.looking import Found
from leads.importing.rows import Row, RowReader
from leads.lookups import unweighed
from leads.models import Import, ImportChange, Lead, LeadTag, Tag
from leads.values import NOTHING


def update(
    record: Import,
    reader: RowReader,
    rows: list[tuple[Row, list[Found]]],
) -> None:
    """Write the filled cells of each row into the records found; empty cells erase nothing."""
    model, columns = reader.target.model, reader.columns
    names = {field.attname for field in model._meta.concrete_fields}
    kept = [name for name in ("version", "updated_at") if name in names]
    records = model._default_manager.in_bulk([one.pk for _, found in rows for one in found])
    changes, written = [], []
    for row, found in rows:
        for one in found:
            saved = records.get(one.pk)
            before = _changed(saved, row, columns) if saved else {}
            if saved is None or not before:
                continue
            version = getattr(saved, "version", 0)
            if version:
                version += 1 if SENT_FIELDS & set(before) else 0
                saved.version = version  # type: ignore[attr-defined]
                saved.updated_at = timezone.now()  # type: ignore[attr-defined]
            change = ImportChange(record=record, object_id=one.pk, before=before)
            change.version_after = version
            changes.append(change)
            written.append((*(getattr(saved, name) for name in [*columns, *kept]), one.pk))
    write_changes(model, [*columns, *kept], written)
    ImportChange.objects.bulk_create(changes, batch_size=500)


def _changed(saved: Any, row: Row, columns: list[str]) -> dict[str, Any]:
    """Put the row's values into a record in memory; return what they were before."""
    before = {}
    for name in columns:
        value = row.values.get(name)
        if value in (None, "", "{}"):
            continue
        if name == "custom":
            new = json.loads(value) if isinstance(value, str) else value
            value = {**saved.custom, **new}
        if name.endswith("_at") and isinstance(value, str):
            value = dt.date.fromisoformat(value)
        old = getattr(saved, name)
        if old and isinstance(value, str) and value.casefold() in NOTHING:
            continue  # a "-" or "n/a" says no more than an empty cell does
        if old != value:
            before[name] = old.isoformat() if isinstance(old, dt.date) else old
            setattr(saved, name, value)
    return before


def put_tags(record: Import, tagged: dict[str, list[str]]) -> None:
    """Put tags (by number) on the leads of the import's list."""
    words = {name for names in tagged.values() for name in names}
    tags = {}
    for name in sorted(words):
        tags[name] = Tag.objects.get_or_create(team_id=record.team_id, name=name)[0].pk
    place = unweighed(record.lead_list_id)
    leads = Lead.objects.filter(lead_list_id=place, deleted_at=None).order_by()
    found = {lead.phone: lead for lead in leads.filter(phone__among=set(tagged))}
    pairs = {
        (found[key].pk, tags[n]) for key, names in tagged.items() if key in found for n in names
    }
    known = {lead.pk: lead for lead in found.values() if lead.origin_id != record.pk}
    had = LeadTag.objects.filter(lead__in=known, tag__in=tags.values())
    _note_tags(record, known, pairs - set(had.values_list("lead_id", "tag_id")))
    links = [LeadTag(lead_id=lead, tag_id=tag) for lead, tag in sorted(pairs)]
    LeadTag.objects.bulk_create(links, batch_size=400, ignore_conflicts=True)


def _note_tags(record: Import, known: dict[int, Lead], fresh: set[tuple[int, int]]) -> None:
    """Keep which tags (`fresh`: lead, tag) leads that were here already had not before."""
    noted = ImportChange.objects.filter(record=record, object_id__in=known)
    changes = {change.object_id: change for change in noted}
    for pk, tag in sorted(fresh):
        if pk not in known:
            continue
        if pk not in changes:
            version = known[pk].version
            changes[pk] = ImportChange(record=record, object_id=pk, version_after=version)
        changes[pk].before.setdefault("tags", []).append(tag)
    new = [change for change in changes.values() if change.pk is None]
    ImportChange.objects.bulk_update([c for c in changes.values() if c.pk], ["before"])
    ImportChange.objects.bulk_create(new, batch_size=500)
