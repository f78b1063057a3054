"""What the pages show of creators in campaigns, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Engagement, EngagementStay
from campaigns.selectors.conflicts import Conflict, Weight, conflicts_of, vetted
from campaigns.services.engagements import allowed_moves
from crm.models import Brand, Relationship
from crm.registry import Registry
from crm.selectors import CreatorRow, TierTable, creator_rows


@dataclass(frozen=True)
class Card:
    """A creator in a campaign, and where they may go from here."""

    engagement: Engagement
    row: CreatorRow
    days_in_stage: int
    # Stage and whether the move takes a reason.
    moves: Sequence[tuple[EngagementStage, bool]]
    is_late: bool


@dataclass(frozen=True)
class Mark:
    """A number of a creator that an upper app puts on the shortlist."""

    label: str
    value: float


# Upper apps: the marks of these creators, each with those that they have; one query.
MARKS: Registry[Callable[[Brand, Collection[int]], Mapping[int, Sequence[Mark]]]] = Registry()


@dataclass(frozen=True)
class Line:
    """A row of the shortlist: a card with what speaks for and against the creator."""

    card: Card
    conflicts: Sequence[Conflict]
    # Why they are on the list, and what vetting found.
    why: str
    review: str
    marks: Sequence[Mark] = ()

    @property
    def is_barred(self) -> bool:
        """Whether an invitation would be refused."""
        return any(one.weight is Weight.BARS for one in self.conflicts)


def counts_of(campaign: Campaign) -> dict[EngagementStage, int]:
    """How many creators are in each stage: one query."""
    rows = Engagement.objects.filter(campaign=campaign).order_by().values_list("stage")
    found = dict(rows.annotate(Count("pk")))
    return {stage: found.get(stage.value, 0) for stage in EngagementStage}


def cards(
    campaign: Campaign,
    engagements: Sequence[Engagement],
    *,
    at: datetime,
    today: date,
    reviews: Mapping[int, str] | None = None,
) -> list[Card]:
    """Cards for engagements that were read `with_creator()`: three queries."""
    if reviews is None:
        reviews = vetted(_listed(engagements), at)
    rows = creator_rows(
        [engagement.relationship for engagement in engagements], TierTable.of(campaign.brand)
    )
    return [
        Card(
            engagement=engagement,
            row=row,
            days_in_stage=max((at - engagement.stage_since).days, 0),
            moves=list(
                allowed_moves(
                    engagement.stage,
                    campaign.status,
                    is_vetted=engagement.relationship_id in reviews,
                ).items()
            ),
            is_late=engagement.next_step_on is not None and engagement.next_step_on < today,
        )
        for engagement, row in zip(engagements, rows, strict=True)
    ]


def shortlist(
    campaign: Campaign, engagements: Sequence[Engagement], *, at: datetime, today: date
) -> list[Line]:
    """The rows of a page of the shortlist: a dozen queries, however many there are."""
    reviews = vetted([row.relationship_id for row in engagements], at)
    conflicts = conflicts_of(campaign, engagements, at)
    why = dict(
        EngagementStay.objects.filter(engagement__in=engagements, from_stage="")
        .order_by("engagement_id", "entered_at")
        .values_list("engagement", "reason")
    )
    creators = [row.relationship.creator_id for row in engagements]
    marks = [source(campaign.brand, creators) for source in MARKS]
    return [
        Line(
            card=card,
            conflicts=conflicts[card.engagement.pk],
            why=why.get(card.engagement.pk, ""),
            review=reviews.get(card.engagement.relationship_id, ""),
            marks=[mark for found in marks for mark in found.get(card.row.creator.pk, ())],
        )
        for card in cards(campaign, engagements, at=at, today=today, reviews=reviews)
    ]


@dataclass(frozen=True)
class Found:
    """A creator who could be added."""

    relationship: Relationship
    followers: int | None


def candidates(campaign: Campaign, words: str, size: int = 20) -> list[Found]:
    """Creators of the brand by name or handle who are not in the campaign yet."""
    rows = Relationship.objects.filter(brand=campaign.brand_id).exclude(
        pk__in=Engagement.objects.filter(campaign=campaign).values("relationship")
    )
    handle = words.strip().removeprefix("@").lower()
    named = rows.filter(creator__name__icontains=words.strip())
    known = rows.filter(creator__profiles__handle__startswith=handle)
    found = (named | known).select_related("creator__metrics").order_by("creator__name", "pk")
    return [
        Found(
            row, metrics.followers if (metrics := getattr(row.creator, "metrics", None)) else None
        )
        for row in found.distinct()[:size]
    ]


def of_creator(relationship: Relationship, size: int = 20) -> QuerySet[Engagement]:
    """A creator's campaigns, the newest first."""
    return (
        Engagement.objects.filter(relationship=relationship)
        .select_related("campaign")
        .order_by("-campaign__starts_on", "-pk")[:size]
    )


def _listed(engagements: Collection[Engagement]) -> list[int]:
    """Only of those on the shortlist does it matter whether somebody reviewed them."""
    return [row.relationship_id for row in engagements if row.stage == EngagementStage.SHORTLISTED]
