"""Campaigns and agents."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns and agents."""

    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make agents importable."""
        from campaigns.agent_target import AgentTarget
        from leads import targets

        targets.register(AgentTarget())
