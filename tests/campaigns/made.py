"""Campaigns and creators in them, as tests need them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.choices import CampaignStatus, EngagementStage, UseCase
from campaigns.models import Campaign, Engagement, EngagementStay
from campaigns.services.campaigns import create_campaign
from crm.models import Brand, User
from tests.factories import NOW, RelationshipFactory


def make_campaign(brand: Brand, owner: User | None = None, **values: Any) -> Campaign:
    """A draft that could be activated at once."""
    said = {
        "name": "Spring launch",
        "use_case": UseCase.AWARENESS,
        "target": Decimal(100_000),
        "starts_on": date(2027, 3, 1),
        "platforms": ["instagram"],
        "jurisdictions": ["DK"],
        "budget": Decimal(10_000),
        "currency": "EUR",
        "owner": owner,
    } | values
    return create_campaign(brand=brand, values=said, actor=owner, at=NOW)  # type: ignore[typeddict-item]


def set_status(campaign: Campaign, status: CampaignStatus) -> Campaign:
    """Put it into a state, whatever leads there."""
    campaign.status = status
    campaign.lessons = "Ask earlier." if status == CampaignStatus.COMPLETED else ""
    campaign.save()
    return campaign


def engage(
    campaign: Campaign,
    stage: EngagementStage = EngagementStage.SHORTLISTED,
    relationship: Any = None,
    **values: Any,
) -> Engagement:
    """A creator in a campaign, at a stage, since NOW."""
    relationship = relationship or RelationshipFactory(brand=campaign.brand)
    made = Engagement.objects.create(
        campaign=campaign,
        relationship=relationship,
        stage=stage,
        stage_since=NOW,
        created_at=NOW,
        **values,
    )
    EngagementStay.objects.create(
        engagement=made, stage=stage, entered_at=NOW, reason="put there by a test"
    )
    return made
