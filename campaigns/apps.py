"""Campaigns and agents."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns and agents."""

    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"
