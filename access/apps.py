"""The ground floor: users, teams, accounts, who may do what and who did it."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Users, teams, rights, provider accounts, audit."""

    name = "access"
    default_auto_field = "django.db.models.BigAutoField"
