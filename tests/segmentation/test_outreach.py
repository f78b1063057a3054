"""What segments say to outreach: whom to leave in peace, and whom one can write to."""

from __future__ import annotations

import pytest

from crm.outreach.parts import AUDIENCES, OBJECTIONS
from segmentation.models import Playbook, Segment
from segmentation.outreach import do_not_pitch
from tests.factories import NOW
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db
WHY = "Is in “{}”, whose playbook says: do not pitch."


def barred(segment: Segment) -> Segment:
    Playbook.objects.create(segment=segment, do_not_pitch=True, updated_at=NOW)
    return segment


def test_the_parts_are_added(brand):
    segment = make_segment(brand, "educators", name="Educators")
    maya, left, _never = (make_creator(brand) for _ in range(3))
    stay(segment, maya, moment(1, 1))
    stay(segment, left, moment(1, 1), moment(2, 1))
    assert OBJECTIONS["do_not_pitch"].of is do_not_pitch
    audience = AUDIENCES["segment"]
    assert audience.choices(brand) == [("educators", "Educators")]
    assert list(audience.members(brand, "educators")) == [maya]
    assert list(audience.members(brand, "nobody")) == []


def test_a_playbook_leaves_creators_in_peace(brand, other_brand, django_assert_num_queries):
    segment = barred(make_segment(brand, "innovators", name="Innovators"))
    inside, left, outside = (make_creator(brand) for _ in range(3))
    stay(segment, inside, moment(1, 1))
    stay(segment, left, moment(1, 1), moment(2, 1))
    ids = [inside.pk, left.pk, outside.pk]
    with django_assert_num_queries(1):
        found = do_not_pitch(brand, ids, NOW)
    assert found == {inside.pk: WHY.format("Innovators")}
    assert do_not_pitch(other_brand, ids, NOW) == {}


def test_of_personas_the_effective_one_counts(brand):
    first = make_segment(brand, "influencer", name="Influencer", position=1)
    second = barred(make_segment(brand, "innovator", name="Innovator", position=2))
    both, only = make_creator(brand), make_creator(brand)
    for segment in (first, second):
        stay(segment, both, moment(1, 1))
    stay(second, only, moment(1, 1))
    ids = [both.pk, only.pk]
    assert set(do_not_pitch(brand, ids, NOW)) == {both.pk, only.pk}
    dimension = first.dimension
    dimension.has_precedence = True
    dimension.save()
    assert set(do_not_pitch(brand, ids, NOW)) == {only.pk}
