"""How long a send takes, and what sets the speed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import Hold
from sync import eta
from sync.models import Attempt, Delivery, Gate, Look, Push, State
from sync.pages import endpoint_for
from sync.providers.base import RecordKind
from tests.pages import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> world.World:
    """A team that sends 40 leads one by one, two a second."""
    made = world.team_of_people()
    world.account(made, "telecrm", "Telecrm Main", pace=2)
    world.lead_list(made, "Gold loans", 40)
    states = [(State.QUEUED, 40)]
    at = timezone.now() - timedelta(minutes=1)
    world.send(made, "Gold loans", "Telecrm Main", states, at=at, words={})
    return made


def push_of(desk: world.World) -> Push:
    return desk.pushes["Gold loans/Telecrm Main"]


def answered(
    desk: world.World, number: int, every: float, took: float, ago: float = 0, **told: str
) -> None:
    """Record `number` answers, the last one `ago` seconds before now."""
    delivery = Delivery.objects.order_by("pk")[0]
    for n in range(number):
        end = timezone.now() - timedelta(seconds=ago + every * (number - n))
        Attempt.objects.create(
            delivery=delivery,
            number=delivery.attempts.count() + 1,
            lease_token="t",
            started_at=end - timedelta(seconds=took),
            finished_at=end,
            **{"endpoint": "leads", "result": Attempt.Result.ANSWERED, **told},
        )


def test_the_pace_of_the_account_is_the_ceiling(desk: world.World) -> None:
    found = eta.of_push(push_of(desk))
    assert found.seconds == pytest.approx(20, rel=0.02)
    assert "pace" in found.why


def test_slow_answers_are_named_as_what_sets_the_speed(desk: world.World) -> None:
    answered(desk, 5, every=8, took=8)
    found = eta.of_push(push_of(desk))
    assert found.seconds == pytest.approx(40 / (4 / 8), rel=0.1)  # 4 at a time, 8 s each
    assert "takes about 8.0 s" in found.why


def test_while_it_runs_the_last_answers_say_how_quick_it_is(desk: world.World) -> None:
    answered(desk, 20, every=2, took=0.2)
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(80, rel=0.05)


def test_what_was_tried_one_by_one_before_it_began_says_nothing_of_its_speed(
    desk: world.World,
) -> None:
    answered(desk, 20, every=2, took=0.2, ago=60)
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(20, rel=0.05)


def test_requests_that_have_to_be_made_once_more_are_counted_twice(desk: world.World) -> None:
    answered(desk, 27, every=0.5, took=0.2)
    answered(desk, 3, every=0.5, took=0.2, ago=14, outcome="retry")
    soon = timezone.now() + timedelta(seconds=3)
    again = Delivery.objects.filter(pk__in=Delivery.objects.order_by("-pk")[:2])
    again.update(state=State.RETRY_WAIT, tries=1, next_at=soon)
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(40 / 0.9 / 2, rel=0.15)


def test_a_lost_reply_that_no_machine_may_repeat_is_not_counted_twice(desk: world.World) -> None:
    answered(desk, 15, every=0.5, took=0.2)
    answered(desk, 15, every=0.5, took=0.2, ago=8, result=Attempt.Result.UNKNOWN)
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[0].pk).update(state=State.UNCERTAIN)
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(20, rel=0.05)


def test_look_ups_that_are_due_are_counted_in_and_say_nothing_of_the_speed(
    desk: world.World,
) -> None:
    account = desk.accounts["Telecrm Main"]
    delivery = Delivery.objects.order_by("pk")[0]
    Gate.objects.create(account=account)
    Look.objects.create(delivery=delivery, account=account, due_at=timezone.now())
    answered(desk, 30, every=1, took=0.2, endpoint="lead/search", outcome="retry")
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(40 / 0.9 / 2, rel=0.05)


def test_a_pace_shared_with_a_send_that_just_ended_is_free_again(desk: world.World) -> None:
    answered(desk, 29, every=2, took=0.2)
    answered(desk, 29, every=2, took=0.2, ago=1, endpoint="actions")
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(40 / 1, rel=0.05)
    Delivery.objects.update(endpoint="actions")
    Push.objects.update(endpoint="actions")
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(40 / 1, rel=0.05)


def test_what_was_asked_for_first_goes_first(desk: world.World) -> None:
    world.lead_list(desk, "Car loans", 10)
    later = [(State.QUEUED, 10)]
    world.send(desk, "Car loans", "Telecrm Main", later, at=timezone.now(), words={})
    assert eta.of_push(desk.pushes["Car loans/Telecrm Main"]).seconds == pytest.approx(25, rel=0.1)
    assert eta.of_push(push_of(desk)).seconds == pytest.approx(20, rel=0.02)


def test_before_sending_the_queue_is_counted_in(desk: world.World) -> None:
    account = desk.accounts["Telecrm Main"]
    endpoint = endpoint_for("telecrm", RecordKind.LEAD)
    assert eta.before(account, 20, endpoint).seconds == pytest.approx(30, rel=0.02)


def test_a_slowed_down_account_takes_longer_and_gets_quicker_by_and_by(desk: world.World) -> None:
    Gate.objects.create(account=desk.accounts["Telecrm Main"], rate_factor=0.5)
    found = eta.of_push(push_of(desk))
    assert found.seconds == pytest.approx(37.4, rel=0.02)  # 40 at half the pace
    assert "asked for less speed" in found.why


def test_what_stands_still_says_why_instead_of_a_time(desk: world.World) -> None:
    push = push_of(desk)
    gate = Gate.objects.create(
        account=push.account, open_until=timezone.now() + timedelta(minutes=5)
    )
    assert "does not answer" in eta.of_push(push).words
    gate.delete()
    Hold.objects.create(account=push.account, reason="Stopped")
    assert eta.of_push(push).words == "Telecrm Main is stopped"
    push.paused_at = timezone.now()
    Hold.objects.all().delete()
    assert eta.of_push(push).words == "paused"


def test_what_is_paused_or_stopped_keeps_nobody_waiting(desk: world.World) -> None:
    world.lead_list(desk, "Car loans", 10)
    later = [(State.QUEUED, 10)]
    world.send(desk, "Car loans", "Telecrm Main", later, at=timezone.now(), words={})
    Push.objects.filter(pk=push_of(desk).pk).update(paused_at=timezone.now())
    assert eta.of_push(desk.pushes["Car loans/Telecrm Main"]).seconds == pytest.approx(5, abs=0.5)
