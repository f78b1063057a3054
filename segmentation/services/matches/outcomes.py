"""How creators worked out in a campaign: chosen, published, on time, above their usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.choices import DeliverableState, EngagementStage
from campaigns.models import Campaign, Deliverable, Engagement, EngagementStay
from campaigns.models.engagements import BOUND, PATH
from segmentation.models import CreatorFacts

# A day late is late; an hour is not.
GRACE = timedelta(days=1)
_CHOSEN = PATH[PATH.index(EngagementStage.APPROVED) :]
_ASKED = PATH[PATH.index(EngagementStage.INVITED) :]


@dataclass(frozen=True)
class Outcome:
    """What came of one creator in one campaign; None: it cannot be told."""

    was_chosen: bool
    was_asked: bool
    published: bool
    on_time: bool | None
    above_usual: bool | None
    first_published_at: datetime | None

    @property
    def worked(self) -> bool:
        """Published, and not below the usual where that is known."""
        return self.published and self.above_usual is not False


def outcomes_of(campaigns: Sequence[Campaign]) -> dict[tuple[int, int], Outcome]:
    """By campaign and relationship: four queries, however many campaigns of one brand there are."""
    engagements = list(
        Engagement.objects.filter(campaign__in=campaigns).values_list(
            "pk", "campaign", "relationship", "relationship__creator"
        )
    )
    stages: dict[int, set[str]] = {}
    stays = EngagementStay.objects.filter(engagement__campaign__in=campaigns)
    for pk, stage in stays.values_list("engagement", "stage"):
        stages.setdefault(pk, set()).add(stage)
    pieces: dict[int, list[Deliverable]] = {}
    rows = Deliverable.objects.filter(engagement__campaign__in=campaigns).exclude(
        state=DeliverableState.CANCELLED
    )
    # Briefs and captions are long, and nothing here reads them.
    needed = ("engagement", "published_at", "publish_at", "post__likes", "post__comments")
    for piece in rows.select_related("post").only(*needed).iterator(chunk_size=2_000):
        pieces.setdefault(piece.engagement_id, []).append(piece)
    creators = {creator for *_, creator in engagements}
    usual = usual_of(campaigns[0].brand_id, creators) if campaigns else {}
    return {
        (campaign, relationship): _outcome(
            stages.get(pk, set()), pieces.get(pk, []), usual.get(creator)
        )
        for pk, campaign, relationship, creator in engagements
    }


def usual_of(brand_id: int, creators: Collection[int]) -> Mapping[int, float]:
    """Likes and comments that posts usually get, by creator; who is left out: not known."""
    rows = CreatorFacts.objects.filter(
        brand=brand_id,
        creator__in=creators,
        avg_likes__isnull=False,
        avg_comments__isnull=False,
    )
    return {
        creator: (likes or 0) + (comments or 0)
        for creator, likes, comments in rows.values_list("creator", "avg_likes", "avg_comments")
    }


def _outcome(stages: set[str], pieces: Sequence[Deliverable], usual: float | None) -> Outcome:
    published = [piece for piece in pieces if piece.published_at is not None]
    planned = [piece for piece in published if piece.publish_at is not None]
    counts = [
        piece.post.likes + piece.post.comments
        for piece in published
        if piece.post is not None
        and piece.post.likes is not None
        and piece.post.comments is not None
    ]
    above = None
    if counts and usual:
        above = sum(counts) / len(counts) >= usual
    return Outcome(
        was_chosen=bool(stages.intersection(_CHOSEN)),
        was_asked=bool(stages.intersection(_ASKED) or stages.intersection(BOUND)),
        published=bool(published),
        on_time=all(
            piece.published_at <= piece.publish_at + GRACE
            for piece in planned
            if piece.published_at and piece.publish_at
        )
        if planned
        else None,
        above_usual=above,
        first_published_at=min(
            (piece.published_at for piece in published if piece.published_at), default=None
        ),
    )
