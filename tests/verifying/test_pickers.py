"""Reading agents, lists and a workspace instead of typing them, over real HTTP."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from access.models import Account, AuditEvent, User
from access.roles import Role
from campaigns.models import Agent
from leads.models import Lead, LeadList
from sync import accounts, pickers
from sync.models import DeliveryItem
from tests.factories import UserFactory
from tests.sandbox_server import TELECMI, TELECRM, Sandbox
from tests.test_sending_leads import push
from tests.verifying.conftest import MakeAccount

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meera(client: Client, lead_list: LeadList) -> User:
    """A manager, signed in."""
    user = UserFactory.create(team=lead_list.team, team__role=Role.MANAGER)
    client.force_login(user)
    return user


def everything_stored() -> str:
    """The text of all that reading may have written."""
    rows = [list(model._default_manager.values()) for model in (Agent, AuditEvent, Account)]
    return str(rows)


def test_agents_are_entered_with_their_names_and_without_their_passwords(
    sandbox: Sandbox, account: MakeAccount, client: Client, meera: User
) -> None:
    owner = account("telecmi")
    assert b"Fetch agents from Main" in client.get(reverse("campaigns:agents")).content
    page = client.post(reverse("sync:fetch_agents", args=[owner.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("campaigns:agents")
    assert "12 agents read: 12 new, 0 changed." in page.text
    assert Agent.objects.filter(account=owner).count() == 12
    first = Agent.objects.get(agent_id="5001_1111112")
    assert first.name
    assert first.extension == "5001"
    assert first.team == owner.team
    asked = {"appid": 1111112, "secret": TELECMI["secret"], "page": 1, "limit": 100}
    _, answer = sandbox.request("POST", "/telecmi/v3/user/list", asked)
    passwords = [one["password"] for one in answer["agents"]]
    assert len(set(passwords)) > 1
    assert not [word for word in passwords[1:] if word in everything_stored()]


def test_fetching_again_changes_what_differs_and_takes_nobody_out(
    account: MakeAccount, lead_list: LeadList
) -> None:
    owner = account("telecmi")
    pickers.fetch_agents(owner, by=None)
    Agent.objects.filter(agent_id="5001_1111112").update(name="Old name", group="Home loans")
    Agent.objects.create(team=owner.team, account=owner, agent_id="9999_1111112", name="Ravi")
    again = pickers.fetch_agents(owner, by=None)
    assert (again.found, again.added, again.changed, again.missing) == (12, 0, 1, ["Ravi"])
    first = Agent.objects.get(agent_id="5001_1111112")
    assert (first.name != "Old name", first.group) == (True, "Home loans")


def test_a_page_of_ten_is_followed_to_the_end(
    account: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickers, "PAGE", 10)
    owner = account("telecmi")
    assert pickers.fetch_agents(owner, by=None).added == 12


def test_a_refused_secret_is_said_in_words_and_changes_nothing(
    account: MakeAccount, client: Client, meera: User
) -> None:
    owner = account("telecmi", {"inet_no": "1111112", "secret": "wrong"})
    page = client.post(reverse("sync:fetch_agents", args=[owner.pk]), follow=True)
    assert "Account Not Found" in page.text or "TeleCMI" in page.text
    assert not Agent.objects.exists()
    with pytest.raises(pickers.CannotFetch):
        pickers.fetch_agents(owner, by=None)


def test_a_viewer_fetches_nothing(account: MakeAccount, client: Client) -> None:
    owner = account("telecmi")
    client.force_login(UserFactory.create(team=owner.team, team__role=Role.VIEWER))
    assert client.post(reverse("sync:fetch_agents", args=[owner.pk])).status_code == 403
    assert client.get(reverse("sync:fetch_agents", args=[owner.pk])).status_code in (403, 405)


def test_smartflo_lists_come_with_their_columns_and_are_kept(
    sandbox: Sandbox, account: MakeAccount
) -> None:
    owner = account("smartflo")
    (first,) = pickers.fetch_lists(owner, by=None)
    assert (first["id"], first["name"], first["header"][0]) == (
        "441940",
        "Practice list",
        "Phone Number",
    )
    assert pickers.known_lists(owner) == [first]
    assert len(sandbox.journal("smartflo", "lists")) == 1


def test_lists_read_before_stay_when_nothing_answers(
    sandbox: Sandbox, account: MakeAccount
) -> None:
    owner = account("smartflo")
    known = pickers.fetch_lists(owner, by=None)
    broken = {"provider": "smartflo", "endpoint": "lists", "kind": "500_before", "times": -1}
    sandbox.faults([broken])
    with pytest.raises(pickers.CannotFetch):
        pickers.fetch_lists(owner, by=None)
    assert pickers.known_lists(owner) == known


def test_lists_are_fetched_by_a_button_and_back_to_the_page_that_asked(
    account: MakeAccount, client: Client, meera: User, lead_list: LeadList
) -> None:
    owner = account("smartflo")
    here = reverse("leads:list", args=[lead_list.pk])
    url = reverse("sync:fetch_lists", args=[owner.pk])
    page = client.post(url, {"next": here}, follow=True)
    assert page.redirect_chain[-1][0] == here
    assert "1 list read" in page.text
    away = client.post(url, {"next": "https://elsewhere.example/"})
    assert away.headers["Location"] == reverse("sync:account", args=[owner.pk])


def test_a_known_list_is_chosen_by_name_and_brings_its_columns(
    account: MakeAccount, client: Client, meera: User, lead_list: LeadList
) -> None:
    owner = account("smartflo")
    Lead.objects.create(
        team=lead_list.team, lead_list=lead_list, phone="+919811111111", email="a@example.com"
    )
    panel = reverse("sync:send_panel", args=[lead_list.pk])
    assert "Fetch lists from Smartflo" in client.get(panel).text
    assert "Practice list" not in client.get(panel).text
    client.post(reverse("sync:fetch_lists", args=[owner.pk]))
    assert "Practice list (441940)" in client.get(panel).text
    chosen = {"list_id": "441940", "duplicate_option": "skip", "what": "all", "when": "now"}
    values = {**chosen, "account": owner.pk, "click": "once", "header": ""}
    client.post(reverse("sync:send_list", args=[lead_list.pk]), values)
    columns = lead_list.targets.get().settings["columns"]
    assert (columns["field_0"], columns["field_2"]) == ("phone", "email")


def test_a_workspace_once_read_refuses_a_status_it_does_not_have(
    account: MakeAccount, client: Client, meera: User, lead_list: LeadList
) -> None:
    owner = account("telecrm")
    shown = client.get(reverse("sync:account", args=[owner.pk])).text
    assert "Read the workspace at Telecrm" in shown
    page = client.post(reverse("sync:fetch_workspace", args=[owner.pk]), follow=True)
    assert "6 statuses and 3 actions read" in page.text
    owner.refresh_from_db()
    held = owner.settings["metadata"]
    assert held["identifier"] == "phone"
    assert held["choices"]["source"] == ["Website", "Facebook", "Referral", "Walk-in"]
    assert list(held["actions"]) == ["ACTION_1001", "ACTION_1002", "ACTION_1003"]
    assert TELECRM["sync_token"] not in str(owner.settings)
    Lead.objects.create(
        team=lead_list.team, lead_list=lead_list, phone="+919811111111", status="Intrested"
    )
    push("list", "Q2", "--account", "Main")
    item = DeliveryItem.objects.get()
    assert item.state == "rejected"
    assert "Did you mean “Interested”?" in item.reason


def test_a_passed_test_reads_the_workspace_too_and_saving_the_form_keeps_it(
    account: MakeAccount, client: Client, lead_list: LeadList
) -> None:
    owner = account("telecrm")
    assert accounts.test(owner).works
    client.force_login(UserFactory.create(team=owner.team, team__role=Role.ADMIN))
    form: dict[str, Any] = {"name": "Main", "c_enterprise_id": "practice", "s_look_up": "off"}
    form["base_url"] = owner.base_url
    client.post(reverse("sync:account_edit", args=[owner.pk]), form)
    owner.refresh_from_db()
    assert owner.settings["look_up"] == "off"
    assert owner.settings["metadata"]["statuses"][0] == "Fresh"


def test_without_a_sync_token_the_workspace_is_not_offered(account: MakeAccount) -> None:
    owner = account("telecrm", {k: v for k, v in TELECRM.items() if k != "sync_token"})
    assert list(pickers.offers(owner)) == []
    with pytest.raises(pickers.CannotFetch, match="no Sync token"):
        pickers.fetch_workspace(owner, by=None)


def test_the_command_line_reads_them_too(account: MakeAccount) -> None:
    account("telecmi")
    out = io.StringIO()
    call_command("account", "agents", "Main", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"found": 12, "added": 12, "changed": 0, "missing": []}
    with pytest.raises(CommandError, match="only Smartflo does"):
        call_command("account", "lists", "Main")
