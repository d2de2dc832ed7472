"""Choices read from a provider instead of typed: agents, lead lists, a workspace's labels.

Each is optional. Where an account has no means for it, or the provider does not answer, what was
typed or read before stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.models import Account, Team, User
from campaigns.models import Agent
from sync import client, clock, explanations, gate, limits, providers
from sync.providers.base import Outcome, Parcel, Reply
from sync.redaction import masked, secret_values
from sync.sending import policy

MOST_STEPS = 4  # a sign-in and the read behind it, twice; more would be a loop
PAGE, SMALLEST_PAGE = 100, 10  # agents a page: asked for, and what an older version gives at most
MOST_PAGES, MOST_SECONDS = 100, 25.0  # a person waits for it
LISTS, METADATA = "lists", "metadata"  # keys of Account.settings


class CannotFetch(Exception):
    """The provider did not give what was asked for; the text says why and what to do."""


@dataclass(frozen=True)
class FetchedAgents:
    """What reading the agents changed: how many are new, changed, and here but not there."""

    found: int = 0
    added: int = 0
    changed: int = 0
    missing: list[str] = field(default_factory=list)
    whole: bool = True


def fetch_agents(account: Account, *, by: User | None, team: Team | None = None) -> FetchedAgents:
    """Read the agents of a TeleCMI account and enter or update them here.

    Nobody is taken out: whom TeleCMI does not name is only counted. Raises CannotFetch.
    """
    _only(account, "telecmi", _("agents"))
    rows, whole = _pages(account)
    known = {agent.agent_id: agent for agent in Agent.objects.filter(account=account)}
    with transaction.atomic():
        fresh = [row for row in rows.values() if row["agent_id"] not in known]
        Agent.objects.bulk_create(
            Agent(account=account, team=team or account.team, **_shape(row)) for row in fresh
        )
        changed = [known[pk] for pk, row in rows.items() if pk in known and _update(known[pk], row)]
        Agent.objects.bulk_update(changed, ["name", "extension", "phone"])
        audit.record(
            "account.agents_fetched", actor=by, target=account, team=team, count=max(1, len(rows))
        )
    here = [agent for pk, agent in known.items() if pk not in rows and not agent.left_at]
    missing = [str(agent) for agent in here] if whole else []
    return FetchedAgents(len(rows), len(fresh), len(changed), missing, whole)


def _pages(account: Account) -> tuple[dict[str, Mapping[str, str]], bool]:
    """Return the agents by id, and whether these are all of them."""
    found: dict[str, Mapping[str, str]] = {}
    until, size = time.monotonic() + MOST_SECONDS, PAGE
    for number in range(1, MOST_PAGES + 1):
        page = read(account, "agents_read", {"page": number, "limit": size}).found
        fresh = {row["agent_id"]: row for row in page if row.get("agent_id")}
        is_last = len(page) < (SMALLEST_PAGE if number == 1 else size)
        if is_last or not fresh.keys() - found.keys():
            return found | fresh, True
        found |= fresh
        size = len(page) if number == 1 else size  # what the provider gives, not what was asked
        if time.monotonic() > until:
            break
    return found, False


def _shape(row: Mapping[str, str]) -> dict[str, str]:
    name = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    return {
        "agent_id": row["agent_id"][:60],
        "name": name[:120],
        "extension": row.get("extension", "")[:20],
        "phone": row.get("phone", "")[:20],
    }


def _update(agent: Agent, row: Mapping[str, str]) -> bool:
    """Take over what the provider says; what it leaves empty stays. Return whether it differs."""
    told = {key: value for key, value in _shape(row).items() if value}
    before = {key: getattr(agent, key) for key in told}
    for key, value in told.items():
        setattr(agent, key, value)
    return before != told


def known_lists(account: Account) -> list[dict[str, Any]]:
    """Return the lead lists read last, without asking anybody: for pages, which never wait."""
    return list((account.settings.get(LISTS) or {}).get("found", []))


def fetch_lists(account: Account, *, by: User | None) -> list[dict[str, Any]]:
    """Read the lead lists of a Smartflo account and keep them. Raises CannotFetch."""
    _only(account, "smartflo", _("lists"))
    found = [dict(row) for row in read(account, "lists", None).found if row.get("id")]
    _keep(account, LISTS, {"found": found}, by, len(found))
    return found


def fetch_workspace(account: Account, *, by: User | None) -> dict[str, Any]:
    """Read fields, labels and actions of a Telecrm workspace and keep them. Raises CannotFetch.

    From then on a label the workspace does not have is refused here, with the nearest one named.
    """
    _only(account, "telecrm", _("fields"))
    if not account.credentials.get("sync_token"):
        words = _("%(name)s has no Sync token. Add one, then read the workspace.")
        raise CannotFetch(words % {"name": account.name})
    return keep_workspace(account, read(account, METADATA, {}), by=by)


def keep_workspace(account: Account, reply: Reply, *, by: User | None = None) -> dict[str, Any]:
    """Keep what an answer says about a workspace; {} where it says nothing usable."""
    found = dict(reply.found[0]) if reply.found else {}
    if any(found.values()):
        _keep(account, METADATA, found, by, len(found.get("kinds", {})))
    return found


def _keep(account: Account, key: str, found: Mapping[str, Any], by: User | None, n: int) -> None:
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        told = {**found, "read_at": timezone.now().isoformat()}
        fresh.settings = {**fresh.settings, key: told}
        fresh.save(update_fields=["settings"])
        account.settings = fresh.settings
        if by:
            audit.record(f"account.{key}_fetched", actor=by, target=account, count=max(1, n))


def read_at(account: Account, key: str) -> datetime | None:
    """Return when `key` (LISTS or METADATA) was read last."""
    try:
        return datetime.fromisoformat((account.settings.get(key) or {})["read_at"])
    except (KeyError, TypeError, ValueError):
        return None


def _only(account: Account, provider: str, what: str) -> None:
    if account.provider != provider:
        values = {"name": account.name, "what": what, "wanted": providers.get(provider).name}
        raise CannotFetch(_("%(name)s gives no %(what)s: only %(wanted)s does.") % values)


def read(account: Account, endpoint: str, payload: Any) -> Reply:
    """Make one read with the account's credentials, a sign-in in front where it needs one.

    Raises CannotFetch with our words when it is refused or brings nothing.
    """
    provider = providers.get(account.provider)
    address = account.base_url or provider.base_url
    step: Parcel | None = provider.opening(Parcel(endpoint, address, account.credentials, payload))
    for _number in range(MOST_STEPS):
        if step is None:
            break
        reply = _ask(account, step)
        if reply.next is None:
            return _checked(account, step, reply)
        step = reply.next
    raise CannotFetch(_("%(name)s asks to sign in again and again.") % {"name": account.name})


def _ask(account: Account, step: Parcel) -> Reply:
    _take_turn(account, step.endpoint)
    provider = providers.get(account.provider)
    answer = client.send(provider.request(step), allow=policy(account))
    if isinstance(answer, client.NoAnswer):
        raise CannotFetch(answer.words)
    hidden = secret_values(provider.account_fields, step.credentials)
    reply = masked(provider.reply(step, answer), hidden)
    if reply.learned:
        account.credentials = {**account.credentials, **reply.learned}
        account.save(update_fields=["credentials"])
    return reply


def _take_turn(account: Account, endpoint: str) -> None:
    """Count the read against the account's pace; a person's click waits a second at most."""
    with transaction.atomic():
        account_gate = gate.lock(account.pk)
        now = clock.now()
        start_at = gate.reserve(account_gate, account, gate.endpoint_of(account, endpoint), now)
        account_gate.save()
    pause = (start_at - now).total_seconds()
    time.sleep(min(max(pause, 0), limits.RESERVE_AHEAD))


def _checked(account: Account, step: Parcel, reply: Reply) -> Reply:
    if reply.outcome is Outcome.ACCEPTED:
        return reply
    why = explanations.explain(account.provider, step.endpoint, reply.code, reply.message)
    quote = f" “{reply.message}”" if reply.message else ""
    raise CannotFetch(f"{why.sentence} {why.fix}{quote}".strip())


@dataclass(frozen=True)
class Offer:
    """One thing that may be read for an account: the button, its address, what is known so far."""

    label: str
    url_name: str
    known: str


def offers(account: Account) -> Iterable[Offer]:
    """Return what may be read from the provider of `account`."""
    name = {"name": providers.get(account.provider).name}
    if account.provider == "telecmi":
        count = Agent.objects.filter(account=account, left_at=None).count()
        words = _("%(count)s agents here") % {"count": count}
        yield Offer(_("Fetch agents from %(name)s") % name, "sync:fetch_agents", words)
    if account.provider == "smartflo":
        words = _("%(count)s lists known") % {"count": len(known_lists(account))}
        yield Offer(_("Fetch lists from %(name)s") % name, "sync:fetch_lists", words)
    if account.provider == "telecrm" and account.credentials.get("sync_token"):
        held = account.settings.get(METADATA) or {}
        parts = {key: len(held.get(key) or ()) for key in ("kinds", "statuses", "actions")}
        words = _("%(kinds)s fields, %(statuses)s statuses and %(actions)s actions known") % parts
        yield Offer(_("Read the workspace at %(name)s") % name, "sync:fetch_workspace", words)
