"""A tag keeps the moment of the act that put it on many leads, so that the act can be taken back."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("leads", "0011_issue_figures")]

    operations: ClassVar = [
        migrations.AddField("leadtag", "put_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddIndex(
            "leadtag",
            models.Index(
                condition=models.Q(("put_at__isnull", False)),
                fields=["tag", "put_at"],
                name="tag_put",
            ),
        ),
    ]
