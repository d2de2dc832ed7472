"""`manage.py account`: add, list, test, stop, release and map provider accounts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from access import audit
from access.models import Account
from sync import accounts, client, fieldmap, levers, map_form, pickers, providers
from sync.hosts import HostPolicy
from sync.providers.base import AccountField, Provider, RecordKind
from telecrm_admin.management import finding
from telecrm_admin.management.mixed import MixedCommand

WANTED = {
    "add": "a provider and a name",
    "test": "a name",
    "hold": "a name",
    "release": "a name",
    "map": "a name and column=remote",
    "agents": "a name",
    "lists": "a name",
    "workspace": "a name",
}


class Command(MixedCommand):
    """Provider accounts from the command line."""

    help = (
        "Add, list, test, stop (hold) and release provider accounts; map columns to fields; "
        "fetch agents (TeleCMI), lead lists (Smartflo) or the workspace (Telecrm)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["list", *WANTED])
        parser.add_argument(
            "words",
            nargs="*",
            help="add PROVIDER NAME KEY=VALUE... (KEY=env:VARIABLE for secrets); map NAME "
            "column=remote[:type]... (custom.<key> for a column of your own; column= leaves it "
            "out); the other verbs take the NAME",
        )
        parser.add_argument("--base-url", default="", help="another address than the provider's")
        parser.add_argument("--reason", default="Stopped from the command line.")
        parser.add_argument("--team", default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        words = list(options["words"])
        wanted = {"list": 0, "add": 2}.get(options["verb"], 1)
        if len(words) < wanted:
            raise CommandError(f"account {options['verb']} needs {WANTED[options['verb']]}.")
        if options["verb"] == "add":
            options["provider"] = words.pop(0)
        if wanted:
            options["name"] = words.pop(0)
        options["values"] = words
        getattr(self, f"_{options['verb']}")(options)

    def _say(self, options: dict[str, Any], line: str, **facts: Any) -> None:
        self.stdout.write(json.dumps(facts) if options["json"] else line)

    def _add(self, options: dict[str, Any]) -> None:
        provider = _provider(options["provider"])
        team = finding.team(options["team"])
        if Account.objects.filter(team=team, name=options["name"]).exists():
            raise CommandError(
                f"There is an account {options['name']} already. Choose another name."
            )
        account = Account(team=team, provider=provider.slug, name=options["name"])
        account.base_url = _address(provider, options["base_url"])
        _fill(account, provider, finding.pairs(options["values"]))
        with transaction.atomic():
            account.save()
            audit.record("account.added", actor=None, target=account)
        self._say(
            options,
            f"{account.name} is ready for {provider.name}.",
            id=account.pk,
            name=account.name,
            provider=provider.slug,
        )

    def _list(self, options: dict[str, Any]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "name": account.name,
                "provider": account.provider,
                "team": account.team.name,
                "base_url": account.base_url or providers.get(account.provider).base_url,
                "pace": account.pace,
                "stopped": [hold.reason for hold in account.holds.filter(released_at=None)],
            }
            for account in Account.objects.select_related("team")
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
        for row in [] if options["json"] else rows:
            stopped = f"  stopped: {row['stopped'][0]}" if row["stopped"] else ""
            self.stdout.write(f"{row['name']} ({row['provider']}) {row['base_url']}{stopped}")

    def _test(self, options: dict[str, Any]) -> None:
        result = accounts.test(finding.account(options["name"]))
        if result.works is False:
            raise CommandError(result.words)
        self._say(options, result.words, works=result.works, words=result.words)

    def _hold(self, options: dict[str, Any]) -> None:
        account = finding.account(options["name"])
        levers.stop_account(account, None, options["reason"])
        self._say(options, f"{account.name} is stopped: nothing leaves for it.", stopped=True)

    def _release(self, options: dict[str, Any]) -> None:
        account = finding.account(options["name"])
        lifted = levers.release_account(account, None)
        self._say(options, f"{account.name} goes on.", released=lifted)

    def _agents(self, options: dict[str, Any]) -> None:
        found = self._fetched(pickers.fetch_agents, options)
        line = f"{found.found} agents read: {found.added} new, {found.changed} changed."
        facts = {"found": found.found, "added": found.added, "changed": found.changed}
        self._say(options, line, **facts, missing=found.missing)

    def _lists(self, options: dict[str, Any]) -> None:
        found = self._fetched(pickers.fetch_lists, options)
        lines = [f"{one['id']}  {one['name']}  {', '.join(one['header'])}" for one in found]
        self._say(options, "\n".join(lines) or "There are no lists.", lists=found)

    def _workspace(self, options: dict[str, Any]) -> None:
        found = self._fetched(pickers.fetch_workspace, options)
        lines = [
            f"Statuses: {', '.join(found.get('statuses', []))}",
            f"Fields: {', '.join(found.get('kinds', {}))}",
            f"Actions: {', '.join(found.get('actions', {}))}",
        ]
        self._say(options, "\n".join(lines), **found)

    def _fetched(self, fetch: Callable[..., Any], options: dict[str, Any]) -> Any:
        try:
            return fetch(finding.account(options["name"]), by=None)
        except pickers.CannotFetch as trouble:
            raise CommandError(str(trouble)) from trouble

    def _map(self, options: dict[str, Any]) -> None:
        account = finding.account(options["name"])
        chosen = _chosen(account, finding.pairs(options["values"]))
        account.field_map = {
            **account.field_map,
            "lead": {**account.field_map.get("lead", {}), **chosen},
        }
        account.save(update_fields=["field_map"])
        lines = {rule.remote: rule.column for rule in fieldmap.rules(account, RecordKind.LEAD)}
        words = ", ".join(f"{column} -> {remote}" for remote, column in lines.items())
        self._say(options, f"{account.name}: {words}", map=lines)


def _chosen(account: Account, pairs: dict[str, str]) -> dict[str, Any]:
    """Return {remote field: column and type} for `column=remote` or `column=remote:type`; nothing
    behind the sign leaves the column out.
    """
    columns = [name for name, _words in map_form.MapForm(account).columns if name]
    chosen: dict[str, Any] = {}
    for column, said in pairs.items():
        remote, _colon, kind = said.partition(":")
        if column not in columns and not column.startswith("custom."):
            raise CommandError(f"There is no column {column}. Columns: {', '.join(columns)}.")
        if kind and kind not in map_form.KINDS:
            raise CommandError(f"There is no type {kind}. Types: {', '.join(map_form.KINDS)}.")
        if remote:
            kind = kind or fieldmap.kind_of(account.team, column)
            chosen[remote] = {"column": column, "kind": kind}
            continue
        fed = (one for one in fieldmap.rules(account, RecordKind.LEAD) if one.column == column)
        chosen |= {rule.remote: "" for rule in fed}
    return chosen


def _provider(slug: str) -> Provider:
    try:
        return providers.get(slug)
    except KeyError:
        known = ", ".join(slug for slug, _ in providers.choices())
        raise CommandError(f"There is no provider {slug}. Choose one of: {known}.") from None


def _address(provider: Provider, url: str) -> str:
    """Return `url` if requests may go there; raises CommandError with the reason."""
    if not url:
        return ""
    policy = HostPolicy(provider.hosts, allow_local=settings.ALLOW_LOCAL_PROVIDERS)
    if refusal := client.url_refusal(url, policy):
        raise CommandError(refusal)
    return url.rstrip("/")


def _fill(account: Account, provider: Provider, values: dict[str, str]) -> None:
    """Put `values` where they belong: pace, credentials, settings; anything else is refused."""
    secrets = {field.key for field in provider.account_fields}
    others = {field.key for field in (*provider.setting_fields, *provider.list_fields)}
    if "pace" in values:
        account.pace = _pace(values.pop("pace"))
    account.is_practice = values.pop("practice", "") in ("1", "true", "yes")
    if unknown := sorted(set(values) - secrets - others):
        raise CommandError(
            f"{provider.name} has no {', '.join(unknown)}. "
            f"It takes: {', '.join(sorted(secrets | others))}, pace."
        )
    for field in (*provider.setting_fields, *provider.list_fields):
        _check_choice(field, values.get(field.key, ""))
    account.credentials = {key: value for key, value in values.items() if key in secrets}
    account.settings = {key: value for key, value in values.items() if key in others}
    if wrong := provider.check_credentials(account.credentials):
        raise CommandError(" ".join(wrong.values()))


def _check_choice(field: AccountField, value: str) -> None:
    """Refuse a value that is none of the field's choices."""
    known = [choice for choice, _words in field.choices if choice]
    if known and value and value not in known:
        raise CommandError(f"{field.key}={value}: write {' or '.join(known)}.")


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0 < pace <= 1000:
        raise CommandError(f"pace={text}: write requests per second, such as 4.5.")
    return pace
