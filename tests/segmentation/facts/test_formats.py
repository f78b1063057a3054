"""Formats of posts as facts: the main one, the share of each, and of how many that is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import FormatReading
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.rules import text
from segmentation.services.preview import preview_rule
from tests.factories import NOW, RelationshipFactory

HOUR = timedelta(hours=1)


def looked(relationship, counts, at=NOW, until=None):
    return FormatReading.objects.create(
        brand=relationship.brand,
        relationship=relationship,
        read_at=at,
        looked_at=at,
        superseded_at=until,
        counts=counts,
        posts=sum(counts.values()) + 3,
    )


@pytest.mark.django_db
def test_formats_are_facts_as_of_any_moment(brand):
    maya, few, nobody = (RelationshipFactory(brand=brand, since=NOW - HOUR) for _ in range(3))
    looked(maya, {"tutorial": 3, "review": 3}, NOW - HOUR, NOW)
    looked(maya, {"tutorial": 6, "review": 2})
    looked(few, {"tutorial": 4})
    facts = catalogue(brand)

    def read(one, at):
        found = read_facts(brand=brand, creator=one.creator, as_of=at, facts=facts)
        return [found[key].value for key in ("main_format", "format_posts")], found["format_shares"]

    told, shares = read(maya, NOW)
    assert told == ["tutorial", 8]
    # One in which nobody saw them post has no share: that is known.
    assert (shares.value["tutorial"], shares.value["review"], shares.value["unboxing"]) == (
        0.75,
        0.25,
        0,
    )
    assert (shares.source, shares.captured_at) == ("8 posts with a format, of 11", NOW)
    # Of two equal ones the first by key, and as it was then.
    assert read(maya, NOW - HOUR / 2)[0] == ["review", 6]
    assert read(few, NOW)[0] == [None, 4]
    assert read(few, NOW)[1].value is None
    assert read(nobody, NOW)[0] == [None, None]


@pytest.mark.django_db
def test_rules_ask_for_them(brand):
    maya, other, _unknown = (RelationshipFactory(brand=brand, since=NOW - HOUR) for _ in range(3))
    looked(maya, {"tutorial": 6, "review": 2})
    looked(other, {"tutorial": 1, "review": 4})
    refresh_facts(brand=brand, as_of=NOW)
    facts = catalogue(brand)
    for rule, members in (
        ("main_format is tutorial", 1),
        ("format_shares[tutorial] >= 70%", 1),
        ("format_shares[unboxing] < 1%", 2),
        ("format_posts >= 5", 2),
    ):
        found = preview_rule(brand=brand, rule=text.parse(rule), as_of=NOW, facts=facts)
        assert (rule, found.members, found.unknown) == (rule, members, 1)
