"""A merge of two creators who are both in one campaign, with papers of the one that goes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Deliverable, Draft, GuestLink, UsageRight
from campaigns.services import guests
from crm.services.merge import merge, undo
from tests.campaigns.deliverables.worlds import hand_in
from tests.campaigns.made import engage, make_campaign, set_status
from tests.campaigns.rights.worlds import give
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_papers_go_along_with_the_place_and_come_back_with_an_undo(brand, manager):
    kept, gone = (RelationshipFactory(brand=brand) for _ in range(2))
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    stays = engage(campaign, EngagementStage.CONTRACTED, kept)
    goes = engage(campaign, EngagementStage.IN_PRODUCTION, gone)
    piece = Deliverable.objects.create(
        engagement=goes,
        title="Reel",
        platform_id="instagram",
        kind="review",
        form="short_video",
        created_at=NOW,
        state_since=NOW,
    )
    hand_in(piece, manager)
    give(goes)
    guests.make_link(target=goes, name="Maya", actor=manager, at=timezone.now())

    def papers():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Deliverable, Draft, UsageRight, GuestLink)
        ]

    before = papers()
    merged = merge(
        kept_id=kept.creator_id,
        gone_id=gone.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed=[brand.pk],
    )
    assert [len(rows) for rows in papers()] == [1, 1, 1, 1]
    assert Deliverable.objects.get().engagement == stays
    assert UsageRight.objects.get().engagement == stays
    assert GuestLink.objects.get().engagement == stays
    undo(merge_id=merged.pk, actor=manager, at=NOW, allowed=[brand.pk])
    assert papers() == before
