"""The activity log in words: who did what to what, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.models import Account, AuditEvent, Team
from access.roles import Right
from campaigns.models import Campaign
from leads.models import Import, Lead, LeadList
from leads.paging import Page, page
from sync.pages import figure, page_of_send
from telecrm_admin import undoing

# kind -> what the line says after the person's name; %(target)s and %(count)s may stand in it.
SENTENCES = {
    "person.signed_in": _("signed in"),
    "person.changed_password": _("changed their password"),
    "person.signed_out_elsewhere": _("signed out everywhere else"),
    "person.sessions_ended": _("signed %(target)s out everywhere"),
    "person.second_step_on": _("set up their second step"),
    "person.second_step_off": _("turned off their second step"),
    "person.second_step_reset": _("reset the second step of %(target)s"),
    "person.second_step_locked": _("typed too many wrong codes"),
    "person.recovery_codes": _("made new recovery codes"),
    "person.recovery_code_used": _("used a recovery code"),
    "person.invited": _("invited %(target)s"),
    "person.link": _("made a sign-in link for %(target)s"),
    "person.removed": _("took %(target)s out of the team"),
    "person.role": _("changed the role of %(target)s"),
    "account.added": _("connected the account %(target)s"),
    "account.changed": _("changed the account %(target)s"),
    "account.columns": _("changed the columns of %(target)s"),
    "account.agents_fetched": _("read %(count)s agents from %(target)s"),
    "account.lists_fetched": _("read %(count)s lists from %(target)s"),
    "account.metadata_fetched": _("read the workspace of %(target)s"),
    "account.stopped": _("stopped the account %(target)s"),
    "account.released": _("let the account %(target)s go on"),
    "list_created": _("made the list %(target)s"),
    "list_changed": _("changed the list %(target)s"),
    "list_deleted": _("deleted the list %(target)s"),
    "file_added": _("added the file %(target)s"),
    "import_started": _("started to import %(target)s"),
    "imported": _("imported %(count)s records from %(target)s"),
    "import_stopped": _("stopped the import of %(target)s"),
    "import_undone": _("took back the import of %(target)s"),
    "import.not_sent": _("imported %(target)s, but it could not be sent"),
    "person.erased": _("erased a person: %(count)s records"),
    "person.taken_out": _("downloaded everything about a person"),
    "added": _("added %(target)s"),
    "edited": _("edited %(target)s"),
    "deleted": _("deleted %(target)s"),
    "restored": _("restored %(target)s"),
    "moved": _("moved %(count)s records to %(target)s"),
    "copied": _("copied %(count)s leads to %(target)s"),
    "tagged": _("put the tag %(target)s on %(count)s records"),
    "untagged": _("took the tag %(target)s off %(count)s records"),
    "tag_renamed": _("renamed the tag %(target)s"),
    "tag_deleted": _("deleted the tag %(target)s"),
    "do_not_call": _("marked %(count)s numbers “do not call”"),
    "may_be_called": _("took %(count)s numbers off “do not call”"),
    "column_saved": _("saved the column %(target)s"),
    "column_deleted": _("deleted the column %(target)s"),
    "exported": _("exported %(count)s records"),
    "decided": _("decided about %(target)s"),
    "part.id": _("wrote down the provider's id of %(target)s"),
    "sent": _("sent %(target)s to %(account)s, records: %(count)s"),
    "send.paused": _("paused %(target)s"),
    "send.resumed": _("resumed %(target)s"),
    "send.cancelled": _("cancelled %(target)s"),
    "part.awaited": _("let the next part of %(target)s go once it is full"),
    "part.forgotten": _("took that back: %(target)s waits for a press again"),
    "part.not_sent": _("the next part of %(target)s was full, but could not be sent"),
    "part.ids": _("pasted %(count)s ids of parts of %(target)s"),
    "action.added": _("wrote on a timeline: %(target)s"),
    "campaign.added": _("planned the campaign %(target)s"),
    "campaign.changed": _("changed the campaign %(target)s"),
    "campaign.split": _("split the campaign %(target)s at the clock change"),
    "campaign.deleted": _("threw away the draft %(target)s"),
    "campaign.ended": _("said that the campaign %(target)s has ended"),
    "campaign.by_hand": _("wrote down that %(target)s was created by hand"),
    "agents.added": _("added %(count)s agents"),
    "agent.changed": _("changed the agent %(target)s"),
    "agent.left": _("wrote down that the agent %(target)s has left"),
    "agent.back": _("wrote down that the agent %(target)s is back"),
    "report.exported": _("exported a report"),
}


# What an act was done to -> its page, and the records that have one still.
PAGES: dict[str, tuple[str, QuerySet[Any]]] = {
    "lead": ("leads:lead", Lead.objects.all()),
    "leadlist": ("leads:list", LeadList.objects.filter(deleted_at=None)),
    "import": ("leads:import_result", Import.objects.all()),
    "account": ("sync:account", Account.objects.all()),
    "campaign": ("campaigns:campaign", Campaign.objects.filter(deleted_at=None)),
}


@dataclass(frozen=True)
class Line:
    """One act as the page shows it."""

    event: AuditEvent
    words: str
    url: str = ""  # the page of what it was done to
    undo: undoing.Way | None = None


def events(team: Team, query: QueryDict) -> QuerySet[AuditEvent]:
    """Return the acts of `team`, newest first, of the person (`who`) or kind (`kind`) asked for."""
    found = AuditEvent.objects.filter(team_id=str(team.pk)).order_by("-pk")
    if who := query.get("who", "").strip():
        found = found.filter(actor_label__icontains=who[:100])
    if kind := query.get("kind", ""):
        found = found.filter(kind=kind)
    return found


def lines(
    found: QuerySet[AuditEvent], query: QueryDict, kept: str, team: Team, rights: set[Right]
) -> tuple[Page, list[Line]]:
    """Return one page of acts and their words; `rights` are the reader's in `team`."""
    cut = page(found, query, kept)
    ways = [undoing.way_of(event, team, rights) for event in cut.rows]
    urls = _urls(cut.rows, rights)
    rows = zip(cut.rows, ways, strict=True)
    return cut, [Line(event, sentence(event), urls.get(event.pk, ""), way) for event, way in rows]


