from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_import_places")]

    operations = [
        migrations.AddField(
            model_name="importissue",
            name="cells",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
