"""A brand with creators, two packs and one applied run; and callers of its API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Brand
from crm.services.metrics import refresh_metrics
from segmentation.models import Run
from segmentation.services import packs, runs
from tests.factories import NOW
from tests.rest import Rest, rest_as
from tests.segmentation.building import populate

# A day before the made-up present: also in the past of the real one.
RUN_AT = NOW - timedelta(days=1)


@pytest.fixture
def applied(brand: Brand) -> Run:
    populate(brand, 80, at=NOW - timedelta(days=2))
    refresh_metrics(creator_ids=None, as_of=RUN_AT)
    for name in ("size_glossary_6", "personas"):
        packs.install_pack(brand=brand, name=name, actor=None, at=RUN_AT)
    run = runs.start_run(brand=brand, as_of=RUN_AT, at=RUN_AT)
    return runs.execute_run(run_id=run.pk, at=RUN_AT)


@pytest.fixture
def rest(applied: Run, strategist, brand: Brand) -> Rest:
    """Of a strategist, who may run and approve."""
    return rest_as(strategist, brand)


@pytest.fixture
def plain(strategist, brand: Brand) -> Rest:
    """The same, of a brand that has nothing yet: quicker to set up."""
    return rest_as(strategist, brand)
