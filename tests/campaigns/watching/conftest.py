"""A piece that is about to be published, and its creator's account."""

from __future__ import annotations

import pytest

from tests.campaigns.publishing.pieces import piece, producing, running


@pytest.fixture
def ready(brand, manager):
    return piece(producing(running(brand, manager)))


@pytest.fixture
def profile(ready):
    return ready.engagement.relationship.creator.profiles.get()
