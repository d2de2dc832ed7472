"""Tables of the admin whose rows come from files and are found by number or name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from access.admin_tables import Table, by_digits
from leads.words import with_words


class WithImport(Table):
    """A table whose rows come from files: its Import button opens the import pages."""

    change_list_template = "admin/with_import.html"
    import_kind = "leads"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Draw the table with the address of the import pages."""
        try:
            address = f"{reverse('leads:import_new')}?kind={self.import_kind}"
        except NoReverseMatch:
            address = ""
        return super().changelist_view(request, (extra_context or {}) | {"import_url": address})


class PhoneSearch(WithImport):
    """Search: digits are the start or the end of a number, anything else a piece of a name."""

    search_fields = ["phone"]
    search_help_text = _("First or last digits of a number, or three letters of a name or email")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by index; see leads/words.py."""
        if not search_term.strip():
            return queryset, False
        numbers = by_digits(queryset, search_term)
        if numbers is not None:
            return numbers, False
        return with_words(queryset, search_term), False
