"""Costs and returns of segments, by hand: as of the moment, in one currency, unknown is not 0."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import ContentKind, CostKind, DeliverableState, EngagementStage
from campaigns.models import Conversion, Deliverable, Engagement, Payable, PromoCode
from campaigns.services.rates.entering import Rate, enter
from crm.choices import PostKind
from crm.models import Relationship
from segmentation.metrics.measuring import measure
from tests.campaigns.made import make_campaign
from tests.segmentation.world import make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db

START, MIDDLE, END = moment(7, 1), moment(8, 15), moment(10, 1)
EARLY, LATE = moment(7, 20, 9), moment(9, 8, 9)
COUNTS = {"likes": 80, "comments": 20, "saves": 0, "shares": 0, "views": 4_000}


@pytest.fixture
def world(brand):
    """Six creators in one segment until mid-quarter and in another from then on, each for 100 EUR.

    Each has two pieces: one early, one late; the impressions are 10,000 and 5,000.
    """
    brand.currency = "EUR"
    brand.save()
    before, after = make_segment(brand, "before"), make_segment(brand, "after")
    campaign = make_campaign(brand)
    places = []
    for _ in range(6):
        creator = make_creator(brand)
        stay(before, creator, moment(2, 1), MIDDLE)
        stay(after, creator, MIDDLE)
        place = Engagement.objects.create(
            campaign=campaign,
            relationship=Relationship.objects.get(creator=creator),
            stage=EngagementStage.LIVE,
            stage_since=moment(6, 1),
            agreed_cost=Decimal(100),
        )
        for at, impressions in ((EARLY, 10_000), (LATE, 5_000)):
            published(place, at, impressions=impressions, **COUNTS)
        places.append(place)
    return SimpleNamespace(
        brand=brand, before=before, after=after, campaign=campaign, places=places
    )


def published(place, at, **counts):
    creator = place.relationship.creator
    return Deliverable.objects.create(
        engagement=place,
        title="A post",
        platform_id="instagram",
        kind=ContentKind.SPONSORED_POST,
        form=PostKind.IMAGE,
        created_at=moment(6, 1),
        state=DeliverableState.PUBLISHED,
        state_since=at,
        published_at=at,
        post=post(creator, at, **counts),
    )


def rows(world, *keys):
    """Of before, then of after."""
    found = measure(
        brand=world.brand,
        segment_ids=[world.before.pk, world.after.pk],
        start=START,
        until=END,
    )
    return [[found.segments[one.pk][key] for key in keys] for one in (world.before, world.after)]


def sold(place, value, at=EARLY, **values):
    code, _ = PromoCode.objects.get_or_create(
        brand=place.campaign.brand, relationship=place.relationship, code=f"C{place.pk}"
    )
    said = {"value": value, "currency": "EUR"} | values
    return Conversion.objects.create(
        brand=place.campaign.brand, key=f"o{Conversion.objects.count()}", at=at, source="api",
        campaign=place.campaign, code=code, received_at=at, **said,
    )  # fmt: skip


def test_costs_are_those_of_pieces_as_of_their_publication(world) -> None:
    before, after = rows(world, "cpm", "cpe", "cpv", "cpp", "cost_per_qualified_engagement")
    # 50 EUR a piece: 10,000 impressions early, 5,000 late; 100 engagements; comments count.
    assert [row.value for row in before] == pytest.approx([5.0, 0.5, 0.0125, 50.0, 2.5])
    assert [row.value for row in after] == pytest.approx([10.0, 0.5, 0.0125, 50.0, 2.5])
    assert {(row.n, row.creators) for row in before} == {(6, 6)}
    assert before[0].name == "Cost per 1,000 impressions, EUR"
    assert before[4].inputs["weights"] == "1 x comments + 1 x saves + 1 x shares (as shipped)"
    # All are alike: the interval is the value.
    assert (before[0].wide.low, before[0].wide.high) == pytest.approx((5.0, 5.0))


def test_amounts_that_are_owed_count_in_the_brands_currency(world, manager) -> None:
    place = world.places[0]
    on = EARLY.date()
    Payable.objects.create(
        brand=world.brand, campaign=world.campaign, engagement=place, kind=CostKind.PRODUCT,
        title="Shoes", currency="USD", amount=Decimal(100), trigger="hand", state="ready",
        ready_on=on, due_on=on, evidence={"words": ""},
    )  # fmt: skip
    [[row], _] = rows(world, "cpp")
    # Without a rate the creator's cost is not known, not smaller.
    assert (row.value, row.creators, row.inputs["posts_left_out"]) == (50.0, 5, 1)
    rate = Rate("EUR", "USD", on, Decimal("1.25"))
    enter(brand=world.brand, rates=[rate], source="ECB", actor=manager, at=EARLY)
    [[row], _] = rows(world, "cpp")
    # (5 x 50 + 90) / 6
    assert (row.value, row.creators) == (pytest.approx(340 / 6), 6)


def test_a_count_that_is_not_known_leaves_its_creator_out_of_that_ratio_only(world) -> None:
    piece = Deliverable.objects.get(published_at=EARLY, engagement=world.places[0])
    piece.post.impressions = None
    piece.post.save()
    Engagement.objects.filter(pk=world.places[5].pk).update(agreed_cost=None)
    [[cpm, cpe], _] = rows(world, "cpm", "cpe")
    assert (cpm.value, cpm.creators) == (None, 4)
    assert cpm.reason.startswith("Too few: cost and count known of 4 creators")
    assert (cpe.value, cpe.creators) == (pytest.approx(0.5), 5)


def test_revenue_against_cost(world, manager) -> None:
    on = EARLY.date()
    enter(
        brand=world.brand, rates=[Rate("EUR", "USD", on, Decimal(2))], source="ECB",
        actor=manager, at=EARLY,
    )  # fmt: skip
    for place in world.places[:5]:
        sold(place, Decimal(100))
    sold(world.places[5], Decimal(200), currency="USD")
    sold(world.places[5], None, currency="")
    sold(world.places[5], Decimal(900), at=moment(6, 20))
    # Not of a campaign.
    sold(world.places[5], Decimal(900)).__class__.objects.filter(value=900, at=EARLY).update(
        campaign=None
    )
    [[roas, roi], [later, _]] = rows(world, "roas", "roi")
    assert (roas.value, roi.value, roas.creators) == (pytest.approx(2.0), pytest.approx(1.0), 6)
    assert (roas.inputs["revenue"], roas.inputs["cost"], roas.n) == (600.0, 300.0, 7)
    assert roas.inputs["conversions_of_the_brand_without_a_known_value"] == 1
    assert (roi.wide.low, roi.metric.key) == (pytest.approx(roas.wide.low - 1), "roi")
    assert later.value == 0.0


def test_without_pieces_or_sales_it_says_so(world) -> None:
    [[roas, roi], _] = rows(world, "roas", "roi")
    assert roas.reason == roi.reason
    assert roas.reason.startswith("No conversion of these days is credited")
    Deliverable.objects.all().delete()
    [[cpm, roas], _] = rows(world, "cpm", "roas")
    assert cpm.reason == roas.reason
    assert cpm.reason == "Nothing that a campaign pays for was published in these days."


def test_statements_do_not_grow(world) -> None:
    def count():
        with CaptureQueriesContext(connection) as queries:
            rows(world, "cpm")
        return len(queries)

    few = count()
    for place in world.places:
        published(place, LATE + timedelta(hours=1), impressions=100, **COUNTS)
    assert count() == few


def test_media_value_is_told_model_by_model_and_apart(world, manager) -> None:
    rates = [Rate("EUR", "USD", at.date(), Decimal(2)) for at in (EARLY, LATE)]
    enter(brand=world.brand, rates=rates, source="ECB", actor=manager, at=LATE)
    keys = [f"emv_per_post:{model}" for model in ("later", "lefty", "traackr", "cpm_10")]
    before, after = rows(world, *keys)
    # Half of: 80 x 0.30 + 20 x 0.50 + 10,000 x 0.00005; 10,000 x 0.015; 100 x 0.15; and so on.
    assert [row.value for row in before] == pytest.approx([17.25, 75, 7.5, 50])
    assert [row.value for row in after] == pytest.approx([17.125, 37.5, 7.5, 25])
    assert before[0].name == "EMV of a post by Later (Ayzenberg index), EUR"
    assert (before[0].n, before[0].creators, before[0].inputs["media_value"]) == (6, 6, 103.5)
    # Without a value of any action a model says nothing.
    assert (
        "emv_per_post:own"
        not in measure(
            brand=world.brand, segment_ids=[world.before.pk], start=START, until=END
        ).segments[world.before.pk]
    )


def test_media_value_of_counts_that_are_not_known_is_estimated_where_the_model_does(
    world, manager
) -> None:
    rates = [Rate("EUR", "USD", at.date(), Decimal(2)) for at in (EARLY, LATE)]
    enter(brand=world.brand, rates=rates, source="ECB", actor=manager, at=LATE)
    piece = Deliverable.objects.get(published_at=EARLY, engagement=world.places[0])
    piece.post.impressions = None
    piece.post.save()
    [[later, lefty], _] = rows(world, "emv_per_post:later", "emv_per_post:lefty")
    assert (later.creators, later.inputs["posts_left_out"]) == (5, 1)
    # Ten times the likes stand in for its impressions: (5 x 75 + 80 x 10 x 0.015 / 2) / 6.
    assert lefty.value == pytest.approx((5 * 75 + 6) / 6)
    assert lefty.provenance["estimated"] == 1


def test_without_a_rate_media_value_is_not_known(world) -> None:
    [[later], _] = rows(world, "emv_per_post:later")
    assert (later.value, later.inputs["posts_left_out"]) == (None, 6)
    assert later.reason.startswith("Too few: counts that the model needs known of 0 creators")
