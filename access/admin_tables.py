"""What every table of Django's admin shares here: no full counts, and records nobody may edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Base = ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Base = admin.ModelAdmin
    Rows = admin.TabularInline

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most MOST_COUNTED rows: further down, search is quicker than pages."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or MOST_COUNTED when there are more."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MOST_COUNTED].count())


class Table(Base):
    """A table that stays quick with millions of rows."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ["-pk"]


class ReadOnly(Table):
    """A record of what happened: to be read, never changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False


class ReadOnlyInline(Rows):
    """Rows below a record of what happened."""

    extra = 0
    can_delete = False
    show_change_link = True
    max_num = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one."""
        return False


def by_digits(rows: QuerySet[Any], text: str) -> QuerySet[Any] | None:
    """Return the rows whose number starts or ends with the digits typed; None when it is no number.

    Ranges on `phone` and `phone_rev`, which both have an index; LIKE has none on SQLite.
    """
    digits = re.sub(r"[\s+().-]", "", text)
    if len(digits) < 3 or not re.fullmatch(r"[0-9]+", digits):
        return None
    found = Q(phone_rev__gte=digits[::-1], phone_rev__lt=f"{digits[::-1]}:")
    found |= Q(phone__gte=f"+{digits}", phone__lt=f"+{digits}:")
    return rows.filter(found)
