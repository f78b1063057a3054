"""Fill rows of stretches, of everybody or of some, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from segmentation.metrics.stretches import ends, posted, spans
from segmentation.metrics.stretches.names import HELD, MANY, POSTED, SCRATCH, SEVERAL, SOME, SPANS

_TOLD = ", ".join(f"t.{name}" for name in posted.SUMS)
_ADDED = ", ".join(f"sum({name}) AS {name}" for name in posted.SUMS)
_AT_THE_END = ("stage", "platform_id", "followers", "followers_source")
_COLUMNS = (
    "sheet_id, creator_id, number, kind, unit, segments, since, until, days, open_since, tracked, "
    f"source, {', '.join((*posted.SUMS, *_AT_THE_END))}"
)
# What the planner has to know of the rows; sets of segments take long to look at.
TOLD_APART_BY = "sheet_id, creator_id, unit, kind, until, source, posts"
# Of few this is not known yet: each is looked up. An EXISTS would first gather all who ever posted.
_EVER_POSTED = """coalesce((SELECT true FROM crm_post p
    WHERE p.creator_id = s.creator_id AND p.posted_at < %(until)s LIMIT 1), false)"""
# A row of everybody who was there, with the segments in which they were the whole quarter, in one
# statement: what it joins comes in one order.
_FILL_WHOLE = f"""
INSERT INTO {{table}} ({_COLUMNS})
WITH {{whole}}, {{posted}}, {{platform}}
SELECT %(sheet)s, s.creator_id, 0, 'unit', s.creator_id * {MANY}, s.segments, %(start)s, NULL, 0,
  %(start)s, t.posts IS NOT NULL OR {_EVER_POSTED}, coalesce(t.source, ''), {_TOLD}, s.stage,
  p.platform_id, p.followers, p.source
FROM whole s
LEFT JOIN posted t ON t.unit = s.creator_id
LEFT JOIN platform p ON p.creator_id = s.creator_id
-- The index takes rows in its order at half the cost.
ORDER BY s.creator_id
"""  # noqa: S608 - names of ours
# Of them, those of whose posts several sources told.
_TOLD_BY_SEVERAL = f"""
INSERT INTO {SPANS} (creator_id, number, kind, unit, segments, since, until, days, open_since)
SELECT creator_id, number, kind, unit, segments, since, until, days, open_since FROM {{table}}
WHERE sheet_id = %(sheet)s AND number = 0 AND source = '' AND posts > 0"""  # noqa: S608 - ours
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
# Numbers stand in the first row of a unit; who was there at the end, in each that reaches it.
_FILL_SPANS = f"""
INSERT INTO {{table}} ({_COLUMNS})
SELECT %(sheet)s, s.creator_id, s.number, s.kind, s.unit, s.segments, s.since, s.until, s.days,
  s.open_since, s.kind = 'unit' AND w.tracked, coalesce(t.source, ''), {_TOLD},
  {", ".join(f"CASE WHEN s.until IS NULL THEN w.{name} END" for name in _AT_THE_END)}
FROM {SPANS} s
JOIN {{table}} w ON w.sheet_id = %(sheet)s AND w.creator_id = s.creator_id AND w.number = 0
LEFT JOIN {POSTED} t ON t.unit = s.unit AND s.kind = 'unit'
WHERE s.number > 0
ORDER BY s.creator_id
"""  # noqa: S608 - names of ours
# From this share of all on, creators are read as they lie instead of looked up.
_MANY = 0.2
# Whether the brand knows most creators; and how many numbers there are of an account, as far as
# the planner knows, of which eight are read in the time in which the newest is looked up.
_SIZES = """
SELECT 2 * (SELECT coalesce(sum(creators), 0) FROM crm_stagecount WHERE brand_id = %(brand)s)
    > (SELECT count(*) FROM crm_creator),
  (SELECT reltuples FROM pg_class WHERE oid = 'crm_metricsnapshot'::regclass)
    < 8 * (SELECT reltuples FROM pg_class WHERE oid = 'crm_profile'::regclass)"""


@dataclass(frozen=True)
class Way:
    """How the rows of everybody are found.

    only        a table of the creators that others' accounts and posts are left out by; empty:
                everybody is read, which is cheaper where most are looked at
    one_by_one  each account's newest number is looked up, instead of all read
    """

    only: str = ""
    one_by_one: bool = False


def way_of(cursor: CursorWrapper, values: Mapping[str, Any]) -> Way:
    """The cheaper way to read everybody; what is found is the same."""
    cursor.execute(_SIZES, values)
    of_most, has_few_numbers = cursor.fetchone()
    # Those in segments the whole quarter, as the same statement finds them.
    return Way(only="" if of_most else "whole", one_by_one=not has_few_numbers)


def fill(
    *, table: str, stays: str, segments: int, values: Mapping[str, Any], some: bool = False
) -> None:
    """Add rows to the table: of all creators, or of those in SOME, to one that has no others.

    `values` are those of a look, and the `sheet` that the rows are of; `segments` counts the whole
    base, too.
    """
    asked: dict[str, Any] = {"stays": stays, "segments": segments, "some": some}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(SCRATCH)}")
        if some:
            # There is no index of stays by creator: all of them are read, once.
            with set_to(cursor, enable_indexscan="off"):
                cursor.execute(spans.held(stays), values)
            cursor.execute(f"ANALYZE {HELD}")
        way = Way(only=SOME, one_by_one=True) if some else way_of(cursor, values)
        # Adding up what is sorted takes less than looking up each group in a large table.
        with set_to(cursor, enable_hashagg="off", enable_nestloop="on" if some else "off"):
            cursor.execute(whole_statement(table, way, **asked), values)
            wholes = cursor.rowcount
        with set_to(cursor, enable_indexscan="off"):
            cursor.execute(spans.statement(**asked), values)
            rows = cursor.rowcount
        cursor.execute(_TOLD_BY_SEVERAL.format(table=table), values)
        rows += cursor.rowcount
        if rows:
            _fill_spans(cursor, table, values, are_few=some or rows < _MANY * wholes)
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(SCRATCH)}")


def whole_statement(table: str, way: Way, *, stays: str, segments: int, some: bool) -> str:
    """What fills the rows of who was in segments the whole quarter."""
    return _FILL_WHOLE.format(
        table=table,
        whole=spans.whole(stays=stays, segments=segments, some=some),
        posted=posted.of_creators(only=way.only),
        platform=ends.platform(only=way.only, one_by_one=way.one_by_one),
    )


def spans_statement(table: str) -> str:
    """What fills the rows of SPANS, of creators who have a row already."""
    return _FILL_SPANS.format(table=table)


def _fill_spans(
    cursor: CursorWrapper, table: str, values: Mapping[str, Any], *, are_few: bool
) -> None:
    cursor.execute(f"ANALYZE {SPANS} (creator_id, number, unit, kind, until)")
    looked_up = "on" if are_few else "off"
    with set_to(cursor, enable_hashagg="off", enable_nestloop=looked_up):
        cursor.execute(posted.OF_SPANS, values)
    cursor.execute(_SEVERAL)
    if cursor.rowcount:
        cursor.execute(_PARTS.format(table=table), values)
        cursor.execute(_TOGETHER)
    cursor.execute(f"ANALYZE {POSTED} (unit)")
    with set_to(cursor, enable_nestloop=looked_up):
        cursor.execute(spans_statement(table), values)


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
_BEFORE = {
    "enable_indexscan": "on",
    "enable_hashagg": "on",
    "enable_nestloop": "off",
}
