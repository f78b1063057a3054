"""The order of a dimension's segments: saved, or refused where rules could not be decided in it."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry
from segmentation.models import Dimension, Segment
from segmentation.services import dimensions
from segmentation.services.edits import EditRefused
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sizes(brand):
    """Two of a single-valued dimension, of which the second asks for a tag of the first."""
    sizes = dimension_of(brand, "size", is_exclusive=True)
    segment_of(sizes, "first", "followers > 1", position=10)
    segment_of(dimension_of(brand, "tags"), "tag", 'segment("first")')
    segment_of(sizes, "second", 'segment("tag")', position=20)
    return sizes


def order(dimension: Dimension) -> list[str]:
    rows = Segment.objects.filter(dimension=dimension).order_by("position", "key")
    return list(rows.values_list("key", flat=True))


def test_an_order_that_closes_a_circle_is_refused_with_the_way_round(sizes, strategist):
    entries = AuditEntry.objects.count()
    with pytest.raises(EditRefused, match="in a circle: Second → Tag → First → Second") as refused:
        dimensions.order_segments(
            dimension_id=sizes.pk, keys=["second", "first"], at=NOW, actor=strategist
        )
    assert (refused.value.code, refused.value.field) == ("segment_cycle", "keys")
    assert order(sizes) == ["first", "second"]
    assert AuditEntry.objects.count() == entries


def test_what_refers_to_nobody_after_it_moves_freely(brand, sizes, strategist):
    segment_of(sizes, "third", "followers > 2", position=30)
    dimensions.order_segments(
        dimension_id=sizes.pk, keys=["third", "first", "second"], at=NOW, actor=strategist
    )
    assert order(sizes) == ["third", "first", "second"]


def test_making_a_dimension_single_valued_can_close_a_circle_too(brand, strategist):
    roles = dimension_of(brand, "role")
    segment_of(roles, "second", "followers > 1", position=20)
    segment_of(roles, "first", 'segment("second")', position=10)
    with pytest.raises(EditRefused, match="First → Second → First") as refused:
        dimensions.change_dimension(
            dimension_id=roles.pk, changes={"is_exclusive": True}, at=NOW, actor=strategist
        )
    assert refused.value.field == "is_exclusive"
    roles.refresh_from_db()
    assert not roles.is_exclusive


def test_a_circle_that_is_there_already_does_not_keep_others_from_moving(sizes, strategist):
    Segment.objects.filter(key="first").update(position=90)
    dimensions.change_dimension(
        dimension_id=sizes.pk, changes={"name": "Sizes"}, at=NOW, actor=strategist
    )
    sizes.refresh_from_db()
    assert sizes.name == "Sizes"
