"""One look at a period: who was in which segment when, as all families of metrics read it.

Membership is that of the event's own moment: a post, a click or a decision counts for a segment
when its creator was a member then. The brand's whole base is counted alongside as if it were a
segment (WHOLE_BRAND), so that a benchmark can never be computed differently from the value beside
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm.choices import Source
from crm.models import Brand
from segmentation.metrics.statistics import Sums

WHOLE_BRAND = 0
LEDGER = "segmentation_membership"
WINDOWS = "scorecard_window"

# Windows: a creator's stays that begin and end together (cut to the period), with the segments they
# are in: one or two rows for each creator, whatever the number of segments. A creator who left a
# segment and came back has the windows of that segment for itself, under one (negative) unit, and
# is so one creator. The order inside `segments` does not matter: another order is another group.
_WINDOWS = """
CREATE TEMP TABLE {windows} ON COMMIT DROP AS
WITH stay AS MATERIALIZED (
  SELECT m.segment_id, m.creator_id, greatest(m.entered_at, %(start)s) AS since,
    least(coalesce(m.left_at, %(until)s), %(until)s) AS until
  FROM {stays} m
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s)
  UNION ALL
  SELECT 0, r.creator_id, greatest(r.since, %(start)s), %(until)s
  FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.since < %(until)s
),
back AS MATERIALIZED (
  SELECT DISTINCT gone.segment_id, gone.creator_id
  FROM (SELECT * FROM stay WHERE until < %(until)s) gone
  JOIN (SELECT * FROM stay WHERE since > %(start)s) again
    ON again.segment_id = gone.segment_id AND again.creator_id = gone.creator_id
    AND again.since >= gone.until
)
SELECT row_number() OVER () AS unit, w.* FROM (
  SELECT s.creator_id, s.since, s.until, array_agg(s.segment_id) AS segments
  FROM stay s
  WHERE NOT EXISTS (
    SELECT FROM back b WHERE b.segment_id = s.segment_id AND b.creator_id = s.creator_id)
  GROUP BY s.creator_id, s.since, s.until
) w
UNION ALL
SELECT -dense_rank() OVER (ORDER BY s.segment_id, s.creator_id), s.creator_id, s.since, s.until,
  ARRAY[s.segment_id]
FROM stay s JOIN back b ON b.segment_id = s.segment_id AND b.creator_id = s.creator_id
"""

_OF_SOURCE = ", ".join(
    f"coalesce(sum(e.n) FILTER (WHERE e.source = '{source}'), 0) AS n_{source}"
    for source in Source.values
)
_SUM_OF_SOURCE = ", ".join(f"sum(n_{source})::bigint AS n_{source}" for source in Source.values)
# By creator first: a creator is one, however many events there are.
_EVENTS = f"""
WITH event AS ({{events}}),
of_creator AS (
  SELECT w.unit, any_value(w.segments) AS segments, e.part, sum(e.n) AS n,
    sum(e.y)::float8 AS y, sum(e.w)::float8 AS w, {_OF_SOURCE}
  FROM event e
  JOIN {WINDOWS} w ON w.creator_id = e.creator_id AND e.at >= w.since AND e.at < w.until
  WHERE e.at >= %(start)s AND e.at < %(until)s
  GROUP BY w.unit, e.part
)
SELECT segment_id, part, sum(n)::bigint AS n, count(*) AS creators, sum(y) AS y, sum(w) AS w,
  sum(y * y) AS yy, sum(y * w) AS yw, sum(w * w) AS ww, {_SUM_OF_SOURCE}
FROM of_creator CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
WHERE {{only}}
GROUP BY segment_id, part
"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class Look:
    """What is looked at: `segment_ids` of a brand, for the moments start <= t < until."""

    brand: Brand
    segment_ids: tuple[int, ...]
    start: datetime
    until: datetime
    stays: str = LEDGER

    @property
    def all_ids(self) -> tuple[int, ...]:
        """The segments, and the brand's whole base as one of them."""
        return WHOLE_BRAND, *self.segment_ids

    @property
    def values(self) -> dict[str, Any]:
        """What statements ask with."""
        return {
            "brand": self.brand.pk,
            "segments": list(self.segment_ids),
            "start": self.start,
            "until": self.until,
            "sources": Source.values,
        }

    def rows(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        """The rows of a statement, by the names of its columns."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.values, **more})
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def has_anybody(self) -> bool:
        """Whether anybody was a member, or known to the brand."""
        [row] = self.rows(f"SELECT EXISTS (SELECT FROM {WINDOWS}) AS there")  # noqa: S608 - ours
        return bool(row["there"])

    def execute(self, sql: str) -> None:
        """Do it."""
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)


@dataclass(frozen=True)
class Tally:
    """The events of a segment: how many, the sums of a ratio by creator, and who told them."""

    n: int
    sums: Sums
    provenance: Mapping[Source, int]


NO_TALLY = Tally(0, Sums(), {})


@contextmanager
def looking(
    *, brand: Brand, segment_ids: Collection[int], start: datetime, until: datetime, stays: str
) -> Iterator[Look]:
    """A look at a period, with its windows of membership ready for statements to join."""
    look = Look(brand, tuple(sorted(segment_ids)), start, until, stays)
    with transaction.atomic():
        # Sorts and hashes of one row for each creator stay in memory up to some 100,000 creators.
        look.execute("SET LOCAL work_mem = '64MB'")
        # Straight after an import the tables have no statistics: the planner takes them for empty
        # and would compare every row with every other. What is left of nested loops has no other
        # way (LATERAL), and is not touched by this.
        look.execute("SET LOCAL enable_nestloop = off")
        # More than one period may be looked at in one transaction.
        look.execute(f"DROP TABLE IF EXISTS {WINDOWS}")
        look.execute(_WINDOWS.format(windows=WINDOWS, stays=stays))
        look.execute(f"ANALYZE {WINDOWS}")
        yield look
        look.execute(f"DROP TABLE {WINDOWS}")
        look.execute("SET LOCAL enable_nestloop = on")


def tallies(
    look: Look, events: str, *, only: str = "true", **more: Any
) -> dict[int, dict[str, Tally]]:
    """Tally events by segment and part, each in the segments of its creator at its moment.

    `events` is a SELECT of creator_id, at, part (text), source (text), n, y, w; `only` says which
    creators count, by their sums of y and w. One statement,
    whatever the number of segments; meant for what a brand does, of which there are thousands, not
    for posts, of which there are millions.
    """
    found: dict[int, dict[str, Tally]] = defaultdict(dict)
    for row in look.rows(_EVENTS.format(events=events, only=only), **more):
        sums = Sums(**{name: row[name] for name in ("creators", "y", "w", "yy", "yw", "ww")})
        told = {source: row[f"n_{source}"] for source in Source if row[f"n_{source}"]}
        found[row["segment_id"]][row["part"]] = Tally(row["n"], sums, told)
    return found
