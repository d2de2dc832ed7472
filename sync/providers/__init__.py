"""The providers, by slug. A new one is a module beside these and one line here."""

from __future__ import annotations

from .base import Provider
from .smartflo import Smartflo
from .telecmi import TeleCMI
from .telecrm import Telecrm

_ALL: tuple[Provider, ...] = (TeleCMI(), Telecrm(), Smartflo())

PROVIDERS: dict[str, Provider] = {provider.slug: provider for provider in _ALL}


def get(slug: str) -> Provider:
    """Return the provider called `slug`; raises KeyError for one that is not known."""
    return PROVIDERS[slug]


def choices() -> list[tuple[str, str]]:
    """Return (slug, name) of every provider, for a select box."""
    return [(provider.slug, provider.name) for provider in _ALL]
