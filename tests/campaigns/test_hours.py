"""The strip of planned calling hours, on the reader's clock and the campaign's."""

from datetime import UTC, date, datetime

import pytest

from access.models import Team
from campaigns import hours
from campaigns.models import Agent, Campaign
from leads.models import ListPart
from tests.campaigns import plans
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
AT_1440_IN_INDIA = datetime(2097, 3, 4, 9, 10, tzinfo=UTC)


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def part(team: Team) -> ListPart:
    account = plans.account_with_agents(team)
    return plans.list_in_parts(team, account, (10,)).parts.get()


def planned(part: ListPart, state: str = "created", **values: object) -> Campaign:
    campaign = plans.saved(part, list(Agent.objects.all()[:1]), **values)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    return campaign


def test_equal_hours_of_a_list_are_one_row_and_now_is_marked(team: Team, part: ListPart) -> None:
    planned(part)
    planned(part)
    strip = hours.today(team, AT_1440_IN_INDIA)
    assert [(row.count, row.times, row.kind) for row in strip.rows] == [
        ("2 campaigns", "10:00–18:00", "on")
    ]
    assert (strip.rows[0].x, strip.rows[0].width) == ("14.29%", "57.14%")
    assert (strip.now, strip.now_text, strip.zone) == ("47.62%", "14:40", "IST")


def test_a_campaign_elsewhere_shows_both_clocks(team: Team, part: ListPart) -> None:
    planned(part, time_zone="Europe/London")
    row = hours.today(team, AT_1440_IN_INDIA).rows[0]
    assert row.times == "15:30–23:30 (10:00–18:00 GMT)"


def test_phoenix_evening_reaches_into_the_next_indian_day(team: Team, part: ListPart) -> None:
    planned(part, time_zone="America/Phoenix", start_time="09:00", end_time="12:00")
    row = hours.today(team, AT_1440_IN_INDIA).rows[0]
    assert row.times.startswith("21:30–00:30")


def test_hours_over_midnight_show_both_nights_of_the_day(team: Team, part: ListPart) -> None:
    planned(part, start_time="22:00", end_time="02:00")
    strip = hours.today(team, AT_1440_IN_INDIA)
    assert [(row.times, row.kind) for row in strip.rows] == [
        ("22:00–02:00", "past"),
        ("22:00–02:00", "on"),
    ]


def test_drafts_are_left_out_refused_ones_are_dashed_and_ended_ones_gone(
    team: Team, part: ListPart
) -> None:
    planned(part, state="draft")
    planned(part, state="refused", end_date=date(2097, 3, 4))
    planned(part, ended_confirmed_at=AT_1440_IN_INDIA)
    strip = hours.today(team, AT_1440_IN_INDIA)
    assert [(row.count, row.kind) for row in strip.rows] == [("campaign refused", "soon")]
    assert "last day" in strip.rows[0].times


def test_nothing_planned_draws_nothing(team: Team) -> None:
    assert hours.today(team, AT_1440_IN_INDIA).rows == []


@pytest.mark.parametrize(
    ("now", "anchor"), [("2.50%", "start"), ("47.62%", "middle"), ("97.60%", "end"), ("", "middle")]
)
def test_the_words_at_now_stay_inside_the_page(now: str, anchor: str) -> None:
    assert hours.Strip([], [], now, "21:40", "IST").now_anchor == anchor
