"""The brief for a segment begins with that for all and with the segment's playbook."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.choices import EngagementStage
from campaigns.models import Brief, BriefVersion
from campaigns.services.briefs.document import Block, Document
from campaigns.services.refusals import CampaignRefused
from segmentation.models import Playbook
from segmentation.services.briefs import filled, start_for_segment
from tests.campaigns.briefs.made import draft
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db
PAGE = ["acme", "spring-launch"]


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


@pytest.fixture
def segment(brand):
    made = make_segment(brand, "educators")
    Playbook.objects.create(
        segment=made,
        briefing="One ingredient a week.",
        formats="Explainers,\ncarousels.",
        usage_rights="Organic, 12 months.",
        dos="- Name the source\nBe calm",
        donts="Shout",
        claims_policy="Nothing that heals.",
        updated_at=NOW,
    )
    return made


def test_a_playbook_adds_and_takes_nothing_away(segment):
    before = Document(
        background="A new cream.",
        dos=("Be calm", "Be brief"),
        usage="Six months.",
        blocks=(Block("instagram", "video", advice="Loud"), Block("tiktok", "short_video")),
    )
    made = filled(before, segment.playbook)
    assert made.background == "A new cream.\n\nOne ingredient a week."
    assert made.dos == ("Be calm", "Be brief", "Name the source")
    assert made.donts == ("Shout", "Nothing that heals.")
    assert made.usage == "Six months."
    assert [block.advice for block in made.blocks] == ["Loud", "Explainers, carousels."]
    assert filled(made, segment.playbook) == made
    assert filled(Document(), segment.playbook).usage == "Organic, 12 months."


def test_it_begins_with_what_all_creators_get(campaign, segment, manager, manager_client):
    draft(campaign, manager, goal="More people know it.")
    engage(campaign, EngagementStage.SHORTLISTED, segment="educators")
    page = reverse("segmentation:brief_new", args=PAGE)
    text = manager_client.get(page).content.decode()
    assert "One ingredient a week." in text
    answer = manager_client.post(page, {"segment": "educators"})
    made = BriefVersion.objects.get(brief__segment="educators")
    where = reverse("campaigns:brief_edit", args=[*PAGE, made.brief_id])
    assert answer["Location"] == where
    document = Document.of(made.document)
    assert document.goal == "More people know it."
    assert document.donts == ("Shout", "Nothing that heals.")
    assert made.brief.segment_name == segment.name
    text = manager_client.get(page).content.decode()
    assert "No segment is left" in text
    again = manager_client.post(page, {"segment": "educators"})
    assert again.status_code == 409
    assert "already" in again.content.decode()


def test_only_an_active_segment_of_the_brand_has_one(campaign, manager, other_brand, segment):
    make_segment(other_brand, "theirs")
    said = {"campaign_id": campaign.pk, "brand": campaign.brand, "actor": manager, "at": NOW}
    for key in ("theirs", "nowhere"):
        with pytest.raises(CampaignRefused, match="There is no segment"):
            start_for_segment(**said, segment=key)
    assert not Brief.objects.exists()
