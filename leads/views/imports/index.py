"""All imports, and the first step: files in."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, NamedTuple, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.models import Account
from access.requests import TeamRequest
from access.roles import Right, needs
from leads import exports, paging
from leads.csvfile import Unreadable
from leads.importing import progress, staging
from leads.models import Import, LeadList
from leads.months import Month
from leads.searching import LeadFilter
from leads.targets import target_of
from leads.views.imports import wizard

MOST_FILES = 20
DIALER = "telecmi"  # whose agents can be imported


class Upload(NamedTuple):
    """One file as it came: its bytes and its name."""

    file: BinaryIO
    name: str


@needs(Right.SEE)
def imports(request: TeamRequest) -> HttpResponse:
    """Every file of the team, or those behind a figure of a month's report: what became of them."""
    chosen = LeadFilter.read(request.GET)
    month = Month.read(chosen.month, request.team)
    mine = Import.objects.filter(team=request.team)
    found = chosen.files(request.team, month) if month else mine
    total = paging.capped_count(found)
    rows = found.select_related("created_by", "lead_list", "send_to")
    page = paging.page(rows, request.GET, chosen.query if month else "")
    context = {
        "month": month,
        "page": page,
        "rows": [(record, wizard.address(record)) for record in page.rows],
        "pager_text": page.text(total),
        "total": total,
    }
    return render(request, "imports/index.html", context)


@needs(Right.IMPORT)
def new(request: TeamRequest) -> HttpResponse:
    """Take files in, dropped, chosen or pasted."""
    if request.method != "POST":
        return _draw(request, [])
    uploads = _uploads(request)
    if not uploads:
        return _draw(request, [("", _("Choose a file, or paste some rows."))])
    staged, refused = _stage_all(request, uploads)
    if not staged:
        return _draw(request, refused)
    for name, why in refused:
        messages.error(request, f"{name}: {why}")
    if left := request.FILES.getlist("file")[MOST_FILES:]:
        names = ", ".join(str(one.name) for one in left)
        words = _("%(n)s files are taken at a time. Drop these again: %(names)s.")
        messages.error(request, words % {"n": MOST_FILES, "names": names})
    if len(staged) > 1:
        waiting = ngettext(
            "%(n)s more file waits under Imports.",
            "%(n)s more files wait under Imports.",
            len(staged) - 1,
        )
        messages.success(request, waiting % {"n": len(staged) - 1})
    for record in filter(needs_nobody, staged[1:]):
        progress.start_check(record)
    return first_step(request, staged[0])


def first_step(request: TeamRequest, record: Import) -> HttpResponse:
    """Go where a fresh file needs a person first: the same file again, its columns, its check."""
    if staging.twin(record):
        return wizard.go(request, record, reverse("leads:import_file", args=[record.pk]))
    if needs_nobody(record):
        return wizard.check_rows(request, record)
    return wizard.go(request, record)


def needs_nobody(record: Import) -> bool:
    """Whether a fresh file can be checked as it came: its columns are known, and it is new."""
    return wizard.is_remembered(record) and not (progress.trouble(record) or staging.twin(record))


def _draw(request: TeamRequest, refused: list[tuple[str, str]]) -> HttpResponse:
    """Draw the drop zone, with what is wrong with the files that were refused."""
    team = request.team
    chosen = request.POST.get("kind") or request.GET.get("kind", "leads")
    context = {
        "refused": refused,
        "kinds": Import.Kind.choices,
        "kind": chosen if chosen in Import.Kind.values else "leads",
        "lists": LeadList.objects.filter(team=team, deleted_at=None)[:500],
        "chosen_list": request.POST.get("list") or request.GET.get("list", ""),
        "dialers": Account.objects.usable_by(team).filter(provider=DIALER),
        "steps": wizard.steps(None, "file"),
    }
    return render(request, "imports/new.html", context, status=422 if refused else 200)


def _uploads(request: TeamRequest) -> list[Upload]:
    """Return the files of the request; pasted rows are a file too."""
    files = request.FILES.getlist("file")[:MOST_FILES]
    found = [Upload(cast(BinaryIO, file.file), file.name or "") for file in files]
    pasted = request.POST.get("pasted", "")
    if pasted.strip():
        found.append(Upload(io.BytesIO(pasted.encode()), _("Pasted rows") + ".csv"))
    return found


def _stage_all(
    request: TeamRequest, uploads: list[Upload]
) -> tuple[list[Import], list[tuple[str, str]]]:
    """Take every file in that can be read; return the others with the reason."""
    staged, refused = [], []
    for upload in uploads:
        try:
            staged.append(_stage(request, upload))
        except Unreadable as reason:
            refused.append((upload.name, str(reason)))
    return staged, refused


def _stage(request: TeamRequest, upload: Upload) -> Import:
    """Take one file in, with the list, account and source it is for. Raises Unreadable."""
    kind = request.POST.get("kind", "leads")
    kind = kind if kind in Import.Kind.values else "leads"
    more: dict[str, Any] = {}
    if kind == Import.Kind.LEADS:
        lists = LeadList.objects.filter(team=request.team, deleted_at=None)
        number = request.POST.get("list", "")
        more["lead_list"] = lists.filter(pk=int(number)).first() if number.isdecimal() else None
        more["list_name"] = "" if more["lead_list"] else name_from(upload.name, request)
    if kind == Import.Kind.AGENTS:
        dialers = Account.objects.usable_by(request.team).filter(provider=DIALER)
        wanted = request.POST.get("account", "")
        more["account"] = dialers.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        more["account"] = more["account"] or dialers.first()
        if more["account"] is None:
            raise Unreadable(_("Agents belong to a TeleCMI account. Connect one first."))
    return staging.stage(
        upload.file, upload.name, team=request.team, kind=kind, by=request.user, **more
    )


def name_from(file_name: str, request: TeamRequest) -> str:
    """Return a name for a new list: "facebook_week-47.csv" -> "facebook week 47", never taken."""
    stem = file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or file_name
    name = " ".join(stem.replace("_", " ").replace("-", " ").split())[:90] or _("New list")
    name = name[:1].upper() + name[1:]
    lists = LeadList.objects.filter(team=request.team, deleted_at=None)
    taken = set(lists.filter(name__startswith=name).values_list("name", flat=True))
    tries = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 3))]
    return next(each for each in tries if each not in taken)


@require_POST
@needs(Right.IMPORT)
def discard(request: TeamRequest, pk: int) -> HttpResponse:
    """Forget a file that was not imported."""
    record = wizard.find(request, pk)
    if record.state in (Import.State.UPLOADED, Import.State.CHECKED):
        staging.discard(record)
        messages.success(request, _("%(file)s was put away.") % {"file": record.file_name})
    return redirect("leads:imports")


@needs(Right.SEE)
def template(request: TeamRequest, kind: str) -> HttpResponse:
    """A file with the headers we know, to be filled in."""
    kind = kind if kind in Import.Kind.values else "leads"
    fields = [f for f in target_of(kind).fields(request.team) if f.key != "full_name"]
    answer = HttpResponse(exports.lines([str(f.label) for f in fields], []), "text/csv")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer
