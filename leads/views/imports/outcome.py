"""What the import would do now: the sum, the words for duplicates, the two buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from access.models import Account
from leads import standing
from leads.models import Import, LeadList

MOST_LISTS = 5


def figure(number: int) -> str:
    """Return a number for people."""
    return number_format(number, force_grouping=True)


@dataclass(frozen=True)
class Outcome:
    """The figures of the check page; they always add up to the rows of the file."""

    rows: int
    out: int  # to fix, decided to leave out, repeated
    new: int
    updated: int
    skipped: int
    policy: str
    accounts: list[Account]
    send_to: Account | None
    outlook: str  # what sending the new ones would make
    lacks: str  # why they cannot be sent from here
    here: list[tuple[str, str, str]]  # list, how many numbers of the file, where it was sent

    ready: int
    to_fix: int
    left: int
    blank: int  # of those left out, without anybody asked
    repeated: int
    already: int
    in_this: int  # of those already here, how many stand where the rows would go

    @property
    def kept(self) -> int:
        """New rows when numbers of other lists are kept here too."""
        return self.ready + self.already - self.in_this

    @property
    def imported(self) -> int:
        """Rows that change something."""
        return self.new + self.updated

    @property
    def sum(self) -> list[dict[str, Any]]:
        """The rows of templates/parts/_sum.html."""
        minus = [
            (_("To fix, left out for now"), self.to_fix),
            (_("Blank rows"), self.blank),
            (_("Left out, as you chose"), self.left - self.blank),
            (_("Twice in the file, first one kept"), self.repeated),
            (_("Already here, left as they are"), self.skipped),
        ]
        rows = [{"word": _("Rows in the file"), "figure": figure(self.rows), "total": False}]
        rows += [
            {"word": word, "figure": f"− {figure(number)}", "total": False}
            for word, number in minus
            if number
        ]
        rows.append({"word": _("Imported"), "figure": figure(self.imported), "total": True})
        if self.updated:
            word = _("Updated where they are")
            rows.append({"word": word, "figure": f"− {figure(self.updated)}", "total": False})
            rows.append({"word": _("New"), "figure": figure(self.new), "total": True})
        return rows


def outcome(record: Import) -> Outcome:
    """Return what would become of a checked file, by the policy chosen."""
    policy = record.options.get("duplicates", "skip")
    already = record.already_here
    desk = standing.desk()
    accounts = desk.takers(record.team, record.kind)
    send_to = chosen_account(record, accounts)
    in_this = record.already_in.get(str(record.lead_list_id), 0)
    in_this = already if record.kind != Import.Kind.LEADS else min(in_this, already)
    stays = {"skip": already, "keep": in_this}.get(policy, 0)
    new = record.ready + (already - in_this if policy == "keep" else 0)
    return Outcome(
        rows=record.row_count,
        out=record.to_fix + record.left_out + record.repeated,
        new=new,
        updated=already if policy == "update" else 0,
        skipped=stays,
        policy=policy,
        accounts=accounts,
        send_to=send_to,
        outlook=desk.outlook(send_to, record.kind, new) if send_to else "",
        lacks=_lacks(record, send_to),
        here=_lists(record),
        ready=record.ready,
        to_fix=record.to_fix,
        left=record.left_out,
        blank=record.problems.get("blank_row", 0),
        repeated=record.repeated,
        already=already,
        in_this=in_this,
    )


def chosen_account(record: Import, accounts: list[Account]) -> Account | None:
    """Return the account to send to: as chosen here, as last time, or the only one there is."""
    by_id = {str(account.pk): account for account in accounts}
    if "send_to" in record.options:
        return by_id.get(str(record.options["send_to"]))
    last = Import.objects.filter(team=record.team, kind=record.kind, send_to__in=accounts)
    earlier = last.order_by("-pk").values_list("send_to", flat=True).first()
    only = accounts[0] if len(accounts) == 1 else None
    return by_id.get(str(earlier)) or only


def _lacks(record: Import, account: Account | None) -> str:
    if account is None or record.kind != Import.Kind.LEADS:
        return ""
    lead_list = record.lead_list or LeadList(team=record.team, name=record.list_name)
    return standing.desk().lacks(account, lead_list)


def _lists(record: Import) -> list[tuple[str, str, str]]:
    """Return where the numbers that are already here stand, most first, and where that was sent."""
    counts = {int(place): number for place, number in record.already_in.items()}
    if record.kind != Import.Kind.LEADS:
        return []
    names = LeadList.objects.in_bulk([place for place in counts if place])
    rows = sorted(counts.items(), key=lambda pair: -pair[1])
    shown = [(place, n) for place, n in rows if place in names][:MOST_LISTS]
    sent = standing.desk().last_sent([place for place, _n in shown])
    named = [(str(names[place]), figure(n), sent.get(place, "")) for place, n in shown]
    rest = sum(counts.values()) - sum(n for _place, n in shown)
    return [*named, (_("other lists"), figure(rest), "")] if rest else named
