"""What is to be tidied up, check by check."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, RunSegment, Segment, SegmentVersion
from segmentation.selectors.hygiene import CHECKS, hygiene, quiet_since
from tests.factories import NOW
from tests.segmentation.segments.masks import member
from tests.segmentation.world import RULE, make_creator, make_run, make_segment, moment, stay

pytestmark = pytest.mark.django_db
# Nothing to find but what a test is about.
TIDY = {"purpose": "Teach", "primary_kpi": "size"}


@pytest.fixture
def tidy(brand, strategist):
    def make(key, **values):
        return make_segment(brand, key, **{**TIDY, "owner": strategist, **values})

    return make


def found(brand, key):
    """The findings of one check: segment, other, words."""
    [check] = [one for one in hygiene(brand, at=NOW) if one.key == key]
    return [
        (finding.segment.key, finding.other.key if finding.other else None)
        for finding in check.findings
    ]


def evaluated(segment):
    run = make_run(segment.brand, moment(10, 1))
    RunSegment.objects.create(run=run, segment=segment, version=segment.active_version)


def test_a_tidy_segment_is_in_no_list(brand, tidy):
    one, other = tidy("one"), tidy("other", dimension="two")
    member(brand, one)
    member(brand, other)
    SegmentVersion.objects.update(created_at=NOW)
    checks = hygiene(brand, at=NOW)
    assert [check.key for check in checks] == [kind.key for kind in CHECKS]
    assert [finding for check in checks for finding in check.findings] == []


def test_broken_with_the_reason(brand, tidy):
    tidy("one", status=SegmentStatus.BROKEN, broken_reason="There is no fact “gone”.")
    [check] = [one for one in hygiene(brand, at=NOW) if one.key == "broken"]
    assert [finding.words for finding in check.findings] == ["There is no fact “gone”."]


def test_empty_only_after_a_run_has_looked(brand, tidy):
    looked, _waiting, full = tidy("looked"), tidy("waiting"), tidy("full")
    evaluated(looked)
    RunSegment.objects.create(
        run=make_run(brand, moment(10, 2)),
        segment=full,
        version=full.active_version,
    )
    member(brand, full)
    assert found(brand, "empty") == [("looked", None)]


def test_nearly_the_same_people(brand, tidy):
    """Nine of ten shared, in two dimensions; and one inside another, which is its job."""
    one, two = tidy("one", dimension="a"), tidy("two", dimension="b")
    everybody = tidy("everybody", dimension="c")
    for _ in range(9):
        member(brand, one, two, everybody)
    member(brand, one, everybody)
    member(brand, two, everybody)
    for _ in range(10):
        member(brand, everybody)
    assert found(brand, "overlapping") == [("one", "two")]


def test_one_inside_the_other_within_a_dimension(brand, tidy):
    small, large = tidy("small"), tidy("large")
    for _ in range(5):
        member(brand, small, large)
    for _ in range(5):
        member(brand, large)
    assert found(brand, "overlapping") == [("small", "large")]
    [check] = [one for one in hygiene(brand, at=NOW) if one.key == "overlapping"]
    assert check.findings[0].words == (
        "100% of its members are in Large, too; 50% the other way round. Together: 5 creators."
    )
    type(small.dimension).objects.update(has_precedence=True)
    assert found(brand, "overlapping") == []


def test_unused_is_what_nobody_would_miss(brand, tidy):
    assert quiet_since(brand, NOW) == "2026Q2"
    segments = {key: tidy(key) for key in ("quiet", "moved", "left", "asked", "mapped", "new")}
    for segment in segments.values():
        stay(segment, make_creator(brand), moment(3, 1))
        segment.members_count = 1
        segment.save()
    stay(segments["moved"], make_creator(brand), moment(4, 1))
    stay(segments["left"], make_creator(brand), moment(3, 2), moment(4, 2))
    SegmentVersion.objects.filter(segment=segments["moved"]).update(
        rule={"all": [RULE, {"segment": "asked"}]}
    )
    audience = AudienceSegment.objects.create(brand=brand, key="teens", name="Teens")
    audience.segments.add(segments["mapped"])
    SegmentVersion.objects.filter(segment=segments["new"]).update(created_at=moment(4, 1))
    assert found(brand, "unused") == [("quiet", None)]


def test_what_is_lacking(brand):
    make_segment(brand, "bare")
    make_segment(brand, "gone", status=SegmentStatus.ARCHIVED)
    for key in ("no_owner", "no_purpose", "no_kpi"):
        assert found(brand, key) == [("bare", None)]


def test_one_kpi_for_all(brand, tidy):
    for key in ("a", "b"):
        tidy(key)
    assert found(brand, "same_kpi") == []
    tidy("c")
    assert found(brand, "same_kpi") == [("a", None)]
    Segment.objects.filter(key="c").update(primary_kpi="joiners")
    assert found(brand, "same_kpi") == []


def test_by_size_alone_but_for_tier_schemes(brand, tidy):
    size = {"any": [{"fact": "followers", "op": ">=", "value": 1_000}]}
    for key, dimension in (("large", "role"), ("nano", "size"), ("micro", "size")):
        segment = tidy(key, dimension=dimension)
        SegmentVersion.objects.filter(segment=segment).update(rule=size)
    tidy("plain")
    assert found(brand, "size_only") == [("large", None)]
    [check] = [one for one in hygiene(brand, at=NOW) if one.key == "size_only"]
    assert check.findings[0].words == "It looks at followers only."


def test_forgotten_drafts(brand, tidy):
    def draft(segment, number, days):
        SegmentVersion.objects.create(
            segment=segment,
            number=number,
            rule=RULE,
            rule_text="...",
            created_at=NOW - timedelta(days=days),
        )

    old, young, passed = tidy("old"), tidy("young"), tidy("passed")
    SegmentVersion.objects.update(activated_at=moment(1, 1))
    draft(old, 2, 31)
    draft(young, 2, 29)
    draft(passed, 2, 50)
    passed.active_version = SegmentVersion.objects.create(
        segment=passed,
        number=3,
        rule=RULE,
        rule_text="...",
        created_at=NOW,
        activated_at=NOW,
    )
    passed.save()
    assert found(brand, "forgotten") == [("old", None)]


def test_statements_do_not_grow(brand, tidy):
    def count():
        with CaptureQueriesContext(connection) as queries:
            hygiene(brand, at=NOW)
        return len(queries)

    member(brand, tidy("one"))
    few = count()
    for n in range(10):
        member(brand, tidy(f"more{n}", purpose="", owner=None))
    assert count() == few
