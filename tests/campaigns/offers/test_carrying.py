"""An offer about a place in a campaign moves it along; people and rules have the last word."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.choices import CampaignStatus, Compensation, EngagementStage, OfferState, Per
from campaigns.models import Engagement, Offer
from campaigns.services.engagements import change
from campaigns.services.offers import deciding, sending, writing
from campaigns.services.offers.carrying import cost_of
from campaigns.services.offers.wanted import Deliverable, OfferRefused, Wanted
from crm.audit import entries_of, first_broken_link
from tests.campaigns.made import engage, make_campaign, set_status
from tests.campaigns.offers.worlds import BY_PHONE, FEE
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(brand, manager) -> Engagement:
    campaign = set_status(make_campaign(brand, manager, currency="USD"), CampaignStatus.ACTIVE)
    return engage(campaign, EngagementStage.APPROVED)


def drafted(place: Engagement, actor, wanted: Wanted = FEE) -> Offer:
    return writing.draft_offer(
        relationship=place.relationship,
        engagement=place,
        title="Spring",
        wanted=wanted,
        actor=actor,
        at=NOW,
    )


def who(offer: Offer, actor) -> dict[str, object]:
    return {
        "offer_id": offer.pk,
        "brand": offer.brand,
        "actor": actor,
        "at": NOW,
        "expected_version": None,
    }


def where(place: Engagement) -> tuple[str, Decimal | None]:
    place.refresh_from_db()
    return place.stage, place.agreed_cost


def test_a_place_is_invited_negotiates_and_has_its_cost(brand, manager, place):
    offer = drafted(place, manager)
    assert where(place) == ("approved", None)
    sending.send_by_hand(**who(offer, manager), said=BY_PHONE)
    assert where(place) == ("invited", None)
    dearer = replace(FEE, amount=Decimal(600), per=Per.POST)
    writing.counter(**who(offer, manager), wanted=dearer, said=BY_PHONE)
    assert where(place) == ("negotiating", None)
    deciding.accept(**who(offer, manager))
    # Two reels at 600 each; the stage is a contract's to move.
    assert where(place) == ("negotiating", Decimal("1200.00"))
    assert first_broken_link(entries_of(brand)) is None


def test_a_place_that_people_put_further_stays_there(brand, manager, place):
    offer = drafted(place, manager)
    change(
        engagement_id=place.pk,
        brand=brand,
        changes={"stage": EngagementStage.DROPPED, "reason": "No time."},
        actor=manager,
        at=NOW,
        expected_version=None,
    )
    sending.send_by_hand(**who(offer, manager), said=BY_PHONE)
    deciding.accept(**who(offer, manager))
    assert where(place) == ("dropped", None)
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED


def test_a_draft_campaign_does_not_hold_an_offer_back_and_is_not_moved_by_it(brand, manager):
    place = engage(make_campaign(brand, manager, currency="USD"), EngagementStage.APPROVED)
    offer = drafted(place, manager)
    sending.send_by_hand(**who(offer, manager), said=BY_PHONE)
    assert where(place) == ("approved", None)
    deciding.accept(**who(offer, manager))
    assert where(place) == ("approved", Decimal("800.00"))


def test_another_currency_is_not_written_down_as_the_campaigns(brand, manager):
    campaign = set_status(make_campaign(brand, manager, currency="EUR"), CampaignStatus.ACTIVE)
    place = engage(campaign, EngagementStage.INVITED)
    offer = drafted(place, manager)
    sending.send_by_hand(**who(offer, manager), said=BY_PHONE)
    deciding.accept(**who(offer, manager))
    assert where(place) == ("invited", None)


@pytest.mark.parametrize(
    ("wanted", "cost"),
    [
        (FEE, "800"),
        (replace(FEE, per=Per.POST), "1600"),
        (
            Wanted(Compensation.AMBASSADOR, amount=Decimal(200), per=Per.MONTH, months=6),
            "1200",
        ),
        (Wanted(Compensation.GIFT, product="Shoes", product_value=Decimal(120)), "0"),
        (Wanted(Compensation.AFFILIATE, percent=Decimal(10)), None),
        (
            Wanted(
                Compensation.FEE,
                amount=Decimal(50),
                per=Per.POST,
                percent=Decimal(5),
                deliverables=(Deliverable("review", "instagram", "story", 3),),
            ),
            "150",
        ),
    ],
)
def test_what_a_version_costs(place, manager, wanted, cost):
    offer = drafted(place, manager, wanted)
    assert cost_of(offer.current) == (None if cost is None else Decimal(cost))


def test_only_an_open_place_of_the_same_creator_can_be_meant(brand, manager, place):
    with pytest.raises(OfferRefused) as refused:
        writing.draft_offer(
            relationship=RelationshipFactory(brand=brand),
            engagement=place,
            title="Spring",
            wanted=FEE,
            actor=manager,
            at=NOW,
        )
    assert refused.value.field == "campaign"
    gone = engage(place.campaign, EngagementStage.DECLINED)
    with pytest.raises(OfferRefused, match="nothing is to be agreed there any more"):
        drafted(gone, manager)
    assert not Offer.objects.exists()


def test_the_page_of_a_place_counts_in_its_campaigns_currency_and_lists_its_offers(brand, manager):
    place = engage(make_campaign(brand, manager, currency="EUR"), EngagementStage.APPROVED)
    browser = logged_in(manager)
    new = f"/acme/creators/{place.relationship.creator.uid}/offers/new/"
    currency = [
        browser.get(path).context["page"].terms["currency"].value()
        for path in (
            new,
            f"{new}?place={place.pk}",
            f"{new}?place={place.pk + 1}",
            f"{new}?place=x",
        )
    ]
    assert currency == ["USD", "EUR", "USD", "USD"]
    panel = f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/contracts/"
    assert "Offer: " not in browser.get(panel).content.decode()
    offer = drafted(place, manager)
    assert f'href="/acme/offers/{offer.pk}/">Spring</a>' in browser.get(panel).content.decode()


def test_the_page_offers_the_creators_campaigns_and_the_api_takes_a_key(brand, manager, place):
    elsewhere = engage(make_campaign(brand, manager, name="Autumn"))
    browser = logged_in(manager)
    uid = place.relationship.creator.uid
    page = browser.get(f"/acme/creators/{uid}/offers/new/?place={place.pk}").content.decode()
    assert f'<option value="{place.pk}" selected>Spring launch</option>' in page
    assert elsewhere.campaign.name not in page
    rest = rest_as(manager, brand)
    body = {
        "creator": str(uid),
        "title": "Spring",
        "campaign": place.campaign.key,
        "terms": {"compensation": "affiliate", "percent": "10"},
    }
    made = rest.send("POST", "offers", body)
    assert made.status_code == 201, made.json()
    assert made.json()["campaign"] == place.campaign.key
    body["campaign"] = elsewhere.campaign.key
    refused = rest.send("POST", "offers", body)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/campaign"
    assert Offer.objects.count() == 1
