"""The site itself: commands and pages that cross apps."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Home of the commands that cross apps."""

    name = "telecrm_admin"
    label = "site"
    verbose_name = "telecrm-admin"

    def ready(self) -> None:
        """Register the checks that run at every start."""
        from telecrm_admin import checks  # noqa: F401 - registers by being imported
