"""Writing numbers for people."""

from __future__ import annotations

import phonenumbers
from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads import phone_words

register = template.Library()


@register.filter
def spaced(e164: str) -> str:
    """+919822000417 -> "+91 98220 00417"; anything else comes back as it is."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return str(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def country(region: str) -> str:
    """IN -> "India", in the reader's language."""
    return phone_words.country(region)


@register.filter
def phone_or_text(value: object) -> SafeString | str:
    """A value of a lead: numbers spaced, other text with its line breaks."""
    text = str(value)
    if text.startswith("+") and text[1:].isdigit():
        return phone(text)
    return linebreaksbr(text)


@register.filter
def phone(e164: str) -> SafeString:
    """A number that keeps its order in a right-to-left page and never breaks in two."""
    return format_html('<bdi class="nw" dir="ltr">{}</bdi>', spaced(e164))
