"""Who moved between the segments of each dimension from one moment to another, by the ledger.

Where a creator has one segment at a time (exclusive dimensions) or one that counts (those with
precedence), each creator flows from one to another. Elsewhere each segment is looked at by itself:
who stays in, who comes from outside, who goes outside. Creators whom the brand did not know at the
earlier moment are new: they arrive, but they have not moved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from django.db import connection

from crm.models import Brand
from segmentation.models import Dimension, Segment

# States beside the keys of segments, which have no colon.
NONE = ":none"
NEW = ":new"
NAMES = {NONE: "In none", NEW: "Not known then"}
# Flows kept of a dimension, the largest ones; what is left out is counted.
MOST_FLOWS = 300

EFFECTIVE = "effective"
EACH = "each"


class SegmentFlow(TypedDict):
    """What became of the members of a segment."""

    key: str
    name: str
    before: int
    after: int
    joined: int
    left: int


class DimensionFlows(TypedDict):
    """A dimension in a drift report, as it is stored."""

    dimension: str
    name: str
    # effective: a creator is in one place; each: in any number of segments, looked at one by one.
    kind: str
    # Creators known at both moments, and those of them whose place (or set of segments) differs.
    known: int
    moved: int
    names: dict[str, str]
    # From, to, creators; the largest first.
    flows: list[tuple[str, str, int]]
    flows_left_out: int
    segments: list[SegmentFlow]


@dataclass(frozen=True)
class Flows:
    """All dimensions, and how many creators the brand knew then, now and at both moments."""

    dimensions: list[DimensionFlows]
    since: int
    until: int


@dataclass
class _Found:
    """What the statement counted for a dimension."""

    moved: int = 0
    arrived: int = 0
    effective: Counter[tuple[str, str]] = field(default_factory=Counter)
    each: Counter[tuple[str, str]] = field(default_factory=Counter)


# The members of the brand at either moment: by segment, then by creator with the first segment in
# order. `early` is whether the brand knew the creator at the earlier moment.
_FLOWS = """
WITH place AS (
  SELECT id, dimension_id, row_number() OVER (ORDER BY position, key, id) AS rank
  FROM segmentation_segment WHERE brand_id = %(brand)s
), known AS MATERIALIZED (
  SELECT creator_id, since <= %(since)s AS early
  FROM crm_relationship WHERE brand_id = %(brand)s AND since <= %(until)s
), stay AS MATERIALIZED (
  SELECT p.dimension_id, p.id AS segment_id, p.rank, m.creator_id, k.early,
    bool_or(k.early AND m.entered_at <= %(since)s) AS before,
    bool_or(m.left_at IS NULL OR m.left_at > %(until)s) AS after
  FROM segmentation_membership m
  JOIN place p ON p.id = m.segment_id
  JOIN known k ON k.creator_id = m.creator_id
  WHERE m.entered_at <= %(until)s AND (m.left_at IS NULL OR m.left_at > %(since)s)
  GROUP BY p.dimension_id, p.id, p.rank, m.creator_id, k.early
), first AS (
  SELECT dimension_id, creator_id, early,
    min(rank) FILTER (WHERE before) AS before, min(rank) FILTER (WHERE after) AS after,
    bool_or(before <> after) AS differs
  FROM stay GROUP BY dimension_id, creator_id, early
)
SELECT 'each' AS kind, dimension_id, segment_id AS before, segment_id AS after, early,
  before AS was, after AS is_now, count(*) AS creators
FROM stay WHERE before OR after GROUP BY dimension_id, segment_id, early, before, after
UNION ALL
SELECT 'effective', f.dimension_id, b.id, a.id, f.early, f.differs, NULL, count(*)
FROM first f LEFT JOIN place b ON b.rank = f.before LEFT JOIN place a ON a.rank = f.after
WHERE f.before IS NOT NULL OR f.after IS NOT NULL
GROUP BY f.dimension_id, b.id, a.id, f.early, f.differs
"""
_KNOWN = """
SELECT count(*) FILTER (WHERE since <= %(since)s), count(*)
FROM crm_relationship WHERE brand_id = %(brand)s AND since <= %(until)s
"""


def read_flows(*, brand: Brand, since: datetime, until: datetime) -> Flows:
    """Count the flows of all dimensions in two statements, whatever the number of creators."""
    asked: dict[str, Any] = {"brand": brand.pk, "since": since, "until": until}
    segments = {one.pk: one for one in Segment.objects.filter(brand=brand)}
    found: dict[int, _Found] = defaultdict(_Found)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, asked)
        early, late = cursor.fetchone()
        cursor.execute(_FLOWS, asked)
        for kind, dimension, before, after, knew, was, is_now, creators in cursor.fetchall():
            one = found[dimension]
            if kind == EACH:
                key = segments[before].key
                source = key if was else (NONE if knew else NEW)
                one.each[source, key if is_now else NONE] += creators
            else:
                source = segments[before].key if before else (NONE if knew else NEW)
                target = segments[after].key if after else NONE
                one.effective[source, target] += creators
                one.arrived += 0 if knew else creators
                # `was` is whether the set of segments differs.
                one.moved += creators if knew and was else 0
    order = Dimension.objects.filter(brand=brand).order_by("position", "key")
    by_dimension: dict[int, list[Segment]] = defaultdict(list)
    for segment in sorted(segments.values(), key=lambda one: (one.position, one.key)):
        by_dimension[segment.dimension_id].append(segment)
    return Flows(
        dimensions=[
            _dimension(dimension, by_dimension[dimension.pk], found[dimension.pk], early, late)
            for dimension in order
            if dimension.pk in found
        ],
        since=early,
        until=late,
    )


def _dimension(
    dimension: Dimension, segments: list[Segment], found: _Found, early: int, late: int
) -> DimensionFlows:
    is_one = dimension.is_exclusive or dimension.has_precedence
    flows = Counter(found.effective if is_one else found.each)
    if is_one:
        moved = sum(n for (source, to), n in flows.items() if source not in {NEW, to})
        # Those who are in no segment at either moment have no stay to be counted by.
        known = sum(n for (source, _), n in flows.items() if source != NEW)
        arrived = sum(n for (source, _), n in flows.items() if source == NEW)
        flows[NONE, NONE] += early - known
        flows[NEW, NONE] += late - early - arrived
    else:
        moved = found.moved
    # The rows by segment count every member, also of those that are not the effective one.
    lines = [_segment(one, found.each) for one in segments]
    kept = [line for line in lines if line["before"] or line["after"]]
    ordered = sorted(
        ((source, to, n) for (source, to), n in flows.items() if n),
        key=lambda flow: (-flow[2], flow[0], flow[1]),
    )
    used = {end for source, to, _ in ordered[:MOST_FLOWS] for end in (source, to)}
    names = {one.key: one.name for one in segments if one.key in used}
    return DimensionFlows(
        dimension=dimension.key,
        name=dimension.name,
        kind=EFFECTIVE if is_one else EACH,
        known=early,
        moved=moved,
        names=names | {key: NAMES[key] for key in (NONE, NEW) if key in used},
        flows=ordered[:MOST_FLOWS],
        flows_left_out=sum(n for *_, n in ordered[MOST_FLOWS:]),
        segments=kept,
    )


def _segment(segment: Segment, each: Counter[tuple[str, str]]) -> SegmentFlow:
    key = segment.key
    stayed = each[key, key]
    left = each[key, NONE]
    joined = each[NONE, key] + each[NEW, key]
    return SegmentFlow(
        key=key,
        name=segment.name,
        before=stayed + left,
        after=stayed + joined,
        joined=joined,
        left=left,
    )
