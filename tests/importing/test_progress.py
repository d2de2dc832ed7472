"""Workers, leases, stopping and taking back."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from leads import csvfile, jobs
from leads.importing import progress, staging, undoing
from leads.models import Import, Lead, LeadList, LeadTag, Tag
from tests.factories import LeadFactory, LeadListFactory, TeamFactory
from tests.importing.files import imported, phones, rejected, staged, sums

pytestmark = pytest.mark.django_db

ROWS = "name,phone\n" + "".join(f"Lead {n},90000{n:05d}\n" for n in range(10_001, 10_301))


@pytest.fixture
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", 1_000)
    monkeypatch.setattr(jobs, "PAUSE", 0)


@pytest.mark.usefixtures("_small_blocks")
def test_a_worker_does_a_bounded_piece_and_goes_on_next_time() -> None:
    record = staged(ROWS)
    progress.start_import(record)
    assert jobs.run(0) == 1
    record.refresh_from_db()
    assert 0 < record.added < 300
    assert record.added == Lead.objects.count() == record.rows_read
    assert record.lease_until is None
    while jobs.run(0):
        pass
    record.refresh_from_db()
    assert record.state == Import.State.DONE
    assert sums(record) == (300, 0, 0, 0)


def test_files_are_worked_on_in_the_order_they_came() -> None:
    first, second = staged(ROWS), staged(ROWS)
    progress.start_import(second)
    progress.start_import(first)
    claimed = progress.claim()
    assert claimed == first


def test_one_worker_holds_an_import_until_its_lease_ends() -> None:
    record = staged(ROWS)
    progress.start_import(record)
    assert progress.claim() == record
    assert progress.claim() is None
    Import.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert progress.claim() == record


@pytest.mark.usefixtures("_small_blocks")
def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    record = staged(ROWS)
    progress.start_import(record)
    slow = progress.take(record.pk)
    assert slow
    Import.objects.filter(pk=record.pk).update(lease_token="another")
    with pytest.raises(progress.LostLease):
        jobs.work(slow, 0)
    assert not Lead.objects.exists()
    assert not LeadList.objects.exists()


@pytest.mark.usefixtures("_small_blocks")
def test_stopping_keeps_what_is_done_and_counts_it() -> None:
    record = staged(ROWS)
    progress.start_import(record)
    jobs.run(0)
    progress.cancel(record)
    assert record.state == Import.State.CANCELLED
    assert record.added == Lead.objects.count() > 0
    assert jobs.run(1) == 0
    with pytest.raises(progress.WrongTime):
        progress.cancel(record)


def test_stopping_a_check_goes_back_to_the_columns() -> None:
    record = staged(ROWS)
    progress.start_check(record)
    progress.cancel(record)
    assert record.state == Import.State.UPLOADED


def undone(record: Import) -> Import:
    progress.start_undo(record)
    return jobs.finish(record)


def test_taking_back_removes_what_was_added_and_the_list_it_made() -> None:
    record = undone(imported(ROWS))
    assert record.options["undo"] == {"removed": 300, "restored": 0, "kept": 0}
    assert not Lead.objects.filter(deleted_at=None).exists()
    assert not LeadList.objects.filter(deleted_at=None).exists()
    assert sums(imported(ROWS, team=record.team)) == (300, 0, 0, 0)


def test_taking_back_restores_what_was_changed() -> None:
    lead_list = LeadListFactory.create(name="Q2")
    lead = LeadFactory.create(
        lead_list=lead_list, phone="+919000010001", first_name="Old", last_name="N"
    )
    LeadList.objects.update(lead_count=1)
    options = {"duplicates": "update"}
    record = imported(ROWS, team=lead_list.team, lead_list=lead_list, options=options)
    lead.refresh_from_db()
    assert (lead.first_name, lead.version) == ("Lead", 2)
    record = undone(record)
    lead.refresh_from_db()
    assert (lead.first_name, lead.version) == ("Old", 3)
    assert record.options["undo"] == {"removed": 299, "restored": 1, "kept": 0}
    lead_list.refresh_from_db()
    assert (lead_list.lead_count, lead_list.deleted_at) == (1, None)


def test_what_was_edited_or_sent_since_stays_and_is_listed() -> None:
    record = imported(ROWS)
    edited, sent = Lead.objects.order_by("pk")[:2]
    Lead.objects.filter(pk=edited.pk).update(version=2)
    Lead.objects.filter(pk=sent.pk).update(left_at=timezone.now())
    record = undone(record)
    assert record.options["undo"] == {"removed": 298, "restored": 0, "kept": 2}
    assert list(undoing.kept_after(record)) == [edited, sent]
    assert phones(record) == [edited.phone, sent.phone]


def test_what_was_changed_and_then_edited_or_sent_stays_and_is_listed() -> None:
    lead_list = LeadListFactory.create(name="Q2")
    four = [
        LeadFactory.create(lead_list=lead_list, phone=f"+91900001000{n}", first_name="Old")
        for n in (1, 2, 3, 4)
    ]
    options = {"duplicates": "update"}
    record = imported(ROWS, team=lead_list.team, lead_list=lead_list, options=options)
    edited, sent, deleted, plain = four
    Lead.objects.filter(pk=edited.pk).update(version=3)
    Lead.objects.filter(pk=sent.pk).update(left_at=timezone.now())
    Lead.objects.filter(pk=deleted.pk).update(version=3, deleted_at=timezone.now())
    record = undone(record)
    assert record.options["undo"] == {"removed": 296, "restored": 1, "kept": 3}
    assert list(undoing.kept_after(record)) == [edited, sent]
    plain.refresh_from_db()
    assert plain.first_name == "Old"


def test_tags_an_import_put_on_leads_that_were_here_go_with_it() -> None:
    lead_list = LeadListFactory.create(name="Q2")
    lead = LeadFactory.create(lead_list=lead_list, phone="+919000010001", first_name="Asha")
    other = LeadFactory.create(lead_list=lead_list, phone="+919000010002", first_name="Ravi")
    vip = Tag.objects.create(team=lead_list.team, name="vip")
    LeadTag.objects.create(lead=lead, tag=vip)
    rows = "phone,name,tags\n9000010001,Asha,vip;hot\n9000010002,New,hot\n9000010003,Sita,hot\n"
    options = {"duplicates": "update"}
    record = imported(rows, team=lead_list.team, lead_list=lead_list, options=options)
    assert set(lead.tags.values_list("name", flat=True)) == {"vip", "hot"}
    record = undone(record)
    assert list(lead.tags.values_list("name", flat=True)) == ["vip"]
    assert not other.tags.exists()
    other.refresh_from_db()
    assert other.first_name == "Ravi"
    assert record.options["undo"] == {"removed": 1, "restored": 2, "kept": 0}


def test_an_import_can_be_taken_back_for_a_day() -> None:
    record = imported(ROWS)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert not progress.may_undo(record)
        with pytest.raises(progress.WrongTime, match="24 hours"):
            progress.start_undo(record)


def test_contacts_and_agents_can_be_taken_back_too() -> None:
    record = undone(imported(ROWS, kind="contacts", team=TeamFactory.create()))
    assert record.options["undo"]["removed"] == 300


def test_an_import_whose_file_is_gone_ends_with_a_sentence_and_stops_nobody() -> None:
    lost, fine = staged(ROWS), staged(ROWS)
    progress.start_import(lost)
    progress.start_import(fine)
    Path(lost.file.path).unlink()
    while jobs.run(5):
        pass
    lost.refresh_from_db()
    fine.refresh_from_db()
    assert lost.state == Import.State.FAILED
    assert "Upload it again." in lost.words
    assert fine.state == Import.State.DONE


def test_uploads_are_removed_after_thirty_days_and_reasons_stay() -> None:
    record = imported(ROWS + "Bad,98765\n")
    path = Path(record.file.path)
    assert staging.forget_old_files() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert staging.forget_old_files() == 1
    assert not path.exists()
    record.refresh_from_db()
    assert [row["problem"] for row in rejected(record)] == [
        "Too short for India: 5 digits, not 10."
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one pen for all is SQLite's")
def test_others_get_the_pen_while_they_write_and_nobody_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "COMPANY", 3_600)
    versions = iter([1, 1, 2, 2])
    monkeypatch.setattr(jobs.Manners, "_version", lambda _self: next(versions))
    manners = jobs.Manners()
    assert manners.pause(0.05) == 0
    assert manners.pause(0.05) == 0.05
    assert manners.pause(0.001) == jobs.PAUSE
