"""The note of a corrected row says in `figures` what stood in its `value`: "bucket:place fault"."""

from typing import Any, ClassVar

from django.db import migrations


def into_figures(apps: Any, _editor: Any) -> None:
    """Take the notes apart; one that was emptied for an erased person stays empty."""
    issues = apps.get_model("leads", "ImportIssue").objects
    for note in issues.filter(code="corrected").exclude(value="").iterator():
        counted, _space, fault = note.value.partition(" ")
        bucket, _colon, place = counted.partition(":")
        where = {"place": int(place)} if place else {}
        figures = {"bucket": bucket, "fault": fault, **where}
        issues.filter(pk=note.pk).update(value="", figures=figures)


def into_value(apps: Any, _editor: Any) -> None:
    """Put the notes together again."""
    issues = apps.get_model("leads", "ImportIssue").objects
    for note in issues.filter(code="corrected").exclude(figures={}).iterator():
        kept = note.figures
        value = f"{kept['bucket']}:{kept.get('place', '')} {kept['fault']}"
        issues.filter(pk=note.pk).update(value=value, figures={})


class Migration(migrations.Migration):
    dependencies: ClassVar = [("leads", "0012_tags_put_together")]

    operations: ClassVar = [migrations.RunPython(into_figures, into_value)]
