"""How saved records reach a provider."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """How saved records reach a provider."""

    name = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the leads pages who knows where a lead stands."""
        from leads import standing
        from sync import lead_marks

        standing.answer_with(lead_marks)
