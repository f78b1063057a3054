"""From the first contact to the first live post: how long it takes, and where it is lost.

First contact is the invitation in the campaign (the first stay in "Invited"). Who is not live yet
counts up to now, who left up to that day: a median that looked at the quick ones only would be too
good. It is that of Kaplan and Meier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import OuterRef, Subquery

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Deliverable, Engagement, EngagementStay
from campaigns.models.engagements import LEFT, PATH
from campaigns.selectors.measures.survival import curve_of, median_of
from campaigns.selectors.reports.figures import FEW

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Way:
    """A creator from the invitation on: live after so many days, or not (yet) after so many."""

    segment: str
    days: float
    is_live: bool


@dataclass(frozen=True)
class Took:
    """How long it took in a group."""

    segment: str
    creators: int
    live: int
    median_days: float | None
    # Why there is no median; empty where there is.
    why: str

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "segment": self.segment or None,
            "creators": self.creators,
            "live": self.live,
            "median_days": None if self.median_days is None else round(self.median_days, 2),
            "words": self.why if self.median_days is None else f"{self.median_days:.1f} days",
        }


@dataclass(frozen=True)
class Activation:
    """Of the whole campaign, and by segment."""

    whole: Took
    segments: Sequence[Took]
    # Who was never at "Invited" (put straight further) and is in none of it.
    uninvited: int


@dataclass(frozen=True)
class Step:
    """A stage of the funnel."""

    stage: EngagementStage
    reached: int
    now: int
    # Out of it: declined, dropped or substituted from here.
    left: int
    # Days of the stays that have ended, their number with it.
    ended: int
    median_days: float | None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        days = self.median_days
        return {
            "stage": self.stage.value,
            "label": self.stage.label,
            "reached": self.reached,
            "now": self.now,
            "left": self.left,
            "ended": self.ended,
            "median_days": None if days is None else round(days, 2),
            "words": f"too few ({self.ended})" if days is None else f"{days:.1f} days",
        }


def activation_of(campaign: Campaign, at: datetime) -> Activation:
    """How long it took: one query."""
    invited = EngagementStay.objects.filter(
        engagement=OuterRef("pk"), stage=EngagementStage.INVITED
    )
    posts = Deliverable.objects.filter(engagement=OuterRef("pk"), published_at__isnull=False)
    live = EngagementStay.objects.filter(engagement=OuterRef("pk"), stage=EngagementStage.LIVE)
    rows = (
        Engagement.objects.filter(campaign=campaign)
        .annotate(
            invited_at=Subquery(invited.order_by("entered_at", "pk").values("entered_at")[:1]),
            posted_at=Subquery(posts.order_by("published_at", "pk").values("published_at")[:1]),
            live_at=Subquery(live.order_by("entered_at", "pk").values("entered_at")[:1]),
        )
        .order_by("pk")
        .values_list("segment", "stage", "stage_since", "invited_at", "posted_at", "live_at")
    )
    ways: list[Way] = []
    uninvited = 0
    for segment, stage, since, invited_at, posted_at, live_at in rows:
        if invited_at is None:
            uninvited += stage in PATH[PATH.index(EngagementStage.NEGOTIATING) :]
            continue
        arrived = posted_at or live_at
        end = arrived or (since if stage in LEFT else at)
        ways.append(Way(segment, max((end - invited_at) / DAY, 0.0), is_live=arrived is not None))
    by_segment: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        by_segment[way.segment].append(way)
    return Activation(
        took("", ways),
        [took(segment, those) for segment, those in sorted(by_segment.items())],
        uninvited,
    )


def took(segment: str, ways: Sequence[Way]) -> Took:
    """The median of Kaplan and Meier of a group; none where too few were invited or are live."""
    live = sum(way.is_live for way in ways)
    if len(ways) < FEW:
        why = f"Too few: {len(ways)} invited, {FEW} are needed."
        return Took(segment, len(ways), live, None, why)
    middle = median_of(curve_of((way.days, way.is_live) for way in ways))
    why = "" if middle is not None else f"Fewer than half are live yet ({live} of {len(ways)})."
    return Took(segment, len(ways), live, middle, why)


def funnel_of(campaign: Campaign) -> list[Step]:
    """How many reached each stage, are there, were lost from it, and their days: one query."""
    rows = EngagementStay.objects.filter(engagement__campaign=campaign).values_list(
        "engagement", "from_stage", "stage", "entered_at", "left_at"
    )
    reached: dict[str, set[int]] = defaultdict(set)
    now: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    spans: dict[str, list[float]] = defaultdict(list)
    for engagement, before, stage, entered_at, left_at in rows:
        reached[stage].add(engagement)
        if left_at is None:
            now[stage] += 1
        else:
            spans[stage].append((left_at - entered_at) / DAY)
        if stage in LEFT:
            left[before] += 1
    return [
        Step(
            stage,
            len(reached[stage]),
            now[stage],
            left[stage],
            len(spans[stage]),
            median(spans[stage]) if len(spans[stage]) >= FEW else None,
        )
        for stage in PATH
    ]
