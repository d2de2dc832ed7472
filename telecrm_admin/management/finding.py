"""How commands find what they are told by name, and what they say when it is not there."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError

from django.core.management.base import CommandError

from access.models import Account, Team
from leads.models import LeadList


def team(name: str | None) -> Team:
    """Return the team called `name`, or the only one there is; made when there is none."""
    if name:
        found = Team.objects.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no team {name}. Teams: {_names(Team.objects.all())}.")
        return found
    teams = list(Team.objects.all()[:2])
    if len(teams) > 1:
        raise CommandError(f"Say --team: there are several ({_names(Team.objects.all())}).")
    return teams[0] if teams else Team.objects.create(name="My team")


def account(name: str, in_team: Team | None = None) -> Account:
    """Return the account called `name`."""
    known = Account.objects.usable_by(in_team) if in_team else Account.objects.all()
    found = list(known.filter(name=name)[:2])
    if not found:
        raise CommandError(f"There is no account {name}. Accounts: {_names(known) or 'none yet'}.")
    if len(found) > 1:
        raise CommandError(f"Several teams have an account {name}. Say --team.")
    return found[0]


def lead_list(name: str, in_team: Team | None = None) -> LeadList:
    """Return the list called `name`."""
    known = LeadList.objects.filter(deleted_at=None)
    if in_team:
        known = known.filter(team=in_team)
    found = list(known.filter(name=name)[:2])
    if not found:
        raise CommandError(f"There is no list {name}. Lists: {_names(known) or 'none yet'}.")
    if len(found) > 1:
        raise CommandError(f"Several teams have a list {name}. Say --team.")
    only: LeadList = found[0]
    return only


def pairs(words: list[str]) -> dict[str, str]:
    """Return KEY=VALUE words as a dict; `KEY=env:NAME` takes the value from the environment."""
    found = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key:
            raise CommandError(f"{word} is not KEY=VALUE.")
        if value.startswith("env:"):
            name = value.removeprefix("env:")
            if name not in os.environ:
                raise CommandError(f"{key}: the environment has no {name}.")
            value = os.environ[name]
        found[key.strip()] = value
    return found


def count(text: str) -> int:
    """Return a whole number from 1 up, for argparse."""
    if not (text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text} is no number from 1 up")
    return int(text)


def _names(rows: object) -> str:
    names = [str(row) for row in list(rows)[:20]]  # type: ignore[call-overload]
    return ", ".join(names)
