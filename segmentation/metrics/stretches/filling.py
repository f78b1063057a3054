"""Fill rows of stretches, of everybody or of some, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from segmentation.metrics.stretches import ends, posted, spans
from segmentation.metrics.stretches.names import POSTED, SCRATCH, SEVERAL, SPANS

_TOLD = ", ".join(f"t.{name}" for name in posted.SUMS)
_ADDED = ", ".join(f"sum({name}) AS {name}" for name in posted.SUMS)
_COLUMNS = (
    "sheet_id, creator_id, number, kind, unit, segments, since, until, days, open_since, tracked, "
    f"source, {', '.join(posted.SUMS)}, stage, platform_id, followers, followers_source"
)
# What the planner has to know of the rows; sets of segments take long to look at.
TOLD_APART_BY = "sheet_id, creator_id, unit, kind, until, source, posts"
# Units of whose posts several sources told: a row for each of these, and one for all together.
_SEVERAL = f"""
CREATE TEMP TABLE {SEVERAL} ON COMMIT DROP AS
SELECT unit FROM {POSTED} GROUP BY unit HAVING count(*) > 1"""  # noqa: S608 - names of ours
_PARTS = f"""
INSERT INTO {{table}} ({_COLUMNS})
SELECT %(sheet)s, s.creator_id, -row_number() OVER (PARTITION BY s.creator_id)::integer, 'part',
  s.unit, s.segments, s.since, s.until, NULL, NULL, NULL, t.source, {_TOLD}, NULL, NULL, NULL, NULL
FROM {POSTED} t JOIN {SPANS} s ON s.unit = t.unit AND s.kind = 'unit'
WHERE t.unit IN (SELECT unit FROM {SEVERAL})
"""  # noqa: S608 - names of ours
_TOGETHER = f"""
WITH gone AS (
  DELETE FROM {POSTED} WHERE unit IN (SELECT unit FROM {SEVERAL}) RETURNING *
)
INSERT INTO {POSTED} (unit, source, {", ".join(posted.SUMS)})
SELECT unit, '', {_ADDED} FROM gone GROUP BY unit
"""  # noqa: S608 - names of ours
# Of few this is not known yet: each is looked up. An EXISTS would first gather all who ever posted.
_EVER_POSTED = """coalesce((SELECT true FROM crm_post p
    WHERE p.creator_id = s.creator_id AND p.posted_at < %(until)s LIMIT 1), false)"""
# Numbers stand in the first row of a unit; who was there at the end, in each that reaches it.
_FILL = f"""
INSERT INTO {{table}} ({_COLUMNS})
WITH {{ends}}
SELECT %(sheet)s, s.creator_id, s.number, s.kind, s.unit, s.segments, s.since, s.until, s.days,
  s.open_since, s.kind = 'unit' AND (t.posts IS NOT NULL OR {_EVER_POSTED}),
  coalesce(t.source, ''), {_TOLD}, e.stage, p.platform_id, p.followers, p.source
FROM {SPANS} s
LEFT JOIN {POSTED} t ON t.unit = s.unit AND s.kind = 'unit'
LEFT JOIN stage e ON e.creator_id = s.creator_id AND s.until IS NULL
LEFT JOIN platform p ON p.creator_id = s.creator_id AND s.until IS NULL
-- The index takes rows in its order at half the cost.
ORDER BY s.creator_id
"""  # noqa: S608 - names of ours


def fill(
    *, table: str, stays: str, segments: int, values: Mapping[str, Any], some: bool = False
) -> None:
    """Add rows to the table: of all creators, or of those in SOME.

    `values` are those of a look, and the `sheet` that the rows are of; `segments` counts the whole
    base, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(SCRATCH)}")
        # Rows of everybody are read as they lie; those of some are looked up.
        looked_up = "on" if some else "off"
        with set_to(cursor, enable_indexscan=looked_up):
            for statement in spans.statements(stays=stays, segments=segments, some=some):
                cursor.execute(statement, values)
            of_all = not some and _are_most(cursor)
            # Adding up what is sorted takes less than looking up each group in a large table.
            with set_to(cursor, enable_hashagg="off", enable_nestloop=looked_up):
                cursor.execute(posted.statement(of_all=of_all), values)
            cursor.execute(posted.TO_UNITS, values)
        cursor.execute(_SEVERAL)
        if cursor.rowcount:
            cursor.execute(_PARTS.format(table=table), values)
            cursor.execute(_TOGETHER)
        cursor.execute(f"ANALYZE {POSTED} (unit)")
        with set_to(cursor, enable_nestloop=looked_up):
            cursor.execute(_FILL.format(table=table, ends=ends.queries(of_all=of_all)), values)
        cursor.execute(f"DROP TABLE {', '.join(SCRATCH)}")


def _are_most(cursor: CursorWrapper) -> bool:
    """Whether most creators are looked at."""
    cursor.execute(
        f"SELECT 2 * (SELECT count(*) FROM {SPANS}) > (SELECT count(*) FROM crm_creator)"  # noqa: S608 - ours
    )
    return bool(cursor.fetchone()[0])


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
_BEFORE = {"enable_indexscan": "on", "enable_hashagg": "on", "enable_nestloop": "off"}
