"""Near misses over REST: who, by what and how near, page by page."""

from __future__ import annotations

import pytest

from segmentation.api import near_misses
from segmentation.choices import RunStatus
from segmentation.models import Run
from segmentation.selectors.near_misses import NearTooSlow
from tests.factories import BrandFactory
from tests.rest import assert_problem, walk
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import creator_with, run_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(brand):
    """One is in; two are near by their followers."""
    for followers in (10_000, 9_900, 9_100, 100):
        creator_with(brand, followers, name=f"With {followers}")
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 10_000")
    segment_of(dimension, "known", "followers is known")
    return run_now(brand)


def by(words, within):
    return [{"subject": "followers", "label": "Followers", "value": words, "within": within}]


def test_each_with_what_alone_would_let_them_in(plain, run):
    address = f"runs/{run.pk}/near-misses/"
    rows = walk(plain, address, segment="big", limit=1)
    assert [(row["creator"]["name"], row["by"]) for row in rows] == [
        ("With 9900", by("9,900", 1)),
        ("With 9100", by("9,100", 10)),
    ]
    [near] = walk(plain, address, segment="big", subject="followers", within=5)
    assert near["creator"]["name"] == "With 9900"
    # A rule without a threshold keeps nobody out narrowly.
    assert walk(plain, address, segment="known") == []


def test_what_cannot_be_asked(plain, run, monkeypatch):
    address = f"runs/{run.pk}/near-misses/"
    assert_problem(plain.get(address), 400, "required")
    assert_problem(plain.get(address, segment="nope"), 400, "unknown_segment")
    assert_problem(plain.get(address, segment="big", subject="age"), 400, "unknown_subject")
    assert_problem(plain.get(address, segment="big", within=3), 400, "unknown_distance")
    theirs = Run.objects.create(
        brand=BrandFactory(slug="another"),
        as_of=run.as_of,
        trigger=run.trigger,
        created_at=run.created_at,
    )
    assert_problem(plain.get(f"runs/{theirs.pk}/near-misses/", segment="big"), 404)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED)
    body = assert_problem(plain.get(address, segment="big"), 409, "not_through")
    assert "is failed" in body["detail"]


def test_a_rule_that_takes_too_long(plain, run, monkeypatch):
    def slow(*_args):
        raise NearTooSlow("Narrow the list to one fact.")

    monkeypatch.setattr(near_misses, "shown", slow)
    answer = plain.get(f"runs/{run.pk}/near-misses/", segment="big")
    assert_problem(answer, 409, "took_too_long")
