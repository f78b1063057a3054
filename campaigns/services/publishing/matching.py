"""Posts that an import brought, tied to a deliverable by hand, or said to be none."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign, Deliverable, Engagement, PostSetAside, Publication
from campaigns.models.engagements import LEFT
from campaigns.services.publishing.recording import publish
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Post, User


@transaction.atomic
def match(
    *,
    post_id: int,
    deliverable_id: int,
    brand: Brand,
    actor: User | None,
    at: datetime,
    because: str = "",
) -> Publication:
    """Say that a post of the creator is this piece: it is published, and seen.

    What was not approved takes a word (`because`). Raises CampaignRefused; Deliverable.DoesNotExist
    and Post.DoesNotExist where the brand has none of that number.
    """
    piece = Deliverable.objects.select_related("engagement__relationship", "platform").get(
        pk=deliverable_id, engagement__campaign__brand=brand
    )
    post = Post.objects.select_related("profile").get(
        pk=post_id, creator=piece.engagement.relationship.creator_id
    )
    if post.profile.platform_id != piece.platform_id:
        raise CampaignRefused(
            f"“{piece}” is planned for {piece.platform}; this post is elsewhere.",
            code="other_platform",
        )
    if post.posted_at is None:
        raise CampaignRefused(
            "The import does not say when this post was published. Write down its address by hand.",
            code="no_moment",
        )
    taken = Deliverable.objects.filter(post=post, engagement__campaign__brand=brand).first()
    if taken is not None:
        raise CampaignRefused(f"This post is “{taken}” already.", code="address_taken")
    return publish(
        deliverable_id=deliverable_id,
        brand=brand,
        url=post.url,
        published_at=post.posted_at,
        actor=actor,
        at=at,
        expected_version=None,
        because=because,
        post=post,
    )


@transaction.atomic
def set_aside(
    *, post_id: int, campaign: Campaign, brand: Brand, actor: User | None, at: datetime
) -> PostSetAside:
    """Say that a post is none of the campaign's. Raises Post.DoesNotExist, Engagement.DoesNotExist.

    Said twice it stays said once.
    """
    post = Post.objects.get(pk=post_id)
    engagement = (
        Engagement.objects.exclude(stage__in=LEFT)
        .select_related("relationship__creator")
        .get(campaign=campaign, campaign__brand=brand, relationship__creator=post.creator_id)
    )
    made, is_new = PostSetAside.objects.get_or_create(
        engagement=engagement, post=post, defaults={"by": actor, "at": at}
    )
    if is_new:
        audit.record(
            brand=brand,
            verb="campaigns.engagement.post_set_aside",
            target=engagement,
            actor=actor,
            at=at,
            data={"campaign": campaign.key, "post": post.pk},
            label=engagement.relationship.creator.name,
        )
    return made


@transaction.atomic
def take_up(
    *, post_id: int, campaign: Campaign, brand: Brand, actor: User | None, at: datetime
) -> None:
    """Suggest a post again that was set aside."""
    rows = PostSetAside.objects.filter(
        post=post_id, engagement__campaign=campaign, engagement__campaign__brand=brand
    ).select_related("engagement__relationship__creator")
    for row in rows:
        engagement = row.engagement
        row.delete()
        audit.record(
            brand=brand,
            verb="campaigns.engagement.post_taken_up",
            target=engagement,
            actor=actor,
            at=at,
            data={"campaign": campaign.key, "post": post_id},
            label=engagement.relationship.creator.name,
        )
