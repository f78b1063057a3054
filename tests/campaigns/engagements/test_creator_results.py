"""The card of what came of the work with a creator, by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import ContentKind, DeliverableState, EngagementStage
from campaigns.models import Conversion, Deliverable, Engagement, PromoCode, Refund
from campaigns.selectors.creator_results import creator_results
from campaigns.services.rates.entering import Rate, enter
from crm.choices import PostKind
from tests.campaigns.made import make_campaign
from tests.factories import PostFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def ida(brand):
    brand.currency = "EUR"
    brand.save()
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


def place_of(ida, campaign, cost):
    return Engagement.objects.create(
        campaign=campaign,
        relationship=ida,
        stage=EngagementStage.LIVE,
        stage_since=NOW - 90 * DAY,
        agreed_cost=cost,
    )


def published(place, days, **counts):
    at = NOW - days * DAY
    profile = ProfileFactory(creator=place.relationship.creator)
    return Deliverable.objects.create(
        engagement=place,
        title="A post",
        platform_id="instagram",
        kind=ContentKind.SPONSORED_POST,
        form=PostKind.IMAGE,
        created_at=at,
        state=DeliverableState.PUBLISHED,
        state_since=at,
        published_at=at,
        post=PostFactory(profile=profile, creator=profile.creator, posted_at=at, **counts),
    )


def ordered(ida, value, days=5, campaign=None, currency="EUR"):
    code, _ = PromoCode.objects.get_or_create(brand=ida.brand, relationship=ida, code="IDA10")
    return Conversion.objects.create(
        brand=ida.brand, key=f"o{Conversion.objects.count()}", at=NOW - days * DAY, source="api",
        code=code, received_at=NOW, campaign=campaign, value=value,
        currency=currency if value is not None else "",
    )  # fmt: skip


KNOWN = {"likes": 90, "comments": 10, "saves": 0, "shares": 0, "impressions": 4_000}


def test_nothing_is_nothing(ida):
    assert creator_results(ida, at=NOW) is None


def test_sums_of_what_is_known_by_campaign_the_newest_first(ida, manager):
    old, new = make_campaign(ida.brand, key="autumn"), make_campaign(ida.brand, key="winter")
    first, second = place_of(ida, old, Decimal(300)), place_of(ida, new, Decimal(100))
    published(first, 60, **KNOWN)
    published(first, 50, **KNOWN | {"impressions": None})
    published(second, 10, **KNOWN)
    published(first, 400, **KNOWN)
    enter(
        brand=ida.brand, rates=[Rate("EUR", "USD", (NOW - 5 * DAY).date(), Decimal(2))],
        source="ECB", actor=manager, at=NOW,
    )  # fmt: skip
    ordered(ida, Decimal(40), campaign=new)
    ordered(ida, Decimal(20), currency="USD")
    ordered(ida, None)
    ordered(ida, Decimal(20), currency="CHF")
    back = ordered(ida, Decimal(60))
    Refund.objects.create(
        brand=ida.brand, conversion=back, key="r", at=NOW - DAY, value=None, source="api"
    )

    found = creator_results(ida, at=NOW)
    year = found.year
    assert (year.pieces, year.impressions.value, year.impressions.known) == (3, 8_000, 2)
    assert (year.engagements.value, year.engagements.known) == (300, 3)
    # 300 EUR over three pieces of which two are of this year, and 100.
    assert year.cost == 300
    assert year.per_engagement == 1
    # 40 EUR and half of 20 USD; one without a value, one without a rate, one taken back.
    assert (year.orders, year.revenue, year.unvalued) == (4, 50, 2)
    assert year.per_order == 75
    assert [one.engagement.campaign.key for one in found.campaigns] == ["winter", "autumn"]
    assert [one.results.pieces for one in found.campaigns] == [1, 2]
    assert found.campaigns[0].results.orders == 1


def test_what_is_not_known_of_one_piece_is_not_known_of_the_cost(ida):
    campaign = make_campaign(ida.brand)
    published(place_of(ida, campaign, None), 10, likes=None)
    year = creator_results(ida, at=NOW).year
    assert (year.cost, year.engagements.value, year.per_engagement) == (None, None, None)
    assert (year.orders, year.revenue, year.per_order) == (0, None, None)


def test_orders_without_pieces_cost_nothing_that_is_known(ida):
    ordered(ida, Decimal(40))
    year = creator_results(ida, at=NOW).year
    assert (year.pieces, year.cost, year.orders, year.per_order) == (0, None, 1, None)


def test_the_card_says_so_and_asks_the_same_however_much_there_is(
    ida, manager_client, django_assert_max_num_queries
):
    address = reverse("campaigns:creator_results", args=[ida.brand.slug, ida.creator.uid])
    assert "Nothing was published with Ida Holm" in manager_client.get(address).content.decode()
    for number in range(7):
        campaign = make_campaign(ida.brand, key=f"c{number}")
        published(place_of(ida, campaign, Decimal(10)), 10 + number, **KNOWN)
        ordered(ida, Decimal(5), campaign=campaign, days=number)
    with django_assert_max_num_queries(20):
        words = manager_client.get(address).content.decode()
    assert "And 2 earlier campaigns." in words
