"""Lead lists, leads, contacts, imports."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LeadsConfig(AppConfig):
    """Lead lists, leads, contacts, imports."""

    name = "leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register our lookup; see to the name index after every migrate."""
        from leads import lookups, name_index  # noqa: F401 - importing registers the lookup

        post_migrate.connect(name_index.after_migrate, sender=self)
