"""What an issue says is worded when it is read: its code and figures are kept instead."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("leads", "0010_fewer_checks_a_row")]

    operations: ClassVar = [
        migrations.RenameField("importissue", "words", "words_kept"),
        migrations.AlterField(
            "importissue", "words_kept", models.CharField(blank=True, max_length=400)
        ),
        migrations.AddField("importissue", "figures", models.JSONField(blank=True, default=dict)),
    ]
