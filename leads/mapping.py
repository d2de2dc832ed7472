"""Match the columns of a file to fields: as remembered, by name, by values.

A mapping is JSON: {"0": {"to": "phone", "how": "plain", "why": "name"}, ...}, one entry for each
column by its position. `to` is a field's key, "custom:<key>" or "" (left out). `how`:

    plain                    as it stands
    first_second             a phone cell with two numbers: first is phone, second alternate
    join                     several columns into one text, in their order
    DMY, MDY, YMD            how 03/04/2026 is meant
    tail                     Facebook's ids without their "l:" or "f:"

`why`: remembered, name, values, ours (a column of our own rejects file), or "".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Team
from leads import values
from leads.ad_forms import FACEBOOK_ID, FACEBOOK_OWN, is_facebook
from leads.column_names import PARTS, by_name, names_of, plain, whosever
from leads.formulas import restored
from leads.models import Import, ImportMemory
from leads.phones import PhoneReader
from leads.targets import Target, TargetField, target_of

Entry = dict[str, str]
Columns = dict[str, Entry]

REJECT_COLUMNS = ("row_number", "problem", "how_to_fix")
HOWS = ("plain", "first_second", "join", "DMY", "MDY", "YMD", "tail")
JOINABLE = frozenset(("text", "name", "full_name", "tags"))


class Unmatched(ValueError):
    """The columns cannot be used as they are matched; the message says which and what to do."""


def own_names(header: list[str]) -> list[str]:
    """Return a header as its file had it, before our rejects file defused a name like "+91"."""
    return [restored(name) for name in header] if our_columns(header) else header


def our_columns(header: Sequence[str]) -> set[int]:
    """Return the places of the columns our rejects file adds; none in anybody else's file."""
    if not set(REJECT_COLUMNS) <= set(header):
        return set()
    places = {name: place for place, name in enumerate(header)}
    # Ours come last: a column "problem" of the file itself is the first of the two.
    return {places.get(f"{name} (2)", places[name]) for name in REJECT_COLUMNS}


def header_key(header: Sequence[str]) -> str:
    """Return what a set of headers is remembered by: order, case and our own columns aside."""
    ours = our_columns(header)
    names = sorted(plain(name) for place, name in enumerate(header) if place not in ours)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def suggest(
    team: Team, kind: str, header: Sequence[str], samples: Sequence[Sequence[str]]
) -> Columns:
    """Return the best guess for every column, each with the reason why."""
    target = target_of(kind)
    fields = target.fields(team)
    remembered = recall(team, kind, header)
    if remembered:
        return remembered
    found: Columns = {str(place): {**_NOWHERE, "why": "ours"} for place in our_columns(header)}
    taken: set[str] = set()
    names, nobodys = names_of(fields), FACEBOOK_OWN if is_facebook(header) else None
    for read in (plain, whosever):
        for place, name in enumerate(header):
            is_free = str(place) not in found and name != nobodys
            field = by_name(read(name), names, taken) if is_free else None
            if field:
                found[str(place)] = _entry(field, _column(samples, place), "name")
                taken.update({field.key, *(PARTS if field.key == "full_name" else ())})
    _by_values(found, taken, fields, header, samples)
    _only_number(found, taken, target.key)
    for place in range(len(header)):
        found.setdefault(str(place), {**_NOWHERE})
    return found


_NOWHERE = {"to": "", "how": "plain", "why": ""}


def _column(samples: Sequence[Sequence[str]], place: int) -> list[str]:
    cells = [row[place].strip() for row in samples if place < len(row)]
    return [cell for cell in cells if cell]


def _entry(field: TargetField, cells: list[str], why: str) -> Entry:
    how = "plain"
    if field.kind == "date":
        how = date_order(cells)
    elif field.custom_key and cells and all(FACEBOOK_ID.fullmatch(cell) for cell in cells):
        how = "tail"
    return {"to": field.key, "how": how, "why": why}


def _by_values(
    found: Columns,
    taken: set[str],
    fields: list[TargetField],
    header: Sequence[str],
    samples: Sequence[Sequence[str]],
) -> None:
    """Give phone and email to the columns that hold them, where no header said so."""
    reader = PhoneReader("IN")

    def is_phone(cell: str) -> bool:
        return reader.read(cell).holds_number

    tests: dict[str, Callable[[str], bool]] = {
        "phone": is_phone,
        "alt_phone": is_phone,
        "email": lambda cell: bool(values.PLAIN_EMAIL.fullmatch(cell)),
    }
    known = {field.key: field for field in fields}
    second = {plain(word) for word in known["phone"].spellings} if "phone" in known else set()
    for key, test in tests.items():
        if key in taken or key not in known:
            continue
        best, best_share = -1, 0.5
        for place, name in enumerate(header):
            cells = _column(samples, place)
            if str(place) in found or not cells:
                continue
            if key == "alt_phone" and whosever(name) not in second:
                continue  # many a number is nobody's phone
            share = sum(map(test, cells)) / len(cells)
            if share > best_share:
                best, best_share = place, share
        if best >= 0:
            found[str(best)] = {"to": key, "how": "plain", "why": "values"}
            taken.add(key)


