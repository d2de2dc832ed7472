"""Which column goes into which field, and what every row gets besides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from access.requests import TeamRequest
from access.roles import Right, needs
from leads import phone_words, values
from leads.ad_forms import FACEBOOK_ID
from leads.forms import free_key
from leads.importing import progress, staging
from leads.mapping import HOWS, JOINABLE, date_order, memory_of
from leads.models import Import, LeadField, LeadList, Tag
from leads.targets import TargetField, target_of
from leads.views.imports import wizard
from leads.views.imports.file import sentence

SAMPLES = 3
WHY = {
    "remembered": lazy("Same as last time"),
    "name": lazy("Matched by its name"),
    "values": lazy("Matched by its values"),
    "ours": lazy("Our own column, from the rows you fixed"),
    "chosen": lazy("Chosen by you"),
    "": "",
}
HOW_WORDS = {
    "plain": lazy("As it stands"),
    "first_second": lazy("First is phone, second alternate"),
    "join": lazy("Join with the other columns of this field"),
    "DMY": lazy("Day first"),
    "MDY": lazy("Month first"),
    "YMD": lazy("Year first"),
    "tail": lazy("Without the letters before the number"),
}
FIXED = ("tags", "consent_source")


@dataclass(frozen=True)
class Line:
    """One column of the file in the table of columns."""

    place: int
    name: str
    samples: str
    to: str
    hows: list[tuple[str, str]]
    how: str
    why: str
    is_new: bool


@needs(Right.IMPORT)
def columns(request: TeamRequest, pk: int) -> HttpResponse:
    """Match the columns, then check all rows."""
    record = wizard.find(request, pk)
    if record.state not in (Import.State.UPLOADED, Import.State.CHECKED):
        return wizard.go(request, record)
    if request.method != "POST":
        return _draw(request, record, progress.trouble(record))
    _take(request, record)
    wrong = progress.trouble(record)
    if request.POST.get("look"):  # only to see what the choice means
        return _draw(request, record, wrong)
    if wrong:
        return _draw(request, record, wrong, status=422)
    return wizard.check_rows(request, record)


def _take(request: TeamRequest, record: Import) -> None:
    """Put what was chosen into `record`, in memory."""
    post, chosen = request.POST, {}
    new: dict[str, dict[str, str]] = {}
    known = {"", *(field.key for field in target_of(record.kind).fields(record.team))}
    for place, name in enumerate(record.header):
        before = record.mapping.get(str(place), {"to": "", "how": "plain", "why": ""})
        to = post.get(f"to-{place}", before["to"])
        how = post.get(f"how-{place}", before["how"])
        if to.startswith("new:"):
            to = _own_column(record, name, to, new)
        elif to not in known:
            to = ""
        why = before.get("why", "") if to == before["to"] else "chosen"
        chosen[str(place)] = {"to": to, "how": how if how in HOWS else "plain", "why": why}
    record.mapping = chosen
    record.options = {**record.options, "new_fields": new}
    if post.get("country") in phone_words.COUNTRIES:
        record.options["country"] = post["country"]
    _take_fixed(request, record)
    _take_place(request, record)


def _take_fixed(request: TeamRequest, record: Import) -> None:
    """Put what every row gets into `record`; "for-all" names one more field, "to-all" its value."""
    post, before = request.POST, record.options.get("fixed", {})
    fixed = {k: post.get(f"all-{k}", before.get(k, "")).strip() for k in {*FIXED, *before}}
    if post.get("for-all") in {field.key for field in _fixable(record)}:
        fixed[post["for-all"]] = post.get("to-all", "").strip()
    record.options["fixed"] = {key: text for key, text in fixed.items() if text}


def _take_place(request: TeamRequest, record: Import) -> None:
    """Put the list and the source into `record`."""
    post = request.POST
    if "list" not in post:
        return
    record.source = post.get("source", "").strip()[:100]
    lists = LeadList.objects.filter(team=record.team, deleted_at=None)
    number = post["list"]
    record.lead_list = lists.filter(pk=int(number)).first() if number.isdecimal() else None
    name = post.get("list_name", "").strip()[:100]
    same = lists.filter(name=name).first() if record.lead_list is None else None
    record.lead_list = record.lead_list or same  # a name that stands already means that list
    record.list_name = name or record.list_name


def _own_column(record: Import, name: str, wanted: str, new: dict[str, dict[str, str]]) -> str:
    """Return where "a new column of your own" goes: the team's column of that name if there is
    one, else a new one, noted in `new`.
    """
    same = LeadField.objects.filter(team=record.team, label__iexact=name[:100]).first()
    if same:
        return f"custom:{same.key}"
    kind = wanted.partition(":")[2]
    key = free_key(record.team, name, new)
    new[key] = {"label": name[:100], "kind": kind if kind in LeadField.Kind.values else "text"}
    return f"custom:{key}"


def _draw(
    request: TeamRequest, record: Import, wrong: list[str], status: int = 200
) -> HttpResponse:
    lines = table(record)
    memory = memory_of(record.team, record.kind, record.header)
    lists = LeadList.objects.filter(team=record.team, deleted_at=None)
    context = {
        "record": record,
        "sentence": sentence(record),
        "again": staging.twin(record),
        "lines": lines,
        "used": sum(1 for line in lines if line.to),
        "fields": target_of(record.kind).fields(record.team),
        "new_kinds": LeadField.Kind.choices if record.kind == Import.Kind.LEADS else [],
        "wrong": wrong,
        "memory": memory if wizard.is_remembered(record) else None,
        "folded": bool(memory) and wizard.is_remembered(record) and not wrong,
        "lists": lists[:500],
        "sources": lists.exclude(source="").values_list("source", flat=True).distinct()[:100],
        "tags": Tag.objects.filter(team=record.team)[:100],
        "countries": sorted((str(_(word)), code) for code, word in phone_words.COUNTRIES.items()),
        "country": record.options.get("country") or record.team.country,
        "fixed": record.options.get("fixed", {}),
        "fixed_besides": _fixed_besides(record),
        "fixable": _fixable(record),
        "steps": wizard.steps(record, "columns"),
    }
    name = "imports/_columns.html" if request.htmx else "imports/columns.html"
    return render(request, name, context, status=status)


def _fixable(record: Import) -> list[TargetField]:
    """Return the fields that can be the same in every row, besides those with a place of their
    own on the page.
    """
    target = target_of(record.kind)
    own = {target.key, "full_name", *FIXED}
    return [field for field in target.fields(record.team) if field.key not in own]


def _fixed_besides(record: Import) -> list[tuple[str, str, str]]:
    """Return (key, label, value) of fixed values remembered from the command line."""
    fields = {field.key: str(field.label) for field in target_of(record.kind).fields(record.team)}
    fixed = record.options.get("fixed", {})
    return [(key, fields.get(key, key), fixed[key]) for key in sorted(fixed) if key not in FIXED]


def table(record: Import) -> list[Line]:
    """Return one line for each column of the file."""
    rows = [cells for _line, cells in staging.preview(record)]
    new = record.options.get("new_fields", {})
    known = target_of(record.kind).fields(record.team)
    fields = {field.key: field for field in known}
    for key, field in new.items():
        fields[f"custom:{key}"] = TargetField(f"custom:{key}", field["label"], field["kind"])
    goes = [entry["to"] for entry in record.mapping.values()]
    made = []
    for place, name in enumerate(record.header):
        entry = record.mapping.get(str(place), {"to": "", "how": "plain", "why": ""})
        cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
        shared = goes.count(entry["to"]) > 1
        made.append(_line(place, name, cells, entry, fields, shared=shared))
        if entry["to"].removeprefix("custom:") in new:
            kind = new[entry["to"].removeprefix("custom:")]["kind"]
            made[-1] = replace(made[-1], to=f"new:{kind}", is_new=True)
    return made


def _line(
    place: int,
    name: str,
    cells: list[str],
    entry: dict[str, str],
    fields: dict[str, TargetField],
    *,
    shared: bool,
) -> Line:
    field = fields.get(entry["to"])
    hows = hows_for(field, cells, shared=shared) if field else []
    how = entry["how"]
    if field and field.kind == "date" and how not in ("DMY", "MDY", "YMD"):
        how = date_order(cells)
    samples = ", ".join(" ".join(cell.split())[:40] for cell in cells[:SAMPLES])
    reason = entry.get("why", "")
    why = str(WHY.get(reason, "")) if entry["to"] or reason == "ours" else ""
    return Line(place, name, samples, entry["to"], hows, how, why, is_new=False)


def hows_for(field: TargetField, cells: list[str], *, shared: bool) -> list[tuple[str, str]]:
    """Return the ways a column can be read into `field`; dates show what the first one means.

    `shared`: another column goes into the same field.
    """
    if field.kind == "date":
        return [(how, _example(how, cells)) for how in ("DMY", "MDY", "YMD")]
    names = ["plain"]
    if field.key == "phone":
        names.append("first_second")
    if shared and field.kind in JOINABLE:
        names.append("join")
    if field.custom_key and any(FACEBOOK_ID.fullmatch(cell) for cell in cells):
        names.append("tail")
    return [(name, str(HOW_WORDS[name])) for name in names] if len(names) > 1 else []


def _example(how: str, cells: list[str]) -> str:
    """Return "Day first: 03/04/2026 is 3 April 2026"."""
    sample = next((cell for cell in cells if values.NUMERIC_DATE.fullmatch(cell)), "03/04/2026")
    try:
        year, month, day = values.date(sample, how).split("-")
    except values.Unclear:
        return _("%(how)s: %(sample)s is no date") % {"how": HOW_WORDS[how], "sample": sample}
    when = date_format(dt.date(int(year), int(month), int(day)), "j F Y")
    place = {"how": HOW_WORDS[how], "sample": sample, "when": when}
    return _("%(how)s: %(sample)s is %(when)s") % place
