"""The peer: django-import-export as its documentation sets it up, numbers read by phonenumbers.

It can also be given our own reader of phones, which no user of it has: what is left between the
two is then the import alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tablib
from import_export import resources

from access.models import Team
from leads.models import Lead, LeadList
from leads.phones import PhoneReader

Reader = Callable[[str], str | None]
READER = PhoneReader("IN")


def our_reader(cell: str) -> str | None:
    """Return E.164 as our import reads it."""
    return READER.read(cell).e164


class LeadResource(resources.ModelResource):  # type: ignore[misc]
    """Rows matched by number within the list; repeats and bad numbers passed over."""

    class Meta:
        model = Lead
        fields = ("phone", "first_name", "email", "city", "comment")
        import_id_fields = ("phone",)
        clean_model_instances = True
        skip_unchanged = False

    def __init__(self, team: Team, lead_list: LeadList, read: Reader) -> None:
        super().__init__()
        self.team, self.lead_list, self.read, self.seen = team, lead_list, read, set[str]()

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Normalise the number."""
        row["phone"] = self.read(row["phone"]) or ""

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Pass over bad and repeated numbers."""
        number = row["phone"]
        if not number or number in self.seen:
            return True
        self.seen.add(number)
        return False

    def get_queryset(self) -> Any:
        """Look rows up in the list only, so that the unique index serves."""
        return Lead.objects.filter(lead_list=self.lead_list)

    def init_instance(self, row: Any = None) -> Lead:
        """Return a new lead of the list."""
        return Lead(lead_list=self.lead_list, team=self.team)

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Keep the reversed number, which bulk saving passes over."""
        instance.phone_rev = instance.phone[:0:-1]


class BulkLeadResource(LeadResource):
    """Its fastest mode: bulk, no diff, no lookup, no validation of the model."""

    class Meta(LeadResource.Meta):
        clean_model_instances = False
        use_bulk = True
        batch_size = 2000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True


def run(path: Path, team: Team, lead_list: LeadList, read: Reader, *, bulk: bool) -> int:
    """Dry-run and import a file; return its rows. Raises RuntimeError when rows failed."""
    kind = BulkLeadResource if bulk else LeadResource
    with path.open(encoding="utf-8", newline="") as file:
        dataset = tablib.Dataset().load(file.read(), format="csv")
    dataset.headers = ["first_name", "phone", "email", "city", "comment"]
    for dry_run in (True, False):
        result = kind(team, lead_list, read).import_data(
            dataset, dry_run=dry_run, raise_errors=False, use_transactions=True
        )
        if result.has_errors():
            raise RuntimeError(str(result.row_errors()[0][1][0].error))
    return len(dataset)
