"""Rows of docs/fault-matrix.md that concern the ledger as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection, connections

from access.models import Account, Hold
from leads import do_not_call, editing
from leads.models import Contact, Lead, LeadList, ListPart
from sync import claiming, client, clock, levers, limits, sending, sweeping, work
from sync.models import Attempt, Delivery, DeliveryItem, Gate, Push, State
from sync.planning import plan_contacts, plan_list
from sync.providers.base import Request, Response
from tests.factories import LeadListFactory
from tests.reliability.conftest import drain, in_parallel
from tests.sandbox_server import Sandbox
from tests.test_sending_leads import leads

pytestmark = pytest.mark.django_db(transaction=True)
Exchange = Callable[..., client.Answer]
CUTS = 8

moves_the_clock = pytest.mark.usefixtures("one_clock")


@pytest.fixture
def said() -> Iterator[dict[str, Exchange]]:
    """Answers by account address: put a function under the host that requests go to."""
    answers: dict[str, Exchange] = {}

    def answer(request: Request, **more: Any) -> client.Answer:
        return answers[request.url.host](request, **more)

    before = sending.talk_through(answer)
    yield answers
    sending.talk_through(before)


def works(request: Request, **_: Any) -> Response:
    """Answer as Telecrm does."""
    return Response(200, json={"status": "QUEUED"}, request=request)


def refuses(status: int, **headers: str) -> Exchange:
    """Return an exchange that always answers with `status`."""
    return lambda request, **_: Response(status, json={}, headers=headers, request=request)


def at(account: Account, host: str, pace: float) -> Account:
    """Let `account` talk to `host` at `pace`."""
    account.base_url, account.pace = f"https://{host}", pace
    account.save()
    return account


@moves_the_clock
@pytest.mark.skipif(connection.vendor == "postgresql", reason="1,800 turns that count the same")
def test_half_an_hour_of_500_costs_few_requests_and_the_other_account_keeps_its_pace(
    account: Callable[..., Account], lead_list: LeadList, said: dict[str, Exchange]
) -> None:
    sick, well = at(account(), "sick", 1), at(account(), "well", 0.25)
    said |= {"sick": refuses(500), "well": works}
    leads(lead_list, 440)
    with time_machine.travel(datetime(2026, 11, 20, 6, tzinfo=UTC), tick=False) as now:
        for owner in (sick, well):
            plan_list(lead_list, owner, by=None, click_token=owner.name)
        opened_after = 0
        for _ in range(30 * 60 // 4):
            now.shift(timedelta(seconds=4))
            for _ in range(4):
                work.deliver_one()
            if not opened_after and Gate.objects.get(account=sick).openings:
                opened_after = Attempt.objects.filter(delivery__account=sick).count()
    tries = Attempt.objects.filter(delivery__account=sick).count()
    assert opened_after <= 5
    assert tries <= 40
    done = Delivery.objects.filter(account=well, state=State.ACCEPTED).count()
    assert done >= 0.95 * min(440, 30 * 60 * 0.25)


@moves_the_clock
@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("30", 30, 30),
        ("Fri, 20 Nov 2026 06:01:00 GMT", 60, 60),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC)), 1, 1),
        ("-1", 1, 1),
        ("99999999", 900, 900),
        ("abc", 4, 6),
        (None, 4, 6),
    ],
)
def test_every_shape_of_retry_after_is_obeyed_within_reason_and_spends_no_try(
    account: Callable[..., Account],
    lead_list: LeadList,
    said: dict[str, Exchange],
    header: str | None,
    least: float,
    most: float,
) -> None:
    owner = at(account(), "busy", 10)
    said["busy"] = refuses(429, **({"Retry-After": header} if header else {}))
    leads(lead_list, 2)
    with time_machine.travel(datetime(2026, 11, 20, 6, tzinfo=UTC), tick=False):
        plan_list(lead_list, owner, by=None, click_token="a")
        assert work.deliver_one()
        assert not work.deliver_one()  # nor does the other one go before the pause is over
        waiting = Delivery.objects.get(state=State.RETRY_WAIT)
        pause = (waiting.next_at - clock.now()).total_seconds()
    assert least <= pause <= most
    assert waiting.tries == 0
    assert Gate.objects.get().rate_factor == 0.5


def test_a_reply_that_is_lost_slows_nothing_else_down(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 2)
    plan_list(lead_list, account(), by=None, click_token="a")
    sandbox.faults([{"provider": "telecrm", "kind": "drop_after_commit", "times": 1}])
    assert work.deliver_one()
    row, lost = Gate.objects.get(), Attempt.objects.get()
    assert row.failures_in_row == 1
    assert lost.finished_at
    assert row.slot_at < lost.finished_at + timedelta(seconds=0.5)  # 200 a second, as before


@moves_the_clock
@pytest.mark.parametrize(("header", "least"), [("120", 120), ("1", 4), ("soon", 4)])
def test_a_provider_that_says_when_to_come_back_is_left_alone_until_then(
    account: Callable[..., Account],
    lead_list: LeadList,
    said: dict[str, Exchange],
    header: str,
    least: float,
) -> None:
    owner = at(account(), "sick", 10)
    said["sick"] = refuses(503, **{"Retry-After": header})
    leads(lead_list, 2)
    with time_machine.travel(datetime(2026, 11, 20, 6, tzinfo=UTC), tick=False) as now:
        plan_list(lead_list, owner, by=None, click_token="a")
        assert work.deliver_one()
        waiting = Delivery.objects.get(state=State.RETRY_WAIT)
        assert (waiting.next_at - clock.now()).total_seconds() >= least
        now.shift(timedelta(seconds=3))
        assert work.deliver_one() is (header != "120")  # the other one waits as well


def test_a_token_that_ends_in_the_middle_stops_the_rest_and_loses_nothing(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 30)
    owner = account()
    push = plan_list(lead_list, owner, by=None, click_token="a")
    for _ in range(10):
        work.deliver_one()
    body = '{"error": {"code": "NOT_AUTHORIZED", "message": "token"}}'
    sandbox.faults(
        [{"provider": "telecrm", "kind": "custom", "status": 401, "times": -1, "body": body}]
    )
    drain()
    refused = [entry for entry in sandbox.journal("telecrm") if entry["status"] == 401]
    assert len(refused) <= 1 + 4
    assert Hold.objects.filter(released_at=None).count() == 1
    sandbox.faults([], replace=True)
    levers.release_account(owner, None)
    drain()
    assert Push.objects.get(pk=push.pk).accepted == 30
    names = [
        one["fields"]["phone"] for one in sandbox.state("telecrm")["accounts"]["practice"]["leads"]
    ]
    assert len(names) == len(set(names)) == 30


@pytest.mark.parametrize("known", [1, 10, 100])
def test_a_hundred_contacts_with_known_ones_are_settled_within_131_requests(
    account: Callable[..., Account], sandbox: Sandbox, known: int
) -> None:
    owner = account("telecmi")
    people = [
        {"phone_no": f"9197{n:08d}", "first_name": "Ravi", "last_name": "Iyer"} for n in range(100)
    ]
    there = people[:: 100 // known]
    token = owner.credentials["token"]
    status, _ = sandbox.request(
        "POST", "/telecmi/v3/contact/add", {"token": token, "contacts": there}
    )
    assert status == 200
    Contact.objects.bulk_create(
        Contact(team=owner.team, phone=f"+{one['phone_no']}", first_name="R", last_name="I")
        for one in people
    )
    push = plan_contacts(owner.team, owner, by=None, click_token="a")
    drain()
    push.refresh_from_db()
    assert (push.already_there, push.delivered) == (known, 100 - known)
    assert len(sandbox.journal("telecmi", "contact/add")) - 1 <= 131
    assert not DeliveryItem.objects.filter(reason="").exists()


@pytest.mark.parametrize(("bad", "lost"), [(1, 0), (10, 2), (100, 0)])
@pytest.mark.usefixtures("no_waiting")
def test_a_hundred_rows_with_bad_ones_are_settled_to_the_row_within_131_requests(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox, bad: int, lost: int
) -> None:
    owner = account(
        "smartflo", field_map={"lead": {"field_42": "city"}}, settings={"look_up": "off"}
    )
    leads(lead_list, 100)
    bad_ones = [lead.pk for lead in Lead.objects.order_by("pk")[:: 100 // bad]]
    Lead.objects.filter(pk__in=bad_ones).update(city="Pune")  # a column that this list has not
    sandbox.faults([{"provider": "smartflo", "kind": "500_after", "times": lost}] if lost else [])
    push = plan_list(lead_list, owner, by=None, click_token="a", options={"list_id": "441940"})
    drain()
    push.refresh_from_db()
    assert (push.rejected, push.accepted, push.waiting) == (bad, 100 - bad, 0)
    refused = DeliveryItem.objects.filter(state=State.REJECTED)
    assert sorted(refused.values_list("lead", flat=True)) == bad_ones
    assert set(refused.values_list("delivery__item_count", flat=True)) == {1}
    assert all("field_42" in quote for quote in refused.values_list("quote", flat=True))
    assert len(sandbox.journal("smartflo")) <= 131 + lost


def test_one_refused_part_of_three_is_explained_and_goes_again_alone(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 2500)
    push = plan_list(lead_list, account("telecmi"), by=None, click_token="a")
    second = ListPart.objects.get(number=2).wire_name
    words = '{"code": 400, "msg": "Duplicate Phone Numbers Found"}'
    rule = {"kind": "custom", "status": 400, "body": words, "match": second}
    sandbox.faults([{"provider": "telecmi", **rule}])
    drain()
    push.refresh_from_db()
    assert (push.delivered, push.rejected) == (834 + 833, 833)
    refused = DeliveryItem.objects.filter(state=State.REJECTED).select_related("delivery")
    again = levers.send_again(list(refused), by=None, click_token="b")
    drain()
    again.refresh_from_db()
    assert (again.total, again.delivered) == (833, 833)
    assert len(sandbox.journal("telecmi")) == 4


def test_a_record_deleted_while_it_waits_is_not_sent_and_one_under_way_keeps_its_end(
    account: Callable[..., Account], lead_list: LeadList, said: dict[str, Exchange]
) -> None:
    leads(lead_list, 2)
    LeadList.objects.update(lead_count=2)
    owner = at(account(), "well", 100)

    def meanwhile(request: Request, **more: Any) -> Response:
        for lead in Lead.objects.filter(deleted_at=None):
            editing.delete(lead, by=None)
        return works(request)

    said["well"] = meanwhile
    push = plan_list(lead_list, owner, by=None, click_token="a")
    drain()
    push.refresh_from_db()
    assert (push.waiting, push.cancelled, push.accepted) == (0, 1, 1)
    assert Attempt.objects.get().result == Attempt.Result.ANSWERED
    assert DeliveryItem.objects.filter(lead__deleted_at__isnull=False).count() == 2


def test_a_number_blocked_between_the_click_and_the_request_is_not_sent(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    leads(lead_list, 3)
    push = plan_list(lead_list, account("telecmi"), by=None, click_token="a")
    do_not_call.add(lead_list.team, ["+919800000001"], by=None)
    drain()
    push.refresh_from_db()
    assert (push.delivered, push.cancelled) == (2, 1)
    assert "919800000001" not in str(sandbox.journal("telecmi")[0]["body"])


@moves_the_clock
@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_jumps_loses_and_doubles_nothing(
    account: Callable[..., Account], lead_list: LeadList, said: dict[str, Exchange], hours: int
) -> None:
    owner = at(account(), "well", 100)
    bodies: list[bytes] = []

    def notes(request: Request, **more: Any) -> Response:
        bodies.append(request.content)
        return works(request)

    said["well"] = notes
    leads(lead_list, 5)
    with time_machine.travel(datetime(2026, 11, 20, 6, tzinfo=UTC), tick=False) as now:
        push = plan_list(lead_list, owner, by=None, click_token="a")
        left = claiming.claim()
        assert left is not None
        now.shift(timedelta(hours=hours))
        assert sweeping.sweep() == 1  # a lease that cannot be right is taken over
        sending.send(left)  # and its owner, alive after all, sends nothing
        assert bodies == []
        for _ in range(20):
            now.shift(timedelta(seconds=5))
            drain()
    push.refresh_from_db()
    assert push.accepted == 5
    assert len(bodies) == len(set(bodies)) == 5


def test_a_result_waits_for_a_database_that_is_locked(
    account: Callable[..., Account], lead_list: LeadList, said: dict[str, Exchange]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    owner = at(account(), "well", 100)
    locked, free = threading.Event(), threading.Event()

    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            locked.set()
            free.wait(1)
            cursor.execute("ROLLBACK")
        connections.close_all()

    def answers_under_lock(request: Request, **_: Any) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        threading.Thread(target=lock).start()
        locked.wait(5)
        return works(request)

    said["well"] = answers_under_lock
    leads(lead_list, 1)
    push = plan_list(lead_list, owner, by=None, click_token="a")
    assert work.deliver_one()
    connections.close_all()
    push.refresh_from_db()
    assert push.accepted == 1
    assert Attempt.objects.get().result == Attempt.Result.ANSWERED


@pytest.mark.postgres
def test_a_database_that_cuts_its_connections_costs_no_record(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox, settings: Any
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connections to cut")
    settings.LEDGER_TIME_SCALE = 30
    leads(lead_list, 60)
    push = plan_list(lead_list, account(), by=None, click_token="a")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with work.Crew(3):
        for number in range(200):
            push.refresh_from_db()
            if push.waiting == 0:
                break
            if number < CUTS:
                with connection.cursor() as cursor:
                    cursor.execute(f"{cut} AND datname = current_database()")
            threading.Event().wait(0.5)
    assert push.accepted + push.delivered == 60  # some were looked up meanwhile
    assert len(sandbox.state("telecrm")["accounts"]["practice"]["leads"]) == 60


@pytest.mark.postgres
def test_two_accounts_that_settle_the_same_leads_at_once_agree_on_their_marks(
    account: Callable[..., Account], lead_list: LeadList, said: dict[str, Exchange]
) -> None:
    leads(lead_list, 40)
    owners = [at(account(), f"host{n}", 1000) for n in range(2)]
    said |= {"host0": works, "host1": refuses(400)}
    for owner in owners:
        plan_list(lead_list, owner, by=None, click_token=owner.name)

    def deliver(n: int) -> None:
        while work.deliver_one([owners[n % 2].pk]):
            pass

    assert in_parallel(4, deliver) == [None] * 4
    drain()
    assert set(Lead.objects.values_list("push_state", flat=True)) == {"refused"}


def test_a_power_cut_keeps_the_last_commit_by_the_databases_settings() -> None:
    def told(question: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]

    if connection.vendor == "sqlite":
        assert told("PRAGMA synchronous") == 2
        assert told("PRAGMA journal_mode") == "wal"
        assert configured.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    else:
        assert told("SHOW synchronous_commit") == "on"


def test_nothing_rests_longer_in_sending_than_a_lease_and_a_sweep() -> None:
    assert limits.LEASE + limits.SWEEP_EVERY <= 120
    assert limits.LEASE >= 3 * limits.REQUEST_DEADLINE


def test_lists_of_the_same_name_never_take_each_others_groups(
    account: Callable[..., Account], lead_list: LeadList, sandbox: Sandbox
) -> None:
    owner = account("telecmi")
    other = LeadListFactory.create(team=lead_list.team, name="Q2 again")
    for number, one in enumerate((lead_list, other)):
        Lead.objects.create(team=one.team, lead_list=one, phone=f"+91981111111{number}")
        plan_list(one, owner, by=None, click_token=one.name)
    drain()
    assert Delivery.objects.filter(state=State.DELIVERED).count() == 2
