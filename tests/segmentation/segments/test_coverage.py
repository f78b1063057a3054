"""How well audiences are reached, with exact numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Platform
from segmentation.models import AudienceSegment
from segmentation.selectors.audience_spread import spreads_of
from segmentation.selectors.audiences import Coverage, coverage_of, heat_of
from tests.factories import NOW
from tests.segmentation.segments.masks import member
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db
LATELY = NOW - timedelta(days=89)


@pytest.fixture
def numbers(db):
    return dict(Platform.objects.values_list("key", "number"))


@pytest.fixture
def educators(brand):
    return make_segment(brand, "educators")


def audience(brand, *segments, **values):
    made = AudienceSegment.objects.create(
        brand=brand, **{"key": "teens", "name": "Teens", "wanted_creators": 2, **values}
    )
    made.segments.set(segments)
    return made


def test_by_country_and_platform(brand, educators, numbers):
    ig, tt = numbers["instagram"], numbers["tiktok"]
    audience(brand, educators, countries=["DK", "SE"], platforms=["instagram", "tiktok"])
    member(brand, educators, country="DK", platforms=[ig, tt], last_post_at=LATELY)
    member(brand, educators, country="DK", platforms=[ig], last_post_at=LATELY)
    member(brand, educators, country="SE", platforms=[tt], last_post_at=LATELY)
    # None of these counts.
    member(brand, educators, country="NO", platforms=[ig], last_post_at=LATELY)
    member(brand, educators, country="DK", platforms=None, last_post_at=LATELY)
    member(brand, educators, country="DK", platforms=[numbers["youtube"]], last_post_at=LATELY)
    member(brand, educators, country="DK", platforms=[ig], last_post_at=NOW - timedelta(days=90))
    member(brand, educators, country="DK", platforms=[ig], last_post_at=None)
    member(brand, educators, country="DK", platforms=[ig], last_post_at=NOW + timedelta(days=1))
    member(brand, country="DK", platforms=[ig], last_post_at=LATELY)

    [found] = coverage_of(brand, at=NOW)
    assert (found.creators, found.coverage) == (3, Coverage.COVERED)
    assert [
        (one.country, one.platform, one.creators, one.coverage.value) for one in found.cells
    ] == [
        ("DK", "instagram", 2, "covered"),
        ("DK", "tiktok", 1, "thin"),
        ("SE", "instagram", 0, "gap"),
        ("SE", "tiktok", 1, "thin"),
    ]
    assert [(one.country, one.platform) for one in found.gaps] == [("SE", "instagram")]
    [(_, cells)] = heat_of([found]).lines
    assert [(platform, cell.creators) for platform, cell in cells] == [
        ("instagram", 2),
        ("tiktok", 2),
    ]


def test_anywhere_is_one_cell_and_several_segments_count_once(brand, educators):
    other = make_segment(brand, "other")
    audience(brand, educators, other)
    member(brand, educators, other, last_post_at=LATELY)
    member(brand, other, last_post_at=LATELY)
    [found] = coverage_of(brand, at=NOW)
    assert (found.creators, found.coverage) == (2, Coverage.COVERED)
    assert [(one.country, one.platform, one.creators) for one in found.cells] == [("", "", 2)]


def test_without_segments_it_is_a_gap(brand, educators):
    audience(brand)
    member(brand, educators, last_post_at=LATELY)
    [found] = coverage_of(brand, at=NOW)
    assert (found.creators, found.coverage) == (0, Coverage.GAP)


def test_statements_do_not_grow_with_audiences(brand, educators, django_assert_num_queries):
    for key in "abc":
        audience(brand, educators, key=key, countries=["DK"])
    member(brand, educators, country="DK", last_post_at=LATELY)
    with django_assert_num_queries(4):  # audiences, segments, platforms, creators
        found = coverage_of(brand, at=NOW)
    assert [one.creators for one in found] == [1, 1, 1]


def test_of_one_and_of_no_other_brand(brand, other_brand, educators):
    audience(brand, educators)
    audience(other_brand)
    assert [one.audience.brand for one in coverage_of(brand, at=NOW, key="teens")] == [brand]
    assert coverage_of(brand, at=NOW, key="nobody") == []


def test_what_hangs_on_few(brand, educators, numbers):
    audience(brand, educators, platforms=["instagram"])
    facts = {"platforms": [numbers["instagram"]], "last_post_at": LATELY}
    member(brand, educators, name="Ana", followers=600, primary_platform="instagram", **facts)
    member(brand, educators, name="Bo", followers=200, primary_platform="tiktok", **facts)
    member(brand, educators, name="Cy", followers=200, primary_platform="tiktok", **facts)
    member(brand, educators, name="Dee", followers=None, **facts)
    member(brand, educators, followers=9_000, platforms=[numbers["tiktok"]], last_post_at=LATELY)
    [one] = coverage_of(brand, at=NOW)
    by_creator, by_platform = spreads_of(brand, one, NOW)
    assert by_creator.hhi == pytest.approx(0.44)
    assert by_creator.warning == "Highly concentrated: Ana has 60% of the followers."
    assert (by_creator.known, by_creator.out_of) == (3, 4)
    assert by_platform.shares == [("Instagram", 0.6), ("TikTok", 0.4)]
    assert by_platform.warning == ""


def test_of_nobody_nothing_is_said(brand, educators):
    audience(brand, educators)
    [one] = coverage_of(brand, at=NOW)
    assert spreads_of(brand, one, NOW) == []
