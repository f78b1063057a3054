"""What pieces cost over two years: of whom, in which currency, and whether the same cost more."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Competitor, Engagement, ExchangeRate
from campaigns.selectors.conflicts import competitor_posts
from crm.models import Post
from segmentation.selectors.prices import Paid, paid_of, prices_of, rise_of
from tests.campaigns.made import make_campaign
from tests.factories import ProfileFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

DAY = date(2026, 5, 1)


def paid(creator, amount):
    return Paid(creator, "Micro", DAY, Decimal(amount), "EUR", Decimal(amount), "")


def test_a_rise_is_of_the_same_creators_only():
    before = [paid(1, 100), paid(2, 200), paid(3, 300)]
    rise = rise_of(before, [paid(1, 110), paid(2, 260), paid(9, 9_000)])
    assert (rise.creators, rise.value) == (2, pytest.approx(0.2))
    assert rise.words == (
        "Of 2 creators with prices in both years, the middle one costs 20% more than before. "
        "Too few to say how sure that is."
    )
    assert rise_of(before, []).words.startswith("No creator has a price in both years")
    many = rise_of([paid(n, 100) for n in range(8)], [paid(n, 110 + n) for n in range(8)])
    assert (many.low, many.high) == (pytest.approx(0.10), pytest.approx(0.17))
    assert "95 % interval +10% to +17%" in many.words
    same = rise_of([paid(n, 100) for n in range(8)], [paid(n, 96 + n) for n in range(8)])
    assert same.words.endswith("that may be chance.")


@pytest.fixture
def agreed(brand):
    """Two places: one in euros a month ago, one in kroner 500 days ago, whose rate is known."""
    at = timezone.now()
    people = [RelationshipFactory(brand=brand) for _ in range(2)]
    for relationship, currency, cost, days in (
        (people[0], "EUR", 300, 30),
        (people[1], "DKK", 1_000, 500),
    ):
        campaign = make_campaign(brand, name=currency, currency=currency)
        Engagement.objects.create(
            campaign=campaign,
            relationship=relationship,
            agreed_cost=Decimal(cost),
            stage_since=at - timedelta(days=days),
        )
    brand.currency = "EUR"
    brand.save(update_fields=["currency"])
    return people


@pytest.mark.django_db
def test_a_place_without_pieces_tells_no_price(brand, agreed):
    assert paid_of(brand, timezone.now()) == []
    assert prices_of(brand, timezone.now()).rows == []


@pytest.mark.django_db
def test_pages(brand, agreed, strategist_client):
    for engagement in Engagement.objects.all():
        engagement.deliverables.create(
            title="A", platform_id="instagram", kind="review", form="image"
        )
    at = timezone.now()
    assert [(one.price, one.amount) for one in paid_of(brand, at)] == [(300, 300), (1_000, None)]
    address = reverse("segmentation:prices", args=["acme"])
    page = strategist_client.get(address).content.decode()
    assert "1 of 2 prices are left out" in page
    ExchangeRate.objects.create(
        brand=brand,
        base="EUR",
        currency="DKK",
        day=(at - timedelta(days=501)).date(),
        rate=Decimal("7.5"),
        source="ECB",
        entered_at=at,
    )
    [_first, second] = paid_of(brand, at)
    assert second.amount == Decimal("133.33")
    assert "(ECB)" in second.by_rate
    [whole, _tier] = prices_of(brand, at).rows
    assert (whole.before.value, whole.lately.value) == (133.33, 300)
    relationship = agreed[1]
    assert competitor_posts(brand, relationship.creator, at) is None
    Competitor.objects.create(brand=brand, name="Rival", handles=["rival"])
    part = reverse("segmentation:creator_forecasts", args=["acme", relationship.creator.uid])
    # No post is known, so nobody knows whether one names them.
    assert "name a competitor" not in strategist_client.get(part).content.decode()
    profile = ProfileFactory(creator=relationship.creator)
    Post.objects.create(
        profile=profile,
        creator=relationship.creator,
        external_id="1",
        caption="Rivalry at its best",
        posted_at=at - timedelta(days=3),
    )
    text = strategist_client.get(part).content.decode()
    assert "1,000 DKK a piece" in text
    assert "name a competitor: 0" in text


@pytest.mark.django_db
def test_rest(brand, agreed, analyst, other_brand, outsider):
    for engagement in Engagement.objects.all():
        engagement.deliverables.create(
            title="A", platform_id="instagram", kind="review", form="image"
        )
    rest = rest_as(analyst, brand)
    found = rest.json("prices/")
    assert (found["currency"], found["read"], found["without_rate"]) == ("EUR", 2, 1)
    assert found["tiers"][0]["tier"] == "All"
    assert found["tiers"][0]["lately"] == {
        "prices": 1,
        "creators": 1,
        "value": 300.0,
        "low": None,
        "high": None,
    }
    assert found["tiers"][0]["rise"]["value"] is None
    uid = agreed[1].creator.uid
    [row] = rest.json(f"creators/{uid}/prices/")["results"]
    assert (row["price"], row["currency"], row["amount"]) == ("1000.00", "DKK", None)
    assert "DKK" in row["by_rate"]
    assert_problem(rest_as(outsider, other_brand).get(f"creators/{uid}/prices/"), 404)
