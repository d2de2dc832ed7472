"""Lead lists, leads, contacts, imports."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Lead lists, leads, contacts, imports."""

    name = "leads"
    default_auto_field = "django.db.models.BigAutoField"
