"""`manage.py import`: a file in, saved records and a list of what was left out."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from access.models import Account, Team
from leads import jobs, mapping
from leads.csvfile import Unreadable
from leads.importing import fixing, problems, progress, staging
from leads.importing.rejects import rejects
from leads.models import Import, LeadField, LeadList
from leads.phones import PhoneReader
from leads.targets import target_of
from sync import providers
from telecrm_admin.management import finding
from telecrm_admin.management.desk import DeskCommand

LONGEST_NAME = LeadList._meta.get_field("name").max_length or 0


class Command(DeskCommand):
    """Read a file of leads, phone book contacts or agents, and save its good rows."""

    help = "Import leads, contacts or agents from a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=["leads", "contacts", "agents"])
        parser.add_argument("file")
        parser.add_argument("--list", default="", help="the list leads go into; made when new")
        parser.add_argument("--team", default=None)
        parser.add_argument("--account", default="", help="agents: the dialer account they work at")
        parser.add_argument("--sheet", default="", help="the sheet of a workbook; else the first")
        parser.add_argument("--country", default="", help="of numbers without a code, such as IN")
        parser.add_argument("--on-duplicate", choices=["skip", "update", "keep"], default="skip")
        parser.add_argument(
            "--scope", default="team", help="where a number is a duplicate: team, list, or N days"
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=field",
            help="custom:<key>/<type> keeps a column as one of your own",
        )
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
        parser.add_argument("--fix", action="append", default=[], metavar="KIND=HOW")
        parser.add_argument("--rejects", default="", metavar="OUT.csv")
        parser.add_argument(
            "--at-once", action="store_true", help="all rows in one transaction, or none"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, save nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}. Check the name and the folder.")
        if options["kind"] == "leads" and not options["list"]:
            raise CommandError("Say --list NAME: leads go into a list.")
        if len(options["list"]) > LONGEST_NAME:
            raise CommandError(f"--list: {LONGEST_NAME} letters are the most for a list's name.")
        record = self._staged(path, options)
        if not options["json"]:
            self._say_again(record)
        try:
            do = self._dry if options["dry_run"] else self._real
            summary = do(record, options)
            noted = _noted(record)
            if options["rejects"]:
                _write_rejects(record, Path(options["rejects"]))
        finally:
            if options["dry_run"]:
                staging.discard(record)
        self._say(record, summary, options, noted)
        if not summary["added"] + summary["updated"] + summary["skipped"]:
            raise CommandError(f"No row of {path.name} could be imported; nothing was saved.")

    def _staged(self, path: Path, options: dict[str, Any]) -> Import:
        """Return the file ready to import. Whatever is wrong leaves nothing behind."""
        team = finding.team(options["team"])
        wanted = _options(team, options)
        choices = dict(word.rpartition("=")[::2] for word in options["map"])
        wanted["new_fields"] = _new_fields(team, options["kind"], choices)
        record = None
        try:
            with path.open("rb") as file:
                record = staging.stage(
                    file,
                    path.name,
                    team=team,
                    kind=options["kind"],
                    sheet=options["sheet"],
                    source=wanted["fixed"].get("source", ""),
                    options=wanted,
                    list_name=options["list"],
                    lead_list=_list(team, options),
                    account=_account(team, options),
                )
            _match(record, choices)
        except (Unreadable, mapping.Unmatched) as trouble:
            if record is not None:
                staging.discard(record)
            raise CommandError(f"{path.name}: {trouble}{_map_hint(record)}") from trouble
        return record

    def _say_again(self, record: Import) -> None:
        """Say before anything happens that this very file was imported before."""
        again = staging.same_file(record).first()
        if again is not None:
            when = timezone.localtime(again.created_at)
            words = f"{record.file_name} was imported on {when:%d/%m/%Y} at {when:%H:%M} already"
            self.stdout.write(f"{words}: {again.added:,} added then.")

    def _real(self, record: Import, options: dict[str, Any]) -> dict[str, Any]:
        progress.start_import(record)
        done = jobs.finish(record, one_transaction=options["at_once"])
        record.__dict__.update(done.__dict__)
        return {
            "rows": done.row_count,
            "added": done.added,
            "updated": done.updated,
            "skipped": done.skipped,
            "left_out": done.left_out,
            "problems": done.problems,
            "warnings": done.warnings,
            "repeated": done.repeated,
            "import": done.pk,
        }

    def _dry(self, record: Import, options: dict[str, Any]) -> dict[str, Any]:
        progress.start_check(record)
        done = jobs.finish(record)
        record.__dict__.update(done.__dict__)
        here = done.already_in.get(str(done.lead_list_id), 0)
        policy, known = options["on_duplicate"], done.already_here
        added = done.ready + (known - here if policy == "keep" else 0)
        updated = known if policy == "update" else 0
        left_out = done.to_fix + done.left_out
        return {
            "rows": done.row_count,
            "added": added,
            "updated": updated,
            "skipped": done.row_count - added - updated - left_out,
            "left_out": left_out,
            "problems": done.problems,
            "warnings": done.warnings,
            "repeated": done.repeated,
            "dry_run": True,
        }

    def _say(
        self, record: Import, summary: dict[str, Any], options: dict[str, Any], noted: list[str]
    ) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(summary))
            return
        for line in [*_lines(record, summary, options), *noted]:
            self.stdout.write(line)


def _options(team: Team, options: dict[str, Any]) -> dict[str, Any]:
    country = (options["country"] or team.country).upper()
    try:
        PhoneReader(country)
    except ValueError as trouble:
        raise CommandError(str(trouble)) from trouble
    scope, days = options["scope"], 0
    if scope.isdigit():
        scope, days = "days", int(scope)
    if scope not in {"team", "list", "days"}:
        raise CommandError("--scope is team, list or a number of days.")
    fixed, settings = _set(team, options)
    fixes = finding.pairs(options["fix"])
    for code, how in fixes.items():
        if how not in problems.fixes_for(code):
            known = ", ".join(problems.fixes_for(code))
            raise CommandError(f"--fix {code}={how}: {code} can be fixed by {known}.")
    return {
        **({"country": country} if options["country"] else {}),
        "duplicates": options["on_duplicate"],
        "scope": scope,
        "days": days,
        "fixed": fixed,
        "provider_settings": settings,
        "fixes": fixes,
    }


def _set(team: Team, options: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Split --set into fixed values of fields and settings for providers."""
    fields = {field.key for field in target_of(options["kind"]).fields(team)}
    slugs = tuple(f"{slug}_" for slug in providers.PROVIDERS)
    fixed, settings = {}, {}
    for key, value in finding.pairs(options["set"]).items():
        if key in fields:
            fixed[key] = value
        elif key.startswith(slugs):
            settings[key] = value
        else:
            known = ", ".join(sorted(fields))
            raise CommandError(f"--set {key}: there is no such field. Fields: {known}.")
    return fixed, settings


