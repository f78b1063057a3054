"""How words of searches and of posts are compared: the same SQL on both sides."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


def spoken(column: str) -> str:
    """SQL: a text without addresses, in small letters without accents, words apart by spaces."""
    without = f"regexp_replace({column}, '(https?://|www[.])[^[:space:]]+', ' ', 'gi')"
    return f"btrim(regexp_replace(crm_fold({without}), '[^[:alnum:]]+', ' ', 'g'))"


def folded(texts: Sequence[str]) -> list[str]:
    """Texts as they are compared, in their order; empty: they have no word. One query."""
    sql = f"SELECT {spoken('one')} FROM unnest(%s::text[]) WITH ORDINALITY AS t (one, n) ORDER BY n"  # noqa: S608 - own SQL
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(texts)])
        return [row[0] for row in cursor.fetchall()]
