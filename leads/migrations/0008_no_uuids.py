from django.db import migrations


class Migration(migrations.Migration):
    """Nothing reads them: what leaves for a provider is named by the ledger. One index less."""

    dependencies = [
        ("leads", "0007_import_begins_at"),
    ]

    operations = [
        migrations.RemoveField(model_name="lead", name="uuid"),
        migrations.RemoveField(model_name="contact", name="uuid"),
    ]
