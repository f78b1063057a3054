"""Who is in several segments, counted from the masks."""

from __future__ import annotations

import pytest

from segmentation.models import Segment
from segmentation.selectors.overlaps import all_overlaps, overlaps_of
from tests.segmentation.segments.masks import member
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(brand):
    """Educators, and two in words of the mask further on: the last one is in no mask at all."""
    one, two, none = (make_segment(brand, key) for key in ("one", "two", "none"))
    Segment.objects.filter(pk=two.pk).update(bit=130)
    two.bit = 130
    for _ in range(3):
        member(brand, one, two)
    member(brand, one)
    member(brand, two)
    member(brand, two)
    member(brand)
    return one, two, none


def test_pairs_with_exact_numbers(brand, three):
    [pair] = all_overlaps(brand)
    assert (pair.segment.key, pair.other.key, pair.creators) == ("one", "two", 3)
    assert (pair.size, pair.other_size) == (4, 5)
    assert (pair.share, pair.share_of_other) == (0.75, 0.6)


def test_of_one_segment_in_one_statement(brand, three, django_assert_num_queries):
    _one, two, none = three
    with django_assert_num_queries(2):
        [found] = overlaps_of(two)
    assert (found.other.key, found.creators, found.size, found.other_size) == ("one", 3, 5, 4)
    assert overlaps_of(none) == []


def test_other_brands_do_not_count(brand, other_brand, three):
    elsewhere = make_segment(other_brand, "one")
    member(other_brand, elsewhere)
    assert [pair.creators for pair in all_overlaps(brand)] == [3]
    assert all_overlaps(other_brand) == []
