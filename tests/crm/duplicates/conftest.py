"""One person who was entered twice."""

from __future__ import annotations

from datetime import date

import pytest

from crm.choices import Stage
from tests.crm.duplicates.worlds import DAY
from tests.factories import (
    NOW,
    ContactPointFactory,
    NoteFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)


@pytest.fixture
def ida(brand):
    """Known longer, with less."""
    relationship = RelationshipFactory(
        brand=brand, creator__name="Ida Holm", creator__country="", since=NOW - 90 * DAY
    )
    ProfileFactory(creator=relationship.creator, handle="ida")
    return relationship


@pytest.fixture
def double(brand, manager):
    """The same person, entered again by a colleague."""
    relationship = RelationshipFactory(
        brand=brand,
        creator__name="Ida H.",
        creator__country="DK",
        stage=Stage.CORE,
        since=NOW - 30 * DAY,
        owner=manager,
        next_step="Send the brief",
        next_step_on=date(2026, 12, 1),
    )
    profile = ProfileFactory(
        creator=relationship.creator, handle="idaholm", platform_id="tiktok", followers=5_000
    )
    PostFactory(profile=profile)
    ContactPointFactory(brand=brand, creator=relationship.creator, value="ida@holm.example")
    NoteFactory(relationship=relationship, text="Met at the fair", created_at=NOW - 20 * DAY)
    return relationship
