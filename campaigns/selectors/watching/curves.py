"""The numbers of a post by its age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.models import Post, PostMetricSnapshot
from crm.services.post_counts import COUNTS

# Numbers taken every hour for three weeks.
POINTS_MAX = 500
LABELS = {
    "likes": "Likes",
    "comments": "Comments",
    "saves": "Saves",
    "shares": "Shares",
    "views": "Views",
    "reach": "Reach",
    "impressions": "Impressions",
    "completions": "Seen or heard to the end",
    "opens": "Effect opened",
    "captures": "Captured with the effect",
    "downloads": "Downloads",
}


@dataclass(frozen=True)
class Point:
    """The numbers at a moment; None is unknown. `hours` None: nobody knows when it was posted."""

    captured_at: datetime
    hours: float | None
    source: str
    counts: Sequence[int | None]


@dataclass(frozen=True)
class Curve:
    """All that is known of a post's numbers, by time; only counts that are known at all."""

    names: Sequence[str]
    points: Sequence[Point]

    @property
    def labels(self) -> list[str]:
        """What the columns are called."""
        return [LABELS[name] for name in self.names]


def curve_of(post: Post) -> Curve:
    """The newest moments of a post, the oldest of them first: one query."""
    rows = list(
        PostMetricSnapshot.objects.filter(post=post).order_by("-captured_at", "-pk")[:POINTS_MAX]
    )
    rows.reverse()
    names = [name for name in COUNTS if any(getattr(row, name) is not None for row in rows)]
    return Curve(
        names,
        [
            Point(
                row.captured_at,
                (row.captured_at - post.posted_at) / timedelta(hours=1) if post.posted_at else None,
                row.get_source_display(),
                [getattr(row, name) for name in names],
            )
            for row in rows
        ],
    )


def chart_of(curve: Curve) -> dict[str, Any]:
    """A line for each count over the hours since the post was published."""
    return {
        "type": "line",
        "unit": "count",
        "connect": True,
        "x": [
            f"{point.hours:,.0f} h" if point.hours is not None else f"{point.captured_at:%Y-%m-%d}"
            for point in curve.points
        ],
        "series": [
            {"name": LABELS[name], "data": [point.counts[at] for point in curve.points]}
            for at, name in enumerate(curve.names)
        ],
    }
