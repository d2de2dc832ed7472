"""One day of one team, written straight into the tables: what the pages are looked at with.

The figures are those of the drawn pages: 9,865 good leads of 10,079 rows, TeleCMI Pune stopped,
23 leads refused, 12 not sure, one send running. `scale` makes the same day smaller for tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from access.models import Account, Hold, Membership, Team, User
from access.roles import Role
from campaigns.models import Agent, Campaign, CampaignAgent
from leads.models import Import, Lead, LeadList, ListPart
from sync.ledger import counter_of
from sync.models import Attempt, Delivery, DeliveryItem, Push, Standing, State

INDIA = ZoneInfo("Asia/Kolkata")
FIRST = ["Imran", "Fatima", "Ganesh", "Divya", "Sunil", "Ritu", "Sneha", "Prakash", "Farhan"]
LAST = ["Sheikh", "Khan", "Pawar", "Krishnan", "Bhosale", "Malhotra", "Rane", "Jadhav"]
CITIES = ["Nashik", "Mumbai", "Satara", "Madurai", "Kolhapur", "Gurugram", "Pune"]
SCHEMA_REFUSED = {
    "cause": "telecmi-schema",
    "quote": "Schema validation failed",
    "status": "422",
    "code": "422",
    "reason": "TeleCMI refused the part as a whole and does not name a value.",
}
Scaled = Callable[[int], int]


@dataclass
class World:
    """What was built, by the names the tests use."""

    team: Team
    manager: User
    admin: User
    accounts: dict[str, Account] = field(default_factory=dict)
    lists: dict[str, LeadList] = field(default_factory=dict)
    pushes: dict[str, Push] = field(default_factory=dict)


def day(at: str = "14:40", ago: int = 0) -> datetime:
    """Return today's (or an earlier day's) moment `at` on the wall clock of India.

    What is not over yet when the tests run happened just now, in the same order: the day looks
    the same at any hour.
    """
    now = timezone.now().astimezone(INDIA)
    today = now.date() - timedelta(days=ago)
    then = datetime.combine(today, time.fromisoformat(at), INDIA)
    midnight = datetime.combine(today + timedelta(days=1), time(), INDIA)
    return then if then <= now else now - (midnight - then) / 1000


def team_of_people(name: str = "Saarthi Home Finance") -> World:
    """Return a team with a manager and an administrator."""
    team = Team.objects.create(name=name)
    people = []
    for username, first, last, role in (
        (f"meera-{team.pk}", "Meera", "Nair", Role.MANAGER),
        (f"arvind-{team.pk}", "Arvind", "Rao", Role.ADMIN),
    ):
        person = User.objects.create(username=username, first_name=first, last_name=last)
        Membership.objects.create(user=person, team=team, role=role)
        people.append(person)
    return World(team, people[0], people[1])


def account(world: World, provider: str, name: str, **values: object) -> Account:
    """Return an account of the team, remembered under its name."""
    made = Account.objects.create(team=world.team, provider=provider, name=name, **values)
    world.accounts[name] = made
    return made


def lead_list(world: World, name: str, good: int, *, source: str = "", **counts: int) -> LeadList:
    """Return a list with `good` leads and one finished import."""
    rows = counts.get("rows", good)
    repeated = counts.get("repeated", 0)
    ago = counts.get("ago", 2)
    made = LeadList.objects.create(
        team=world.team,
        name=name,
        source=source,
        lead_count=good,
        row_count=rows,
        repeated_count=repeated,
        bad_count=rows - good - repeated,
        created_by=world.manager,
        created_at=day("10:00", ago),
    )
    fill(world, made, imported(world, made))
    world.lists[name] = made
    return made


def imported(world: World, made: LeadList) -> Import:
    """Record the one file a list came from."""
    left_out = made.repeated_count + made.bad_count
    return Import.objects.create(
        team=world.team,
        lead_list=made,
        file_name=f"{made.name.lower().replace(' ', '-').replace(',', '')}.csv",
        state=Import.State.DONE,
        row_count=made.row_count,
        rows_read=made.row_count,
        repeated=made.repeated_count,
        skipped=made.repeated_count,
        left_out=left_out - made.repeated_count,
        added=made.lead_count,
        source=made.source,
        created_by=world.manager,
        created_at=made.created_at,
        finished_at=made.created_at,
    )


def fill(world: World, made: LeadList, file: Import) -> None:
    """Put the list's leads into it, each with a number of its own."""
    first_number = 9_000_000_000 + made.pk * 100_000
    Lead.objects.bulk_create(
        Lead(
            team=world.team,
            lead_list=made,
            phone=f"+91{first_number + n}",
            phone_rev=f"91{first_number + n}"[::-1],
            first_name=FIRST[n % 9],
            last_name=LAST[n // 9 % 8],
            city=CITIES[n % 7],
            email=f"{FIRST[n % 9]}.{n}@example.com".lower(),
            source=made.source,
            origin=file,
            origin_row=n + 2,
            created_at=made.created_at,
        )
        for n in range(made.lead_count)
    )


SUMMARY = {"delivered": "at", "already_there": "at", "accepted": "given", "waiting": "wait"}
SUMMARY |= {"rejected": "refused", "failed": "refused", "uncertain": "unsure"}


def asked_for(world: World, made: LeadList, to: Account, at: datetime, total: int) -> Push:
    """Record that the manager sent a list to an account."""
    return Push.objects.create(
        team=world.team,
        account=to,
        endpoint="leads",
        lead_list=made,
        label=made.name,
        click_token=uuid.uuid4().hex,
        total=total,
        starts_at=min(at, timezone.now()),  # `at` is later today for who tests in the morning
        created_at=at,
        created_by=world.manager,
    )


def send(
    world: World,
    name: str,
    account_name: str,
    states: Sequence[tuple[str, int]],
    *,
    part: str = "",
    start: int = 0,
    at: datetime | None = None,
    words: dict[str, str],
) -> Push:
    """Record one send of a list: for each (state, number of leads) one delivery, in that order.

    `words` are cause, quote, reason and code of what did not go well; `part` names the group's
    six characters; `start` is the first lead by position.
    """
    made, to = world.lists[name], world.accounts[account_name]
    at = at or day("11:40")
    total = sum(number for _, number in states)
    push = asked_for(world, made, to, at, total)
    leads = list(made.leads.order_by("pk")[start : start + total])
    for number, (state, size) in enumerate(states, 1):
        taken, leads = leads[:size], leads[size:]
        counter = counter_of(state)
        setattr(push, counter, getattr(push, counter) + size)
        delivery = deliver(push, taken, state, number, part, at, words)
        stand(to, delivery, counter)
    if not push.waiting:
        push.finished_at = at + timedelta(seconds=40)
    push.save()
    world.pushes[f"{name}/{account_name}{part and '/' + part}"] = push
    return push


def part_of(
    push: Push, leads: list[Lead], part: str, at: datetime, words: dict[str, str], *, sent: bool
) -> ListPart | None:
    """Record the group of leads a request makes at the provider; none outside a list."""
    if push.lead_list is None:
        return None
    return ListPart.objects.create(
        account=push.account,
        lead_list=push.lead_list,
        number=ListPart.objects.filter(lead_list=push.lead_list).count() + 1,
        token=part,
        wire_name=f"{push.label} [{part}]",
        lead_count=len(leads),
        frozen_at=at,
        sent_at=at if sent else None,
        provider_leads_id=uuid.uuid4() if words.get("leads_id") else None,
    )


def deliver(
    push: Push,
    leads: list[Lead],
    state: str,
    number: int,
    part: str,
    at: datetime,
    words: dict[str, str],
) -> Delivery:
    """Record one request with its records, its part and its one try."""
    counter = counter_of(state)
    bad = counter in ("rejected", "uncertain", "failed")
    told = words if bad else {}
    group = part_of(push, leads, part, at, words, sent=counter == "delivered") if part else None
    ended = None if counter in ("waiting", "uncertain") else at + timedelta(seconds=2)
    delivery = Delivery.objects.create(
        push=push,
        account=push.account,
        endpoint=push.endpoint,
        credential="account",
        state=state,
        number=number,
        item_count=len(leads),
        part=group,
        evidence=words.get("evidence", "direct") if counter == "delivered" else "",
        tries=0 if state == State.QUEUED else 1,
        cause=told.get("cause", ""),
        quote=words.get("quote", "") if bad or words.get("evidence") else words.get("said", ""),
        reason=told.get("reason", ""),
        code=words.get("code", ""),
        first_attempt_at=None if state == State.QUEUED else at,
        frozen_at=at,
        ended_at=ended,
        created_at=at,
    )
    records_of(delivery, leads, told, ended)
    if delivery.tries:
        attempt(delivery, at, told or words)
    return delivery


def records_of(
    delivery: Delivery, leads: list[Lead], told: dict[str, str], ended: datetime | None
) -> None:
    """Record what became of each lead in a request: all the same."""
    DeliveryItem.objects.bulk_create(
        DeliveryItem(
            delivery=delivery,
            position=position,
            lead=lead,
            label=str(lead),
            version=1,
            state=delivery.state,
            remote_id=str(uuid.uuid4()),
            cause=told.get("cause", ""),
            quote=told.get("quote", ""),
            reason=told.get("reason", ""),
            ended_at=ended,
        )
        for position, lead in enumerate(leads)
    )


def attempt(delivery: Delivery, at: datetime, words: dict[str, str]) -> Attempt:
    """Record a try of `delivery` with the provider's answer."""
    unknown = delivery.state == State.UNCERTAIN
    return Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts.count() + 1,
        endpoint=delivery.endpoint,
        lease_token="t",
        result=Attempt.Result.UNKNOWN if unknown else Attempt.Result.ANSWERED,
        outcome="uncertain" if unknown else "accepted",
        started_at=at,
        finished_at=at + timedelta(seconds=30 if unknown else 1),
        http_status=None if unknown else int(words.get("status", "200")),
        quote=words.get("quote", words.get("said", "")),
        words=words.get("reason", ""),
        request_line="POST /v3/leads/add-custom",
        request_body='{"lead_name": "…", "secret": "hidden", "leads": ["…"]}',
        response_body=f'{{"code": 200, "msg": "{words.get("said", "")}"}}',
    )


