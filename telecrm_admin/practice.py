"""The practice workspace: a day's work on imitated providers, for people who look around.

Every step sees whether it is done, so an interrupted start is completed by the next one.
"""

import time
from datetime import time as clock_time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from access.models import Account, Membership, Team, User
from access.roles import Role
from campaigns.models import Agent, Campaign, CampaignAgent
from leads.models import Lead, LeadList, ListPart
from sync import planning
from sync.models import Push
from sync.sandbox.smartflo.account import PRACTICE as SMARTFLO
from sync.sandbox.telecmi.account import PRACTICE as TELECMI
from sync.sandbox.telecmi.account import PRACTICE_NAMES
from sync.sandbox.telecrm.workspace import PRACTICE as TELECRM
from telecrm_admin.first_user import first_user

TEAM = "Practice desk"
FOLDER = settings.BASE_DIR / "demo"
FILES = {"Q2 home loans": "leads.csv", "Walk-ins Andheri": "walk_ins.csv"}
PACE = 50.0  # requests per second: the imitation minds less than the real ones
PATIENCE = 90.0  # seconds for the sends to come to their ends
SMARTFLO_LIST = "441940"
ACCOUNTS: dict[str, tuple[str, dict[str, Any]]] = {
    "telecmi": ("TeleCMI Main", {key: TELECMI[key] for key in ("inet_no", "secret", "token")}),
    "telecrm": ("Telecrm Main", {key: TELECRM[key] for key in ("enterprise_id", "token")}),
    "smartflo": ("Smartflo Main", {"token": SMARTFLO["token"]}),
}
DIALER: dict[str, Any] = {
    "dialer_type": Campaign.Dialer.PREDICTIVE,
    "start_time": clock_time(9, 30),
    "end_time": clock_time(18, 30),
    "ratio": "1:2",
    "waiting_music": "default",
    "unanswered_music": "default",
    "ring_rule": "round-robin",
    "ring_seconds": 30,
    "max_waiting_time": 60,
    "call_interval": 10,
    "no_agent_no_wait": True,
    "caller_id": "912240000000",
    "reject_delay_time": 10,
    "no_answer_delay_time": 10,
}
# Name, agents by number, and whether it is created. The second shares an agent with the first,
# which TeleCMI refuses.
CAMPAIGNS = (
    ("Home loans morning", slice(0, 4), True),
    ("Home loans second shift", slice(3, 6), True),
    ("Home loans Saturday", slice(6, 9), False),
)


def is_made() -> bool:
    """Whether the workspace is complete: its last step is the last campaign."""
    return Campaign.objects.filter(team__name=TEAM, name=CAMPAIGNS[-1][0]).exists()


def sandbox_options() -> list[str]:
    """Return how the sandbox starts: with troubles on the first day, with its memory later."""
    database = str(settings.DATABASES["default"]["NAME"])
    state = settings.VAR_DIR / f"sandbox-{sha256(database.encode()).hexdigest()[:8]}.state"
    if not is_made():
        state.unlink(missing_ok=True)
    played = FOLDER / ("practice.json" if is_made() else "first_day.json")
    return ["--script", str(played), "--state", str(state)]


def make(sandbox: str) -> None:
    """Make what is missing of the workspace; workers must be running, for sends to end."""
    team, person = workspace()
    accounts = open_accounts(team, sandbox)
    if is_made():
        return
    agents = hire_agents(team, accounts["telecmi"])
    lists = [import_list(team, name, FOLDER / file) for name, file in FILES.items()]
    wait_for(send(accounts, *lists, by=person))
    plan_campaigns(accounts["telecmi"], lists[0], agents, by=person)


def workspace() -> tuple[Team, User]:
    """Return the team and the person who looks around in it."""
    team, _made = Team.objects.get_or_create(name=TEAM)
    person = first_user()
    Membership.objects.get_or_create(user=person, team=team, defaults={"role": Role.ADMIN})
    return team, person


