"""In which formats creators post: looked at in the night, kept with history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import FormatReading
from campaigns.services.formats import reading
from campaigns.services.formats.saying import say
from crm.models import FactChange, Post
from crm.services.metrics import refresh_metrics
from tests.campaigns.publishing.pieces import DAY
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory


@pytest.fixture
def maya(brand):
    """Four tutorials, a review and a post without a format, on six days."""
    relationship = RelationshipFactory(brand=brand, since=NOW - 90 * DAY)
    profile = ProfileFactory(creator=relationship.creator)
    words = ["How to do it"] * 4 + ["My honest opinion", "Sunset"]
    for n, caption in enumerate(words):
        PostFactory(profile=profile, caption=caption, title="", posted_at=NOW - (n + 1) * DAY)
    refresh_metrics(creator_ids=None, as_of=NOW)
    return relationship


@pytest.mark.django_db
def test_another_outcome_closes_the_one_before(maya, brand, manager):
    RelationshipFactory(brand=brand)  # without posts: nothing is told
    assert reading.read_brand(brand=brand, at=NOW) == 1
    row = FormatReading.objects.get()
    assert (row.relationship, row.posts, row.counts) == (maya, 6, {"review": 1, "tutorial": 4})
    assert FactChange.objects.filter(creator=maya.creator, cause="formats").count() == 1
    # The same again renews the row.
    assert reading.read_brand(brand=brand, at=NOW + DAY) == 0
    row.refresh_from_db()
    assert (row.read_at, row.looked_at) == (NOW, NOW + DAY)
    # What a person says counts at once.
    post = Post.objects.get(creator=maya.creator, caption="Sunset")
    at = NOW + timedelta(hours=30)
    say(relationship=maya, post_id=post.pk, kind="interview", actor=manager, at=at)
    old, new = FormatReading.objects.order_by("read_at")
    assert (old.superseded_at, new.superseded_at) == (at, None)
    assert new.counts == {"interview": 1, "review": 1, "tutorial": 4}


@pytest.mark.django_db
def test_whose_turn_it_is(maya, brand):
    reading.read_brand(brand=brand, at=NOW)
    row = FormatReading.objects.all()
    # Nobody who has not posted for a week is looked at before a week is over.
    Post.objects.update(posted_at=NOW - 30 * DAY)
    refresh_metrics(creator_ids=None, as_of=NOW)
    reading.read_brand(brand=brand, at=NOW + DAY)
    assert row.get().looked_at == NOW
    reading.read_brand(brand=brand, at=NOW + 7 * DAY, most=0)
    assert row.get().looked_at == NOW
    reading.read_brand(brand=brand, at=NOW + 7 * DAY)
    assert row.get().looked_at == NOW + 7 * DAY
    # A year later all of it is too old: that is an outcome, too.
    reading.read_brand(brand=brand, at=NOW + 400 * DAY)
    assert (row.latest("read_at").counts, row.latest("read_at").posts) == ({}, 0)
    maya.unprofiled_at = NOW
    maya.save()
    reading.read_brand(brand=brand, at=NOW + 401 * DAY)
    assert not row.exists()
