"""A filter of leads with a name, for one person or the whole team."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import Team, TeamOwnedQuerySet, User


class SavedView(models.Model):
    """A tab over the leads table: `query` is the query string of a `searching.LeadFilter`.

    `owner` is empty for a view the whole team sees.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
