"""One plan over all parts: agents in proportion, or days one after another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import sharing
from campaigns.models import Agent
from leads.models import ListPart

FIRST = date(2027, 3, 1)


def parts(*sizes: int) -> list[ListPart]:
    """Parts of these sizes, not saved."""
    return [ListPart(number=n, lead_count=size) for n, size in enumerate(sizes, 1)]


def agents(count: int) -> list[Agent]:
    """So many agents, not saved."""
    return [Agent(agent_id=f"{5100 + n}_1") for n in range(count)]


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=13), st.integers(0, 100))
def test_shares_add_up_and_leave_nobody_out(sizes: list[int], total: int) -> None:
    shares = sharing.proportion(total, sizes)
    assert sum(shares) == total
    if total >= len(sizes):
        assert min(shares) >= 1


def test_twelve_agents_over_three_balanced_parts_are_four_each() -> None:
    found = sharing.pieces(parts(834, 833, 833), agents(12), FIRST, FIRST, sharing.TOGETHER)
    assert [len(piece.agents) for piece in found] == [4, 4, 4]
    assert [piece.leads_each for piece in found] == [209, 209, 209]
    everybody = [agent.agent_id for piece in found for agent in piece.agents]
    assert len(set(everybody)) == 12


def test_one_part_after_another_has_all_agents_on_consecutive_days() -> None:
    last = FIRST + timedelta(days=17)
    found = sharing.pieces(parts(834, 833, 833), agents(12), FIRST, last, sharing.AFTER)
    assert [len(piece.agents) for piece in found] == [12, 12, 12]
    spans = [(piece.first, piece.last) for piece in found]
    assert spans == [
        (date(2027, 3, 1), date(2027, 3, 6)),
        (date(2027, 3, 7), date(2027, 3, 12)),
        (date(2027, 3, 13), date(2027, 3, 18)),
    ]


@pytest.mark.parametrize("how", [sharing.TOGETHER, sharing.AFTER])
def test_too_few_agents_or_days_are_said(how: str) -> None:
    with pytest.raises(sharing.CannotShare, match="parts"):
        sharing.pieces(parts(9, 9, 9), agents(2), FIRST, FIRST, how)
