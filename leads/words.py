"""What a word in the search box finds: a piece of a name, or of an email as people read one.

Of an email any piece before the @, and its domain from the beginning ("acme", "acme.co"): nearly
all emails end alike, and "com" should find Comal, not everybody. A word with an @ is a piece of
the whole ("rao@gma").
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Left, StrIndex

from leads import name_index
from leads.models import Lead

TRIGRAM = 3
MOST_WORDS = 5
NAMES = "{first_name last_name}"  # a column filter (sqlite.org/fts5.html, section 3.6)
# Where it is not found at all, SQLite's lower() does not know the letter: FTS5 has seen it.
AS_READ = (
    "(instr(lower(email), %s) < instr(email || '@', '@') OR instr(lower(email), '@' || %s) > 0)"
)


def with_words(records: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Keep the leads or contacts that every word of `text` finds, of its first five."""
    for word in text.split()[:MOST_WORDS]:
        records = with_word(records, word)
    return records


def with_word(records: QuerySet[Any], word: str) -> QuerySet[Any]:
    """Keep the leads or contacts that `word` finds; one or two letters begin a name."""
    if len(word) < TRIGRAM:
        return records.filter(Q(first_name__istartswith=word) | Q(last_name__istartswith=word))
    if records.model is Lead and connection.vendor == "postgresql":
        return _by_trigrams(records, word)
    if records.model is Lead and name_index.is_there(connection):
        return records.filter(pk__in=_in_full_text(word))
    return _by_scanning(records, word)


def _by_trigrams(records: QuerySet[Any], word: str) -> QuerySet[Any]:
    """PostgreSQL: every condition is one an index of leads/name_index.py answers."""
    before, at, domain = word.upper().partition("@")
    records = records.alias(
        words=_sql(name_index.POSTGRES_WORDS), domain=_sql(name_index.POSTGRES_DOMAIN)
    )
    there = Q(domain__startswith=domain if at else before)
    if at and len(before) >= TRIGRAM:
        return records.filter(words__contains=before, email__icontains=word)
    if at:
        return records.filter(there, email__icontains=word)
    return records.filter(Q(words__contains=before) | there)


def _sql(expression: str) -> RawSQL:
    return RawSQL(expression, (), output_field=TextField())  # noqa: S611 - a constant


def _in_full_text(word: str) -> RawSQL:
    """SQLite: the ids FTS5 has for a phrase; of emails only those that have it where it counts."""
    phrase = '"{}"'.format(word.replace('"', '""').replace("\0", ""))
    index, low = name_index.INDEX, word.lower()
    match = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608
    if "@" in word:
        return RawSQL(match, (f"email : {phrase}",))  # noqa: S611
    either = f"{match} UNION {match} AND {AS_READ}"
    return RawSQL(either, (f"{NAMES} : {phrase}", f"email : {phrase}", low, low))  # noqa: S611


def _by_scanning(records: QuerySet[Any], word: str) -> QuerySet[Any]:
    """The phone book, and leads where neither index could be had."""
    if "@" in word:
        return records.filter(email__icontains=word)
    sign = Value("@")
    before = Left("email", StrIndex(Concat("email", sign), sign) - 1)
    named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
    as_read = Q(before__icontains=word) | Q(email__icontains=f"@{word}")
    found: QuerySet[Any] = records.alias(before=before).filter(named | as_read)
    return found