def _new_fields(team: Team, kind: str, choices: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the team's new columns that --map asks for ("custom:budget/money"), by key; the type
    is taken out of `choices`.
    """
    known = {field.key for field in target_of(kind).fields(team)}
    new = {}
    for column, wanted in choices.items():
        key, _slash, typed = wanted.removeprefix("custom:").partition("/")
        if not wanted.startswith("custom:") or f"custom:{key}" in known or kind != "leads":
            continue
        if not re.fullmatch(r"[a-z0-9_]{1,60}", key):
            raise CommandError(f"custom:{key}: small letters, digits and _ only, such as budget.")
        if typed and typed not in LeadField.Kind.values:
            raise CommandError(f"There is no type {typed}: {', '.join(LeadField.Kind.values)}.")
        new[key] = {"label": column[:100], "kind": typed or LeadField.Kind.TEXT}
        choices[column] = f"custom:{key}"
    return new


def _match(record: Import, choices: dict[str, str]) -> None:
    """Match the columns as --map says, the others as guessed. Raises Unmatched."""
    new = [f"custom:{key}" for key in record.options["new_fields"]]
    target = target_of(record.kind)
    record.mapping = mapping.choose(
        record.mapping, target, record.team, record.header, choices, new
    )
    progress.require_mapping(record)
    record.save()


def _list(team: Team, options: dict[str, Any]) -> LeadList | None:
    named = LeadList.objects.filter(team=team, name=options["list"], deleted_at=None)
    found: LeadList | None = named.first() if options["kind"] == "leads" else None
    return found


def _account(team: Team, options: dict[str, Any]) -> Account | None:
    """Return the account agents belong to: the one named, or the only one there is."""
    if options["account"]:
        return finding.account(options["account"], team)
    if options["kind"] != "agents":
        return None
    dialers = list(Account.objects.usable_by(team).filter(provider="telecmi")[:2])
    if len(dialers) != 1:
        raise CommandError("Say --account NAME: agents belong to one TeleCMI account.")
    return dialers[0]


def _map_hint(record: Import | None) -> str:
    """Return how to name the column of the phone (or id), where none was found."""
    key = target_of(record.kind).key if record else ""
    matched = {entry["to"] for entry in record.mapping.values()} if record else set()
    return "" if record is None or key in matched else f' Name it with --map "COLUMN={key}".'


def _write_rejects(record: Import, path: Path) -> None:
    try:
        with path.open("wb") as file:
            file.writelines(rejects(record))
    except OSError as trouble:
        raise CommandError(f"The rows left out cannot go to {path}: {trouble}.") from trouble


def _noted(record: Import) -> list[str]:
    """Return what the rows that went in were warned of, and where first."""
    warned = fixing.warned(record)
    lines = [f"  {count:>7,}  {title}. First in {place}." for title, count, place in warned]
    return ["Worth knowing of the rows not left out:", *lines] if lines else []


def _lines(record: Import, summary: dict[str, Any], options: dict[str, Any]) -> list[str]:
    verb = "would be " if options["dry_run"] else ""
    where = f" into {record.lead_list or options['list']}" if options["list"] else ""
    rows = "1 row" if summary["rows"] == 1 else f"{summary['rows']:,} rows"
    lines = [
        f"{record.file_name}: {rows}{where}.",
        f"{summary['added']:,} {verb}added, {summary['updated']:,} updated, "
        f"{summary['skipped']:,} skipped ({summary['repeated']:,} twice in the file, the rest "
        f"already here), {summary['left_out']:,} left out.",
    ]
    for code, count in sorted(summary["problems"].items(), key=lambda item: -item[1]):
        lines.append(f"  {count:>7,}  {problems.title(code)}. {problems.fix(code)}")
    fixed = record.options.get("fixed", {})
    if fixed:
        told = ", ".join(f"{key} = {text}" for key, text in sorted(fixed.items()))
        lines.append(f"In every row: {told}.")
    unused = [
        name
        for place, name in enumerate(record.header)
        if not record.mapping[str(place)]["to"] and record.mapping[str(place)]["why"] != "ours"
    ]
    if unused:
        lines.append(f"Columns not used: {', '.join(unused)}.")
    if options["rejects"]:
        lines.append(f"The rows left out, with reasons: {options['rejects']}.")
    return lines
