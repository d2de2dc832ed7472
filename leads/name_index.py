"""The index behind "find a lead by a piece of a name or an email", on both databases.

SQLite: an FTS5 trigram table over the leads table, kept by triggers. PostgreSQL: pg_trgm over names
and what stands before the @, and the domains in order: their trigrams, nearly the same in every
lead, cost an import more than those of the names (docs/decisions/0014). Both are looked after on
every `migrate`, not in one migration: SQLite drops triggers whenever Django rebuilds the table.
Where neither can be had, search works by scanning and is slower.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

TABLE = "leads_lead"
INDEX = "leads_lead_words"
COLUMNS = ("first_name", "last_name", "email")
# The very expressions the PostgreSQL indexes are on; words.py repeats them through these names.
POSTGRES_WORDS = (
    "UPPER(leads_lead.first_name || ' ' || leads_lead.last_name || ' ' ||"
    " split_part(leads_lead.email, '@', 1))"
)
POSTGRES_DOMAIN = "UPPER(split_part(leads_lead.email, '@', 2))"
POSTGRES = {
    "leads_lead_pieces": f"USING gin (({POSTGRES_WORDS}) gin_trgm_ops)",
    # Not without the empty ones: PostgreSQL would make no estimate from the figures of a part.
    "leads_lead_domains": f"(team_id, ({POSTGRES_DOMAIN}) text_pattern_ops)",
}

_names = ", ".join(COLUMNS)
_new = ", ".join(f"new.{column}" for column in COLUMNS)
_old = ", ".join(f"old.{column}" for column in COLUMNS)
_forget = f"INSERT INTO {INDEX}({INDEX}, rowid, {_names}) VALUES ('delete', old.id, {_old});"  # noqa: S608
_learn = f"INSERT INTO {INDEX}(rowid, {_names}) VALUES (new.id, {_new});"  # noqa: S608
TRIGGERS = {
    f"{INDEX}_insert": f"AFTER INSERT ON {TABLE} BEGIN {_learn} END",
    f"{INDEX}_delete": f"AFTER DELETE ON {TABLE} BEGIN {_forget} END",
    f"{INDEX}_update": f"AFTER UPDATE OF {_names} ON {TABLE} BEGIN {_forget} {_learn} END",
}


def after_migrate(using: str, **_: Any) -> None:
    """Signal receiver: see that the index is there."""
    ensure(connections[using])


def ensure(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing; harmless to repeat."""
    if TABLE not in connection.introspection.table_names():
        return
    try:
        with transaction.atomic(connection.alias):
            (_sqlite if connection.vendor == "sqlite" else _postgresql)(connection)
    except DatabaseError as error:
        log.warning("Names are searched without an index: %s", error)


def is_there(connection: BaseDatabaseWrapper) -> bool:
    """Return whether SQLite's index exists; PostgreSQL uses its own by itself."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [INDEX])
        return cursor.fetchone() is not None


def _sqlite(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5("
            f"{_names}, content='{TABLE}', content_rowid='id', tokenize='trigram')"
        )
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {name for (name,) in cursor.fetchall()}
        missing = [name for name in TRIGGERS if name not in present]
        for name in missing:
            cursor.execute(f"CREATE TRIGGER {name} {TRIGGERS[name]}")
        if missing:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # noqa: S608


def _postgresql(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")  # with domains, before 0014
        for name, on in POSTGRES.items():
            bare = on.replace(f"{TABLE}.", "")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {TABLE} {bare}")
