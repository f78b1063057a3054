"""Compare the facts with a computation from nothing: the proof that bringing them forward is exact.

Nothing is brought forward by it: each row is computed anew for the moment it stands for. What
differs is a fault; its creators go to the outbox, which computes them and moves them where they
belong.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction

from crm import performance
from crm.models import Brand, FactChange
from crm.services.facts import mark_changed
from segmentation.facts.query import COLUMNS, facts_query
from segmentation.facts.refresh import parameters
from segmentation.models import CreatorFacts, FactsMoment

logger = logging.getLogger(__name__)

BATCH = 20_000


def check_facts(*, brand: Brand, at: datetime) -> int | None:
    """Return how many creators' facts differ from what they should be, and have those put right.

    None where there is nothing to compare with: facts were never computed, or wait to be.
    """
    known = FactsMoment.objects.filter(brand=brand).first()
    if known is None or FactChange.objects.filter(brand=brand, creator=None).exists():
        return None
    # Newer rows are of single creators, computed from nothing each.
    rows = CreatorFacts.objects.filter(brand=brand, as_of__lte=known.as_of)
    ids = list(rows.order_by("creator_id").values_list("creator_id", flat=True))
    wrong: list[int] = []
    for start in range(0, len(ids), BATCH):
        wrong += _wrong(brand, known.as_of, ids[start : start + BATCH])
    if wrong:
        logger.error(
            "%s: the facts of %s creators are not what a new computation finds, creator %s first",
            brand,
            len(wrong),
            wrong[0],
        )
        mark_changed(brand=brand, creator_ids=wrong, cause="check")
    FactsMoment.objects.filter(brand=brand).update(checked_at=at, differences=len(wrong))
    return len(wrong)


def _wrong(brand: Brand, as_of: datetime, creator_ids: list[int]) -> list[int]:
    """Those of the creators whose row differs, and of whom no change waits to be looked at."""
    named, query = facts_query(some=True)
    stored = ", ".join(f"f.{name}" for name in COLUMNS)
    found = ", ".join(f"found.{name}" for name in COLUMNS)
    statement = f"""{named}
SELECT f.creator_id FROM segmentation_creatorfacts f
LEFT JOIN ({query}) found ON found.creator_id = f.creator_id
WHERE f.brand_id = %(brand_id)s AND f.creator_id = ANY(%(creator_ids)s) AND f.as_of <= %(as_of)s
  AND f.known_since IS NOT NULL AND ({stored}) IS DISTINCT FROM ({found})
  AND NOT EXISTS (SELECT FROM crm_factchange c WHERE c.creator_id = f.creator_id
    AND (c.brand_id IS NULL OR c.brand_id = f.brand_id))
ORDER BY f.creator_id"""  # noqa: S608 - names of ours
    # A transaction: what the planner is told holds within one.
    with (
        transaction.atomic(),
        performance.planned_for(len(creator_ids)),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, parameters(brand, as_of, creator_ids))
        return [row[0] for row in cursor.fetchall()]
