"""What a Telecrm workspace has: fields with their labels, statuses, codes of actions.

Telecrm drops in silence what its workspace does not know, so what is read here is checked against
before anything leaves. No document shows the exact shape of the answer: it is read tolerantly, and
what is not found is not checked.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import answers
from .answers import Body
from .base import Json

MOST = 500  # fields, labels of one field, actions: more is no workspace


def workspace(body: Body) -> dict[str, Json]:
    """Return what is worth keeping of a metadata answer.

    Keys: identifier, kinds {api name: type}, choices {api name: labels}, statuses, actions
    {code: name}; each empty where the answer does not say.
    """
    named = body.named
    inner = named.get("data")
    if isinstance(inner, Mapping):
        named = inner
    folded = {key.casefold(): held for key, held in named.items()}
    fields = answers.rows(folded.get("fields"))[:MOST]
    kinds = {name: answers.first_text(row, ("type",)) for row in fields if (name := _name(row))}
    choices = {name: held for row in fields if (name := _name(row)) and (held := _options(row))}
    of_status = [
        choices[name] for name, kind in kinds.items() if kind == "status" and name in choices
    ]
    return {
        "identifier": answers.first_text(folded, ("leadidentifierfieldid",)),
        "kinds": kinds,
        "choices": choices,
        "statuses": labels(folded.get("statuses")) or (of_status[0] if of_status else []),
        "actions": _actions(folded.get("actions")),
    }


def _name(row: Mapping[str, Json]) -> str:
    return answers.first_text(row, ("apiName", "api_name", "name"))


def _options(row: Mapping[str, Json]) -> list[str]:
    return labels(row.get("options"))


def _actions(held: Json) -> dict[str, str]:
    rows = answers.rows(held)[:MOST]
    named = ((answers.first_text(row, ("code", "type", "id")), row) for row in rows)
    return {code: answers.first_text(row, ("name", "displayName")) for code, row in named if code}


def labels(held: Json) -> list[str]:
    """Return the labels in a list of texts, or of objects that carry one."""
    if not isinstance(held, list):
        return []
    found = (
        answers.first_text(one, ("label", "name", "value")) if isinstance(one, dict) else one
        for one in held[:MOST]
    )
    return [answers.clean(one).strip() for one in found if isinstance(one, str) and one.strip()]
