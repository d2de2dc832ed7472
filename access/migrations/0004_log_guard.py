"""The log of who did what becomes append-only in the database (access/log_guard.py).

A later migration that alters this table must call `remove` before and `install` after: SQLite
rebuilds a table to alter it, and forgets its triggers. A test looks whether they are there.
"""

from django.db import migrations

from access import log_guard


def install(apps, schema_editor):
    log_guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    log_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("access", "0003_second_step")]
    operations = [migrations.RunPython(install, remove)]
