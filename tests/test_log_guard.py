"""The log of who did what: nobody changes it, not even with SQL; the law's two exceptions hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access import log_guard
from access.audit import record
from access.models import AuditEvent
from tests.conftest import Guard

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Iterator[AuditEvent]:
    """A line of the log, in a database as installations have it."""
    log_guard.install(connection)
    yield record("edited", actor=None, phone="+919820012345")
    log_guard.remove(connection)


def refused(statement: str, *values: Any) -> bool:
    """Whether the database refuses a statement, and with our words."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as trouble:
        return log_guard.WORDS in str(trouble)
    return False


def test_migrations_leave_the_guard_in_place(django_db_setup: Guard) -> None:
    assert django_db_setup.stood


@pytest.mark.parametrize(
    "column", ["at", "actor_id", "actor_label", "team_id", "kind", "target_id", "target_label"]
)
def test_no_fact_of_a_line_can_be_changed(event: AuditEvent, column: str) -> None:
    value = "2020-01-01 00:00:00" if column == "at" else "9"
    assert refused(f"UPDATE access_auditevent SET {column} = %s", value)  # noqa: S608
    fresh = AuditEvent.objects.get(pk=event.pk)
    assert (fresh.kind, fresh.details) == ("edited", {"phone": "+919820012345"})


def test_no_line_can_be_removed(event: AuditEvent) -> None:
    assert refused("DELETE FROM access_auditevent")
    assert connection.vendor != "postgresql" or refused("TRUNCATE access_auditevent")
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_a_persons_data_can_be_erased_and_nothing_else_with_it(event: AuditEvent) -> None:
    erased = {"target_label": log_guard.ERASED, "details": log_guard.ERASED_DETAILS}
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(**erased, kind="other")
    AuditEvent.objects.filter(pk=event.pk).update(**erased)
    event.refresh_from_db()
    assert (event.kind, event.details) == ("edited", {"erased": True})


def test_lines_older_than_a_year_may_be_removed(event: AuditEvent) -> None:
    old = timezone.now() - timedelta(days=log_guard.KEEP_DAYS + 1)
    AuditEvent.objects.create(at=old, actor_label="Meera", kind="edited")
    AuditEvent.objects.filter(at__lt=timezone.now() - timedelta(days=366)).delete()
    assert list(AuditEvent.objects.all()) == [event]


@pytest.mark.django_db(transaction=True)
def test_emptying_the_whole_database_empties_the_log_and_keeps_the_guard() -> None:
    log_guard.install(connection)
    record("edited", actor=None)
    call_command("flush", interactive=False, verbosity=0)
    stands = log_guard.is_installed(connection)
    log_guard.remove(connection)
    assert not AuditEvent.objects.exists()
    assert stands
