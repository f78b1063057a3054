"""Keep CreatorMetrics, the row that lists and cards read, in step with snapshots and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from crm import performance

COLUMNS = (
    "followers",
    "followers_at",
    "followers_total",
    "follower_growth_90d",
    "primary_platform_id",
    "primary_handle",
    "platforms_count",
    "platforms",
    "engagement_rate",
    "engagement_posts",
    "engagement_source",
    "platform_rates",
    "view_rate",
    "avg_views",
    "avg_likes",
    "avg_comments",
    "posts_30d",
    "posts_90d",
    "posts_365d",
    "last_post_at",
    "video_share",
    "paid_share",
)


@transaction.atomic(savepoint=False)
def refresh_metrics(*, creator_ids: Sequence[int] | None, as_of: datetime) -> int:
    """Compute the metrics as of `as_of` for the creators, or for all when None.

    Writes only rows that differ, so a row's own `as_of` is the moment its numbers last changed.
    Returns how many rows were written.
    """
    if creator_ids is not None and not creator_ids:
        return 0
    statement = _statement(some=creator_ids is not None)
    values: dict[str, Any] = {**performance.parameters(as_of)}
    if creator_ids is not None:
        values["creator_ids"] = list(creator_ids)
    many = None if creator_ids is None else len(creator_ids)
    with performance.planned_for(many), connection.cursor() as cursor:
        cursor.execute(*performance.for_creators(statement, values, many))
        return int(cursor.rowcount)


@lru_cache(maxsize=2)
def _statement(*, some: bool) -> str:
    selection = performance.SOME_CREATORS if some else performance.EVERY_CREATOR
    listed = ", ".join(COLUMNS)
    # Rows are written in the order of ids: two refreshes at once wait instead of dead-locking.
    return f"""
INSERT INTO crm_creatormetrics AS m (creator_id, as_of, {listed})
SELECT creator_id, %(as_of)s, {listed} FROM ({performance.creator_metrics(selection)}) found
ORDER BY creator_id
ON CONFLICT (creator_id) DO UPDATE
SET as_of = excluded.as_of, {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
WHERE ({", ".join(f"m.{name}" for name in COLUMNS)})
  IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in COLUMNS)})"""  # noqa: S608 - own SQL
