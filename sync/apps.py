"""How saved records reach a provider."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """How saved records reach a provider."""

    name = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floors below who knows where a lead stands, and which ids we minted."""
        from campaigns import ids
        from leads import standing
        from sync import launch, lead_marks

        standing.answer_with(lead_marks)
        ids.recognise_lead_ids(launch.lead_ids_among)
