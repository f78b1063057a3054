"""What the list of segments and the page of one segment show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Sum

from crm.models import Brand, StageCount
from crm.paging import Order, Page, paginate
from segmentation.choices import ChangeKind, RunStatus
from segmentation.metrics.catalogue import kpi_label
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Change, Dimension, Membership, Run, RunSegment, Segment
from segmentation.rules import json_form, prose
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import Evidence, evidence_in_words

# Runs looked through for a segment's last change.
RECENT_RUNS = 200
QUARTERS_SHOWN = 9
MOVERS_SHOWN = 10
VERSIONS_SHOWN = 10

_METRICS = "creator__metrics__"
MEMBER_ORDERS = {
    "-followers": Order(
        "-followers",
        f"{_METRICS}followers",
        f"{_METRICS}creator_id",
        descending=True,
        nullable=True,
        tie_of_unknown="creator_id",
    ),
    "-since": Order("-since", "entered_at", "creator_id", descending=True),
    "name": Order("name", "creator__name", "creator_id"),
}
MEMBER_SORTS = {"-followers": "Most followers", "-since": "Newest members", "name": "Name, A to Z"}


def base_size(brand: Brand) -> int:
    """Return how many creators the brand has a relationship with, from the stored counts."""
    found: int | None = StageCount.objects.filter(brand=brand).aggregate(n=Sum("creators"))["n"]
    return found or 0


# --- the list --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SegmentLine:
    """A segment in the list: its share of the brand's creators and the last run that moved any."""

    segment: Segment
    share: float | None
    change: RunSegment | None


@dataclass(frozen=True)
class DimensionBlock:
    """A dimension with its segments, in order of precedence."""

    dimension: Dimension
    lines: list[SegmentLine]


@dataclass(frozen=True)
class SegmentsPage:
    """The list of segments by dimension; `base` is the number of the brand's creators."""

    blocks: list[DimensionBlock]
    base: int


def segments_page(segments: QuerySet[Segment], brand: Brand) -> SegmentsPage:
    """Return the list page for `segments`, a queryset of the brand's. Three statements."""
    base = base_size(brand)
    changes = _last_changes(brand)
    found = segments.select_related("dimension", "owner").order_by(
        "dimension__position", "dimension__key", "position", "key"
    )
    blocks = []
    for _, group in groupby(found, key=lambda segment: segment.dimension_id):
        lines = [
            SegmentLine(
                segment=segment,
                share=segment.members_count / base if base else None,
                change=changes.get(segment.pk),
            )
            for segment in group
        ]
        blocks.append(DimensionBlock(lines[0].segment.dimension, lines))
    return SegmentsPage(blocks, base)


def _last_changes(brand: Brand) -> dict[int, RunSegment]:
    """Return by segment the newest applied run in which somebody joined or left."""
    recent = (
        Run.objects.filter(brand=brand, status=RunStatus.APPLIED)
        .order_by("-created_at")
        .values("pk")[:RECENT_RUNS]
    )
    found = (
        RunSegment.objects.filter(run__in=recent)
        .exclude(joined=0, left=0)
        .select_related("run")
        .order_by("segment_id", "-run__as_of", "-run_id")
        .distinct("segment_id")
    )
    return {row.segment_id: row for row in found}


# --- one segment -----------------------------------------------------------------------------


@dataclass(frozen=True)
class QuarterSize:
    """A segment's members at the end of a fiscal quarter (or now), and who came and went."""

    quarter: str
    size: int
    joined: int
    left: int
    is_running: bool


@dataclass(frozen=True)
class Mover:
    """Somebody who joined or left in a run, and the values that made it so."""

    change: Change
    evidence: list[Evidence]


@dataclass(frozen=True)
class LastMoves:
    """What the last applied run did to a segment; the lists hold the first few."""

    found: RunSegment
    joiners: list[Mover]
    leavers: list[Mover]


@dataclass(frozen=True)
class SegmentPage:
    """All of a segment's page but its members, which come a page at a time."""

    segment: Segment
    prose: str
    primary_kpi: str
    kpis: list[str]
    versions: list[Any]
    history: list[QuarterSize]
    last: LastMoves | None
    base: int


def find_segment(brand: Brand, key: str) -> Segment | None:
    """Return the brand's segment with this key and all that its page says about it."""
    return (
        Segment.objects.filter(brand=brand, key=key)
        .select_related("brand", "dimension", "owner", "active_version__author")
        .first()
    )


