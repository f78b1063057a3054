"""The demo brand's proof: commission, series with its lift, experiment with a look, attribution."""

from __future__ import annotations

import pytest

from campaigns.models import Commission, CommissionStatement, DailySeries, SeriesLift
from campaigns.selectors.series.lifts import lifts_of
from campaigns.services.made_up_campaigns import fill_campaigns
from campaigns.services.made_up_conversions import fill_conversions
from crm.services import demo
from segmentation.models import AttributionReport, Experiment, ExperimentLook
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
KEYS = ("commissions", "series", "experiments", "attribution")


def test_the_demo_brand_has_proof(brand, manager, analyst) -> None:
    for number in range(16):
        relationship = RelationshipFactory(brand=brand)
        ProfileFactory(creator=relationship.creator, followers=20_000 + number)
    fill_campaigns(brand=brand, seed=0, at=NOW)
    fill_conversions(brand=brand, seed=1, at=NOW)
    parts = {part.key: part.fill for part in demo.PARTS}
    counted = [parts[key](brand=brand, seed=1, at=NOW) for key in KEYS]
    assert counted == [2, 2, 1, 1]
    assert Commission.objects.count() == 2
    assert CommissionStatement.objects.exists()
    assert DailySeries.objects.count() == 2
    [lift] = lifts_of(SeriesLift.objects.get().campaign)
    assert lift.lift is not None
    assert 0.2 < lift.lift.low < lift.lift.lift < 0.4
    assert Experiment.objects.get().status == "running"
    assert ExperimentLook.objects.get().result["arms"]
    assert AttributionReport.objects.get().found["counts"]["conversions"] > 0
    # A second time there is nothing to add.
    assert [parts[key](brand=brand, seed=1, at=NOW) for key in KEYS] == counted
