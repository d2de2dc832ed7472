"""With Celery a message is only a nudge: losing or doubling one changes nothing."""

import pytest
from django.db import models
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.models import Import
from sync.models import Push
from telecrm_admin import celery, nudging


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the messages that would leave."""
    names: list[str] = []
    monkeypatch.setattr(celery.app, "send_task", lambda name, **options: names.append(name))
    celery._nudged_at.clear()
    return names


def test_a_message_carries_no_record_and_no_time() -> None:
    for entry in celery.app.conf.beat_schedule.values():
        assert set(entry) == {"task", "schedule", "options"}
    assert celery.app.conf.task_ignore_result
    assert not celery.app.conf.task_acks_late


def test_several_nudges_in_a_moment_are_one(sent: list[str]) -> None:
    for _ in range(20):
        celery.nudge("deliveries")
    celery.nudge("jobs")
    assert sent == ["turn.deliveries", "turn.jobs"]


@pytest.mark.parametrize(("model", "lane"), [(Push, "deliveries"), (Import, "jobs")])
def test_what_is_saved_is_asked_for_after_the_commit(
    model: type[models.Model],
    lane: str,
    sent: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    db: None,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        nudging._saved(model)
        assert sent == []
    assert sent == [f"turn.{lane}"]


def test_a_broker_that_is_away_fails_nothing(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    db: None,
) -> None:
    def away(name: str, **options: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(celery.app, "send_task", away)
    celery._nudged_at.clear()
    with django_capture_on_commit_callbacks(execute=True):
        nudging._saved(Push)


def test_each_task_takes_one_turn_of_its_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[tuple[str, float]] = []
    monkeypatch.setattr("telecrm_admin.work.turn", lambda *given: turns.append(given))
    for lane in celery.LANES:
        celery.app.tasks[f"turn.{lane}"]()
    assert turns == [("deliveries", celery.TURN), ("jobs", celery.TURN)]
