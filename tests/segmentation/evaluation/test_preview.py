"""What a rule would do: near misses, what is missing, and estimates of a large brand."""

from __future__ import annotations

import pytest

from segmentation.facts.catalogue import catalogue
from segmentation.models import RunSegment
from segmentation.services.evaluation import near
from segmentation.services.preview import NearMiss, preview_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import creator_with, rule, run_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(brand):
    """Ten with 1,000 to 10,000 followers and one whose followers nobody counted."""
    return [creator_with(brand, 1_000 * n or None) for n in range(11)]


def preview(brand, words, **more):
    return preview_rule(brand=brand, rule=rule(words), as_of=NOW, facts=catalogue(brand), **more)


def test_near_misses_and_what_is_missing(brand, people):
    segment = segment_of(dimension_of(brand), "big", "followers >= 5_000")
    run = run_now(brand)
    found = preview(brand, "followers >= 10_000", segment=segment)
    assert (found.population, found.members, found.unknown) == (11, 1, 1)
    assert (found.joined, found.left) == (0, 5)
    assert (found.near_count, found.near) == (1, (NearMiss(people[9].pk, "followers"),))
    assert found.missing == {"followers": 1}
    assert (found.is_estimate, found.margin) == (False, 0)
    # 4,500 would be near 5,000: nobody has that; at 20 percent there is one with 4,000.
    assert RunSegment.objects.get(run=run, segment=segment).near == {}
    assert preview(brand, "followers >= 5_000", near_percent=20).near_count == 1


def test_a_run_counts_near_misses(brand, people):
    segment = segment_of(dimension_of(brand), "top", "followers >= 10_000")
    run = run_now(brand)
    assert RunSegment.objects.get(run=run, segment=segment).near == {"followers": 1}


def test_those_who_are_in_stay_by_the_stay_rule(brand, people):
    segment = segment_of(dimension_of(brand), "big", "followers >= 9_000")
    run_now(brand)
    strict = preview(brand, "followers >= 10_000", segment=segment)
    loose = preview(
        brand, "followers >= 10_000", segment=segment, stay_rule=rule("followers >= 9_000")
    )
    assert (strict.left, loose.left) == (1, 0)


def test_of_a_large_brand_a_sample_is_scaled_up(brand, people, monkeypatch):
    segment_of(dimension_of(brand), "any", "followers is known")
    run_now(brand)
    monkeypatch.setattr(near, "EXACT_UP_TO", 5)
    monkeypatch.setattr(near, "SAMPLE", 11)  # all of them, as it happens
    found = preview(brand, "followers >= 6_000")
    assert found.is_estimate
    assert (found.population, found.members) == (11, 5)
    assert found.margin > 0
