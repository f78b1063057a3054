"""What tiers usually bring, what a mix comes to, and how it becomes a budget."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import OfferState
from campaigns.models import BudgetLine
from campaigns.selectors.capacity import Line, Measure, Whole, Wish, usual_by_tier
from tests.campaigns.made import make_campaign
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.factories import (
    NOW,
    CreatorMetricsFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
URL = "/acme/campaigns/{}/capacity/"


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager, objective="reach")


def partner(brand, followers, reach=(), *, platform="instagram", days=10, **values):
    """A creator with posts that reached so many each, the newest first."""
    made = RelationshipFactory(brand=brand, **values)
    CreatorMetricsFactory(
        creator=made.creator, followers=followers, engagement_rate=0.03, engagement_posts=3
    )
    account = ProfileFactory(creator=made.creator, platform_id=platform, followers=followers)
    for number, people in enumerate(reach):
        PostFactory(
            profile=account,
            creator=made.creator,
            posted_at=NOW - timedelta(days=days + number),
            reach=people,
            views=None,
            likes=None,
            comments=None,
        )
    return made


def of_tier(campaign, key, measure=Measure.REACH):
    return next(one for one in usual_by_tier(campaign, measure, NOW) if one.tier.key == key)


def test_usual_is_the_quartiles_of_the_medians_of_creators(brand, campaign):
    for median in (100, 200, 300, 400, 500):
        partner(brand, 5_000, (median - 50, median, median + 900, None))
    micro = of_tier(campaign, "nano")
    assert (micro.available, micro.looked_at, micro.known) == (5, 5, 5)
    assert (micro.low, micro.middle, micro.high) == (200, 300, 400)
    assert micro.engagement_rate == 0.03


def test_what_does_not_count_leaves_nothing_behind(brand, other_brand, campaign):
    for _number in range(4):
        partner(brand, 5_000, (100,))
    partner(brand, 5_000, (100,), stage="declined")
    partner(brand, 5_000, (100,), platform="tiktok")
    partner(brand, 5_000, (100,), days=400)
    partner(other_brand, 5_000, (100,))
    nano = of_tier(campaign, "nano")
    # Six are partners; four have a number, which is too few to say what is usual.
    assert (nano.available, nano.known, nano.middle) == (6, 4, None)
    campaign.platforms = []
    assert of_tier(campaign, "nano").middle == 100


def test_engagements_are_unknown_where_neither_likes_nor_comments_are(brand, campaign):
    for _number in range(5):
        made = partner(brand, 5_000, (100,))
        post = made.creator.posts.get()
        post.likes, post.saves = 40, 2
        post.save()
    assert of_tier(campaign, "nano", Measure.ENGAGEMENTS).middle == 42
    assert of_tier(campaign, "nano", Measure.VIEWS).middle is None


def test_what_a_post_cost_comes_from_accepted_offers(brand, manager, campaign):
    one, other = partner(brand, 5_000), partner(brand, 5_000)
    an_offer(one, manager, OfferState.ACCEPTED)
    an_offer(other, manager, OfferState.SENT)
    campaign.currency = "USD"
    nano = of_tier(campaign, "nano")
    posts = sum(item.count for item in FEE.deliverables)
    assert (nano.fee, nano.offers) == ((FEE.amount / posts).quantize(Decimal("0.01")), 1)
    campaign.currency = "SEK"
    assert of_tier(campaign, "nano").fee is None


def test_sums_name_what_is_missing(brand, campaign):
    for median in (100, 200, 300, 400, 500):
        partner(brand, 5_000, (median,))
    nano, micro = of_tier(campaign, "nano"), of_tier(campaign, "micro")
    whole = Whole(
        [
            Line(nano, Wish(8, 2, Decimal(50))),
            Line(micro, Wish(2, 1, None)),
            Line(nano, Wish(0, 1, None)),
        ]
    )
    assert (whole.creators, whole.posts, whole.cost) == (10, 18, Decimal(800))
    assert whole.brings == (200 * 16, 300 * 16, 400 * 16)
    assert (whole.without_cost, whole.without_numbers) == ([micro.tier.name], [micro.tier.name])
    assert whole.lines[0].lacks == 3
    assert Whole(whole.lines[1:]).cost is None
    assert whole.hhi("creators") == pytest.approx(0.8**2 + 0.2**2)
    assert whole.hhi("cost") == 1


def test_a_mix_is_worked_out_and_taken_over(brand, manager_client, campaign):
    for median in (100, 200, 300, 400, 500):
        partner(brand, 5_000, (median,))
    url = URL.format(campaign.key)
    wish = {"measure": "reach", "nano_creators": "4", "nano_posts": "2", "nano_fee": "100"}
    page = manager_client.get(url, wish).content.decode()
    assert "4 creators, 8 posts" in page
    assert "2 %" in page.replace("\u202f", " ")  # 2,400 of a target of 100,000
    before = campaign.version
    answer = manager_client.post(url, wish | {"version": before})
    assert answer["Location"] == f"/acme/campaigns/{campaign.key}/budget/"
    line = BudgetLine.objects.get(campaign=campaign)
    assert (line.key, line.amount, line.creators) == ("nano", Decimal(800), 4)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "Say how many creators"),
        ({"nano_creators": "4"}, "Say what a post costs: Nano"),
        ({"nano_creators": "4", "nano_fee": "10", "version": "9"}, "changed"),
        ({"nano_creators": "400", "nano_fee": "100"}, "budget"),
        ({"nano_creators": "many"}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_words(campaign, manager_client, wish, words):
    sent = {"measure": "reach", "version": str(campaign.version)} | wish
    answer = manager_client.post(URL.format(campaign.key), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BudgetLine.objects.exists()


def test_a_brand_without_numbers_is_told_so(campaign, analyst_client):
    page = analyst_client.get(URL.format(campaign.key), {"nano_creators": "3"}).content.decode()
    assert "Too little is known of Nano" in page
    assert 'href="?measure=views"' in page
    assert "Take it over" not in page


def test_the_number_of_statements_does_not_grow(brand, campaign):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            usual_by_tier(campaign, Measure.REACH, NOW)
        return len(queries)

    partner(brand, 5_000, (100,))
    before = statements()
    for followers in (4_000, 40_000, 400_000):
        partner(brand, followers, (100, 200))
    assert statements() == before <= 4
