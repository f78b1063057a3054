import pytest

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Click, Conversion, Refund
from campaigns.services.made_up_conversions import fill_conversions
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, ProfileFactory

pytestmark = pytest.mark.django_db


def test_the_demo_brand_gets_a_shop_once(brand, manager):
    assert fill_conversions(brand=brand, seed=1, at=NOW) == 0
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    for place in range(4):
        one = engage(campaign, EngagementStage.LIVE)
        ProfileFactory(creator=one.relationship.creator, handle=f"demo{place}")
    number = fill_conversions(brand=brand, seed=1, at=NOW)
    assert number == Conversion.objects.count() > 80
    assert fill_conversions(brand=brand, seed=1, at=NOW) == number
    assert Click.objects.count() > 400
    assert Refund.objects.exists()
    assert Conversion.objects.filter(code=None, code_text="NIGHT-OWL").count() == 9
    assert Conversion.objects.exclude(campaign=campaign).exclude(code_text="NIGHT-OWL").count() < 20
