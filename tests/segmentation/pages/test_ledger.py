"""The segment history of a creator, as their page shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension
from segmentation.selectors.ledger import passages, stays_of_dimension
from segmentation.services import rollback
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import LATER, creator_with, give_followers, run_now

pytestmark = pytest.mark.django_db
END = LATER + timedelta(days=1)


@pytest.fixture
def told(brand):
    """A creator who came, went, and was put back."""
    creator = creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    give_followers(creator, 12, NOW + timedelta(hours=1))
    second = run_now(brand, LATER, apply_now=True)
    rollback.roll_back_run(run_id=second.pk, actor=None, at=END, reason="Wrong.")
    return creator


def address(brand, creator) -> str:
    return reverse("segmentation:creator_passages", args=[brand.slug, creator.uid])


def test_each_coming_and_going_has_its_reason_and_evidence(brand, told):
    rows = passages(brand, told, catalogue(brand))
    assert [(row.at, row.is_coming, row.cause) for row in rows] == [
        (END, True, "Run rolled back"),
        (LATER, False, "Rule"),
        (NOW, True, "Rule"),
    ]
    assert [[line.words for line in row.evidence] for row in rows] == [["5,000"], ["12"], ["5,000"]]


def test_the_fragment(brand, told, analyst_client):
    shown = analyst_client.get(
        address(brand, told), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Segment history" in shown
    assert shown.count("Joined") == 2
    assert shown.count("Left") == 1
    assert "Run rolled back" in shown
    assert "<html" not in shown
    page = reverse("crm:creator", args=[brand.slug, told.uid])
    assert address(brand, told) in analyst_client.get(page, {"section": "scores"}).content.decode()


def test_who_was_in_none_and_who_is_a_stranger(brand, other_brand, analyst_client, told):
    nobody = creator_with(brand, None)
    assert "in no segment yet" in analyst_client.get(address(brand, nobody)).content.decode()
    theirs = creator_with(other_brand, 5_000)
    assert analyst_client.get(address(brand, theirs)).status_code == 404


def test_queries_do_not_grow_with_stays(brand, told, django_assert_num_queries):
    facts = catalogue(brand)
    with django_assert_num_queries(3):
        passages(brand, told, facts)
    dimension = dimension_of(brand, "more")
    for number in range(12):
        segment_of(dimension, f"more-{number}", f"followers >= {number}")
    run_now(brand, END, apply_now=True)
    with django_assert_num_queries(3):
        assert len(passages(brand, told, facts)) == 14


def test_a_dimension_as_of_any_moment(brand, told):
    dimension = Dimension.objects.get(brand=brand).pk
    for moment, inside in ((NOW, 1), (LATER, 0), (END, 1), (NOW - timedelta(days=1), 0)):
        assert stays_of_dimension(dimension, moment).count() == inside
    assert stays_of_dimension(dimension, timezone.now() + timedelta(days=9)).count() == 1
