"""Imports and foreign keys point one way: telecrm_admin -> sync -> campaigns -> leads -> access."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parents[1]
FLOORS = ("access", "leads", "campaigns", "sync", "site")


def floor(app_label: str) -> int:
    """Return how high an app stands; Django's and other people's apps are below all of ours."""
    return FLOORS.index(app_label) if app_label in FLOORS else -1


def test_every_import_points_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_foreign_key_points_down() -> None:
    upward = [
        f"{model.__name__}.{relation.name} -> {related.__name__}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in FLOORS
        for relation in model._meta.get_fields()
        if relation.is_relation and not (relation.auto_created and not relation.concrete)
        if isinstance(related := relation.related_model, type) and issubclass(related, models.Model)
        if floor(related._meta.app_label) > floor(model._meta.app_label)
    ]
    assert upward == []


def test_every_migration_depends_on_floors_below() -> None:
    migrations = MigrationLoader(None).disk_migrations
    upward = [
        f"{app}.{name} needs {needed}"
        for (app, name), migration in migrations.items()
        if app in FLOORS
        for needed, _name in migration.dependencies
        if floor(needed) > floor(app)
    ]
    assert upward == []


@pytest.mark.parametrize("package", ["sync/providers", "sync/sandbox"])
def test_providers_and_sandbox_run_without_the_rest(package: str) -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name != "__main__.py"
    ]
    script = (
        f"import sys, importlib; [importlib.import_module(m) for m in {modules!r}]; "
        "sys.exit('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == 0
