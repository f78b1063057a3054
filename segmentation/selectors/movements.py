"""Who moves in a run: between segments of a dimension, in and out of one, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from crm.paging import Order, Page, paginate
from segmentation.choices import ChangeKind
from segmentation.models import Change, Dimension, Run, RunSegment, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import Mover, movers_of

BY_NUMBER = Order("number", "pk", "pk")
MOST_FLOWS = 12
CSV_CHUNK = 2_000
CSV_HEAD = (
    "dimension",
    "segment",
    "kind",
    "cause",
    "held",
    "creator",
    "name",
    "what the rule read",
)


@dataclass(frozen=True)
class Flow:
    """How many creators go from one segment of a dimension to another; None: from or to none."""

    before: Segment | None
    after: Segment | None
    creators: int


@dataclass(frozen=True)
class DimensionFlow:
    """The largest flows of a single-valued dimension, and how many creators the others have."""

    dimension: Dimension
    flows: list[Flow]
    others: int


_FLOWS = """
SELECT dimension_id, before, after, count(*) FROM (
  SELECT s.dimension_id, c.creator_id,
    min(c.segment_id) FILTER (WHERE c.kind = %(left)s) AS before,
    min(c.segment_id) FILTER (WHERE c.kind = %(joined)s) AS after
  FROM segmentation_change c JOIN segmentation_segment s ON s.id = c.segment_id
  WHERE c.run_id = %(run)s AND c.segment_id = ANY(%(segments)s)
  GROUP BY s.dimension_id, c.creator_id
) moves GROUP BY dimension_id, before, after ORDER BY count(*) DESC, before, after
"""


def flows(run: Run, found: Sequence[RunSegment]) -> list[DimensionFlow]:
    """Between the segments of each single-valued dimension in which some join and some leave.

    Where nobody leaves, everybody comes from none, and the list of segments says it all: the first
    run of a brand, with a change for each creator, need not be added up. One statement.
    """
    by_dimension: dict[int, list[RunSegment]] = {}
    for row in found:
        if row.segment.dimension.is_exclusive:
            by_dimension.setdefault(row.segment.dimension_id, []).append(row)
    mixed = [
        rows
        for rows in by_dimension.values()
        if any(row.left for row in rows) and any(row.joined for row in rows)
    ]
    segments = {row.segment_id: row.segment for rows in mixed for row in rows if not row.is_held}
    if not segments:
        return []
    counts: dict[int, list[Flow]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _FLOWS,
            {
                "run": run.pk,
                "segments": list(segments),
                "joined": ChangeKind.JOINED,
                "left": ChangeKind.LEFT,
            },
        )
        for dimension, before, after, creators in cursor.fetchall():
            flow = Flow(segments.get(before), segments.get(after), creators)
            counts.setdefault(dimension, []).append(flow)
    return [
        DimensionFlow(
            rows[0].segment.dimension,
            of_dimension[:MOST_FLOWS],
            sum(flow.creators for flow in of_dimension[MOST_FLOWS:]),
        )
        for rows in mixed
        if (of_dimension := counts.get(rows[0].segment.dimension_id, []))
    ]


def movers(
    run: Run, dimension: Dimension, before: Segment | None, after: Segment | None
) -> QuerySet[Change]:
    """The changes of those who go from one segment of a dimension to another, or from or to none.

    That by which they join, or where they join none, that by which they leave.
    """
    kind, other = (ChangeKind.JOINED, before) if after else (ChangeKind.LEFT, None)
    rows = Change.objects.filter(run=run, segment=after or before, kind=kind)
    opposite = Change.objects.filter(
        run=run,
        segment__dimension=dimension,
        creator=OuterRef("creator"),
        kind=ChangeKind.LEFT if after else ChangeKind.JOINED,
    )
    if other is not None:
        return rows.filter(Exists(opposite.filter(segment=other)))
    return rows.filter(~Exists(opposite))


def movers_page(
    rows: QuerySet[Change], run: Run, *, facts: Catalogue, cursor: str | None, size: int = 50
) -> Page[Mover]:
    """Return a page of changes with their evidence. Raises crm.paging.BadCursor."""
    page: Page[Any] = paginate(rows.select_related("creator"), BY_NUMBER, cursor=cursor, size=size)
    return Page(movers_of(page.items, run.brand, facts), page.next, page.previous)


def csv_rows(rows: QuerySet[Change], run: Run, facts: Catalogue) -> Iterator[Sequence[object]]:
    """The lines of a change set as a table, with its head."""
    yield CSV_HEAD
    held = set(run.segments.filter(is_held=True).values_list("segment", flat=True))
    lines = rows.select_related("creator", "segment__dimension").order_by("pk")
    changes = lines.iterator(chunk_size=CSV_CHUNK)
    while chunk := list(islice(changes, CSV_CHUNK)):
        for mover in movers_of(chunk, run.brand, facts):
            change = mover.change
            yield (
                change.segment.dimension.key,
                change.segment.key,
                change.kind,
                change.cause,
                "yes" if change.segment_id in held else "no",
                change.creator.uid,
                change.creator.name,
                "; ".join(f"{line.label}: {line.words}" for line in mover.evidence),
            )
