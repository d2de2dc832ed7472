"""A month of imported files, as reports count it and as the tables behind its figures show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.formats import date_format

from access.models import Team
from leads.models import Import

VALUE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass
class Month:
    """A calendar month in the team's own time zone."""

    first: date
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, team: Team) -> Month | None:
        """Return the month that is written as 2026-11; None for any other text."""
        found = VALUE.fullmatch(text)
        if found is None or int(found[1]) < 2:
            return None
        return cls(date(int(found[1]), int(found[2]), 1), ZoneInfo(team.time_zone))

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        after = (self.first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return datetime.combine(after, time(), self.zone)

    @property
    def value(self) -> str:
        """How the address names it: 2026-11."""
        return f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        """How people name it: November 2026."""
        return date_format(self.first, "F Y")


def files(team: Team, month: Month, **only: Any) -> QuerySet[Import]:
    """Return the files of leads imported in `month`; `only` narrows them by their own columns."""
    return Import.objects.filter(
        team=team,
        kind=Import.Kind.LEADS,
        state=Import.State.DONE,
        finished_at__gte=month.start,
        finished_at__lt=month.end,
        **only,
    )