def _only_number(found: Columns, taken: set[str], key: str) -> None:
    """Where the only number is the WhatsApp or the alternate one, it is the phone."""
    for second in ("whatsapp", "alt_phone"):
        for entry in found.values():
            if key == "phone" and key not in taken and entry["to"] == second:
                entry["to"] = key
                taken.add(key)


def date_order(cells: Iterable[str]) -> str:
    """Return how the dates of a column are written: MDY only when no other reading is possible."""
    parts = [match for cell in cells if (match := values.NUMERIC_DATE.fullmatch(cell))]
    month_first = any(int(p[2]) > 12 for p in parts) and not any(int(p[1]) > 12 for p in parts)
    return "MDY" if month_first else "DMY"


def trouble(target: Target, team: Team, mapping: Columns, header: Sequence[str]) -> list[str]:
    """Return what is wrong with a mapping, a sentence each; empty when rows can be checked."""
    fields = {field.key: field for field in target.fields(team)}
    goes_to: dict[str, list[str]] = {}
    for place, entry in mapping.items():
        if entry["to"] and int(place) < len(header):
            goes_to.setdefault(entry["to"], []).append(place)
    found = []
    for key, places in goes_to.items():
        joined = all(mapping[place]["how"] == "join" for place in places)
        if len(places) > 1 and not joined:
            names = ", ".join(f"“{header[int(place)]}”" for place in places)
            label = fields[key].label if key in fields else key
            words = _("{columns} both go into {field}. Leave one out, or join them.")
            found.append(words.format(columns=names, field=label))
    for field in fields.values():
        ways = {field.key, "full_name"} if field.key == "first_name" else {field.key}
        if field.required and not ways & set(goes_to):
            words = _("No column holds the {field}. The file has: {columns}.")
            found.append(words.format(field=str(field.label).lower(), columns=", ".join(header)))
    return found


def choose(
    mapping: Columns,
    target: Target,
    team: Team,
    header: Sequence[str],
    choices: Mapping[str, str],
    new: Iterable[str] = (),
) -> Columns:
    """Return `mapping` with columns set by name: {"Mobile": "phone", "Rating": ""}.

    A field chosen for one column is taken from the one that was guessed. `new` are fields the
    import will make. Raises Unmatched for a column or field that does not exist.
    """
    fields = [*(field.key for field in target.fields(team)), *new]
    chosen = {place: dict(entry) for place, entry in mapping.items()}
    for column, wanted in choices.items():
        place = _place_of(column, header)
        key, _slash, how = wanted.partition("/")
        if key and key not in fields:
            words = _("There is no field “{field}”. Fields: {fields}.")
            raise Unmatched(words.format(field=key, fields=", ".join(fields)))
        if how and how not in HOWS:
            words = _("{field} cannot be read as “{how}”. Ways: {ways}.")
            raise Unmatched(words.format(field=key, how=how, ways=", ".join(HOWS)))
        for other in chosen.values():
            if key and other["to"] == key and how != "join":
                other.update(to="", why="")
        chosen[place] = {"to": key, "how": how or "plain", "why": "chosen"}
    return chosen


def _place_of(column: str, header: Sequence[str]) -> str:
    """Return where the column is that a person names, spelled as loosely as a header is read."""
    places = {plain(name): str(place) for place, name in enumerate(header)}
    if (place := places.get(plain(column))) is None:
        words = _("The file has no column “{column}”. It has: {columns}.")
        raise Unmatched(words.format(column=column, columns=", ".join(header)))
    return place


def memory_of(team: Team, kind: str, header: Sequence[str]) -> ImportMemory | None:
    """Return what is remembered of the last file with this set of headers, or None."""
    known = ImportMemory.objects.filter(team=team, kind=kind)
    return known.filter(header_key=header_key(header)).first()


def recall(team: Team, kind: str, header: Sequence[str]) -> Columns | None:
    """Return the mapping used last time for this set of headers, or None."""
    memory = memory_of(team, kind, header)
    if memory is None:
        return None
    known = {plain(name): entry for name, entry in memory.mapping.items()}
    ours = our_columns(header)
    found: Columns = {}
    for place, name in enumerate(header):
        entry = _NOWHERE if place in ours else known.get(plain(name), _NOWHERE)
        why = "ours" if place in ours else "remembered"
        found[str(place)] = {"to": entry["to"], "how": entry["how"], "why": why}
    return found


def remember(record: Import) -> None:
    """Keep how the columns of an import were matched, for the next file with these headers."""
    ours = our_columns(record.header)
    mapping = {
        name: {"to": entry["to"], "how": entry["how"]}
        for place, name in enumerate(record.header)
        if place not in ours and (entry := record.mapping.get(str(place)))
    }
    kept = {key: record.options[key] for key in ("country", "fixed") if key in record.options}
    ImportMemory.objects.update_or_create(
        team=record.team,
        kind=record.kind,
        header_key=record.header_key,
        defaults={
            "name": record.file_name[:100],
            "source": record.source,
            "mapping": mapping,
            "options": kept,
            "used_at": timezone.now(),
        },
    )
