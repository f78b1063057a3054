"""Pieces of content on their way to be published, as tests need them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from campaigns.choices import CampaignStatus, ContentKind, DeliverableState, EngagementStage
from campaigns.models import Campaign, Deliverable, Engagement, Publication
from campaigns.services.publishing.recording import publish
from crm.choices import ImportStatus, PostKind
from crm.models import Brand, ImportBatch, Post, Profile
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import (
    NOW,
    PostFactory,
    PostMetricSnapshotFactory,
    ProfileFactory,
    RelationshipFactory,
)

DAY = timedelta(days=1)
URL = "https://www.instagram.com/p/DAbc12/"


def running(brand: Brand, owner: Any = None, **values: Any) -> Campaign:
    """A campaign under way around NOW."""
    said = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 20)} | values
    return set_status(make_campaign(brand, owner, **said), CampaignStatus.ACTIVE)


def producing(campaign: Campaign, **values: Any) -> Engagement:
    """A creator with an account on Instagram, in production."""
    stage = values.pop("stage", EngagementStage.IN_PRODUCTION)
    relationship = values.pop("relationship", None) or RelationshipFactory(brand=campaign.brand)
    ProfileFactory(creator=relationship.creator, followers=10_000)
    values.setdefault("agreed_cost", 400)
    return engage(campaign, stage, relationship, **values)


def piece(
    engagement: Engagement, state: DeliverableState = DeliverableState.APPROVED, **values: Any
) -> Deliverable:
    """A post on Instagram."""
    said = {
        "title": "Reel about serum",
        "platform_id": "instagram",
        "kind": ContentKind.REVIEW,
        "form": PostKind.SHORT_VIDEO,
        "state_since": NOW - 30 * DAY,
        "created_at": NOW - 30 * DAY,
    } | values
    return Deliverable.objects.create(engagement=engagement, state=state, **said)


def published(
    deliverable: Deliverable, at: datetime = NOW, url: str = URL, **values: Any
) -> Publication:
    """Written down as published, a moment ago."""
    return publish(
        deliverable_id=deliverable.pk,
        brand=deliverable.engagement.campaign.brand,
        url=url,
        published_at=values.pop("published_at", at),
        at=at,
        expected_version=None,
        **values,
    )


def batch(brand: Brand, captured_at: datetime = NOW, **values: Any) -> ImportBatch:
    """An import of posts that was applied."""
    said = {
        "kind": "posts",
        "source": "test",
        "file_name": "posts.csv",
        "status": ImportStatus.APPLIED,
        "applied_at": captured_at,
    } | values
    return ImportBatch.objects.create(brand=brand, captured_at=captured_at, **said)


def listed(
    batch: ImportBatch,
    profile: Profile,
    external_id: str,
    posted_at: datetime,
    **values: Any,
) -> Post:
    """A post that an import brought (or brought again), with its counts."""
    counts = {name: values.pop(name) for name in ("likes", "comments") if name in values}
    found = Post.objects.filter(profile=profile, external_id=external_id).first()
    post = found or PostFactory(
        profile=profile,
        external_id=external_id,
        posted_at=posted_at,
        import_batch=batch,
        metrics_at=batch.captured_at,
        **counts,
        **values,
    )
    PostMetricSnapshotFactory(
        post=post, captured_at=batch.captured_at, import_batch=batch, **({"likes": 1} | counts)
    )
    return post


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)
