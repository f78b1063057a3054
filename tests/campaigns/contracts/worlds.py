"""Contracts as tests need them: of a creator who is negotiating in an active campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.choices import (
    CampaignStatus,
    ContractState,
    EngagementStage,
    FeeDue,
    KillStage,
)
from campaigns.models import Contract, ContractVersion, Engagement
from campaigns.services.contracts import writing
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.terms import FeePart, KillFee, Right, Terms
from campaigns.services.documents import digest_of
from campaigns.services.offers.wanted import Deliverable
from crm.models import Brand, Platform, User
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW

TERMS = Terms(
    brand_name="Acme ApS",
    brand_address="Street 1\nCopenhagen",
    creator_name="Mira Holm",
    deliverables=(
        Deliverable("review", "instagram", "short_video", 2, date(2027, 2, 10)),
        Deliverable("tutorial", "instagram", "story", 1),
    ),
    currency="EUR",
    total=Decimal("1000.00"),
    parts=(
        FeePart(FeeDue.SIGNING.value, percent=Decimal(50)),
        FeePart(FeeDue.PUBLICATION.value, percent=Decimal(50)),
    ),
    kill_fees=(KillFee(KillStage.BEFORE.value, Decimal(20)), KillFee("approved", Decimal(100))),
    rights=(
        Right("organic", starts="signing", months=12),
        Right("paid", months=3, territory="Denmark, Sweden", channels="Instagram"),
    ),
    exclusive_for="sun care",
    exclusive_from=date(2027, 3, 1),
    exclusive_until=date(2027, 5, 31),
    jurisdictions=("DK",),
    ends_on=date(2027, 12, 31),
    law="Denmark",
)


def place(brand: Brand, owner: User | None, **values: Any) -> Engagement:
    """A creator who negotiates in an active campaign."""
    Platform.objects.get_or_create(key="instagram", defaults={"name": "Instagram"})
    campaign = set_status(make_campaign(brand, owner), CampaignStatus.ACTIVE)
    return engage(campaign, EngagementStage.NEGOTIATING, **values)


def drafted(engagement: Engagement, actor: User, **values: Any) -> Contract:
    """A draft of TERMS, with some of them said otherwise."""
    return writing.draft(
        engagement_id=engagement.pk,
        brand=engagement.campaign.brand,
        actor=actor,
        at=NOW,
        title="Spring with Mira",
        terms=replace(TERMS, **values),
    )


def put(contract: Contract, state: ContractState) -> Contract:
    """Put a contract into a state, whatever leads there; sent and later ones are fixed."""
    contract.refresh_from_db()
    version = ContractVersion.objects.get(pk=contract.current_id)
    if state not in {ContractState.DRAFT, ContractState.IN_REVIEW, ContractState.READY}:
        document = document_of(contract, version).to_json()
        version.document, version.digest, version.fixed_at = document, digest_of(document), NOW
        version.save()
    if state == ContractState.READY:
        version.cleared_at = NOW
        version.cleared_digest = digest_of(document_of(contract, version).to_json())
        version.save()
    contract.state = state
    contract.save()
    return Contract.objects.get(pk=contract.pk)
