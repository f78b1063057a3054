"""What the app segmentation keeps: what was counted, compared, tried, ranked and clustered."""

from __future__ import annotations

from datetime import date

from campaigns.models import Campaign
from campaigns.services.series import keeping
from campaigns.services.series.notes import add_note
from crm.models import Brand, Creator, TierScheme, User
from crm.services.metrics import refresh_metrics
from segmentation.choices import OutcomeMetric
from segmentation.models import Cluster, ClusterBuild, ClusterStay, CreatorTie, Segment
from segmentation.services import claims, drift, packs, runs, scorecard_orders
from segmentation.services.attribution import requests as attribution
from segmentation.services.content_tests import pieces as content_pieces
from segmentation.services.content_tests import planning as content_planning
from segmentation.services.content_tests import reading as content_reading
from segmentation.services.matches import asking as match_asking
from segmentation.services.matches import counting as match_counting
from segmentation.services.matches import weighing as match_weighing
from segmentation.services.matches.asking import Question
from segmentation.services.tier_scorecards import compute as compute_tier_scorecards
from segmentation.services.tier_scorecards import request_scorecards
from tests.campaigns.conversions.worlds import order
from tests.campaigns.series.test_keeping import make_series
from tests.factories import NOW
from tests.segmentation.building import populate
from tests.segmentation.content_tests.worlds import planned as planned_test
from tests.segmentation.experiments.worlds import make_experiment, read, start
from tests.segmentation.forecasts.building import learned as learn_forecasts
from tests.segmentation.scores.building import counted, study_scores


def give_numbers_to_compare(brand: Brand) -> None:
    """An experiment that was read, a series and a note on a day."""
    largest = Segment.objects.order_by("-members_count", "pk").first()
    read(start(make_experiment(brand, segment=largest.key, reading="anytime")))
    claims.compute(
        trial_id=claims.request_trial(
            brand=brand,
            scheme=TierScheme.objects.get(key="harvard_media"),
            first_period="2026Q3",
            period="2026Q4",
            actor=None,
            at=NOW,
        ).pk,
        at=NOW,
    )
    study_scores(counted(brand))
    learn_forecasts(brand)
    series = make_series(brand)
    keeping.put_values(series=series, values={NOW.date(): 3.0}, actor=None, at=NOW)
    add_note(brand=brand, day=NOW.date(), title="Sale", platform=None, url="", actor=None, at=NOW)


def give_a_content_test(brand: Brand, actor: User) -> None:
    """A test that is running and was read once; too little is known to suggest anything."""
    campaign = Campaign.objects.get(brand=brand)
    test = planned_test(brand, campaign, metric=OutcomeMetric.SAVES, target="")
    content_planning.start(test_id=test.pk, actor=None, at=NOW)
    content_pieces.assign(test_id=test.pk, actor=actor, at=NOW)
    asked = content_reading.ask(test_id=test.pk, actor=None, at=NOW)
    content_reading.read(reading_id=asked.pk, at=NOW)


def give_matches(brand: Brand) -> None:
    """Creators ranked for the campaign, and what campaigns teach."""
    match = match_asking.request(
        campaign_id=Campaign.objects.get(brand=brand).pk,
        brand=brand,
        question=Question(score="fit"),
        actor=None,
        at=NOW,
    )
    match_counting.count(match_id=match.pk, at=NOW)
    lesson = match_weighing.request(brand=brand, actor=None, at=NOW)
    match_weighing.compute(lesson_id=lesson.pk, at=NOW)


def give_clusters(brand: Brand) -> None:
    """Two creators in one cluster, tied, and how the map was made."""
    one, other = Creator.objects.filter(relationships__brand=brand).order_by("pk")[:2]
    cluster = Cluster.objects.create(
        brand=brand,
        number=1,
        terms=["#soap"],
        size=2,
        stability=0.9,
        x=500,
        y=500,
        radius=40,
        found_at=NOW,
    )
    for creator in (one, other):
        ClusterStay.objects.create(
            brand=brand, creator=creator, cluster=cluster, entered_at=NOW, stability=0.9
        )
    CreatorTie.objects.create(brand=brand, one=one, other=other, hashtags=3, weight=1.5)
    ClusterBuild.objects.create(
        brand=brand,
        number=1,
        built_at=NOW,
        creators=2,
        tied=2,
        clustered=2,
        clusters=1,
        inputs={"hashtags": {"ties": 1}},
        method={"runs": 30},
    )


def give_a_run(brand: Brand) -> None:
    """Creators, a run over them, drift since a quarter, credit for a sale."""
    populate(brand, 30)
    refresh_metrics(creator_ids=None, as_of=NOW)
    packs.install_pack(brand=brand, name="size_glossary_6", actor=None, at=NOW)
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    runs.execute_run(run_id=run.pk, at=NOW)
    report = drift.request_report(
        brand=brand, since_on=date(2026, 9, 30), until_on=NOW.date(), actor=None, at=NOW
    )
    drift.compute_report(report_id=report.pk, at=NOW)
    order(brand, value=50, code_text="ANNA10")
    credited = attribution.request_report(
        brand=brand,
        campaign=None,
        first_on=date(2026, 11, 1),
        last_on=NOW.date(),
        currency="EUR",
        actor=None,
        at=NOW,
    )
    attribution.compute(report_id=credited.pk, at=NOW)


def give_scorecards(brand: Brand) -> None:
    """Those of a quarter, which somebody asked for."""
    asked = scorecard_orders.ask(brand=brand, period="2026Q4", actor=None, at=NOW)
    scorecard_orders.compute(order_id=asked.pk, at=NOW)


def give_tier_scorecards(brand: Brand) -> None:
    """Tiers beside each other in one quarter."""
    asked = request_scorecards(
        brand=brand,
        scheme=TierScheme.objects.get(key="glossary_6"),
        period="2026Q4",
        actor=None,
        at=NOW,
    )
    compute_tier_scorecards(scorecards_id=asked.pk, at=NOW)
