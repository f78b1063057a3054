"""The demo brand's proof: commission, series with its lift, experiment with a look, attribution."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import (
    DeliverableState,
    DisclosureVerdict,
    ReviewStage,
    SubmissionState,
)
from campaigns.models import (
    Commission,
    CommissionStatement,
    DailySeries,
    Deadline,
    Deliverable,
    DisclosureReview,
    SeriesLift,
    Submission,
)
from campaigns.selectors.series.lifts import lifts_of
from campaigns.selectors.submissions.chain import chain_of
from campaigns.services.made_up_campaigns import fill_campaigns
from campaigns.services.made_up_conversions import fill_conversions
from crm.services import demo
from segmentation.metrics.measuring import measure
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import AttributionReport, Experiment, ExperimentLook
from tests.factories import NOW, ProfileFactory, RelationshipFactory
from tests.segmentation.world import make_segment, stay

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


def test_pieces_over_weeks_tell_of_a_lift_by_segment(brand, manager, legal, analyst) -> None:
    segment = make_segment(brand, "some")
    for number in range(24):
        relationship = RelationshipFactory(brand=brand)
        ProfileFactory(creator=relationship.creator, followers=20_000 + number)
        if number % 2:
            stay(segment, relationship.creator, NOW - timedelta(days=300))
    parts = {part.key: part.fill for part in demo.PARTS}
    assert list(parts).index("pieces") < list(parts).index("series")
    assert [parts[key](brand=brand, seed=0, at=NOW) for key in ("pieces", "series")] == [12, 2]
    pieces = Deliverable.objects.filter(state=DeliverableState.PUBLISHED)
    assert len({piece.published_at.date() for piece in pieces}) == 6
    # Legal of a demo finds what is new, not two months of posts; the plan's days are not missed.
    waiting = DisclosureReview.objects.open().filter(stage=ReviewStage.LIVE)
    assert waiting.count() == 2
    assert (
        DisclosureReview.objects.filter(
            stage=ReviewStage.LIVE, verdict=DisclosureVerdict.SUFFICIENT
        ).count()
        == 10
    )
    late = Deadline.objects.filter(due_on__lt=NOW.date())
    assert late.exists()
    assert not late.filter(done_at=None).exists()
    quarter = quarter_bounds(quarter_of(NOW, calendar_of(brand)), calendar_of(brand))
    found = measure(brand=brand, segment_ids=[segment.pk], start=quarter.start, until=NOW)
    lift = found.segments[segment.pk]["brand_search_lift"]
    # Made up as a quarter more on these days.
    assert lift.wide.low > 0
    assert lift.wide.low < 0.25 < lift.wide.high
    assert lift.creators == 4
    assert [parts[key](brand=brand, seed=0, at=NOW) for key in ("pieces", "series")] == [12, 2]
    # Whom the public names who handed something in after the first pieces.
    assert parts["submissions"](brand=brand, seed=0, at=NOW) == Submission.objects.count() == 7
    chain = chain_of(pieces.first().engagement.campaign)
    assert [link.submissions for link in chain.links[:3]] == [3, 2, 0]
    assert set(Submission.objects.values_list("state", flat=True)) == set(SubmissionState) - {
        SubmissionState.WITHDRAWN
    }
    assert parts["submissions"](brand=brand, seed=0, at=NOW) == 7
