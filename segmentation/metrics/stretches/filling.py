"""Fill rows of stretches, of everybody or of some, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from segmentation.metrics.stretches import ends, posted, spans
from segmentation.metrics.stretches.names import ENDS, POSTED, SCRATCH, SPANS

_TOLD = ", ".join(f"t.{name}" for name in posted.SUMS)
_ADDED = ", ".join(f"sum({name}) AS {name}" for name in posted.SUMS)
_COLUMNS = (
    "sheet_id, creator_id, number, kind, unit, segments, since, until, days, open_since, tracked, "
    f"source, {', '.join(posted.SUMS)}, stage, platform_id, followers, followers_source"
)
# What the planner has to know of the rows; sets of segments take long to look at.
TOLD_APART_BY = "sheet_id, creator_id, unit, kind, until, source, posts"
_SEVERAL = f"SELECT unit FROM {POSTED} GROUP BY unit HAVING count(*) > 1"  # noqa: S608 - ours
# Numbers stand in the first row of a unit; who was there at the end, in each that reaches it.
_FILL = f"""
INSERT INTO {{table}} ({_COLUMNS})
WITH several AS MATERIALIZED ({_SEVERAL}),
told AS (
  SELECT t.unit, t.source, {_TOLD} FROM {POSTED} t WHERE t.unit NOT IN (SELECT unit FROM several)
  UNION ALL
  SELECT unit, '', {_ADDED} FROM {POSTED}
  WHERE unit IN (SELECT unit FROM several) GROUP BY unit
)
SELECT %(sheet)s, s.creator_id, s.number, s.kind, s.unit, s.segments, s.since, s.until, s.days,
  s.open_since,
  s.kind = 'unit' AND (t.posts IS NOT NULL OR EXISTS (
    SELECT FROM crm_post p WHERE p.creator_id = s.creator_id AND p.posted_at < %(until)s)),
  coalesce(t.source, ''), {_TOLD}, e.stage, e.platform_id, e.followers, e.source
FROM {SPANS} s
LEFT JOIN told t ON t.unit = s.unit AND s.kind = 'unit'
LEFT JOIN {ENDS} e ON e.creator_id = s.creator_id AND s.until IS NULL
UNION ALL
SELECT %(sheet)s, s.creator_id, -row_number() OVER (PARTITION BY s.creator_id)::integer, 'part',
  s.unit, s.segments, s.since, s.until, NULL, NULL, NULL, t.source, {_TOLD}, NULL, NULL, NULL, NULL
FROM {POSTED} t JOIN {SPANS} s ON s.unit = t.unit AND s.kind = 'unit'
WHERE t.unit IN (SELECT unit FROM several)
"""  # noqa: S608 - names of ours


def fill(
    *, table: str, stays: str, segments: int, values: Mapping[str, Any], some: bool = False
) -> None:
    """Add rows to the table: of all creators, or of those in SOME.

    `values` are those of a look, and the `sheet` that the rows are of; `segments` counts the whole
    base, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join((*SCRATCH, spans.WHO))}")
        # Rows of everybody are read as they lie; those of some are looked up.
        with set_to(cursor, enable_indexscan="on" if some else "off"):
            for statement in spans.statements(stays=stays, segments=segments, some=some):
                cursor.execute(statement, values)
            # The planner takes groups for more than fit in memory and would sort all posts.
            with set_to(cursor, enable_sort="off", enable_nestloop="on" if some else "off"):
                cursor.execute(posted.STATEMENT, values)
        cursor.execute(f"ANALYZE {POSTED} (unit)")
        cursor.execute(ends.STATEMENT, values)
        cursor.execute(_FILL.format(table=table), values)
        cursor.execute(f"DROP TABLE {', '.join(SCRATCH)}")


@contextmanager
def set_to(cursor: CursorWrapper, **settings: str) -> Iterator[None]:
    """Let the planner plan so within a transaction, and then as before."""
    for name, value in settings.items():
        cursor.execute(f"SET LOCAL {name} = {value}")
    yield
    for name, value in settings.items():
        before = _BEFORE[name]
        if before != value:
            cursor.execute(f"SET LOCAL {name} = {before}")


# As `looking` leaves them.
_BEFORE = {"enable_indexscan": "on", "enable_sort": "on", "enable_nestloop": "off"}
