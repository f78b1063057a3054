"""What the demo brand has of briefs, claims and policies: once, however often it is filled."""

from __future__ import annotations

import pytest

from campaigns.choices import BriefState
from campaigns.models import BriefAcceptance, BriefVersion, Claim, Guideline, PolicyVersion
from campaigns.services.made_up_briefs import fill_briefs
from campaigns.services.made_up_campaigns import fill_campaigns
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("manager", "strategist", "legal")
def test_the_demo_brand_is_filled_once(brand):
    RelationshipFactory.create_batch(16, brand=brand)
    fill_campaigns(brand=brand, seed=0, at=NOW)
    for _twice in range(2):
        assert fill_briefs(brand=brand, seed=0, at=NOW) == 1
    version = BriefVersion.objects.get()
    assert (version.state, version.needs_legal) == (BriefState.APPROVED, True)
    assert (Claim.objects.count(), Guideline.objects.count()) == (7, 6)
    assert PolicyVersion.objects.get().published_at == NOW
    assert 0 < BriefAcceptance.objects.count() < 16
