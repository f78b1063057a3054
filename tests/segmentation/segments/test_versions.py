"""The wordings of a segment, and what each changed."""

from __future__ import annotations

import pytest

from segmentation.facts.catalogue import catalogue
from segmentation.models import SegmentVersion
from segmentation.selectors.versions import compare, version_lines, version_prose
from tests.segmentation.world import RULE, make_segment, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators")


def reworded(segment, number, rule=None, **values):
    return SegmentVersion.objects.create(
        segment=segment,
        number=number,
        rule=rule or RULE,
        **{"rule_text": "...", "created_at": moment(2, 1), **values},
    )


def test_a_list_says_what_each_version_changed(brand, segment, django_assert_num_queries):
    reworded(segment, 2, {"all": [RULE["all"][0], {"fact": "country", "op": "is", "value": "SE"}]})
    reworded(segment, 3, RULE["all"][0], minimum_stay_days=30)
    facts = catalogue(brand)
    with django_assert_num_queries(1):
        lines = version_lines(segment, facts)
    assert [(line.version.number, line.is_active, line.is_draft) for line in lines] == [
        (3, False, True),
        (2, False, True),
        (1, True, True),
    ]
    assert lines[0].changes == [
        "No longer: Country is “SE”",
        "Shortest stay in days: 0 becomes 30",
    ]
    assert lines[1].changes == ["Country is “DK” becomes country is “SE”"]
    assert lines[2].changes == []


def test_the_rule_for_those_who_are_in_is_compared_too(brand, segment):
    looser = {"fact": "followers", "op": ">=", "value": 500}
    made = reworded(
        segment, 2, stay_rule=looser, stay_rule_text="followers >= 500", unknown_policy="keep"
    )
    found = compare(segment.active_version, made, catalogue(brand))
    assert found.sentences == [
        "To stay in: now also: Followers at least 500",
        "When a fact is missing: leave out becomes keep if already in",
    ]
    assert [(piece.part.value, piece.text) for piece in found.stay_pieces] == [
        ("new", "followers >= 500")
    ]


def test_a_rule_that_cannot_be_read_is_no_error(brand, segment):
    broken = reworded(segment, 2, {"fact": 3})
    facts = catalogue(brand)
    assert version_prose(broken, facts) == ""
    assert len(compare(segment.active_version, broken, facts).sentences) == 2