def open_accounts(team: Team, sandbox: str) -> dict[str, Account]:
    """Return one practice account per provider; their addresses follow the sandbox."""
    opened = {}
    for provider, (name, credentials) in ACCOUNTS.items():
        account = Account.objects.filter(team=team, provider=provider, name=name).first()
        if account is None:
            account = Account(team=team, provider=provider, name=name, pace=PACE, is_practice=True)
            account.credentials = {key: str(value) for key, value in credentials.items()}
        account.base_url = f"{sandbox}/{provider}"
        account.save()
        opened[provider] = account
    return opened


def hire_agents(team: Team, account: Account) -> list[Agent]:
    """Return the agents the imitated TeleCMI knows."""
    return [
        Agent.objects.get_or_create(
            account=account,
            agent_id=f"{extension}_{TELECMI['inet_no']}",
            defaults={"team": team, "name": f"{first} {last}", "extension": str(extension)},
        )[0]
        for extension, (first, last) in enumerate(PRACTICE_NAMES, 5001)
    ]


def import_list(team: Team, name: str, file: Path) -> LeadList:
    """Import a file through the same engine as everybody's; return its list."""
    if not Lead.objects.filter(lead_list__team=team, lead_list__name=name).exists():
        place = ["--list", name, "--team", team.name, "--set", f"smartflo_list_id={SMARTFLO_LIST}"]
        call_command("import", "leads", str(file), *place)
    found: LeadList = LeadList.objects.get(team=team, name=name)
    return found


def send(
    accounts: dict[str, Account], loans: LeadList, walk_ins: LeadList, *, by: User
) -> list[Push]:
    """Send the large list to all three, and the short one in a way that ends in a question.

    Returns the sends that end in a moment. The others take many requests: they are still running
    when the first page is opened, and move there.
    """
    planned: list[tuple[LeadList, str, dict[str, Any]]] = [
        (loans, "telecmi", {}),
        (walk_ins, "smartflo", {"duplicate_option": "clone"}),
        (loans, "smartflo", {}),
        (loans, "telecrm", {}),
    ]
    sends = [
        planning.plan_list(
            lead_list,
            accounts[provider],
            by=by,
            click_token=f"{TEAM} {lead_list.pk} {provider}",
            options=options,
        )
        for lead_list, provider, options in planned
    ]
    return sends[:2]


def wait_for(sends: list[Push]) -> None:
    """Return when every record came to an end or rests, or patience is over."""
    deadline = time.monotonic() + PATIENCE
    running = Push.objects.filter(pk__in=[push.pk for push in sends], waiting__gt=0)
    while running.exists() and time.monotonic() < deadline:
        time.sleep(0.5)


def plan_campaigns(account: Account, loans: LeadList, agents: list[Agent], *, by: User) -> None:
    """Plan one campaign per part: the first is created, the second refused, the last a draft.

    The draft gets the part whose reply was lost: TeleCMI told us no id for it.
    """
    parts = ListPart.objects.filter(account=account, lead_list=loans)
    in_order = parts.order_by(models.F("provider_leads_id").asc(nulls_last=True))
    today = timezone.localdate()
    for (name, chosen, is_created), part in zip(CAMPAIGNS, in_order, strict=False):
        campaign, _made = Campaign.objects.get_or_create(
            team=loans.team,
            account=account,
            lead_list=loans,
            name=name,
            defaults={
                **DIALER,
                "part": part,
                "start_date": today,
                "end_date": today + timedelta(days=6),
                "created_by": by,
            },
        )
        for position, agent in enumerate(agents[chosen]):
            CampaignAgent.objects.get_or_create(
                campaign=campaign, agent=agent, defaults={"position": position}
            )
        if is_created:
            click = f"{TEAM} {campaign.pk}"
            wait_for([planning.plan_campaign(campaign, by=by, click_token=click)])
