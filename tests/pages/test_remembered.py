"""Sums of very long lists are kept only while they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leads.models import LeadList
from sync import remembered
from sync.pages_marks import tallies
from tests.pages import world

pytestmark = pytest.mark.django_db


def test_a_sum_is_worked_out_once_for_one_fingerprint() -> None:
    asked: list[int] = []

    def work_out() -> int:
        asked.append(1)
        return len(asked)

    assert [remembered.recall("k", "same", work_out) for _ in range(3)] == [1, 1, 1]


def test_a_quick_sum_is_worked_out_again_when_what_it_rests_on_changed() -> None:
    answers = iter([1, 2])
    assert remembered.recall("k", "old", lambda: next(answers)) == 1
    kept = remembered._kept["k"]  # as if more than ten times what the sum took had gone by since
    remembered._kept["k"] = replace(kept, at=kept.at - 11 * kept.took)
    assert remembered.recall("k", "new", lambda: next(answers)) == 2


def test_only_very_long_lists_are_remembered() -> None:
    made = world.team_of_people()
    world.account(made, "telecmi", "TeleCMI Main")
    small = world.lead_list(made, "Gold loans", 3)
    assert remembered.large([small.pk]) == {}
    LeadList.objects.filter(pk=small.pk).update(lead_count=remembered.LARGE)
    before = remembered.large([small.pk])
    world.send(made, "Gold loans", "TeleCMI Main", [("delivered", 3)], words={})
    assert remembered.large([small.pk]) != before
    [tally] = tallies([small.pk]).values()
    assert tally.there == 3
