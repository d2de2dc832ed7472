"""Times as short as they can be read."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def when(at: datetime | None) -> str:
    """Return "10:17" today, "9 Nov" this year, "9 Nov 2025" before; "–" for never."""
    if at is None:
        return "–"
    local, now = timezone.localtime(at), timezone.localtime()
    if local.date() == now.date():
        return date_format(local, "H:i")
    return date_format(local, "j M" if local.year == now.year else "j M Y")


@register.filter
def moment(at: datetime) -> str:
    """Return a time to wait for: "10:17" today, "9 Nov, 00:17" on another day."""
    local = timezone.localtime(at)
    today = local.date() == timezone.localdate()
    return date_format(local, "H:i" if today else "j M, H:i")
