from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_saved_view")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="already_in",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RemoveField(model_name="importchange", name="lead"),
        migrations.AddField(
            model_name="importchange",
            name="object_id",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="importchange",
            name="version_after",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
