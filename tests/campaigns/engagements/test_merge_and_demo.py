"""A merge of two creators keeps what campaigns know of both; the demo brand has campaigns."""

from __future__ import annotations

import pytest

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Deadline, Engagement, EngagementStay
from campaigns.services.made_up_campaigns import fill_campaigns
from crm.audit import entries_of, first_broken_link
from crm.services import demo
from crm.services.merge import merge, undo
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_a_merge_joins_two_who_are_in_one_campaign_and_an_undo_parts_them(brand, manager):
    kept, gone = (RelationshipFactory(brand=brand) for _ in range(2))
    campaign, other = make_campaign(brand, manager), make_campaign(brand, manager, name="Autumn")
    engage(campaign, EngagementStage.APPROVED, kept)
    engage(campaign, EngagementStage.SHORTLISTED, gone)
    engage(other, EngagementStage.INVITED, gone)
    before = list(Engagement.objects.order_by("pk").values("campaign", "relationship", "stage"))
    stays = EngagementStay.objects.count()
    merged = merge(
        kept_id=kept.creator_id,
        gone_id=gone.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed=[brand.pk],
    )
    rows = Engagement.objects.order_by("pk").values_list("campaign", "relationship", "stage")
    assert list(rows) == [(campaign.pk, kept.pk, "approved"), (other.pk, kept.pk, "invited")]
    undo(merge_id=merged.pk, actor=manager, at=NOW, allowed=[brand.pk])
    after = Engagement.objects.order_by("pk").values("campaign", "relationship", "stage")
    assert list(after) == before
    assert EngagementStay.objects.count() == stays


def test_the_demo_brand_has_a_running_a_planned_and_a_completed_campaign(brand, manager):
    RelationshipFactory.create_batch(20, brand=brand)
    assert {part.key: part.fill for part in demo.PARTS}["campaigns"] is fill_campaigns
    assert fill_campaigns(brand=brand, seed=1, at=NOW) == 3
    # Again changes nothing.
    assert fill_campaigns(brand=brand, seed=1, at=NOW) == 3
    assert sorted(Campaign.objects.values_list("status", flat=True)) == [
        "active",
        "completed",
        "draft",
    ]
    stages = set(Engagement.objects.values_list("stage", flat=True))
    assert len(stages) == 8
    late = Deadline.objects.filter(campaign__status="active", done_at=None, due_on__lt=NOW.date())
    assert {(NOW.date() - one.due_on).days <= 14 for one in late} == {True}
    assert first_broken_link(entries_of(brand)) is None
