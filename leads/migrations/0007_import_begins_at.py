from django.db import migrations, models


class Migration(migrations.Migration):
    """Files beyond 60 an hour wait for their turn."""

    dependencies = [
        ("leads", "0006_erased_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="begins_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