def stand(to: Account, delivery: Delivery, counter: str) -> None:
    """Record where each lead of `delivery` stands at `to`."""
    items = list(delivery.items.select_related("lead"))
    Standing.objects.bulk_create(
        Standing(
            account=to,
            lead=item.lead,
            state=delivery.state,
            version_sent=1,
            item=item,
            changed_at=delivery.created_at,
        )
        for item in items
    )
    Lead.objects.filter(sent__delivery=delivery).update(push_state=SUMMARY.get(counter, ""))


def campaign(
    world: World, name: str, account_name: str, hours: str, *, state: str = "created", days: int = 8
) -> Campaign:
    """Return a campaign over a list's next part without one; `hours` as "09:30-18:30"."""
    made, to = world.lists[name], world.accounts[account_name]
    start, end = hours.split("-")
    today: date = day().date()
    made_campaign = Campaign.objects.create(
        team=world.team,
        account=to,
        lead_list=made,
        part=made.parts.filter(account=to, campaigns=None).first(),
        state=state,
        name=name,
        start_date=today - timedelta(days=3),
        end_date=today + timedelta(days=days),
        start_time=time.fromisoformat(start),
        end_time=time.fromisoformat(end),
        created_by=world.manager,
    )
    agent, _ = Agent.objects.get_or_create(
        account=to, agent_id="102_2224257", defaults={"team": world.team, "name": "Asha"}
    )
    CampaignAgent.objects.create(campaign=made_campaign, agent=agent)
    return made_campaign


