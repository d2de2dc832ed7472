"""Time zones a manager chooses from, by the name of the place; the command line takes any."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as lazy

from campaigns import clock

PLACES = {
    "Asia/Kolkata": lazy("India"),
    "Asia/Kathmandu": lazy("Nepal"),
    "Asia/Dhaka": lazy("Bangladesh"),
    "Asia/Colombo": lazy("Sri Lanka"),
    "Asia/Karachi": lazy("Pakistan"),
    "Asia/Dubai": lazy("United Arab Emirates"),
    "Asia/Muscat": lazy("Oman"),
    "Asia/Qatar": lazy("Qatar"),
    "Asia/Riyadh": lazy("Saudi Arabia"),
    "Asia/Kuwait": lazy("Kuwait"),
    "Asia/Bahrain": lazy("Bahrain"),
    "Asia/Bangkok": lazy("Thailand"),
    "Asia/Jakarta": lazy("Indonesia, west"),
    "Asia/Kuala_Lumpur": lazy("Malaysia"),
    "Asia/Singapore": lazy("Singapore"),
    "Asia/Manila": lazy("Philippines"),
    "Asia/Hong_Kong": lazy("Hong Kong"),
    "Asia/Tokyo": lazy("Japan"),
    "Australia/Perth": lazy("Australia, Perth"),
    "Australia/Sydney": lazy("Australia, Sydney"),
    "Pacific/Auckland": lazy("New Zealand"),
    "Africa/Nairobi": lazy("Kenya"),
    "Africa/Johannesburg": lazy("South Africa"),
    "Africa/Lagos": lazy("Nigeria"),
    "Africa/Cairo": lazy("Egypt"),
    "Europe/London": lazy("United Kingdom"),
    "Europe/Dublin": lazy("Ireland"),
    "Europe/Paris": lazy("France"),
    "Europe/Berlin": lazy("Germany"),
    "Europe/Madrid": lazy("Spain"),
    "Europe/Rome": lazy("Italy"),
    "America/New_York": lazy("United States, New York"),
    "America/Chicago": lazy("United States, Chicago"),
    "America/Denver": lazy("United States, Denver"),
    "America/Phoenix": lazy("United States, Phoenix"),
    "America/Los_Angeles": lazy("United States, Los Angeles"),
    "America/Toronto": lazy("Canada, Toronto"),
    "America/Vancouver": lazy("Canada, Vancouver"),
    "America/Sao_Paulo": lazy("Brazil, São Paulo"),
    "UTC": lazy("World time"),
}


def choices(day: date, *more: str) -> list[tuple[str, str]]:
    """Return (zone, "India, +05:30") for the form; offsets of `day`, zones of `more` first."""
    extra = [zone for zone in dict.fromkeys(more) if zone]
    order = [*extra, *(zone for zone in PLACES if zone not in extra)]
    return [(zone, f"{PLACES.get(zone, zone)}, {_offset(zone, day)}") for zone in order]


def _offset(zone: str, day: date) -> str:
    try:
        return clock.offset(zone, day)
    except clock.UnknownZone:
        return "?"
