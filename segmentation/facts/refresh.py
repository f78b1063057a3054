"""Fill the fact table as of a moment: one statement for a brand, or for some of its creators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from crm import performance
from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.norms import refresh_norms
from segmentation.facts.query import COLUMNS, DEFINITION, facts_of_few, facts_query
from segmentation.models import FactsMoment


def parameters(brand: Brand, as_of: datetime, creator_ids: Sequence[int] | None) -> dict[str, Any]:
    """What `facts_query` needs."""
    values: dict[str, Any] = {**performance.parameters(as_of), "brand_id": brand.pk}
    if creator_ids is not None:
        values["creator_ids"] = list(creator_ids)
    return values


@transaction.atomic(savepoint=False)
def refresh_facts(
    *,
    brand: Brand,
    as_of: datetime,
    creator_ids: Sequence[int] | None = None,
    table: str = FACTS_TABLE,
    looked_at: bool = False,
    is_measured: bool = False,
) -> int:
    """Fill the facts of `brand` as of `as_of`, of all its creators or of `creator_ids`.

    Writes only rows that differ and leaves the segment masks as they are, so that a row's own
    `as_of` is when its facts last changed; that of all rows that were `looked_at`, where the caller
    says so. A creator whom the brand does not know as of the moment loses `known_since`, and the
    row once they are in no segment any more. Returns rows written. `is_measured` promises that
    crm.services.metrics was told to refresh the same creators as of the same moment.

    After a refresh of everybody come the peer norms, which are stored beside the table.
    """
    some = creator_ids is not None
    statement = _statement(table, some=some, looked_at=looked_at, is_measured=is_measured)
    values = parameters(brand, as_of, creator_ids)
    many = None if creator_ids is None else len(creator_ids)
    with performance.planned_for(many), connection.cursor() as cursor:
        cursor.execute(*performance.for_creators(statement, values, many))
        written = int(cursor.rowcount)
        if looked_at and written == many:
            return written  # the brand knows each of them
        for statement in _forget(table, some=some, looked_at=looked_at):
            cursor.execute(statement, values)
            written += int(cursor.rowcount)
        if creator_ids is None:
            refresh_norms(brand, as_of, table)
    if creator_ids is None and table == FACTS_TABLE:
        FactsMoment.objects.bulk_create(
            [FactsMoment(brand=brand, as_of=as_of, definition=DEFINITION)],
            update_conflicts=True,
            update_fields=["as_of", "definition"],
            unique_fields=["brand"],
        )
    return written


@lru_cache(maxsize=16)
def _statement(table: str, *, some: bool, looked_at: bool, is_measured: bool) -> str:
    """What fills the table."""
    query = facts_of_few() if is_measured else "".join(facts_query(some=some))
    listed = ", ".join(COLUMNS)
    # Rows are written in the order of ids, so that two writers wait instead of dead-locking.
    return f"""
INSERT INTO {table} AS f (brand_id, as_of, member_bits, unknown_bits, creator_id, {listed})
SELECT %(brand_id)s, %(as_of)s, '{{}}', '{{}}', found.*
FROM ({query} ORDER BY related.creator_id) found
ON CONFLICT (brand_id, creator_id) DO UPDATE
SET as_of = excluded.as_of, {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
{"" if looked_at else _DIFFERS}"""  # noqa: S608 - own names


_DIFFERS = f"""WHERE ({", ".join(f"f.{name}" for name in COLUMNS)})
  IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in COLUMNS)})"""


def _forget(table: str, *, some: bool, looked_at: bool) -> tuple[str, str]:
    """Statements for creators whom the brand does not know (any more) as of the moment."""
    only = "AND f.creator_id = ANY(%(creator_ids)s)" if some else ""
    differs = "" if looked_at else "AND f.known_since IS NOT NULL"
    return (
        f"""UPDATE {table} f SET known_since = NULL, as_of = %(as_of)s
WHERE f.brand_id = %(brand_id)s {differs} {only} AND NOT EXISTS (
  SELECT FROM crm_relationship r WHERE r.brand_id = %(brand_id)s AND r.creator_id = f.creator_id
    AND r.since <= %(as_of)s AND r.unprofiled_at IS NULL)""",  # noqa: S608 - names of ours
        f"""DELETE FROM {table} f
WHERE f.brand_id = %(brand_id)s AND f.known_since IS NULL AND 0 = ALL(f.member_bits) {only}""",  # noqa: S608 - names of ours
    )
