"""Who moved between segments, by the ledger."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segmentation.models import Dimension
from segmentation.services.drift.flows import EACH, EFFECTIVE, MOST_FLOWS, NEW, NONE, read_flows
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db

SINCE, UNTIL = moment(7, 1), moment(10, 1)


@pytest.fixture
def sizes(brand):
    """An exclusive dimension of two segments."""
    found = [make_segment(brand, key, dimension="size") for key in ("small", "large")]
    Dimension.objects.update(is_exclusive=True)
    for place, segment in enumerate(found):
        segment.position = place
        segment.save()
    return found


def flows(brand, **between):
    return read_flows(brand=brand, **{"since": SINCE, "until": UNTIL} | between)


def test_each_creator_flows_from_one_segment_to_another(brand, sizes):
    small, large = sizes
    stayed, grown, gone, come, never = (make_creator(brand) for _ in range(5))
    new = make_creator(brand, since=moment(8, 1))
    make_creator(brand, since=moment(11, 1))  # not known yet
    stay(small, stayed, moment(2, 1))
    stay(small, grown, moment(2, 1), moment(8, 15))
    stay(large, grown, moment(8, 15))
    stay(large, gone, moment(2, 1), moment(9, 1))
    stay(small, come, moment(9, 1))
    stay(small, new, moment(9, 1))
    assert never.pk

    found = flows(brand)
    assert (found.since, found.until) == (5, 6)
    [size] = found.dimensions
    assert size["kind"] == EFFECTIVE
    assert sorted(size["flows"]) == [
        (NEW, "small", 1),
        (NONE, NONE, 1),
        (NONE, "small", 1),
        ("large", NONE, 1),
        ("small", "large", 1),
        ("small", "small", 1),
    ]
    # Grown, gone and come; the new one has not moved.
    assert (size["moved"], size["known"]) == (3, 5)
    assert size["names"] == {
        "small": "Small",
        "large": "Large",
        NONE: "In none",
        NEW: "Not known then",
    }
    assert size["segments"] == [
        {"key": "small", "name": "Small", "before": 2, "after": 3, "joined": 2, "left": 1},
        {"key": "large", "name": "Large", "before": 1, "after": 1, "joined": 1, "left": 1},
    ]


def test_a_stay_counts_from_its_first_moment_and_no_longer_at_its_last(brand, sizes):
    creator = make_creator(brand)
    stay(sizes[0], creator, SINCE, UNTIL)
    [size] = flows(brand).dimensions
    assert size["flows"] == [("small", NONE, 1)]


def test_who_left_and_came_back_has_not_moved(brand, sizes):
    creator = make_creator(brand)
    stay(sizes[0], creator, moment(2, 1), moment(8, 1))
    stay(sizes[0], creator, moment(9, 1))
    [size] = flows(brand).dimensions
    assert (size["flows"], size["moved"]) == ([("small", "small", 1)], 0)


def test_where_creators_are_in_several_each_segment_is_looked_at_by_itself(brand):
    food, pets = (make_segment(brand, key, dimension="niche") for key in ("food", "pets"))
    both, switched = make_creator(brand), make_creator(brand)
    for segment in (food, pets):
        stay(segment, both, moment(2, 1))
    stay(food, switched, moment(2, 1), moment(8, 1))
    stay(pets, switched, moment(8, 1))
    [niche] = flows(brand).dimensions
    assert niche["kind"] == EACH
    assert sorted(niche["flows"]) == [
        (NONE, "pets", 1),
        ("food", NONE, 1),
        ("food", "food", 1),
        ("pets", "pets", 1),
    ]
    assert (niche["moved"], niche["known"]) == (1, 2)


def test_with_precedence_the_first_segment_counts(brand):
    first, second = (make_segment(brand, key, dimension="persona") for key in ("a", "b"))
    Dimension.objects.update(has_precedence=True)
    creator = make_creator(brand)
    stay(second, creator, moment(2, 1))
    stay(first, creator, moment(8, 1))
    [persona] = flows(brand).dimensions
    assert persona["flows"] == [("b", "a", 1)]
    assert [(one["key"], one["before"], one["after"]) for one in persona["segments"]] == [
        ("a", 0, 1),
        ("b", 1, 1),
    ]


def test_other_brands_are_not_counted(brand, other_brand, sizes):
    theirs = make_segment(other_brand, "small")
    stay(theirs, make_creator(other_brand), moment(2, 1))
    assert flows(brand).dimensions == []
    assert flows(brand).until == 0


def test_what_is_kept_is_bounded_and_statements_do_not_grow(brand):
    niches = [make_segment(brand, f"n{number}", dimension="niche") for number in range(120)]
    for number, segment in enumerate(niches):
        creator = make_creator(brand)
        stay(segment, creator, moment(2, 1))
        other = make_creator(brand)
        stay(segment, other, moment(2, 1), moment(8, 1))
        stay(niches[number - 1], other, moment(8, 1))
    with CaptureQueriesContext(connection) as queries:
        [niche] = flows(brand).dimensions
    assert len(queries) == 4
    assert len(niche["flows"]) == MOST_FLOWS
    # 120 who stay, 120 who leave, 120 who join: the smallest are left out.
    assert niche["flows_left_out"] == 60
    assert niche["moved"] == 120
