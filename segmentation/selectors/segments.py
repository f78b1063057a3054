"""What the list of segments and the page of one segment show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from crm.models import Brand, StageCount
from segmentation.choices import ChangeKind, RunStatus, SegmentStatus
from segmentation.facts.links import IN_USE
from segmentation.metrics.catalogue import kpi_label
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import (
    Change,
    Dimension,
    Override,
    Playbook,
    Run,
    RunSegment,
    Segment,
    SegmentExample,
)
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import Mover, fact_label, movers_of
from segmentation.selectors.uses import Uses, uses_of
from segmentation.selectors.versions import VersionLine, version_lines, version_prose
from segmentation.services.playbooks import playbook_of

# Runs looked through for a segment's last change.
RECENT_RUNS = 200
QUARTERS_SHOWN = 9
MOVERS_SHOWN = 10
OVERRIDES_SHOWN = 50


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
    # Dimensions that hold no segment yet.
    empty: list[Dimension]


def segments_page(segments: QuerySet[Segment], brand: Brand) -> SegmentsPage:
    """Return the list page for `segments`, a queryset of the brand's. Four statements."""
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
    held = Segment.objects.filter(dimension=OuterRef("pk")).exclude(status=SegmentStatus.ARCHIVED)
    empty = Dimension.objects.filter(~Exists(held), brand=brand).order_by("position", "key")
    return SegmentsPage(blocks, base, list(empty))


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
class LastMoves:
    """What the last applied run did to a segment; the lists hold the first few."""

    found: RunSegment
    joiners: list[Mover]
    leavers: list[Mover]
    # By label: of how many a fact was missing, and how many were near its threshold.
    missing: list[tuple[str, int]]
    near: list[tuple[str, int]]


@dataclass(frozen=True)
class SegmentPage:
    """All of a segment's page but its members, which come a page at a time."""

    segment: Segment
    prose: str
    primary_kpi: str
    kpis: list[str]
    versions: list[VersionLine]
    history: list[QuarterSize]
    last: LastMoves | None
    # The run that will be the first to find members; None: there was one, or none is on its way.
    counting: Run | None
    base: int
    playbook: Playbook
    examples_in: list[SegmentExample]
    examples_out: list[SegmentExample]
    overrides: list[Override]
    uses: Uses

    @property
    def has_playbook(self) -> bool:
        """Whether anybody has written anything."""
        return self.playbook.updated_at is not None


def find_segment(brand: Brand, key: str) -> Segment | None:
    """Return the brand's segment with this key and all that its page says about it."""
    return (
        Segment.objects.filter(brand=brand, key=key)
        .select_related("brand", "dimension", "owner", "active_version__author")
        .first()
    )


def segment_page(segment: Segment, *, at: datetime, facts: Catalogue) -> SegmentPage:
    """Return the page of a segment from `find_segment`, at the moment `at`."""
    examples = list(segment.examples.select_related("creator"))
    last = _last_moves(segment, facts)
    return SegmentPage(
        segment=segment,
        prose=version_prose(segment.active_version, facts) if segment.active_version else "",
        primary_kpi=kpi_label(segment.primary_kpi),
        kpis=[kpi_label(key) for key in segment.kpis],
        versions=version_lines(segment, facts),
        history=size_history(segment, at=at),
        last=last,
        counting=_first_run(segment) if last is None else None,
        base=base_size(segment.brand),
        playbook=playbook_of(segment),
        examples_in=[one for one in examples if one.belongs],
        examples_out=[one for one in examples if not one.belongs],
        overrides=list(
            Override.objects.filter(segment=segment)
            .in_force(at)
            .select_related("creator", "author")[:OVERRIDES_SHOWN]
        ),
        uses=uses_of(segment),
    )


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


def moves_chart(history: Sequence[QuarterSize]) -> dict[str, Any]:
    """Return who came and went by quarter as static/js/charts.js draws it."""
    return {
        "type": "bar",
        "unit": "count",
        "x": [row.quarter for row in history],
        "series": [
            {"name": "Joined", "data": [row.joined for row in history]},
            {"name": "Left", "data": [row.left for row in history]},
        ],
    }


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
        joiners=_movers(found, ChangeKind.JOINED, segment, facts),
        leavers=_movers(found, ChangeKind.LEFT, segment, facts),
        missing=_by_label(found.missing, facts),
        near=_by_label(found.near, facts),
    )


def _first_run(segment: Segment) -> Run | None:
    """The newest run that looks at the segment and is not through."""
    if segment.status not in IN_USE:
        return None
    not_through = [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING]
    runs = Run.objects.filter(brand=segment.brand_id, status__in=not_through, is_dry=False)
    ours = runs.filter(Q(dimension=None) | Q(dimension=segment.dimension_id))
    # One that waits has written down what it found: perhaps before there was the segment.
    found = ours.exclude(Q(status=RunStatus.WAITING) & ~Q(segments__segment=segment))
    return found.order_by("-pk").first()


def _by_label(counts: Mapping[str, int], facts: Catalogue) -> list[tuple[str, int]]:
    """Facts by what people read, the most frequent first."""
    labelled = [(fact_label(name, facts), creators) for name, creators in counts.items()]
    return sorted(labelled, key=lambda pair: (-pair[1], pair[0]))


def _movers(found: RunSegment, kind: ChangeKind, segment: Segment, facts: Catalogue) -> list[Mover]:
    changes = Change.objects.filter(run=found.run_id, segment=segment, kind=kind)
    newest = changes.select_related("creator").order_by("pk")[:MOVERS_SHOWN]
    return movers_of(list(newest), segment.brand, facts)
