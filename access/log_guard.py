"""The log of who did what cannot be changed, by a trigger in the database itself.

Two things stay allowed, for the law asks for them: erasing a person's data from a line (its label
and details, to fixed words; who did what and when stays), and removing lines older than a year.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "access_auditevent"
NAME = "audit_is_append_only"
KEPT = ("id", "at", "actor_id", "actor_label", "team_id", "kind", "target_kind", "target_id")
ERASED = "(erased)"
ERASED_DETAILS = {"erased": True}
KEEP_DAYS = 365
WORDS = "The log of who did what cannot be changed."


def install(connection: BaseDatabaseWrapper) -> None:
    """Refuse changes from now on; nothing when that is so already."""
    if is_installed(connection):
        return
    statements = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Allow changes again: tests empty their tables, and migrations may rebuild this one."""
    with connection.cursor() as cursor:
        for event in ("update", "delete", "truncate"):
            where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{event}{where}")


def is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database refuses changes of the log."""
    table, column = (
        ("pg_trigger", "tgname") if connection.vendor == "postgresql" else ("sqlite_master", "name")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE {column} IN (%s, %s)",  # noqa: S608 - constants
            [f"{NAME}_update", f"{NAME}_delete"],
        )
        return bool(cursor.fetchone()[0] == 2)


def _same(distinct: str) -> str:
    """Return SQL that is true when an update leaves the facts of a line as they are."""
    kept = " OR ".join(f"NEW.{name} {distinct} OLD.{name}" for name in (*KEPT, "count"))
    return f"NOT ({kept})"


_SQLITE = (
    f"""CREATE TRIGGER {NAME}_update BEFORE UPDATE ON {TABLE}
    WHEN NOT ({_same("IS NOT")} AND NEW.target_label = '{ERASED}'
              AND NEW.details = '{{"erased": true}}')
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
    f"""CREATE TRIGGER {NAME}_delete BEFORE DELETE ON {TABLE}
    WHEN OLD.at > datetime('now', '-{KEEP_DAYS} days')
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND {_same("IS DISTINCT FROM")} AND NEW.target_label = '{ERASED}'
         AND NEW.details = '{{"erased": true}}'::jsonb THEN
        RETURN NEW;
      ELSIF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{KEEP_DAYS} days' THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION '{WORDS}';
    END $$""",
    f"""CREATE TRIGGER {NAME}_update BEFORE UPDATE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {NAME}()""",
    f"""CREATE TRIGGER {NAME}_delete BEFORE DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {NAME}()""",
    f"""CREATE TRIGGER {NAME}_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()""",
)
