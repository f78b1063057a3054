"""The publishing schedule of a campaign: what is planned, ready, published and seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from campaigns.choices import DeliverableState
from campaigns.models import Campaign, Deliverable, FirstReading, Publication, SlotFill
from campaigns.selectors.calendar import CLOSE
from campaigns.selectors.holds import Paused, paused_in
from campaigns.selectors.publishing.missing import Missing, missing_of
from crm.models import Post

HOUR = timedelta(hours=1)


class Standing(StrEnum):
    """How far a piece is on its way to be seen."""

    UNPLANNED = "unplanned"
    PLANNED = "planned"
    READY = "ready"
    PUBLISHED = "published"
    SEEN = "seen"
    GONE = "gone"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS = {
    Standing.UNPLANNED: "No time planned",
    Standing.PLANNED: "Planned, not approved",
    Standing.READY: "Ready to publish",
    Standing.PUBLISHED: "Published, not seen yet",
    Standing.SEEN: "Published and seen",
    Standing.GONE: "Gone",
}


@dataclass(frozen=True)
class Line:
    """One piece of the schedule."""

    deliverable: Deliverable
    publication: Publication | None
    standing: Standing
    # In the brand's zone: published, else planned; None: neither.
    moment: datetime | None
    missing: Missing | None
    reading: FirstReading | None
    # What somebody should look at, in sentences.
    words: Sequence[str]
    # Days of the calendar that the creator fills, as long as it is not published.
    slots: Sequence[date]


@dataclass(frozen=True)
class SchedulePage:
    """The pieces of a campaign in the order of their time, those without one last."""

    lines: Sequence[Line]
    counts: dict[Standing, int]

    @property
    def missing(self) -> int:
        """How many are expected and not there."""
        return sum(line.missing is not None for line in self.lines)


def pieces_of(campaign: Campaign) -> QuerySet[Deliverable]:
    """The pieces of a campaign that are not called off, with what a line shows."""
    return (
        Deliverable.objects.filter(engagement__campaign=campaign)
        .exclude(state=DeliverableState.CANCELLED)
        .select_related(
            "platform",
            "post",
            "publication__reading",
            "engagement__relationship__creator",
        )
        .order_by(
            F("published_at").asc(nulls_last=True), F("publish_at").asc(nulls_last=True), "pk"
        )
    )


def schedule_page(
    campaign: Campaign, at: datetime, only: Collection[int] | None = None
) -> SchedulePage:
    """The schedule, of these engagements or of all: five queries."""
    rows = pieces_of(campaign)
    pieces = list(rows if only is None else rows.filter(engagement__in=only))
    missing = dict(
        missing_of(campaign.brand, at)
        .filter(engagement__campaign=campaign)
        .values_list("pk", "missing")
    )
    slots: dict[int, list[date]] = defaultdict(list)
    fills = SlotFill.objects.filter(slot__campaign=campaign).order_by("on", "pk")
    for engagement, on in fills.values_list("engagement", "on"):
        slots[engagement].append(on)
    zone = ZoneInfo(campaign.brand.timezone)
    lines = [
        _line(piece, zone, missing.get(piece.pk), slots[piece.engagement_id]) for piece in pieces
    ]
    lines = _spaced(lines)
    paused = paused_in(campaign, at)
    lines = [_held(line, paused) for line in lines]
    counts = {standing: sum(line.standing is standing for line in lines) for standing in Standing}
    lines.sort(
        key=lambda line: (
            line.moment is None,
            line.moment or datetime.min.replace(tzinfo=zone),
            line.deliverable.pk,
        )
    )
    return SchedulePage(lines, counts)


def standing_of(deliverable: Deliverable, publication: Publication | None) -> Standing:
    """How far it is."""
    if publication is not None:
        if publication.gone_at:
            return Standing.GONE
        return Standing.SEEN if publication.confirmed_at else Standing.PUBLISHED
    if deliverable.state == DeliverableState.PUBLISHED:
        return Standing.PUBLISHED
    if deliverable.state == DeliverableState.APPROVED:
        return Standing.READY
    return Standing.PLANNED if deliverable.publish_at else Standing.UNPLANNED


def _held(line: Line, paused: Paused) -> Line:
    """With a word where it must not be published now."""
    waits = line.standing in {Standing.UNPLANNED, Standing.PLANNED, Standing.READY}
    words = paused.words(line.deliverable.engagement.relationship_id) if waits else ""
    return replace(line, words=[words, *line.words]) if words else line


def _line(piece: Deliverable, zone: ZoneInfo, missing: str | None, slots: Sequence[date]) -> Line:
    publication: Publication | None = getattr(piece, "publication", None)
    moment = piece.published_at or piece.publish_at
    words = []
    if publication and publication.exception_because:
        words.append(f"Against the rules: {publication.exception_because}")
    if piece.published_at and piece.publish_at:
        words += _drift(piece.published_at - piece.publish_at)
    post: Post | None = piece.post
    if post and post.posted_at and piece.published_at:
        apart = abs(post.posted_at - piece.published_at)
        if apart > timedelta(days=1):
            words.append(f"The import says that it was published on {post.posted_at:%-d %B %Y}.")
    return Line(
        piece,
        publication,
        standing_of(piece, publication),
        moment.astimezone(zone) if moment else None,
        Missing(missing) if missing else None,
        getattr(publication, "reading", None),
        words,
        [] if publication else slots,
    )


def _drift(late: timedelta) -> list[str]:
    """How far from the plan it was published, where that is worth a word."""
    if abs(late) < HOUR:
        return []
    hours = abs(late) // HOUR
    amount = f"{hours} hour{'s'[: hours != 1]}" if hours < 48 else f"{hours // 24} days"
    return [f"{amount} {'after' if late > timedelta(0) else 'before'} the planned time."]


def _spaced(lines: Sequence[Line]) -> list[Line]:
    """With a word where one creator is to publish twice within a few days."""
    by_creator: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.moment:
            by_creator[line.deliverable.engagement_id].append(line)
    close: dict[int, str] = {}
    for those in by_creator.values():
        those.sort(key=lambda line: (line.moment, line.deliverable.pk))
        for before, after in pairwise(those):
            if before.moment and after.moment and after.moment - before.moment < CLOSE:
                close[after.deliverable.pk] = (
                    f"Less than {CLOSE.days} days after “{before.deliverable}”."
                )
    return [
        replace(line, words=[*line.words, close[line.deliverable.pk]])
        if line.deliverable.pk in close
        else line
        for line in lines
    ]
