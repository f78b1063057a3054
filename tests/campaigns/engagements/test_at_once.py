"""Two people move one creator in the same moment: one wins, the other is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Engagement, EngagementStay
from campaigns.services import engagements, shortlists
from campaigns.services.campaigns import Act, move_campaign
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.shortlists import Pick
from crm.audit import entries_of, first_broken_link
from tests.campaigns.made import engage, make_campaign, set_status
from tests.crm.test_at_once import at_once, no_drain
from tests.factories import NOW, RelationshipFactory

__all__ = ("no_drain",)
pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=1)


def test_one_of_two_moves_and_one_of_two_places(brand, manager, admin_user):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    engagement = engage(campaign, EngagementStage.VETTED)

    def move(to, actor):
        return engagements.change(
            engagement_id=engagement.pk,
            brand=brand,
            changes={"stage": to, "reason": "Seen."},
            actor=actor,
            at=LATER,
            expected_version=1,
        )

    done = at_once(
        lambda: move(EngagementStage.APPROVED, manager),
        lambda: move(EngagementStage.DROPPED, admin_user),
    )
    assert sorted(type(one).__name__ for one in done) == ["CampaignOutdated", "Engagement"]
    assert isinstance(next(one for one in done if isinstance(one, Exception)), CampaignOutdated)
    assert EngagementStay.objects.filter(engagement=engagement, left_at=None).count() == 1

    row = RelationshipFactory(brand=brand)

    def put():
        return shortlists.shortlist(
            campaign_id=campaign.pk, brand=brand, picks=[Pick(row.pk)], actor=manager, at=LATER
        )

    done = at_once(put, put)
    assert sorted(len(one.made) for one in done) == [0, 1]
    assert Engagement.objects.filter(relationship=row).count() == 1
    assert first_broken_link(entries_of(brand)) is None


def test_nobody_comes_under_contract_in_a_campaign_that_is_being_cancelled(brand, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    engagement = engage(campaign, EngagementStage.NEGOTIATING)
    done = at_once(
        lambda: engagements.change(
            engagement_id=engagement.pk,
            brand=brand,
            changes={"stage": EngagementStage.CONTRACTED, "agreed_cost": 100},
            actor=manager,
            at=LATER,
            expected_version=None,
        ),
        lambda: move_campaign(
            campaign_id=campaign.pk,
            brand=brand,
            act=Act.CANCEL,
            words="No stock.",
            actor=manager,
            at=LATER,
            expected_version=None,
        ),
    )
    assert sum(isinstance(one, CampaignRefused) for one in done) == 1
    campaign.refresh_from_db()
    engagement.refresh_from_db()
    assert (campaign.status, engagement.stage) in {
        ("active", "contracted"),
        ("cancelled", "dropped"),
    }
