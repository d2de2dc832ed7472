"""The first ten minutes of a team: connect, import, send five, send the rest, plan the calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Account, Team
from campaigns.models import Campaign
from leads.models import Import, LeadList
from sync import providers
from sync.fixes import address
from sync.models import Push
from sync.pages import figure, provider_name
from sync.selecting import sendable

FEW = 5


@dataclass(frozen=True)
class Step:
    """One step of the first ten minutes. `state` is done, here or later."""

    number: int
    title: str
    text: str
    state: str
    url: str = ""
    label: str = ""


@dataclass
class Start:
    """The first ten minutes of a team: how far it is, and the five leads that go first."""

    steps: list[Step]
    account: Account | None
    lead_list: LeadList | None
    five: list[Any]
    waiting: int
    needs_settings: bool

    @property
    def done(self) -> int:
        """How many of the five steps are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def here(self) -> Step | None:
        """The step that is next."""
        return next((step for step in self.steps if step.state == "here"), None)


def is_started(team: Team) -> bool:
    """Whether the team is past its first ten minutes: a whole list was sent once."""
    sends = Push.objects.filter(team=team)
    return sends.filter(total__gt=5).exists() or sends.count() > 1


def read(team: Team) -> Start:
    """Return how far `team` is."""
    account = Account.objects.usable_by(team).order_by("pk").first()
    lists = LeadList.objects.filter(team=team, deleted_at=None, lead_count__gt=0)
    lead_list = lists.order_by("pk").first()
    ready = bool(account and lead_list)
    waiting = sendable(lead_list, account).count() if account and lead_list else 0
    sent = Push.objects.filter(team=team)
    first = sent.order_by("pk").first()
    known = [
        bool(account),
        bool(lead_list),
        first is not None,
        first is not None and ready and not waiting,
        Campaign.objects.filter(team=team, deleted_at=None).exists(),
    ]
    here = known.index(False) if False in known else len(known)
    texts = _texts(account, lead_list, first, waiting)
    steps = [
        Step(at + 1, title, text, "done" if known[at] else "here" if at == here else "later", *way)
        for at, (title, text, way) in enumerate(texts)
    ]
    five = list(sendable(lead_list, account)[:FEW]) if account and lead_list and here == 2 else []
    fields = providers.get(account.provider).list_fields if account else ()
    return Start(steps, account, lead_list, five, waiting, any(one.required for one in fields))


Text = tuple[str, str, tuple[str, str]]


def _texts(
    account: Account | None, lead_list: LeadList | None, first: Push | None, waiting: int
) -> list[Text]:
    place = lead_list.name if lead_list else ""
    rest = max(waiting - (0 if first else FEW), 0)
    panel = reverse("leads:list", args=[lead_list.pk]) + "#send" if lead_list else ""
    plan = address("campaigns:new")
    more = ngettext("Send the other one", "Send the other %(n)s", rest) % {"n": figure(rest)}
    return [
        (_("Connect an account"), _account_text(account), _account_way(account)),
        (_("Import a file"), _file_text(lead_list), _file_way(lead_list)),
        (_("Send 5 leads"), _first_text(account, place, first), (panel, _("Open the list"))),
        (
            more if rest else _("Send the rest"),
            _("The same list once more; nobody goes twice."),
            (panel, _("Open the list")),
        ),
        (
            _("Plan the calls"),
            _("Days, hours and agents, for each list at TeleCMI."),
            (plan, _("Plan a campaign")),
        ),
    ]


def _account_text(account: Account | None) -> str:
    if account is None:
        return _("TeleCMI, Telecrm or Smartflo. Where to find each value is shown.")
    return f"{account.name}. {account.test_words}".strip()


def _account_way(account: Account | None) -> tuple[str, str]:
    if account is None:
        return address("sync:account_choose"), _("Connect an account")
    return address("sync:accounts"), _("Accounts")


def _file_text(lead_list: LeadList | None) -> str:
    if lead_list is None:
        return _("A CSV or Excel file. Every row is checked before anything is saved.")
    file = lead_list.imports.filter(state=Import.State.DONE).order_by("pk").first()
    good = {"good": figure(lead_list.lead_count), "list": lead_list.name}
    if file is None:
        return _("%(good)s good leads in %(list)s.") % good
    rows = {"file": file.file_name, "rows": figure(file.row_count), "out": figure(file.left_out)}
    words = _("%(file)s: %(rows)s rows, %(good)s good leads in %(list)s, %(out)s left out.")
    return words % {**good, **rows}


def _file_way(lead_list: LeadList | None) -> tuple[str, str]:
    if lead_list is None:
        return address("leads:import_new"), _("Import a file")
    return reverse("leads:list", args=[lead_list.pk]), _("Open the list")


def _first_text(account: Account | None, place: str, first: Push | None) -> str:
    if first is not None:
        words = {"n": figure(first.total), "account": first.account.name}
        return _("%(n)s went to %(account)s first.") % words
    if account is None or not place:
        return _("Then you know that the account, the file and the list are right.")
    words = {"name": provider_name(account.provider), "list": place}
    return (
        _(
            "They become one list at %(name)s, named %(list)s and six letters. Nothing rings: "
            "a list is only called by a campaign."
        )
        % words
    )
