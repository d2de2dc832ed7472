"""TeleCMI's ids of list parts: pasted by a person where the provider's answer carries none.

Seed 000 answers {code, msg} only, and no documented call lists the groups. An id we minted for a
lead looks the same, so each pasted one is held against ours before it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from leads.models import ListPart

ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
TOKEN = re.compile(r"\[([0-9a-z]{4,12})\]", re.IGNORECASE)

# Which of these ids we have given to leads: asked from above, because sync mints them.
IsOurs = Callable[[Sequence[str]], set[str]]
_lead_id_checks: list[IsOurs] = []


class NotAnId(ValueError):
    """The id cannot be the part's; the text says why, for people."""


def recognise_lead_ids(check: IsOurs) -> IsOurs:
    """Register who knows the ids we minted for leads (sync does when it starts)."""
    if check not in _lead_id_checks:
        _lead_id_checks.append(check)
    return check


def lead_ids_among(ids: Iterable[str]) -> set[str]:
    """Return those of `ids` that are ids of our leads, lower case."""
    wanted = sorted({one.lower() for one in ids})
    return {one for check in _lead_id_checks for one in check(wanted)} if wanted else set()


@dataclass
class Matched:
    """What a paste came to: ids by part, and each line that could not be used, with why."""

    by_part: dict[int, UUID] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def match(pasted: str, parts: Sequence[ListPart]) -> Matched:
    """Match pasted lines to parts by name or by the letters in brackets; writes nothing.

    Lines may come in any order, with tabs, commas or quotes; name and id may stand on two lines.
    A lone id is taken only when one part is left without one.
    """
    found = Matched()
    ours = lead_ids_among(ID.findall(pasted))
    lone: list[str] = []
    for name, number in _pairs(pasted):
        part = _part_of(name, parts)
        if number.lower() in ours:
            found.problems.append(_lead_id_words(number))
        elif part is None and TOKEN.search(name):
            words = _("No part is called “%(name)s”.")
            found.problems.append(words % {"name": name.strip()[:120]})
        elif part is None:
            lone.append(number)
        else:
            _take(found, part, number, parts)
    _place_lone(found, lone, parts)
    return found


def _pairs(pasted: str) -> list[tuple[str, str]]:
    """Return (words in front of the id, id) for each id, in order."""
    pairs = []
    at = 0
    for id_ in ID.finditer(pasted):
        before = pasted[at : id_.start()]
        line_end = pasted.find("\n", id_.end())
        after = pasted[id_.end() : line_end if line_end >= 0 else len(pasted)]
        behind = TOKEN.search(after) and not ID.search(after) and not TOKEN.search(before)
        pairs.append((after if behind else before, id_.group()))
        at = id_.end() + (len(after) if behind else 0)
    return [(re.sub(r"[\s\"',;|]+", " ", name).strip(), number) for name, number in pairs]


def _part_of(name: str, parts: Sequence[ListPart]) -> ListPart | None:
    tokens = {token.lower() for token in TOKEN.findall(name)}
    by_token = [part for part in parts if part.token.lower() in tokens]
    if len(by_token) == 1:
        return by_token[0]
    bare = " ".join(name.split()).casefold()
    return next((p for p in parts if p.wire_name and p.wire_name.casefold() == bare), None)


def _take(found: Matched, part: ListPart, number: str, parts: Sequence[ListPart]) -> None:
    known = UUID(number)
    names = {"name": part.wire_name}
    others = [p for p in parts if p.pk != part.pk and p.provider_leads_id == known]
    taken = [pk for pk, used in found.by_part.items() if used == known and pk != part.pk]
    if part.provider_leads_id not in (None, known):
        words = _("%(name)s has another id already. Remove that one first.") % names
        found.problems.append(words)
    elif others or taken:
        found.problems.append(_("The id of %(name)s belongs to another part.") % names)
    elif found.by_part.get(part.pk, known) != known:
        found.problems.append(_("%(name)s stands here with two different ids.") % names)
    else:
        found.by_part[part.pk] = known


def _place_lone(found: Matched, lone: Sequence[str], parts: Sequence[ListPart]) -> None:
    open_ = [p for p in parts if p.provider_leads_id is None and p.pk not in found.by_part]
    if len(lone) == 1 and len(open_) == 1 and not found.problems:
        _take(found, open_[0], lone[0], parts)
    elif lone:
        words = _("%(count)s ids stand here without a name. Copy the name with the id.")
        found.problems.append(words % {"count": len(lone)})


def _lead_id_words(number: str) -> str:
    return _("%(id)s is the id of one lead, not of a list. Copy it from TeleCMI, Leads.") % {
        "id": number
    }


def save(found: Matched) -> int:
    """Write the matched ids to their parts; return how many parts got one."""
    for part_id, number in found.by_part.items():
        ListPart.objects.filter(pk=part_id).update(provider_leads_id=number)
    return len(found.by_part)


def set_one(part: ListPart, number: UUID) -> None:
    """Give one part its id; raises NotAnId."""
    if lead_ids_among([str(number)]):
        raise NotAnId(_lead_id_words(str(number)))
    same = ListPart.objects.filter(account=part.account_id, provider_leads_id=number)
    if other := same.exclude(pk=part.pk).first():
        raise NotAnId(_("This id belongs to %(name)s.") % {"name": other.wire_name})
    part.provider_leads_id = number
    part.save(update_fields=["provider_leads_id"])
