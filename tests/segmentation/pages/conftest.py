"""A brand after its standard packs, some creators and a first run: what most pages need."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segmentation.models import Segment
from segmentation.services import changesets, packs, runs
from tests.factories import NOW
from tests.segmentation.world import make_creator, moment, post


@pytest.fixture
def creators(brand):
    """Twelve creators of 500 to 48,500 followers, known since January, with posts in October."""
    made = []
    for n in range(12):
        creator = make_creator(
            brand, name=f"Creator {n:02d}", followers=500 + n * 4_000, stage="core"
        )
        for day in (5, 15):
            post(creator, moment(10, day), followers_at_post=10_000, likes=100 + n * 10)
        made.append(creator)
    return made


@pytest.fixture
def segmented(brand, creators):
    """The brand with the standard packs and an applied run as of 1 October, before the posts."""
    packs.install_pack(brand=brand, name="default", actor=None, at=NOW)
    run = runs.start_run(brand=brand, as_of=moment(10, 1), at=NOW)
    runs.execute_run(run_id=run.pk, at=NOW)
    return brand


@pytest.fixture
def run(segmented):
    """The applied run."""
    return changesets.last_applied(segmented)


@pytest.fixture
def stage_core(segmented):
    """The segment that all twelve creators are in."""
    return next(
        segment
        for segment in Segment.objects.filter(brand=segmented, dimension__key="relationship_stage")
        if segment.members_count == 12
    )


@pytest.fixture
def count_queries(db):
    """Count the statements that a call takes."""

    def count(call):
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count
