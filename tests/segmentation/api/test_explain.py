"""Why a creator is in a segment, over REST: what the service says, and refusals."""

from __future__ import annotations

from datetime import timedelta

from crm.models import Creator
from segmentation.choices import SegmentStatus
from segmentation.models import Dimension, Membership, Segment
from segmentation.services.explain import explain_membership
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem
from tests.segmentation.api.conftest import RUN_AT


def test_a_member(rest, applied):
    stay = Membership.objects.filter(segment__dimension__key="size_glossary_6").first()
    body = rest.json(f"creators/{stay.creator.uid}/segments/{stay.segment.key}/explain")
    assert body == explain_membership(segment=stay.segment, creator=stay.creator)
    assert body["state"] == "member"
    assert body["result"] is True
    assert body["run"]["id"] == applied.pk
    assert body["tree"]["result"] is True
    assert body["smallest_change"] is None
    by_id = rest.json(f"creators/{stay.creator.uid}/segments/{stay.segment.pk}/explain/")
    assert by_id == body


def test_somebody_out_is_told_the_smallest_change(rest):
    stay = Membership.objects.filter(segment__key="micro").first() or (
        Membership.objects.filter(segment__dimension__key="size_glossary_6").first()
    )
    other = (
        Segment.objects.filter(dimension=stay.segment.dimension)
        .exclude(pk=stay.segment_id)
        .exclude(key__contains="celebrity")
        .first()
    )
    body = rest.json(f"creators/{stay.creator.uid}/segments/{other.key}/explain/")
    assert body["state"] == "out"
    assert body["result"] is False
    assert body["smallest_change"][0]["fact"] == "followers"


def test_before_the_brand_knew_them(rest):
    stay = Membership.objects.first()
    path = f"creators/{stay.creator.uid}/segments/{stay.segment.key}/explain/"
    answer = rest.get(path, as_of=(RUN_AT - timedelta(days=4_000)).isoformat())
    assert_problem(answer, 409, "nothing_to_explain")


def test_a_segment_without_a_rule(rest, brand):
    dimension = Dimension.objects.get(brand=brand, key="personas")
    Segment.objects.create(
        brand=brand,
        dimension=dimension,
        key="draft",
        name="Draft",
        bit=500,
        status=SegmentStatus.DRAFT,
    )
    uid = Membership.objects.first().creator.uid
    assert_problem(rest.get(f"creators/{uid}/segments/draft/explain/"), 409, "no_rule")


def test_a_creator_without_facts_yet(rest, brand):
    creator = RelationshipFactory(brand=brand, since=NOW).creator
    segment = Segment.objects.filter(brand=brand).first()
    answer = rest.get(f"creators/{creator.uid}/segments/{segment.key}/explain/")
    assert_problem(answer, 409, "nothing_to_explain")


def test_what_is_not_there(rest, outsider, other_brand):
    uid = Creator.objects.first().uid
    assert_problem(rest.get(f"creators/{uid}/segments/nope/explain/"), 404)
    stranger = RelationshipFactory(brand=other_brand).creator
    segment = Segment.objects.first()
    assert_problem(rest.get(f"creators/{stranger.uid}/segments/{segment.key}/explain/"), 404)
