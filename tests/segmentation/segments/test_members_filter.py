"""Which members: the filter of the page, the file and the API."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from crm.models import CreatorMetrics, Profile
from segmentation.choices import Cause
from segmentation.filters import MemberFilter
from segmentation.selectors.members import open_stays
from tests.factories import NOW, ProfileFactory
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(brand):
    segment, other = make_segment(brand, "educators"), make_segment(brand, "other")
    ana = make_creator(brand, name="Ána Lind", stage="core", country="DK", is_celebrity=True)
    bo = make_creator(brand, name="Bo", country="SE")
    cai = make_creator(brand, name="Cai")
    stay(segment, ana, moment(6, 1))
    by_hand = stay(segment, bo, moment(7, 1))
    type(by_hand).objects.filter(creator=bo).update(entered_cause=Cause.OVERRIDE)
    stay(segment, cai, moment(8, 1))
    stay(other, bo, moment(7, 1))
    stay(other, cai, moment(7, 1), moment(8, 1))
    for creator, followers in ((ana, 5_000), (bo, 5_000), (cai, 100_000)):
        CreatorMetrics.objects.update_or_create(
            creator=creator, defaults={"as_of": NOW, "followers": followers}
        )
    Profile.objects.filter(creator=bo).update(platform="tiktok")
    ProfileFactory(creator=cai, platform_id="tiktok")
    return segment


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"Ána Lind", "Bo", "Cai"}),
        ({"search": "ana"}, {"Ána Lind"}),
        ({"stage": "core"}, {"Ána Lind"}),
        ({"platform": "tiktok"}, {"Bo", "Cai"}),
        ({"country": "se"}, {"Bo"}),
        ({"since": "2026-07-01"}, {"Bo", "Cai"}),
        ({"since": "2026-07-02"}, {"Cai"}),
        ({"cause": "override"}, {"Bo"}),
        ({"also_in": "other"}, {"Bo"}),
        ({"tier": "celebrity"}, {"Ána Lind"}),
        ({"tier": "nano"}, {"Bo"}),
        ({"tier": "mid"}, {"Cai"}),
        ({"tier": "mega"}, set()),
        ({"stage": "prospect", "platform": "tiktok", "country": "SE"}, {"Bo"}),
    ],
)
def test_narrowed(brand, segment, asked, names):
    found = narrowed(brand, segment, asked)
    assert found.is_valid()
    assert set(found.rows().values_list("creator__name", flat=True)) == names


def narrowed(brand, segment, asked):
    request = RequestFactory().get("/", asked)
    request.brand = brand
    return MemberFilter(request.GET, open_stays(segment), request=request)


@pytest.mark.parametrize(
    "asked",
    [
        {"stage": "friend"},
        {"platform": "orkut"},
        {"tier": "harvard"},
        {"country": "Denmark"},
        {"since": "yesterday"},
        {"cause": "erased"},
        {"also_in": "nowhere"},
        {"sort": "age"},
        {"search": "x\x00"},
    ],
)
def test_what_there_is_not_is_an_error_and_shows_nobody(brand, segment, asked):
    found = narrowed(brand, segment, asked)
    assert list(found.errors) == list(asked)
    assert not found.rows().exists()


def test_segments_of_another_brand_cannot_be_asked_for(brand, other_brand, segment):
    make_segment(other_brand, "theirs")
    assert not narrowed(brand, segment, {"also_in": "theirs"}).is_valid()


def test_without_a_scheme_there_is_no_tier(brand, segment):
    brand.tier_scheme = None
    brand.save()
    assert not narrowed(brand, segment, {"tier": "nano"}).is_valid()
    assert narrowed(brand, segment, {}).rows().count() == 3
