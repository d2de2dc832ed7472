"""The adapter sends the table's fields, no others; the ledger takes no campaign that breaks one."""

from __future__ import annotations

import json

import pytest

from campaigns import dialers, kinds, readiness
from campaigns.models import Agent, Campaign
from leads.models import ListPart
from sync import planning, providers, work
from sync.models import Push
from sync.providers import telecmi_campaign
from sync.providers.base import Parcel, Record
from tests.campaigns import plans, rules
from tests.crash.endpoints import WAYS
from tests.factories import TeamFactory
from tests.sandbox_server import Sandbox

telecmi = providers.get("telecmi")
CREDENTIALS = {"inet_no": "12345", "secret": "550e8400-e29b-41d4-a716-446655440000"}


def test_the_adapter_knows_the_fields_of_the_table_in_its_order() -> None:
    assert tuple(dialers.BY_NAME) == telecmi_campaign.FIELDS


@pytest.mark.parametrize("choices", rules.CHOICES)
def test_the_adapter_sends_what_the_table_made_behind_the_credentials(
    choices: dict[str, str],
) -> None:
    body = rules.wire(rules.right(choices))
    built = telecmi.build("campaign", [Record("1", "", ())], {"campaign": body})
    parcel = Parcel("campaign", "https://rest.telecmi.com", CREDENTIALS, built.payload)
    request = telecmi.request(parcel)
    sent = json.loads(request.content)
    assert list(sent.items()) == [
        ("inet_no", 12345),
        ("secret", CREDENTIALS["secret"]),
        *body.items(),
    ]
    assert str(request.url) == "https://rest.telecmi.com/v3/campaign/create"


@pytest.fixture
def campaign(db: None) -> Campaign:
    """A campaign the ledger takes."""
    team = TeamFactory.create()
    account = plans.account_with_agents(team)
    part = plans.list_in_parts(team, account, (10,)).parts.get()
    part.provider_leads_id = rules.PART_ID
    part.save()
    return plans.saved(part, list(Agent.objects.all()))


BAD_COLUMNS = {
    kinds.RATIO: "1:0",
    kinds.INTERVAL: "ten",
    kinds.CALLER: "call us",
}


@pytest.mark.django_db
def test_the_ledger_refuses_each_hole_and_each_misfit_a_column_can_hold(campaign: Campaign) -> None:
    assert readiness.refusal(campaign) == ""
    for choices in rules.CHOICES:
        for field in dialers.FIELDS:
            if field.column in ("part", "agents", "active", "name", "dialer_type", "time_zone"):
                continue
            for value in (None, BAD_COLUMNS.get(field.kind)):
                plan = _with(campaign, choices)
                empty = "" if isinstance(getattr(plan, field.column), str) else None
                setattr(plan, field.column, value if value is not None else empty)
                applies = field.applies({**choices, **_flags(choices)})
                assert bool(readiness.refusal(plan)) is applies, (choices, field.name, value)


def _flags(choices: dict[str, str]) -> dict[str, bool]:
    if "no_agent_no_wait" not in choices:
        return {}
    return {"no_agent_no_wait": choices["no_agent_no_wait"] == "true"}


def _with(campaign: Campaign, choices: dict[str, str]) -> Campaign:
    plan: Campaign = Campaign.objects.select_related("part", "account", "team").get(pk=campaign.pk)
    plan.dialer_type = choices["dialer_type"]
    plan.no_agent_no_wait = choices.get("no_agent_no_wait") != "false"
    plan.max_waiting_time_without_agent, plan.user_interval = 30, "10_s"
    return plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ratio": ""}, "Lines for each agent"),
        ({"start_date": "2020-01-01", "end_date": "2020-01-02"}, "already over"),
        ({"start_time": "06:00"}, "Calls are allowed 09:00 to 21:00"),
        ({"end_time": "09:00", "start_time": "20:00"}, "Overnight hours are two campaigns"),
    ],
)
def test_nothing_is_planned_that_breaks_a_rule(
    campaign: Campaign, changed: dict[str, str], said: str
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(**changed)
    campaign.refresh_from_db()
    with pytest.raises(planning.CannotSend, match=said):
        planning.plan_campaign(campaign, by=None, click_token="press")
    assert not Push.objects.exists()


@pytest.mark.django_db
def test_a_part_without_its_id_is_said_with_the_way_to_it(campaign: Campaign) -> None:
    ListPart.objects.update(provider_leads_id=None)
    campaign = Campaign.objects.get()
    with pytest.raises(planning.CannotSend, match="Copy it from TeleCMI"):
        planning.plan_campaign(campaign, by=None, click_token="press")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("carried", [True, False])
def test_the_id_of_a_campaign_is_kept_where_the_answer_carries_one(
    sandbox: Sandbox, carried: bool
) -> None:
    """Seed 003 names no id, so none is expected; one that comes all the same is kept."""
    sandbox.switch("telecmi", success_body_with_campaign_id=carried)
    WAYS["campaign"].world(sandbox, "Saarthi").plan("press")
    assert work.deliver_one()
    (made,) = sandbox.state("telecmi")["accounts"]["1111112"]["campaigns"]
    campaign = Campaign.objects.get()
    assert campaign.state == Campaign.State.CREATED
    assert str(campaign.provider_campaign_id) == (made["campaign_id"] if carried else "None")
