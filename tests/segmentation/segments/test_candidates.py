"""Who could close a gap of an audience: exactly one thing missing, ranked, priced, taken."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Engagement
from crm.choices import Stage, SuppressionOrigin, SuppressionReason
from crm.models import Hold, Platform, Relationship, Suppression
from segmentation.choices import ErrandStatus, Forecasted, PriceSource
from segmentation.models import AudienceSegment, CreatorForecast, ForecastModel
from segmentation.selectors.audiences import coverage_of
from segmentation.selectors.candidates import Asked, Order, candidates_of
from tests.campaigns.made import make_campaign
from tests.segmentation.segments.masks import member
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(brand):
    """An audience in Denmark on Instagram; who is called what is missing, or why they are none."""
    at = timezone.now()
    numbers = dict(Platform.objects.values_list("key", "number"))
    segment = make_segment(brand, "educators")
    audience = AudienceSegment.objects.create(
        brand=brand, key="teens", name="Teens", countries=["DK"], platforms=["instagram"]
    )
    audience.segments.set([segment])
    fits = {
        "country": "DK",
        "platforms": [numbers["instagram"]],
        "last_post_at": at - timedelta(days=5),
    }
    old = {"last_post_at": at - timedelta(days=120)}
    asked_of = {
        "Counted": {},
        "Silent": old,
        "Never seen": {"last_post_at": None, "followers": 900},
        "Somewhere": {"country": None},
        "Elsewhere": {"country": "SE"} | old,
        "No account": {"platforms": [numbers["tiktok"]], "followers": 5_000},
        "Two missing": {"country": None} | old,
        "Declined": old,
        "Objects": old,
        "Paused": old,
        "Suppressed": old,
    }
    made = {
        name: member(brand, segment, name=name, **(fits | facts))
        for name, facts in asked_of.items()
    }
    member(brand, name="In no segment", **(fits | old))
    of = {
        name: Relationship.objects.get(brand=brand, creator=creator)
        for name, creator in made.items()
    }
    Relationship.objects.filter(pk=of["Declined"].pk).update(stage=Stage.DECLINED)
    Relationship.objects.filter(pk=of["Objects"].pk).update(unprofiled_at=at)
    Hold.objects.create(brand=brand, relationship=of["Paused"], since=at, reason="Ill")
    Suppression.objects.create(
        brand=brand,
        creator=made["Suppressed"],
        is_person=True,
        at=at,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.values[0],
    )
    return SimpleNamespace(brand=brand, at=at, segment=segment, audience=audience, of=of)


def forecast(world, name, measure, middle, platform="instagram"):
    model, _made = ForecastModel.objects.get_or_create(
        brand=world.brand,
        number=1,
        status=ErrandStatus.DONE,
        as_of=world.at,
        requested_at=world.at,
        result={"currency": world.brand.currency},
    )
    CreatorForecast.objects.create(
        relationship=world.of[name],
        platform=platform,
        measure=measure,
        model=model,
        low=middle / 2,
        middle=middle,
        high=middle * 2,
        spread=1.0,
        own=3,
        parts=[{"key": "base", "factor": middle}, {"key": "segment:educators", "factor": 1.0}],
    )


def found(world, **asked):
    [one] = coverage_of(world.brand, at=world.at, key="teens")
    return candidates_of(world.brand, one, Asked(**asked), at=world.at)


def test_exactly_one_thing_is_missing(world):
    told = found(world)
    assert [(row.name, row.lack.value) for row in told.rows] == [
        ("No account", "platform"),
        ("Never seen", "post"),
        ("Silent", "post"),
        ("Somewhere", "country"),
    ]
    assert told.number == 4
    assert told.rows[1].lacks == "No post of them is known"
    assert {row.brings for row in told.rows} == {row.price for row in told.rows} == {None}


def test_ranked_by_what_they_bring_and_by_what_that_costs(world):
    forecast(world, "Silent", Forecasted.VIEWS, 2_000)
    forecast(world, "Somewhere", Forecasted.VIEWS, 8_000)
    forecast(world, "Somewhere", Forecasted.VIEWS, 99_000, "tiktok")
    forecast(world, "Silent", Forecasted.PRICE, 50, "")
    forecast(world, "Somewhere", Forecasted.PRICE, 400, "")
    told = found(world)
    assert [row.name for row in told.rows][:2] == ["Somewhere", "Silent"]
    first = told.rows[0]
    assert (first.brings.middle, first.brings.platform) == (8_000, "instagram")
    assert first.brings.lines[1] == ("For being in Educators", 1.0)
    assert (first.price.amount, first.price.source) == (400, PriceSource.ESTIMATED)
    assert first.cost_of_thousand == 50
    assert [row.name for row in found(world, order=Order.COST).rows][:2] == ["Silent", "Somewhere"]


def test_without_segments_nobody_can_be_named(world):
    world.audience.segments.clear()
    assert found(world).number == 0


def test_statements_do_not_grow(world, django_assert_num_queries):
    [one] = coverage_of(world.brand, at=world.at, key="teens")
    with django_assert_num_queries(4):  # forecasts' version, platforms, segments, creators
        candidates_of(world.brand, one, Asked(), at=world.at)


@pytest.fixture
def address(world):
    return reverse("segmentation:audience_candidates", args=["acme", "teens"])


def test_page_takes_the_ticked_and_refuses_others(world, address, strategist_client):
    forecast(world, "Silent", Forecasted.VIEWS, 2_000)
    campaign = make_campaign(world.brand)
    page = strategist_client.get(address, {"country": "DK", "platform": "instagram"})
    text = page.content.decode()
    assert "Active now: 1 of 3 wanted: thin." in text
    assert "4 creators could come to it" in text
    wanted = world.of["Silent"].pk
    refused = strategist_client.post(
        address, {"id": [wanted, world.of["Declined"].pk], "campaign": campaign.key}
    )
    assert refused.status_code == 422
    assert not Engagement.objects.exists()
    sent = strategist_client.post(address, {"id": [wanted], "campaign": f"{campaign.key}\0"})
    assert sent.status_code == 302
    placed = Engagement.objects.get()
    assert (placed.campaign, placed.relationship_id) == (campaign, wanted)


def test_bad_places_are_named(world, address, strategist_client):
    page = strategist_client.get(address, {"country": "XX"})
    assert page.status_code == 422
    assert "XX" in page.content.decode()
    file = reverse("segmentation:audience_candidates_export", args=["acme", "teens", "csv"])
    assert strategist_client.get(file, {"order": "luck"}).status_code == 422
    rows = b"".join(strategist_client.get(file).streaming_content).decode().splitlines()
    assert len(rows) == 5
    assert rows[1].startswith("No account,")
