"""Two segments of one quarter."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from crm.models import Relationship
from tests.segmentation.metrics.worlds import MIDDLE
from tests.segmentation.world import make_creator, make_segment, moment, stay


@pytest.fixture
def world(brand):
    """Six creators who are in one segment until mid-quarter and in another from then on."""
    before, after = make_segment(brand, "before"), make_segment(brand, "after")
    creators = [make_creator(brand) for _ in range(6)]
    for creator in creators:
        stay(before, creator, moment(2, 1), MIDDLE)
        stay(after, creator, MIDDLE)
    return SimpleNamespace(
        brand=brand,
        before=before,
        after=after,
        creators=creators,
        relationships=[Relationship.objects.get(creator=creator) for creator in creators],
    )
