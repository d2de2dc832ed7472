"""Words of the import check: kinds of problems, and what was chosen for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from leads.importing import problems

register = template.Library()


@register.filter
def kind_title(code: str) -> str:
    """What the rows of a kind have in common."""
    return problems.title(code)


@register.filter
def how_words(how: str) -> str:
    """What a fix for a whole kind says on its button."""
    return problems.how_words(how) if how else ""


@register.filter
def at(values: Mapping[str, Any], key: str) -> Any:
    """The value under a key."""
    return values.get(key, "")
