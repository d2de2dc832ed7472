"""Take an import back: what it added goes, what it changed is restored, what moved on stays."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from leads.importing import progress
from leads.importing.bulk import write_changes
from leads.models import Import, ImportChange, LeadList, LeadTag
from leads.targets import target_of

AT_ONCE = 2_000


class Undo:
    """The taking back of one import, some records at a time."""

    def __init__(self, record: Import) -> None:
        self.record = record
        self.target = target_of(record.kind)
        self.names = {f.attname for f in self.target.model._meta.concrete_fields}

    def step(self) -> bool:
        """Take back some more; False when nothing is left to do."""
        cursor = {"added": 0, "changed": 0, "removed": 0, "restored": 0, "kept": 0}
        cursor.update(self.record.cursor)
        with transaction.atomic():
            did = self._remove(cursor) or self._restore(cursor)
            progress.write(self.record, cursor=cursor)
        return did

    def _added(self) -> QuerySet[Any]:
        rows = self.target.model._default_manager.filter(origin_id=self.record.pk)
        return rows.filter(deleted_at=None) if "deleted_at" in self.names else rows

    def _remove(self, cursor: dict[str, int]) -> bool:
        """Remove added records nobody edited and nothing was sent of."""
        some = list(self._added().filter(pk__gt=cursor["added"]).order_by("pk")[:AT_ONCE])
        if not some:
            return False
        cursor["added"] = some[-1].pk
        untouched = [one for one in some if not _moved_on(one)]
        self._count_down(untouched)
        rows = self.target.model._default_manager.filter(pk__in=[one.pk for one in untouched])
        if "deleted_at" in self.names:
            rows.update(deleted_at=timezone.now(), updated_at=timezone.now())
        else:
            rows.delete()
        cursor["removed"] += len(untouched)
        cursor["kept"] += len(some) - len(untouched)
        return True

    def _count_down(self, removed: list[Any]) -> None:
        if self.target.place != "lead_list_id":
            return
        for place, count in Counter(one.lead_list_id for one in removed).items():
            LeadList.objects.filter(pk=place).update(lead_count=F("lead_count") - count)

    def _restore(self, cursor: dict[str, int]) -> bool:
        """Give changed records their old values, unless somebody changed them since."""
        changes = ImportChange.objects.filter(record=self.record, pk__gt=cursor["changed"])
        some = list(changes.order_by("pk")[:AT_ONCE])
        if not some:
            return False
        cursor["changed"] = some[-1].pk
        found = self.target.model._default_manager.in_bulk([one.object_id for one in some])
        done = []
        for change in some:
            saved: Any = found.get(change.object_id)
            if saved is None or self._changed_since(saved, change):
                cursor["kept"] += 1
                continue
            _give_back(saved, change)
            done.append(change.pk)
        cursor["restored"] += len(done)
        changes.filter(pk__in=done).delete()  # the changes that remain are those that stay
        return True

    def _changed_since(self, saved: Any, change: ImportChange) -> bool:
        """Whether somebody edited a changed record, or it left for a provider as it is now."""
        left_at, begun = getattr(saved, "left_at", None), self.record.started_at
        gone = left_at is not None and begun is not None and left_at >= begun
        return gone or getattr(saved, "version", 0) != change.version_after

    def close(self) -> None:
        """Nothing is open."""

    def finish(self) -> None:
        """Say what was taken back; a list the import made and nobody uses goes with it."""
        record = self.record
        options = {**record.options, "undo": _summary(record.cursor)}
        with transaction.atomic():
            if record.lead_list_id and record.options.get("made_list"):
                LeadList.objects.filter(pk=record.lead_list_id, lead_count=0).exclude(
                    imports__in=Import.objects.exclude(pk=record.pk).exclude(
                        state=Import.State.UPLOADED
                    )
                ).update(deleted_at=timezone.now())
            now = timezone.now()
            progress.write(record, state=Import.State.UNDONE, undone_at=now, options=options)


def kept_after(record: Import) -> QuerySet[Any]:
    """Return what an undone import added or changed that stays: edited since, or already sent."""
    undo = Undo(record)
    changed = ImportChange.objects.filter(record=record).values("object_id")
    live = undo.target.model._default_manager.filter(pk__in=changed)
    if "deleted_at" in undo.names:
        live = live.filter(deleted_at=None)
    return (undo._added() | live).order_by("pk")


def _give_back(saved: Any, change: ImportChange) -> None:
    """Give one record the values it had, and take off the tags the import put on it."""
    values = dict(change.before)
    tags = values.pop("tags", [])
    if tags:
        LeadTag.objects.filter(lead=saved.pk, tag__in=tags).delete()
    if change.version_after:
        values.update(version=change.version_after + 1, updated_at=timezone.now())
    write_changes(type(saved), list(values), [(*values.values(), saved.pk)])


def _moved_on(saved: Any) -> bool:
    return getattr(saved, "version", 1) > 1 or getattr(saved, "left_at", None) is not None


def _summary(cursor: dict[str, int]) -> dict[str, int]:
    return {name: cursor.get(name, 0) for name in ("removed", "restored", "kept")}