def segment_page(segment: Segment, *, at: datetime, facts: Catalogue) -> SegmentPage:
    """Return the page of a segment from `find_segment`, at the moment `at`."""
    return SegmentPage(
        segment=segment,
        prose=rule_prose(segment, facts),
        primary_kpi=kpi_label(segment.primary_kpi),
        kpis=[kpi_label(key) for key in segment.kpis],
        versions=list(segment.versions.select_related("author")[:VERSIONS_SHOWN]),
        history=size_history(segment, at=at),
        last=_last_moves(segment, facts),
        base=base_size(segment.brand),
    )


def rule_prose(segment: Segment, facts: Catalogue) -> str:
    """Return the active rule as a sentence; empty where there is none or it cannot be read."""
    if segment.active_version is None:
        return ""
    try:
        return prose.in_words(json_form.load(segment.active_version.rule), facts)
    except RuleInvalid:
        return ""


_MOVES = """
SELECT place, sum(came)::bigint, sum(gone)::bigint FROM (
  SELECT width_bucket(entered_at, %(starts)s::timestamptz[]) AS place, 1 AS came, 0 AS gone
  FROM segmentation_membership WHERE segment_id = %(segment)s AND entered_at <= %(at)s
  UNION ALL
  SELECT width_bucket(left_at, %(starts)s::timestamptz[]), 0, 1
  FROM segmentation_membership WHERE segment_id = %(segment)s AND left_at <= %(at)s
) moves GROUP BY place
"""


def size_history(segment: Segment, *, at: datetime) -> list[QuarterSize]:
    """Return sizes by fiscal quarter up to `at`, oldest first, from the ledger in one statement.

    Begins with the first quarter that had a member, nine quarters back at most.
    """
    calendar = calendar_of(segment.brand)
    current = quarter_of(at, calendar)
    quarters = [current.shift(-back) for back in range(QUARTERS_SHOWN - 1, -1, -1)]
    starts = [quarter_bounds(quarter, calendar).start for quarter in quarters]
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, {"segment": segment.pk, "starts": starts, "at": at})
        moves = {place: (came, gone) for place, came, gone in cursor.fetchall()}
    # Bucket 0 is all that came before the first quarter shown.
    came, gone = moves.get(0, (0, 0))
    size = came - gone
    history: list[QuarterSize] = []
    for place, quarter in enumerate(quarters, 1):
        came, gone = moves.get(place, (0, 0))
        size += came - gone
        if history or size or came:
            history.append(QuarterSize(str(quarter), size, came, gone, quarter == current))
    return history


def size_chart(history: Sequence[QuarterSize]) -> dict[str, Any]:
    """Return the history as static/js/charts.js draws it."""
    return {
        "type": "line",
        "unit": "count",
        "x": [row.quarter for row in history],
        "series": [{"name": "Members", "data": [row.size for row in history]}],
    }


def _last_moves(segment: Segment, facts: Catalogue) -> LastMoves | None:
    found = (
        RunSegment.objects.filter(segment=segment, run__status=RunStatus.APPLIED)
        .select_related("run")
        .order_by("-run__applied_at", "-run_id")
        .first()
    )
    if found is None:
        return None
    return LastMoves(
        found,
        joiners=list(_movers(found, ChangeKind.JOINED, segment, facts)),
        leavers=list(_movers(found, ChangeKind.LEFT, segment, facts)),
    )


def _movers(
    found: RunSegment, kind: ChangeKind, segment: Segment, facts: Catalogue
) -> Iterator[Mover]:
    calendar = calendar_of(segment.brand)
    changes = Change.objects.filter(run=found.run_id, segment=segment, kind=kind)
    for change in changes.select_related("creator").order_by("pk")[:MOVERS_SHOWN]:
        yield Mover(change, evidence_in_words(change.evidence, facts, calendar))


# --- its members -----------------------------------------------------------------------------


def members(segment: Segment) -> QuerySet[Membership, Any]:
    """Return the open stays with what a list of members shows, as dicts."""
    return Membership.objects.filter(segment=segment, left_at=None).values(
        "entered_at",
        uid=F("creator__uid"),
        name=F("creator__name"),
        handle=F(f"{_METRICS}primary_handle"),
        platform=F(f"{_METRICS}primary_platform__name"),
        followers=F(f"{_METRICS}followers"),
        engagement_rate=F(f"{_METRICS}engagement_rate"),
        country=F("creator__country"),
    )


def members_page(
    segment: Segment, *, sort: str, cursor: str | None, size: int = 50
) -> Page[dict[str, Any]]:
    """Return a page of members in one of MEMBER_ORDERS. Raises crm.paging.BadCursor."""
    return paginate(members(segment), MEMBER_ORDERS[sort], cursor=cursor, size=size)
