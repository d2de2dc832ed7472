"""Addresses of pages of other floors, which a campaign links to but must not import."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def page(name: str, *args: int | str, otherwise: str = "/") -> str:
    """Return the address of the page `name`, or `otherwise` where this installation has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return otherwise


def of_list(list_id: int) -> str:
    """Return the address of a lead list's page."""
    return page("leads:list", list_id, otherwise=f"/lists/{list_id}/")


def of_send(campaign_id: int) -> str:
    """Return where a campaign is handed to the ledger; "" where nothing can be sent."""
    return page("sync:send_campaign", campaign_id, otherwise="")
