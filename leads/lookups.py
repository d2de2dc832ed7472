"""A lookup for long lists of values: one parameter, however many there are."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


@models.CharField.register_lookup
class Among(models.Lookup[Any]):
    """`phone__among={...}`: IN without a placeholder for each value, ten times cheaper to build.

    Takes a set: Django walks through lists and tuples looking for expressions.
    """

    lookup_name = "among"

    def get_prep_lookup(self) -> list[str]:
        """Return the values as texts."""
        return [str(value) for value in self.rhs]

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return the one parameter: an array on PostgreSQL, JSON on SQLite."""
        return "%s", [value if connection.vendor == "postgresql" else json.dumps(value)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        left, left_values = self.process_lhs(compiler, connection)
        _mark, values = self.get_db_prep_lookup(self.rhs, connection)
        if connection.vendor == "postgresql":
            return f"{left} = ANY(%s)", [*left_values, *values]
        inside = "IN (SELECT value FROM json_each(%s))"
        return f"{left} {inside}", [*left_values, *values]
