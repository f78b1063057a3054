"""A playbook's maximum share holds by whichever way creators come into a campaign (F23)."""

from __future__ import annotations

import pytest

from campaigns.choices import EngagementStage
from campaigns.models import Engagement
from campaigns.services import engagements
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import Pick, shortlist, substitute
from crm.models import AuditEntry
from segmentation.models import Playbook
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import make_segment, moment, stay

pytestmark = pytest.mark.django_db
WORDS = (
    "The playbook of “Educators” allows at most 25% of a campaign. With 2 more it would have 50%: "
    "take 1 at most."
)


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager, wanted_creators=4)


@pytest.fixture
def segment(brand):
    made = make_segment(brand, "educators", name="Educators")
    Playbook.objects.create(segment=made, maximum_share=0.25, updated_at=NOW)
    return made


def member(segment, name):
    row = RelationshipFactory(brand=segment.brand, creator__name=name)
    stay(segment, row.creator, moment(1, 1))
    return row


def put(campaign, *relationships):
    return shortlist(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        picks=[Pick(one.pk) for one in relationships],
        actor=campaign.owner,
        at=NOW,
    )


def test_by_hand_no_more_come_than_the_playbook_allows(
    campaign, segment, brand, manager, django_assert_max_num_queries
):
    ida, bo = member(segment, "Ida"), member(segment, "Bo")
    others = [RelationshipFactory(brand=brand) for _ in range(4)]
    before = AuditEntry.objects.count()
    with pytest.raises(CampaignRefused) as refusal:
        put(campaign, ida, bo)
    assert (str(refusal.value), refusal.value.code, refusal.value.field) == (
        WORDS,
        "share_exceeded",
        "creators",
    )
    assert not Engagement.objects.exists()
    assert AuditEntry.objects.count() == before
    with django_assert_max_num_queries(20):
        put(campaign, ida, *others[:3])
    page = f"/acme/campaigns/{campaign.key}/shortlist/"
    answer = logged_in(manager).post(
        f"{page}add/", {"creator": bo.creator.uid, "reason": "Kind"}, follow=True
    )
    assert "put others on the shortlist first" in answer.content.decode()
    body = {"campaign": campaign.key, "creators": [{"creator": str(bo.creator.uid)}]}
    told = rest_as(manager, brand).send("POST", "engagements/", body)
    [error] = assert_problem(told, 400, "share_exceeded")["errors"]
    assert error["pointer"] == "/creators"
    # Others may always come, and who is there already stays.
    assert len(put(campaign, ida, others[3]).made) == 1
    # Of eight, two are a quarter.
    campaign.wanted_creators = 8
    campaign.save()
    assert len(put(campaign, bo).made) == 1


def test_a_place_that_is_given_away_or_taken_again_counts_too(campaign, segment, brand, manager):
    ida, bo = member(segment, "Ida"), member(segment, "Bo")
    theirs = engage(campaign, relationship=ida)
    other = engage(campaign)
    engage(campaign)
    engage(campaign)
    common = {"brand": brand, "actor": manager, "at": NOW, "expected_version": None}
    taking = {"relationship_id": bo.pk, "reason": "Ill", **common}
    with pytest.raises(CampaignRefused, match="at most 25% of a campaign") as refusal:
        substitute(engagement_id=other.pk, **taking)
    assert (refusal.value.code, refusal.value.field) == ("share_exceeded", "creator")
    new = substitute(engagement_id=theirs.pk, **taking)
    assert new.relationship_id == bo.pk
    gone = engage(campaign, EngagementStage.DROPPED, relationship=member(segment, "Cleo"))
    back = {"stage": EngagementStage.SHORTLISTED, "reason": "Has time after all"}
    with pytest.raises(CampaignRefused, match="at most 25% of a campaign") as refusal:
        engagements.change(engagement_id=gone.pk, changes=back, **common)
    assert (refusal.value.code, refusal.value.field) == ("share_exceeded", "stage")
    Playbook.objects.update(maximum_share=None)
    engagements.change(engagement_id=gone.pk, changes=back, **common)


def test_of_personas_the_one_that_counts_is_limited(campaign, segment):
    first = make_segment(segment.brand, "experts", dimension="role", position=0)
    segment.position = 1
    segment.save()
    both = [member(segment, name) for name in ("Ida", "Bo")]
    dimension = segment.dimension
    assert first.dimension == dimension
    dimension.has_precedence = True
    dimension.save()
    for one in both:
        stay(first, one.creator, moment(1, 1))
    assert len(put(campaign, *both).made) == 2
