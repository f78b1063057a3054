"""The page that leads from a segment into a campaign: look first, then take."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import Engagement
from segmentation.models import Activation, Playbook
from tests.campaigns.activation.test_ranking import member
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db
PAGE = ["acme", "spring-launch"]


@pytest.fixture
def segment(brand, manager):
    make_campaign(brand, manager, wanted_creators=20)
    made = make_segment(brand, "educators")
    for number in range(6):
        member(made, f"Creator {number}", posted=number)
    return made


def test_without_a_segment_the_way_leads_there(manager_client, brand, manager):
    make_campaign(brand, manager)
    text = manager_client.get(reverse("segmentation:activations", args=PAGE)).text
    assert "No segment is active" in text


def test_it_is_looked_at_first_and_what_the_playbook_allows_is_ticked(manager_client, segment):
    Playbook.objects.create(segment=segment, maximum_share=0.2, updated_at=NOW)
    page = reverse("segmentation:activations", args=PAGE)
    answer = manager_client.get(page, {"segment": "educators", "wanted": 5})
    assert answer.status_code == 200
    assert "6 members, 6 of them could be taken" in answer.text
    assert "At most 20% of a campaign, says the playbook: 0 of 20 planned" in answer.text
    assert answer.text.count(" checked>") == 4
    assert "Comes after those of whom fit and engagement are known." in answer.text
    assert not Engagement.objects.exists()
    rows = answer.context["ranking"].rows
    sent = {
        "segment": "educators",
        "wanted": 5,
        "as_of": answer.context["ranking"].as_of.isoformat(),
        "picked": [row.relationship_id for row in rows],
    }
    refused = manager_client.post(page, sent)
    assert refused.status_code == 422
    assert "take 4 at most" in refused.text
    assert refused.text.count(" checked>") == 5
    assert not Activation.objects.exists()
    done = manager_client.post(page, sent | {"picked": sent["picked"][:2]}, follow=True)
    assert "2 creators of Educators are on the shortlist" in done.text
    assert Engagement.objects.count() == 2
    text = manager_client.get(page).text
    assert "2 of 6" in text
    assert "version 1" in text


def test_what_cannot_be_asked_says_why(manager_client, analyst_client, segment):
    page = reverse("segmentation:activations", args=PAGE)
    answer = manager_client.get(page, {"segment": "educators", "wanted": 5, "budget": "-1"})
    assert "A budget is more than zero." in answer.text
    answer = manager_client.get(page, {"segment": "nowhere", "wanted": 5})
    assert "Select a valid choice" in answer.text
    zero = dict.fromkeys(("fit", "engagement", "freshness", "load"), 0)
    answer = manager_client.get(page, {"segment": "educators", "wanted": 5} | zero)
    assert "Something has to count" in answer.text
    answer = manager_client.post(page, {"segment": "educators", "wanted": 5})
    assert answer.status_code == 422
    assert "Tick at least one creator." in answer.text
    text = analyst_client.get(page).text
    assert "Nobody was taken from a segment" in text
