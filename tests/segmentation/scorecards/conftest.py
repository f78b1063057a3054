"""A segment without members."""

from __future__ import annotations

import pytest

from tests.segmentation.world import make_segment


@pytest.fixture
def segment(brand):
    return make_segment(brand)