def friday(scale: float = 1.0) -> World:
    """Build the whole day and return it."""
    world = team_of_people()

    def n(figure: int) -> int:
        return figure if scale == 1 else max(int(figure * scale), 3)

    account(world, "telecmi", "TeleCMI Main", pace=1)
    account(world, "telecmi", "TeleCMI Pune", pace=1)
    account(world, "telecrm", "Telecrm Main", pace=5)
    account(world, "smartflo", "Smartflo Delhi", pace=1, settings={"duplicate_option": "clone"})
    _facebook(world, n)
    _webinar(world, n)
    _top_up(world, n)
    _pune(world, n)
    _website(world, n)
    _diwali(world, n)
    return world


def _facebook(world: World, n: Scaled) -> None:
    name = "Facebook leads, week 46"
    sizes = [n(821), n(821), n(820), n(820), n(820)]
    good = sum(sizes)
    lead_list(
        world, name, good, source="Facebook lead ads", rows=good + n(78), repeated=n(52), ago=11
    )
    start = 0
    for part, size in zip(("h3n6qs", "a2k8wz", "e7v4mx", "u6c9tr", "s3g5yd"), sizes, strict=True):
        said = {"said": "Leads Added Successfully", "leads_id": "yes"}
        if part == "h3n6qs":
            said |= {"evidence": "inferred", "quote": "lead_id Already Exists"}
        at = day("11:03", 10)
        states = [(State.DELIVERED, size)]
        send(world, name, "TeleCMI Main", states, part=part, start=start, at=at, words=said)
        campaign(world, name, "TeleCMI Main", "09:30-18:30")
        start += size
    send(
        world,
        name,
        "Telecrm Main",
        [(State.ACCEPTED, good)],
        at=day("12:00", 7),
        words={"said": "QUEUED"},
    )


