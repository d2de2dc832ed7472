"""Each refusal of seed 003, answered by the stand-in, lands on what puts it right, with its quote.

And nothing makes a dialer start twice.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from access.models import Hold
from campaigns import fixes
from campaigns.models import Campaign
from tests.factories import UserFactory
from tests.sandbox_server import TELECMI, Sandbox
from tests.test_seed_answers import answers
from tests.test_sending_elsewhere import campaign, lead_list  # noqa: F401 - fixtures
from tests.test_sending_leads import push

pytestmark = pytest.mark.django_db(transaction=True)

REFUSALS = [
    (400, "Campaign Name Already Exists", "#id_name"),
    (400, "Leads ID Not Found", "#ids"),
    (400, "Lead already mapped to another campaign", "#id_part"),
    (400, "Invalid agent IDs", "#agents"),
    (400, "User already mapped to another campaign", "#agents"),
    (422, "Validation Failed (user_interval: must look like 10_s)", "#id_user_interval"),
    (422, "Validation Failed (missing required field: start_date)", "#id_start_date"),
    (422, "Validation Failed", "#id_name"),
]


def there(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The campaigns TeleCMI's stand-in has."""
    account = sandbox.state("telecmi")["accounts"][str(TELECMI["inet_no"])]
    return list(account["campaigns"])


def sent(**how: Any) -> dict[str, Any]:
    """Create the campaign from the command line; refusals are not an error of the command."""
    with contextlib.suppress(CommandError, SystemExit):
        return push("campaign", "Q2 calls", **how)
    return {}


@pytest.mark.parametrize(("status", "said", "place"), REFUSALS)
def test_a_refusal_names_the_field_and_quotes(
    sandbox: Sandbox,
    client: Client,
    campaign: Campaign,  # noqa: F811
    status: int,
    said: str,
    place: str,
) -> None:
    answers(sandbox, "telecmi", "campaign/create", status, {"code": status, "msg": said})
    sent()
    campaign.refresh_from_db()
    fix = fixes.fix_of(campaign)
    assert (campaign.state, campaign.quote) == ("refused", said)
    assert campaign.is_editable
    assert fix is not None
    assert fix.url.endswith(place)
    client.force_login(UserFactory.create(team=campaign.team))
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert said in page
    assert f'href="{fix.url}"' in page
    assert place == "#ids" or f'id="{place[1:]}"' in page


def test_an_unknown_account_stops_the_account_and_not_the_campaign(
    sandbox: Sandbox,
    client: Client,
    campaign: Campaign,  # noqa: F811
) -> None:
    answers(sandbox, "telecmi", "campaign/create", 404, {"code": 404, "msg": "App Not Found"})
    sent()
    campaign.refresh_from_db()
    assert Hold.objects.get().quote == "App Not Found"
    assert campaign.state == "waiting"
    client.force_login(UserFactory.create(team=campaign.team))
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "App Not Found" in page
    assert f'href="/accounts/{campaign.account_id}/"' in page


def test_a_fault_of_the_server_is_tried_again_and_makes_one_campaign(
    sandbox: Sandbox,
    campaign: Campaign,  # noqa: F811
    settings: Any,
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    fault = {"provider": "telecmi", "endpoint": "campaign/create", "kind": "custom"}
    body = '{"code": 500, "msg": "Internal Server Error"}'
    sandbox.faults([{**fault, "status": 500, "body": body, "times": 1}])
    sent()
    campaign.refresh_from_db()
    assert campaign.state == "created"
    assert len(there(sandbox)) == 1


def test_already_mapped_after_an_unknown_end_asks_a_person(
    sandbox: Sandbox,
    client: Client,
    campaign: Campaign,  # noqa: F811
    settings: Any,
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    lost = {"provider": "telecmi", "endpoint": "campaign/create", "kind": "drop_after_commit"}
    mapped = '{"code": 400, "msg": "Lead already mapped to another campaign"}'
    again = {**lost, "kind": "custom", "status": 400, "body": mapped}
    sandbox.faults([{**lost, "times": 1}, {**again, "times": 1}])
    sent()
    campaign.refresh_from_db()
    assert campaign.state == "unsure"
    assert len(there(sandbox)) == 1
    client.force_login(UserFactory.create(team=campaign.team))
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "We do not know whether TeleCMI created it" in page
    assert b'name="verb"' not in page.encode()
    client.post(f"/campaigns/{campaign.pk}/send/", {"click": "again"})
    campaign.refresh_from_db()
    assert campaign.state == "unsure"


def test_a_lost_reply_is_proved_by_the_name_only_we_gave(
    sandbox: Sandbox,
    campaign: Campaign,  # noqa: F811
    settings: Any,
) -> None:
    settings.LEDGER_TIME_SCALE = 20
    lost = {"provider": "telecmi", "endpoint": "campaign/create", "kind": "drop_after_commit"}
    sandbox.faults([{**lost, "times": 1}])
    sent()
    campaign.refresh_from_db()
    assert (campaign.state, campaign.evidence) == ("created", "inferred")
    assert [one["name"] for one in there(sandbox)] == [campaign.wire_name]
