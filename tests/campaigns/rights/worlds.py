"""Content of a creator in a campaign, and rights to it, as tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from campaigns.choices import (
    AssetKind,
    AssetOrigin,
    ContentKind,
    EngagementStage,
    RightSource,
    StartTrigger,
    Usage,
)
from campaigns.models import Asset, Deliverable, Engagement, UsageRight
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.granting import grant
from campaigns.services.rights.terms import Terms
from crm.choices import PostKind
from crm.models import Brand, User
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, BrandFactory

FIRST, LAST = date(2026, 12, 3), date(2027, 6, 2)


def engagement_of(brand: Brand | None = None, owner: User | None = None) -> Engagement:
    """A creator who is bound by a contract."""
    brand = brand or BrandFactory(timezone="Europe/Copenhagen")
    return engage(make_campaign(brand, owner), EngagementStage.CONTRACTED, owner=owner)


def piece(engagement: Engagement, published_at: datetime | None = None) -> Deliverable:
    """One reel."""
    state = {"state": "published", "published_at": published_at} if published_at else {}
    return Deliverable.objects.create(
        engagement=engagement,
        title="Reel",
        platform_id="instagram",
        kind=ContentKind.REVIEW,
        form=PostKind.SHORT_VIDEO,
        created_at=NOW,
        state_since=NOW,
        **state,
    )


_number = iter(range(1, 1_000_000))


def asset_of(
    engagement: Engagement | None = None, deliverable: Deliverable | None = None, **values: Any
) -> Asset:
    """An image, of a campaign or else a customer's."""
    number = next(_number)
    said: dict[str, Any] = {
        "title": "Morning light",
        "kind": AssetKind.IMAGE,
        "origin": AssetOrigin.CAMPAIGN if engagement else AssetOrigin.UGC,
        "sha256": f"{number:064x}",
        "file_name": "light.jpg",
        "content_type": "image/jpeg",
        "size": 1_000,
        "releases": "nobody",
        "created_at": NOW,
    }
    if engagement:
        said |= {
            "brand": engagement.campaign.brand,
            "engagement": engagement,
            "relationship": engagement.relationship,
            "deliverable": deliverable,
        }
    return Asset.objects.create(**said | values)


def terms(**values: Any) -> Terms:
    """Six months of paid use everywhere from FIRST to LAST, unless said otherwise."""
    said: dict[str, Any] = {
        "usage": Usage.PAID,
        "trigger": StartTrigger.DAY,
        "starts_on": FIRST,
        "months": 6,
    } | values
    if said.get("ends_on") or said.get("is_endless"):
        said["months"] = values.get("months")
    return Terms(**said)


def give(target: Engagement | Deliverable | Asset, **values: Any) -> UsageRight:
    """A right that a contract gives."""
    places = {Engagement: "engagement", Deliverable: "deliverable", Asset: "asset"}
    return grant(
        **{places[type(target)]: target},
        terms=terms(**values),
        source=RightSource.CONTRACT,
        evidence=Evidence(reference="Contract 12"),
        actor=None,
        at=NOW,
    )


def at_utc(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """A moment."""
    return datetime(year, month, day, hour, tzinfo=UTC)
