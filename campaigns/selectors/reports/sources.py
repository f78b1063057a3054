"""What a report is made from: creators of a campaign and their pieces, in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from campaigns.choices import DeliverableState
from campaigns.models import Campaign, Deliverable, Engagement
from campaigns.models.engagements import BOUND, LEFT, tier_name
from crm.services.post_counts import COUNTS


@dataclass(frozen=True)
class Piece:
    """A piece that is not called off, with the counts of its post; None is not known."""

    pk: int
    engagement: int
    title: str
    platform: str
    platform_name: str
    form: str
    is_published: bool
    has_post: bool
    is_seen: bool
    is_gone: bool
    publish_at: datetime | None
    published_at: datetime | None
    followers: int | None
    likes: int | None
    comments: int | None
    saves: int | None
    shares: int | None
    views: int | None
    reach: int | None
    impressions: int | None
    completions: int | None
    opens: int | None
    captures: int | None
    downloads: int | None

    @property
    def engagements(self) -> int | None:
        """Likes, comments, saves and shares that are known; None without likes and comments."""
        if self.likes is None and self.comments is None:
            return None
        counts = (self.likes, self.comments, self.saves, self.shares)
        return sum(count for count in counts if count is not None)

    @property
    def rate(self) -> float | None:
        """Engagements per follower when it was published (docs/metrics.md)."""
        engaged = self.engagements
        return engaged / self.followers if engaged is not None and self.followers else None


@dataclass(frozen=True)
class Partner:
    """A creator who is in, or was, with their pieces."""

    pk: int
    creator: int
    name: str
    tier: str
    tier_name: str
    segment: str
    is_bound: bool
    has_left: bool
    cost: Decimal | None
    pieces: Sequence[Piece]

    @property
    def published(self) -> list[Piece]:
        """What can be seen of theirs."""
        return [piece for piece in self.pieces if piece.is_published]


def partners_of(campaign: Campaign) -> list[Partner]:
    """Everybody of a campaign: two queries, whatever the number."""
    pieces: dict[int, list[Piece]] = defaultdict(list)
    for piece in _pieces(campaign):
        pieces[piece.engagement].append(piece)
    rows = (
        Engagement.objects.filter(campaign=campaign)
        .annotate(tier_name=tier_name())
        .order_by("pk")
        .values_list(
            "pk",
            "relationship__creator",
            "relationship__creator__name",
            "tier",
            "tier_name",
            "segment",
            "stage",
            "agreed_cost",
        )
    )
    return [
        Partner(
            pk=pk,
            creator=creator,
            name=name,
            tier=tier,
            tier_name=tier_name,
            segment=segment,
            is_bound=stage in BOUND,
            has_left=stage in LEFT,
            cost=cost,
            pieces=pieces[pk],
        )
        for pk, creator, name, tier, tier_name, segment, stage, cost in rows
    ]


def _pieces(campaign: Campaign) -> list[Piece]:
    rows = (
        Deliverable.objects.filter(engagement__campaign=campaign)
        .exclude(state=DeliverableState.CANCELLED)
        .order_by("pk")
        .values(
            "pk",
            "engagement",
            "title",
            "platform",
            "platform__name",
            "form",
            "state",
            "post",
            "publish_at",
            "published_at",
            "publication__confirmed_at",
            "publication__gone_at",
            "post__followers_at_post",
            "post__profile__followers",
            *(f"post__{name}" for name in COUNTS),
        )
    )
    return [
        Piece(
            pk=row["pk"],
            engagement=row["engagement"],
            title=row["title"],
            platform=row["platform"],
            platform_name=row["platform__name"],
            form=row["form"],
            is_published=row["state"] == DeliverableState.PUBLISHED,
            has_post=row["post"] is not None,
            is_seen=row["publication__confirmed_at"] is not None,
            is_gone=row["publication__gone_at"] is not None,
            publish_at=row["publish_at"],
            published_at=row["published_at"],
            followers=row["post__followers_at_post"] or row["post__profile__followers"],
            **{name: row[f"post__{name}"] for name in COUNTS},
        )
        for row in rows
    ]