def _urls(rows: Iterable[AuditEvent], rights: set[Right]) -> dict[int, str]:
    """Return event id -> address of what it was done to, where that has a page still."""
    found: dict[int, str] = {}
    for kind, (name, alive) in PAGES.items():
        if kind == "import" and Right.IMPORT not in rights:
            continue
        mine = {one.pk: int(one.target_id) for one in rows if one.target_kind == kind}
        there = set(alive.filter(pk__in=mine.values()).values_list("pk", flat=True)) if mine else ()
        found |= {pk: reverse(name, args=[to]) for pk, to in mine.items() if to in there}
    sends = [one for one in rows if one.target_kind == "push"]
    return found | {one.pk: page_of_send(int(one.target_id)) for one in sends}


def sentence(event: AuditEvent) -> str:
    """Return what was done, after the person's name; an act without words shows its kind."""
    words = SENTENCES.get(event.kind)
    target = event.target_label or event.target_kind
    if not target:  # an act on many records at once
        target = ngettext("%(n)s record", "%(n)s records", event.count) % {"n": figure(event.count)}
    if words is None:
        plain = event.kind.replace(".", " ").replace("_", " ")
        return f"{plain}: {target}" if target else plain
    return str(words) % {"target": target, "count": figure(event.count), **_told(event)}


def _told(event: AuditEvent) -> dict[str, str]:
    return {"account": str(event.details.get("account", "")) or str(_("an account"))}


def kinds() -> list[tuple[str, str]]:
    """Return (kind, words without names) for the filter."""
    return [
        (kind, (str(words) % {"target": "…", "count": "…", "account": "…"}).strip())
        for kind, words in SENTENCES.items()
    ]
