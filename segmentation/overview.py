"""What segments bring to the overview: the newest run, drift, scorecards, what to tidy up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Max
from django.urls import reverse

from crm.choices import Scope
from crm.overview import Asked, Figure, Part, Tile, kept, link
from segmentation.choices import RunStatus, Trigger
from segmentation.models import DriftAlert, Run, Scorecard
from segmentation.selectors.hygiene import hygiene

KEPT_SECONDS = 600
RECENT = timedelta(days=30)


def runs(asked: Asked) -> Tile:
    """The newest run of the segments as a whole, runs that wait, and drift."""
    rows = Run.objects.filter(brand=asked.brand)
    last = (
        rows.filter(finished_at__isnull=False)
        .exclude(trigger=Trigger.FACTS)
        .order_by("-created_at", "-pk")
        .first()
    )
    waiting = rows.filter(status=RunStatus.WAITING).count()
    alerts = DriftAlert.objects.filter(
        run__brand=asked.brand, created_at__gt=asked.at - RECENT
    ).count()
    figures = [
        Figure("Runs that wait for approval", f"{waiting:,}", link(asked, "segmentation:runs")),
        Figure(
            "Drift in the last 30 days",
            f"{alerts:,}",
            link(asked, "segmentation:drift"),
            "dimensions that moved more than they may",
        ),
    ]
    if last is not None:
        words = RunStatus(last.status).label
        if last.quarter:
            words = f"{words}, for {last.quarter}"
        moved = f"{last.moved:,} of {last.population:,} creators moved" if last.population else ""
        url = reverse("segmentation:run", args=[asked.brand.slug, last.pk])
        figures.insert(0, Figure("Newest run", words, url, moved if last.moved is not None else ""))
    return Tile(
        "runs",
        "Runs and drift",
        Part.SEGMENTS,
        figures,
        "runs of this brand",
        last.finished_at if last else asked.at,
        scope=Scope.RUNS_READ,
    )


def scorecards(asked: Asked) -> Tile:
    """How many segments have a scorecard of the newest period, and how fresh it is."""
    rows = Scorecard.objects.filter(segment__brand=asked.brand)
    newest = (
        rows.order_by()
        .values("period")
        .annotate(number=Count("pk"), computed=Max("computed_at"))
        .order_by("-period")
        .first()
    )
    figures = []
    if newest is not None:
        figures.append(
            Figure(
                f"Scorecards of {newest['period']}",
                f"{newest['number']:,}",
                link(asked, "segmentation:scorecards"),
            )
        )
    return Tile(
        "scorecards",
        "Scorecards",
        Part.SEGMENTS,
        figures,
        "stored scorecards",
        newest["computed"] if newest else None,
        "No scorecard yet: they come with the quarter's run, or when somebody computes them.",
        scope=Scope.SCORECARDS_READ,
    )


def _found(asked: Asked) -> dict[str, Any]:
    checks = hygiene(asked.brand, at=asked.at)
    return {
        "at": asked.at,
        "found": [(one.title, len(one.findings)) for one in checks if one.findings],
    }


def tidying(asked: Asked) -> Tile:
    """What the checks of segments found."""
    key = f"overview-hygiene:{asked.brand.pk}"
    made = kept(key, KEPT_SECONDS, lambda: _found(asked))
    return Tile(
        "hygiene",
        "To be tidied up",
        Part.SEGMENTS,
        [
            Figure(title, f"{number:,}", link(asked, "segmentation:hygiene"))
            for title, number in made["found"]
        ],
        "checks of segments",
        made["at"],
        "Every check of the segments is in order.",
        scope=Scope.SEGMENTS_READ,
    )


MADE = {"runs": runs, "scorecards": scorecards, "hygiene": tidying}
