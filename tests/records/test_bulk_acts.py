"""Acts on more leads than a request should wait for: done in portions, watched, stopped."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import AuditEvent, Team, User
from leads import acting, bulk, editing, jobs
from leads.bulk_act import BulkAct
from leads.models import DoNotCall, Lead, LeadList
from leads.searching import LeadFilter
from tests.factories import LeadFactory, LeadListFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

ALL = {"confirmed": "1", "all": "1"}


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "IN_REQUEST", 3)
    monkeypatch.setattr(acting, "PORTION", 2)
    monkeypatch.setattr(acting, "PAUSE", 0)


@pytest.fixture
def five(lead_list: LeadList) -> list[Lead]:
    LeadList.objects.filter(pk=lead_list.pk).update(lead_count=5)
    return [LeadFactory.create(lead_list=lead_list, source="Web") for _n in range(5)]


def begun(team: Team, by: User, verb: str, **details: object) -> BulkAct:
    """An act on all leads of the team, nothing done yet."""
    return acting.begin(bulk.Choice(LeadFilter()), verb, details, team=team, by=by)


def work_on() -> None:
    while jobs.run(5):
        pass


def test_many_leads_are_worked_on_behind_a_page_that_says_what_was_done(
    browser: Client, five: list[Lead]
) -> None:
    form = ALL | {"verb": "tag", "filter": "source=Web", "tag": "warm"}
    page = browser.post("/leads/bulk/", form, follow=True)
    act = BulkAct.objects.get()
    assert page.redirect_chain[0][0] == f"/leads/acts/{act.pk}/"
    work_on()
    assert "5 leads tagged “warm”." in browser.get(f"/leads/acts/{act.pk}/").content.decode()
    assert Lead.objects.filter(tags__name="warm", version=2).count() == 5
    event = AuditEvent.objects.get(kind="tagged")
    assert (event.count, event.target_label) == (5, "warm")
    act.refresh_from_db()
    assert (act.query, act.picks) == ("", [])  # what was searched for may name a person


def test_few_leads_are_done_in_the_request(browser: Client, five: list[Lead]) -> None:
    form = {"verb": "delete", "confirmed": "1", "pick": [lead.pk for lead in five[:3]]}
    browser.post("/leads/bulk/", form)
    assert not BulkAct.objects.exists()
    assert Lead.objects.filter(deleted_at=None).count() == 2


def test_deleted_leads_share_a_moment_so_that_the_log_can_take_them_back(
    team: Team, manager: User, five: list[Lead], lead_list: LeadList
) -> None:
    begun(team, manager, "delete")
    work_on()
    lead_list.refresh_from_db()
    assert lead_list.lead_count == 0
    (moment,) = set(Lead.objects.values_list("deleted_at", flat=True))
    event = AuditEvent.objects.get(kind="deleted")
    assert moment is not None
    assert (event.count, event.details["at"]) == (5, moment.isoformat())


def test_the_log_takes_a_tag_off_all_that_an_act_put_it_on(
    browser: Client, team: Team, manager: User, five: list[Lead]
) -> None:
    editing.set_tags(five[2], ["warm"], by=manager)
    begun(team, manager, "tag", tag="warm")
    work_on()
    event = AuditEvent.objects.get(kind="tagged")
    assert event.count == 4
    browser.post(f"/activity/{event.pk}/undo/")
    assert list(Lead.objects.filter(tags__name="warm")) == [five[2]]


def test_a_stopped_acts_tags_are_taken_off_too(
    browser: Client, team: Team, manager: User, five: list[Lead]
) -> None:
    act = begun(team, manager, "tag", tag="warm")
    jobs.run(0)
    acting.stop(act)
    event = AuditEvent.objects.get(kind="tagged")
    assert (event.count, Lead.objects.filter(tags__name="warm").count()) == (2, 2)
    browser.post(f"/activity/{event.pk}/undo/")
    assert not Lead.objects.filter(tags__name="warm").exists()


def test_a_portion_is_done_and_the_rest_next_time(
    team: Team, manager: User, five: list[Lead], lead_list: LeadList
) -> None:
    act = begun(team, manager, "delete")
    assert jobs.run(0) > 0
    act.refresh_from_db()
    assert (act.seen, act.done, act.state) == (2, 2, BulkAct.State.RUNNING)
    lead_list.refresh_from_db()
    assert lead_list.lead_count == 3
    work_on()
    act.refresh_from_db()
    assert (act.wanted, act.seen, act.done, act.state) == (5, 5, 5, BulkAct.State.DONE)


def test_a_worker_that_lost_its_act_writes_nothing(
    team: Team, manager: User, five: list[Lead]
) -> None:
    act = begun(team, manager, "delete")
    BulkAct.objects.filter(pk=act.pk).update(lease_token="another")
    with pytest.raises(acting.Stopped):
        acting.step(act)
    assert Lead.objects.filter(deleted_at=None).count() == 5


def test_stopping_keeps_what_is_done_and_tells_the_log(
    browser: Client, team: Team, manager: User, five: list[Lead]
) -> None:
    act = begun(team, manager, "delete")
    jobs.run(0)
    page = browser.post(f"/leads/acts/{act.pk}/stop/", follow=True).content.decode()
    assert "2 leads deleted. 3 were not reached and are as they were." in page
    work_on()
    assert Lead.objects.filter(deleted_at=None).count() == 3
    assert AuditEvent.objects.get(kind="deleted").count == 2


def test_of_two_leads_with_a_number_the_newest_moves(
    browser: Client, team: Team, manager: User, five: list[Lead]
) -> None:
    other, to = LeadListFactory.create_batch(2, team=team)
    LeadList.objects.filter(pk=other.pk).update(lead_count=1)
    newest = LeadFactory.create(lead_list=other, phone=five[0].phone)
    act = begun(team, manager, "move", to=to.pk, list=to.name)
    work_on()
    act.refresh_from_db()
    assert (act.done, act.left) == (5, 1)
    newest.refresh_from_db()
    to.refresh_from_db()
    assert (newest.lead_list, to.lead_count) == (to, 5)
    page = browser.get(f"/leads/acts/{act.pk}/").content.decode()
    assert "1 stayed: the number stands there already." in page


def test_copies_are_not_copied_again(team: Team, manager: User, five: list[Lead]) -> None:
    to = LeadListFactory.create(team=team)
    act = begun(team, manager, "copy", to=to.pk, list=to.name)
    work_on()
    act.refresh_from_db()
    assert (act.done, act.left, Lead.objects.filter(lead_list=to).count()) == (5, 0, 5)


def test_leads_that_come_later_are_not_meant(
    team: Team, manager: User, five: list[Lead], lead_list: LeadList
) -> None:
    begun(team, manager, "do_not_call", reason="DND")
    later = LeadFactory.create(lead_list=lead_list)
    work_on()
    assert DoNotCall.objects.filter(reason="DND").count() == 5
    later.refresh_from_db()
    assert not later.do_not_call


def test_an_act_whose_list_is_gone_ends_and_stops_nobody(
    browser: Client, team: Team, manager: User, five: list[Lead]
) -> None:
    act = begun(team, manager, "move", to=0, list="gone")
    fine = begun(team, manager, "tag", tag="warm")
    work_on()
    act.refresh_from_db()
    fine.refresh_from_db()
    assert (act.state, act.done) == (BulkAct.State.FAILED, 0)
    assert fine.state == BulkAct.State.DONE
    assert "Could not go on" in browser.get(f"/leads/acts/{act.pk}/").content.decode()


def test_what_was_done_before_an_act_could_not_go_on_is_in_the_log(
    team: Team, manager: User, five: list[Lead]
) -> None:
    to = LeadListFactory.create(team=team)
    act = begun(team, manager, "move", to=to.pk, list=to.name)
    jobs.run(0)
    LeadList.objects.filter(pk=to.pk).update(deleted_at=to.created_at)
    work_on()
    act.refresh_from_db()
    assert (act.state, act.done, act.lease_token) == (BulkAct.State.FAILED, 2, "")
    assert AuditEvent.objects.get(kind="moved").count == 2


def test_another_teams_act_is_not_found(browser: Client) -> None:
    team = TeamFactory.create()
    act = begun(team, UserFactory.create(team=team), "delete")
    assert browser.get(f"/leads/acts/{act.pk}/").status_code == 404
    assert browser.post(f"/leads/acts/{act.pk}/stop/").status_code == 404