def _webinar(world: World, n: Scaled) -> None:
    name = "Webinar no-shows, 14 Nov"
    good = n(312)
    lead_list(world, name, good, source="Webinar sign-ups", rows=good + 6, repeated=4, ago=5)
    said = {"said": "Leads Added Successfully", "leads_id": "yes"}
    at = day("12:00", 4)
    send(world, name, "TeleCMI Main", [(State.DELIVERED, good)], part="q8m2xa", at=at, words=said)
    send(world, name, "Telecrm Main", [(State.ACCEPTED, good)], at=at, words={"said": "QUEUED"})
    campaign(world, name, "TeleCMI Main", "14:00-20:00", days=0)


def _top_up(world: World, n: Scaled) -> None:
    name = "Top-up loans, Hyderabad"
    good = n(984) + 12
    lead_list(world, name, good, source="Branch files", rows=good + n(24), repeated=n(14), ago=4)
    said = {"said": "Leads Added Successfully", "leads_id": "yes"}
    at = day("12:04", 3)
    send(world, name, "TeleCMI Main", [(State.DELIVERED, good)], part="r5k8ha", at=at, words=said)
    send(
        world,
        name,
        "Smartflo Delhi",
        [(State.ACCEPTED, n(984)), (State.UNCERTAIN, 12)],
        at=day("10:17"),
        words={
            "cause": "smartflo-no-answer",
            "reason": "Smartflo gave no answer. Duplicates are allowed on this list, so sending "
            "again could ring these people twice.",
        },
    )
    refused = campaign(world, name, "TeleCMI Main", "15:00-19:00", state="refused")
    refuse_campaign(world, refused)


