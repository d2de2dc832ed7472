"""The site itself: commands and pages that cross apps."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Home of the commands that cross apps."""

    name = "telecrm_admin"
    label = "site"
    verbose_name = "telecrm-admin"

    def ready(self) -> None:
        """Register the checks that run at every start, and nudges where there is a broker."""
        from django.conf import settings

        from telecrm_admin import checks, nudging  # noqa: F401 - checks register themselves

        if settings.CELERY_BROKER_URL:
            nudging.start()
