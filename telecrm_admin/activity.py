"""The activity log in words: who did what to what, and when."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access.models import AuditEvent, Team
from leads.paging import Page, page

# kind -> what the line says after the person's name; %(target)s and %(count)s may stand in it.
SENTENCES = {
    "person.signed_in": _("signed in"),
    "person.changed_password": _("changed their password"),
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
    "added": _("added %(target)s"),
    "edited": _("edited %(target)s"),
    "deleted": _("deleted %(target)s"),
    "restored": _("restored %(target)s"),
    "moved": _("moved %(count)s records to %(target)s"),
    "tagged": _("tagged %(count)s records"),
    "tag_renamed": _("renamed the tag %(target)s"),
    "tag_deleted": _("deleted the tag %(target)s"),
    "do_not_call": _("marked %(count)s numbers “do not call”"),
    "may_be_called": _("took %(count)s numbers off “do not call”"),
    "column_saved": _("saved the column %(target)s"),
    "column_deleted": _("deleted the column %(target)s"),
    "exported": _("exported %(count)s records"),
    "decided": _("decided about %(target)s"),
    "part.id": _("wrote down the provider's id of %(target)s"),
    "sent": _("sent %(target)s"),
    "send.paused": _("paused %(target)s"),
    "send.resumed": _("resumed %(target)s"),
    "send.cancelled": _("cancelled %(target)s"),
    "campaign.added": _("planned the campaign %(target)s"),
}


@dataclass(frozen=True)
class Line:
    """One act as the page shows it."""

    event: AuditEvent
    words: str


def events(team: Team, query: QueryDict) -> QuerySet[AuditEvent]:
    """Return the acts of `team`, newest first, of the person (`who`) or kind (`kind`) asked for."""
    found = AuditEvent.objects.filter(team_id=str(team.pk)).order_by("-pk")
    if who := query.get("who", "").strip():
        found = found.filter(actor_label__icontains=who[:100])
    if kind := query.get("kind", ""):
        found = found.filter(kind=kind)
    return found


def lines(found: QuerySet[AuditEvent], query: QueryDict, kept: str) -> tuple[Page, list[Line]]:
    """Return one page of acts and their words."""
    cut = page(found, query, kept)
    return cut, [Line(event, sentence(event)) for event in cut.rows]


def sentence(event: AuditEvent) -> str:
    """Return what was done, after the person's name; an act without words shows its kind."""
    words = SENTENCES.get(event.kind)
    target = event.target_label or event.target_kind
    if words is None:
        plain = event.kind.replace(".", " ").replace("_", " ")
        return f"{plain}: {target}" if target else plain
    return str(words) % {"target": target, "count": event.count}


def kinds() -> list[tuple[str, str]]:
    """Return (kind, words without names) for the filter."""
    return [
        (kind, (str(words) % {"target": "…", "count": "…"}).strip())
        for kind, words in SENTENCES.items()
    ]
