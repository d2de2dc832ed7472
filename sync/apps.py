"""How saved records reach a provider."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """How saved records reach a provider."""

    name = "sync"
    default_auto_field = "django.db.models.BigAutoField"