def refuse_campaign(world: World, made: Campaign) -> Delivery:
    """Record that TeleCMI refused a campaign."""
    at, reason = day("13:52"), "At least one of its agents is already in another campaign."
    words = {"cause": "agents-busy", "quote": "User already mapped to another campaign"}
    end: dict[str, Any] = {"state": State.REJECTED, "reason": reason, "ended_at": at, **words}
    to: dict[str, Any] = {"account": made.account, "endpoint": "campaign"}
    push = Push.objects.create(
        team=world.team,
        lead_list=made.lead_list,
        label=made.name,
        click_token=uuid.uuid4().hex,
        total=1,
        rejected=1,
        finished_at=at,
        created_by=world.manager,
        **to,
    )
    delivery = Delivery.objects.create(
        push=push, credential="account", item_count=1, tries=1, code="400", **to, **end
    )
    item = DeliveryItem.objects.create(delivery=delivery, campaign=made, label=made.name, **end)
    stands = {"item": item, "state": item.state, "version_sent": 1, "changed_at": at}
    Standing.objects.create(account=made.account, campaign=made, **stands)
    attempt(delivery, at, words | {"status": "400", "reason": reason})
    return delivery


def _pune(world: World, n: Scaled) -> None:
    name = "Q2 home loans, Pune"
    good, wait = n(469) + n(337), n(337)
    lead_list(world, name, good, source="Branch files", rows=good + n(44), repeated=n(32), ago=6)
    said = {"said": "Leads Added Successfully", "leads_id": "yes"}
    first = [(State.DELIVERED, good - wait)]
    send(world, name, "TeleCMI Pune", first, part="b4x7nd", at=day("12:00", 5), words=said)
    rest = [(State.RETRY_WAIT, wait)]
    at = day("14:22")
    send(world, name, "TeleCMI Pune", rest, part="w6j2bd", start=good - wait, at=at, words={})
    Hold.objects.create(
        account=world.accounts["TeleCMI Pune"],
        credential="app",
        cause="account-unknown",
        reason="TeleCMI does not know this account number or secret",
        quote="Account Not Found (Invalid secret or inet_no)",
        created_at=at,
    )
    campaign(world, name, "TeleCMI Pune", "09:30-13:00", days=15)


def _website(world: World, n: Scaled) -> None:
    name = "Website enquiries, November"
    sizes = [n(400), n(400), n(255)]
    good = sum(sizes) + 23
    lead_list(world, name, good, source="Website form", rows=good + 18, repeated=11, ago=9)
    said = {"said": "Leads Added Successfully", "leads_id": "yes"}
    start = 0
    for part, size in zip(("c5p2je", "n9w4ka", "d8r1zn"), sizes, strict=True):
        states = [(State.DELIVERED, size)]
        at = day("18:01", 1)
        send(world, name, "TeleCMI Main", states, part=part, start=start, at=at, words=said)
        campaign(world, name, "TeleCMI Main", "10:00-19:00", days=10)
        start += size
    bad = [(State.REJECTED, 23)]
    send(world, name, "TeleCMI Main", bad, part="y7u3gc", start=start, words=SCHEMA_REFUSED)
    emails = ["imran.sheikh@example,com", "fatima@@example.com", "ganesh.pawar", "divya k@x.in"]
    leads = world.lists[name].leads.order_by("pk")[start : start + 4]
    for lead, email in zip(leads, emails, strict=True):
        Lead.objects.filter(pk=lead.pk).update(email=email)
    taken = [(State.ACCEPTED, good)]
    send(world, name, "Telecrm Main", taken, at=day("12:00", 8), words={"said": "QUEUED"})


def _diwali(world: World, n: Scaled) -> None:
    name = "Diwali balance transfer"
    sizes = [n(834), n(833), n(833)]
    good = sum(sizes) + n(71)
    lead_list(world, name, good, source="Branch files", rows=good + n(44), repeated=n(24), ago=2)
    start = 0
    for part, size in zip(("k7f3qa", "p2w8md", "t9c4vx"), sizes, strict=True):
        said = {"said": "Leads Added Successfully"} | (
            {} if part == "t9c4vx" else {"leads_id": "yes"}
        )
        states = [(State.DELIVERED, size)]
        at = day("17:31", 2)
        send(world, name, "TeleCMI Main", states, part=part, start=start, at=at, words=said)
        start += size
    done = n(1160)
    states = [(State.ACCEPTED, done), (State.QUEUED, good - done)]
    send(world, name, "Telecrm Main", states, at=day("14:34"), words={"said": "QUEUED"})
