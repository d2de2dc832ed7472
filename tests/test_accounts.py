"""Provider accounts: connect, test over real HTTP, stop, release; secrets stay inside."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Account, AuditEvent, Hold, Team, User
from access.roles import Role
from sync import clock, gate, levers, providers
from sync.models import Gate
from tests.factories import AccountFactory, TeamFactory, UserFactory
from tests.sandbox_server import SMARTFLO, TELECMI, TELECRM, Sandbox

pytestmark = pytest.mark.django_db
SECRET = str(TELECMI["secret"])


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def arvind(team: Team, client: Client) -> User:
    user = UserFactory.create(
        first_name="Arvind", last_name="Rao", team=team, team__role=Role.ADMIN
    )
    client.force_login(user)
    return user


def connect(client: Client, sandbox: Sandbox, slug: str = "telecmi", **values: str) -> Any:
    every: dict[str, dict[str, Any]] = {
        "telecmi": TELECMI,
        "telecrm": TELECRM,
        "smartflo": SMARTFLO,
    }
    secrets = every[slug]
    known = {field.key for field in providers.get(slug).account_fields}
    form = {f"c_{key}": str(value) for key, value in secrets.items() if key in known}
    form |= {"name": "Main", "base_url": sandbox.base_url(slug)} | values
    return client.post(reverse("sync:account_new", args=[slug]), form, follow=True)


@pytest.mark.parametrize("slug", list(providers.PROVIDERS))
def test_an_account_is_connected_and_tested_at_once(
    client: Client, arvind: User, sandbox: Sandbox, slug: str
) -> None:
    page = connect(client, sandbox, slug)
    account = Account.objects.get()
    assert page.redirect_chain[-1][0] == reverse("sync:account", args=[account.pk])
    assert account.test_works is not False, account.test_words
    assert AuditEvent.objects.filter(kind="account.added", target_id=str(account.pk)).exists()


def test_a_wrong_secret_is_said_with_the_quote_and_the_account_can_be_corrected(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    page = connect(client, sandbox, c_secret="wrong")
    account = Account.objects.get()
    assert account.test_works is False
    assert account.test_words in page.text
    edit = reverse("sync:account_edit", args=[account.pk])
    values = {"name": "Main", "c_inet_no": TELECMI["inet_no"], "base_url": account.base_url}
    client.post(edit, values | {"c_secret": SECRET})
    account.refresh_from_db()
    assert account.test_works is True


def test_saved_secrets_stand_on_no_page_and_in_no_log(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    connect(client, sandbox)
    account = Account.objects.get()
    for name in ("account", "account_edit"):
        assert SECRET not in client.get(reverse(f"sync:{name}", args=[account.pk])).text
    assert SECRET not in client.get(reverse("sync:accounts")).text
    assert SECRET not in str(list(AuditEvent.objects.values()))
    assert AuditEvent.objects.get(kind="account.added").details["changed"]


def test_an_empty_secret_keeps_the_saved_one(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    connect(client, sandbox)
    account = Account.objects.get()
    values = {"name": "TeleCMI Pune", "c_inet_no": TELECMI["inet_no"], "base_url": account.base_url}
    client.post(reverse("sync:account_edit", args=[account.pk]), values)
    account.refresh_from_db()
    assert (account.name, account.credentials["secret"]) == ("TeleCMI Pune", SECRET)


def test_a_missing_value_is_named_on_top_and_beside_the_field(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    page = connect(client, sandbox, c_secret="")
    assert page.status_code == 422
    assert 'href="#id_c_secret"' in page.text
    assert not Account.objects.exists()


def test_two_accounts_of_a_team_have_two_names(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    connect(client, sandbox)
    assert "Another account has this name" in connect(client, sandbox).text


def test_only_a_superuser_may_name_another_host(
    client: Client, arvind: User, settings: Any, sandbox: Sandbox
) -> None:
    settings.ALLOW_LOCAL_PROVIDERS = False
    assert "base_url" not in client.get(reverse("sync:account_new", args=["telecmi"])).text
    connect(client, sandbox)
    assert Account.objects.get().base_url == ""


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254", "http://127.0.0.1:8000", "https://10.0.0.1", "https://2130706433"],
)
def test_even_a_superuser_cannot_reach_into_this_network(
    client: Client, arvind: User, settings: Any, sandbox: Sandbox, address: str
) -> None:
    settings.ALLOW_LOCAL_PROVIDERS = False
    User.objects.update(is_superuser=True)
    page = connect(client, sandbox, base_url=address)
    account = Account.objects.first()
    assert page.status_code == 422 or (account and account.test_works is False)


def test_the_right_values_end_a_stop_that_the_machine_made(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    connect(client, sandbox, c_secret="wrong")
    account = Account.objects.get()
    Hold.objects.create(account=account, credential="app", reason="TeleCMI does not know it.")
    values = {"name": "Main", "c_inet_no": TELECMI["inet_no"], "base_url": account.base_url}
    page = client.post(
        reverse("sync:account_edit", args=[account.pk]), values | {"c_secret": SECRET}, follow=True
    )
    assert "The stop is over." in page.text
    assert not account.holds.filter(released_at=None).exists()


def test_a_stop_made_by_a_person_stays_until_a_person_ends_it(
    client: Client, arvind: User, team: Team
) -> None:
    account = AccountFactory.create(team=team)
    client.post(reverse("sync:account_stop", args=[account.pk]), {"reason": "New vendor"})
    assert "New vendor" in client.get(reverse("sync:accounts")).text
    client.post(reverse("sync:account_release", args=[account.pk]))
    assert not account.holds.filter(released_at=None).exists()
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"account.stopped", "account.released"} <= kinds


def test_testing_again_swaps_the_row(client: Client, arvind: User, sandbox: Sandbox) -> None:
    connect(client, sandbox)
    address = reverse("sync:account_test", args=[Account.objects.get().pk])
    row = client.post(address, headers={"HX-Request": "true"})
    assert row.text.strip().startswith("<tr id=")
    assert "Worked at" in row.text


def test_a_manager_sees_who_can_help_and_no_button(client: Client, team: Team) -> None:
    UserFactory.create(first_name="Arvind", last_name="Rao", team=team, team__role=Role.ADMIN)
    client.force_login(UserFactory.create(team=team))
    account = AccountFactory.create(team=team)
    levers.stop_account(account, None, "TeleCMI does not know it.")
    page = client.get(reverse("sync:accounts")).text
    assert "Copy a message for Arvind Rao" in page
    assert reverse("sync:account_test", args=[account.pk]) not in page
    for name in ("account_test", "account_stop", "account_release", "account_edit"):
        assert client.post(reverse(f"sync:{name}", args=[account.pk])).status_code == 403


def test_another_teams_account_is_not_there(client: Client, arvind: User) -> None:
    stranger = AccountFactory.create()
    for name in ("account", "account_edit"):
        assert client.get(reverse(f"sync:{name}", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("sync:account_stop", args=[stranger.pk])).status_code == 404


def test_a_shared_account_is_seen_but_not_changed(client: Client, arvind: User, team: Team) -> None:
    shared = AccountFactory.create(name="Shared TeleCMI")
    shared.shared_with.add(team)
    assert "Shared TeleCMI" in client.get(reverse("sync:accounts")).text
    assert "Shared by another team" in client.get(reverse("sync:account", args=[shared.pk])).text
    assert client.post(reverse("sync:account_test", args=[shared.pk])).status_code == 404


def test_the_accounts_page_asks_the_database_the_same_for_one_account_as_for_five(
    client: Client, arvind: User, team: Team
) -> None:
    AccountFactory.create(team=team)
    client.get(reverse("sync:accounts"))  # the session is written once
    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("sync:accounts"))
    AccountFactory.create_batch(4, team=team)
    with CaptureQueriesContext(connection) as for_five:
        client.get(reverse("sync:accounts"))
    assert len(for_five) == len(for_one) <= 12


def test_an_account_that_answered_a_send_needs_no_test(
    client: Client, arvind: User, team: Team
) -> None:
    account = AccountFactory.create(team=team)
    Gate.objects.create(account=account)
    gate.note_answer(account.pk, clock.now())
    assert "Answered at" in client.get(reverse("sync:accounts")).text


@pytest.mark.parametrize(("slug", "works"), [("telecmi", True), ("telecrm", None)])
def test_the_command_line_tests_an_account_and_says_what_it_cannot_know(
    client: Client, arvind: User, sandbox: Sandbox, capsys: Any, slug: str, works: bool | None
) -> None:
    connect(client, sandbox, slug)
    if slug == "telecrm":  # its second, reading token would prove itself
        account = Account.objects.get()
        account.credentials.pop("sync_token", None)
        account.save()
    call_command("account", "test", "Main", "--json")
    assert json.loads(capsys.readouterr().out)["works"] is works


def test_the_command_line_fails_where_the_provider_refuses(
    client: Client, arvind: User, sandbox: Sandbox
) -> None:
    connect(client, sandbox, c_secret="wrong")
    with pytest.raises(CommandError, match="TeleCMI"):
        call_command("account", "test", "Main")
