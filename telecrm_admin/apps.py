"""The site itself: commands and pages that cross apps."""

from django import forms
from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """Home of the commands that cross apps."""

    name = "telecrm_admin"
    label = "site"
    verbose_name = "telecrm-admin"

    def ready(self) -> None:
        """Register checks, our words for an empty field, and nudges where there is a broker."""
        from telecrm_admin import checks, nudging  # noqa: F401 - checks register themselves

        forms.Field.default_error_messages["required"] = _("Fill this in.")
        if settings.CELERY_BROKER_URL:
            nudging.start()
