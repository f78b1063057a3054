"""What a creator's timeline says of segments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.timeline import Asked, timeline
from tests.factories import NOW, RelationshipFactory
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONLY = Asked(kinds=frozenset({"segment"}))


def test_each_coming_and_going_is_told_with_its_cause_and_a_way_to_the_reasons(brand, other_brand):
    relationship = RelationshipFactory(brand=brand, since=NOW - 90 * DAY)
    creator = relationship.creator
    segment = make_segment(brand, "educators")
    stay(segment, creator, NOW - 30 * DAY, NOW - 10 * DAY)
    stay(segment, creator, NOW - 10 * DAY)
    # Another brand's segments are its own business.
    stay(make_segment(other_brand, "theirs"), creator, NOW - DAY)
    events = timeline(relationship, asked=ONLY).items
    assert [(event.at, event.title, event.text) for event in events] == [
        (NOW - 10 * DAY, "Joined the segment Educators", "Cause: rule"),
        (NOW - 10 * DAY, "Left the segment Educators, after 20 days", "Cause: rule"),
        (NOW - 30 * DAY, "Joined the segment Educators", "Cause: rule"),
    ]
    assert {event.url for event in events} == {
        f"/acme/creators/{creator.uid}/segments/educators/why/"
    }
    assert len({event.anchor for event in events}) == 3


def test_pages_of_one_part_the_moves_of_one_moment(brand):
    relationship = RelationshipFactory(brand=brand, since=NOW - 90 * DAY)
    for key in ("one", "two", "three"):
        segment = make_segment(brand, key)
        stay(segment, relationship.creator, NOW - 30 * DAY, NOW - 10 * DAY)
        stay(segment, relationship.creator, NOW - 10 * DAY)
    everything = timeline(relationship, asked=ONLY, size=50).items
    seen, cursor = [], None
    while True:
        page = timeline(relationship, asked=ONLY, cursor=cursor, size=2)
        seen += page.items
        if page.next is None:
            break
        cursor = page.next
    assert seen == everything
    assert len(seen) == 9
