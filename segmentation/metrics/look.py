"""One look at a period: who was in which segment when, as all families of metrics read it.

Membership is that of the event's own moment: a post, a click or a decision counts for a segment
when its creator was a member then. The brand's whole base is counted alongside as if it were a
segment (WHOLE_BRAND), so that a benchmark can never be computed differently from the value beside
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction

from crm.choices import Source
from crm.models import Brand
from segmentation.metrics.statistics import Sums
from segmentation.metrics.stretches import counted, filling, sheets
from segmentation.metrics.stretches.counted import Counted
from segmentation.metrics.stretches.names import EXPLODED, KEPT, PASSING, SEGMENTS, holds, places
from segmentation.metrics.stretches.posted import SUMS

T = TypeVar("T")
WHOLE_BRAND = 0
LEDGER = "segmentation_membership"
WINDOWS = "scorecard_window"
UNITS = "scorecard_unit"

# A creator's times in segments, and what they did: one or two rows for each creator, whatever the
# number of segments. Rows of a `unit` are of one creator, who is counted once in its segments.
_VIEWS = f"""
CREATE TEMP VIEW {WINDOWS} AS
SELECT unit, creator_id, segments, since, coalesce(until, {{until}}) AS until,
  until IS NULL AS is_there, stage, platform_id, followers, followers_source
FROM {{table}} WHERE sheet_id = {{sheet}} AND kind <> 'part';
CREATE TEMP VIEW {UNITS} AS
SELECT unit, creator_id, segments, since,
  coalesce(posts, 0) AS posts, {", ".join(name for name in SUMS if name != "posts")}
FROM {{table}} WHERE sheet_id = {{sheet}} AND kind = 'unit'
"""  # noqa: S608 - names of ours
_SEGMENTS = f"""
CREATE TEMP TABLE {SEGMENTS} ON COMMIT DROP AS
SELECT * FROM unnest(%(all)s::bigint[], %(words)s::int[], %(flags)s::bigint[])
  AS of_set (segment_id, word, flag)"""  # noqa: S608 - a name of ours

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
FROM of_creator {EXPLODED}
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
    # What stretches come to.
    counted: Counted = field(default_factory=Counted, repr=False, compare=False)
    _read: dict[Callable[[Look], Any], Any] = field(default_factory=dict, repr=False, compare=False)

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

    def segments_of(self, words: Sequence[int]) -> list[int]:
        """The segments of a set, as it comes in rows."""
        return [key for place, key in enumerate(self.all_ids) if holds(words, place)]

    def rows(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        """The rows of a statement, by the names of its columns."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.values, **more})
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def once(self, read: Callable[[Look], T]) -> T:
        """What `read` finds: families that need the same numbers read them once."""
        if read not in self._read:
            self._read[read] = read(self)
        found: T = self._read[read]
        return found

    def execute(self, sql: str, **more: Any) -> None:
        """Do it."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.values, **more} if "%" in sql else None)


@dataclass(frozen=True)
class Tally:
    """The events of a segment: how many, the sums of a ratio by creator, and who told them."""

    n: int
    sums: Sums
    provenance: Mapping[Source, int]


NO_TALLY = Tally(0, Sums(), {})


@contextmanager
def looking(
    *,
    brand: Brand,
    segment_ids: Collection[int],
    start: datetime,
    until: datetime,
    stays: str = LEDGER,
    kept_to: datetime | None = None,
) -> Iterator[Look]:
    """A look at a period, with what it is added up from ready for statements to join.

    `kept_to` is the end of the quarter where that is kept for the next look at it.
    """
    look = Look(brand, tuple(sorted(segment_ids)), start, until, stays)
    with transaction.atomic():
        # Sorts and hashes of one row for each creator stay in memory up to some 100,000 creators.
        look.execute("SET LOCAL work_mem = '64MB'")
        # Straight after an import the tables have no statistics: the planner takes them for empty
        # and would compare every row with every other. What is left of nested loops has no other
        # way (LATERAL), and is not touched by this. Compiling costs more than it saves here.
        look.execute("SET LOCAL enable_nestloop = off")
        look.execute("SET LOCAL jit = off")
        # Helpers are worth starting for many creators only.
        look.execute("SET LOCAL parallel_setup_cost = 10000")
        # A few thousand rows tell the planner enough; of more, looking takes as long as the work.
        look.execute("SET LOCAL default_statistics_target = 10")
        # More than one period may be looked at in one transaction.
        look.execute(f"DROP TABLE IF EXISTS {SEGMENTS}, {PASSING} CASCADE")
        words, flags = places(look.all_ids)
        look.execute(_SEGMENTS, all=list(look.all_ids), words=words, flags=flags)
        look.execute(f"ANALYZE {SEGMENTS}")
        table, sheet, found = _stretches(look, kept_to)
        look.execute(f"DROP VIEW IF EXISTS {WINDOWS}, {UNITS}")
        moment = f"'{until.isoformat()}'::timestamptz"
        look.execute(_VIEWS.format(table=table, sheet=sheet, until=moment))
        yield replace(look, counted=found)
        look.execute(f"DROP VIEW {WINDOWS}, {UNITS}")
        look.execute(f"DROP TABLE {SEGMENTS}")
        look.execute("SET LOCAL enable_nestloop = on")
        look.execute("SET LOCAL parallel_setup_cost = DEFAULT")
        look.execute("SET LOCAL default_statistics_target = DEFAULT")


def _stretches(look: Look, kept_to: datetime | None) -> tuple[str, int, Counted]:
    """The table and the sheet of stretches of all who are looked at, and what they come to."""
    if kept_to is not None:
        sheet, found = sheets.keep(
            brand=look.brand,
            ends_at=kept_to,
            segments=list(look.all_ids),
            stays=look.stays,
            values=look.values,
        )
        return KEPT, sheet, found
    look.execute(f"CREATE TEMP TABLE {PASSING} (LIKE {KEPT}) ON COMMIT DROP")
    values = {**look.values, "sheet": 0}
    filling.fill(table=PASSING, stays=look.stays, segments=len(look.all_ids), values=values)
    look.execute(f"ANALYZE {PASSING} ({filling.TOLD_APART_BY})")
    return PASSING, 0, counted.of_everybody(PASSING, look.stays, values)


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
