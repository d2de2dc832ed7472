"""Small tags the parts in templates/parts/ are built with."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """The input of a form field in our hand.

    Django adds aria-describedby (help and error) and aria-invalid; this adds the class, and what
    the caller names, with _ read as -: ``{% control field inputmode="tel" hx_get="/x/" %}``.
    """
    named: dict[str, str | bool] = {
        name.replace("_", "-"): value for name, value in attrs.items() if value != ""
    }
    if not isinstance(field.field.widget, forms.CheckboxInput | forms.RadioSelect):
        named["class"] = f"inp {named.get('class', '')}".strip()
    if isinstance(field.field.widget, forms.PasswordInput):
        named.setdefault("spellcheck", "false")
    return field.as_widget(attrs=named)


@register.filter
def shape(field: BoundField) -> str:
    """How a field is drawn: ``tick``, ``choice``, ``picks`` or ``line``."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "picks"
    if isinstance(widget, forms.RadioSelect):
        return "choice"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "line"


@register.filter
def first_id(field: BoundField) -> str:
    """The id an error summary jumps to; a group of radios has its id on the first one."""
    if shape(field) in ("choice", "picks"):
        return f"{field.auto_id}_0"
    return field.id_for_label or str(field.auto_id)


@register.filter
def about(field: BoundField, value: str) -> str:
    """The line under one choice, from ``field.widget.about = {value: text}``."""
    lines = getattr(field.field.widget, "about", {})
    return str(lines.get(str(value), ""))
