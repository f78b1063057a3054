"""The edges of Celery: ids and text in, one service call, safe to run twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from crm.limits import Busy
from crm.models import Brand
from segmentation.facts import check
from segmentation.metrics.stretches import sheets
from segmentation.models import (
    AttributionReport,
    BudgetPlan,
    ClaimTrial,
    ClusterMap,
    ContentReading,
    DriftReport,
    ExperimentLook,
    ForecastModel,
    LookIndex,
    Match,
    MatchLesson,
    RunOrder,
    ScoreBacktest,
    ScorecardOrder,
    ScoreComparison,
    ScoreModel,
    TierScorecards,
)
from segmentation.services import (
    claims,
    counting,
    drift,
    errands,
    notices,
    orders,
    outbox,
    overrides,
    quarters,
    runs,
    scorecard_orders,
    scorecards,
    stage_suggestions,
    tier_scorecards,
)
from segmentation.services.attribution import requests as attribution
from segmentation.services.budgets import asking as budgets
from segmentation.services.changesets import last_applied
from segmentation.services.clusters import building as clusters
from segmentation.services.content_tests import reading as content_reading
from segmentation.services.drift import alerts as drift_alerts
from segmentation.services.experiments import looking
from segmentation.services.forecasts import asking as forecasts
from segmentation.services.looks import building as look_building
from segmentation.services.matches import counting as match_counting
from segmentation.services.matches import weighing as match_weighing
from segmentation.services.scores import backtesting, comparing
from segmentation.services.scores import counting as score_counting
from segmentation.services.suggesting import outside, refreshing


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def execute_run(*, run_id: int, **_later: Any) -> None:
    """Evaluate a queued run and apply it, or leave its change set for approval."""
    runs.execute_run(run_id=run_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def count_run(*, run_id: int, **_later: Any) -> None:
    """Count the missing facts and near misses of a run that is through."""
    counting.count_run(run_id=run_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def execute_runs(*, run_ids: Sequence[int], **_later: Any) -> None:
    """Execute queued runs one after the other, in this order."""
    for run_id in run_ids:
        runs.execute_run(run_id=run_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def start_due_runs(**_later: Any) -> None:
    """Start the runs that are due, and take up those whose message or worker got lost."""
    now = timezone.now()
    for run in quarters.start_due_runs(at=now):
        execute_run.delay(run_id=run.pk)
    if forgotten := quarters.forgotten_runs(at=now):
        execute_runs.delay(run_ids=forgotten)
    for run_id in counting.uncounted_runs(at=now):
        count_run.delay(run_id=run_id)


@shared_task  # type: ignore[untyped-decorator]
def drain_facts(**_later: Any) -> None:
    """Re-evaluate creators whose facts have changed."""
    outbox.drain(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def check_facts(**_later: Any) -> None:
    """Compare the facts of each brand with a computation from nothing."""
    for brand in Brand.objects.order_by("pk"):
        check.check_facts(brand=brand, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def suggest_stages(*, brand_id: int | None = None, **_later: Any) -> None:
    """Hold the rules about stages against everybody: of a brand, or each night of all brands."""
    brands = Brand.objects.order_by("pk")
    for brand in brands if brand_id is None else brands.filter(pk=brand_id):
        stage_suggestions.refresh(brand=brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_touched(**_later: Any) -> None:
    """Let go of the marks of changes that no scorecard has to look at; else in the next hour."""
    with suppress(Busy):
        sheets.let_go()


@shared_task  # type: ignore[untyped-decorator]
def end_overrides(**_later: Any) -> None:
    """Have the creators evaluated whose override came to its end."""
    overrides.mark_ended(at=timezone.now())


# Mail servers fail with errors of the operating system's kind: SMTPException is one.
@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]
def tell_about_run(*, run_id: int, **_later: Any) -> None:
    """Tell people that a run waits or has failed."""
    notices.tell_about_run(run_id=run_id)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]
def tell_about_order(*, order_id: int, **_later: Any) -> None:
    """Tell who ordered it that a run could not be applied or rolled back."""
    notices.tell_about_order(order_id=order_id)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]
def tell_about_broken(*, segment_ids: Sequence[int], **_later: Any) -> None:
    """Tell people that segments can no longer be evaluated."""
    notices.tell_about_broken(segment_ids=segment_ids)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]
def tell_about_drift(*, run_id: int, **_later: Any) -> None:
    """Tell people that a run moved more than is usual."""
    notices.tell_about_drift(run_id=run_id)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def watch_drift(*, run_id: int, **_later: Any) -> None:
    """Compare what an applied run moved with what it may, and have a report computed."""
    drift_alerts.watch(run_id=run_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def carry_out_order(*, errand_id: int, **_later: Any) -> None:
    """Apply a run or roll it back, as somebody ordered."""
    orders.carry_out(order_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compute_drift(*, errand_id: int, **_later: Any) -> None:
    """Compute a drift report that waits."""
    drift.compute_report(report_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compute_scorecards(*, errand_id: int, **_later: Any) -> None:
    """Compute the scorecards of a quarter that wait."""
    scorecard_orders.compute(order_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compute_tier_scorecards(*, errand_id: int, **_later: Any) -> None:
    """Compute the scorecards by tier that wait."""
    tier_scorecards.compute(scorecards_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compute_look(*, errand_id: int, **_later: Any) -> None:
    """Compute a look at an experiment that waits."""
    looking.compute(look_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compute_attribution(*, errand_id: int, **_later: Any) -> None:
    """Compute the report of attribution that waits."""
    attribution.compute(report_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def try_claims(*, errand_id: int, **_later: Any) -> None:
    """Hold the claims of others against a brand's own posts, as somebody asked."""
    claims.compute(trial_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def count_scores(*, errand_id: int, **_later: Any) -> None:
    """Count the scores that wait for it."""
    score_counting.count(model_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def compare_scores(*, errand_id: int, **_later: Any) -> None:
    """Compare two versions of scores that wait for it."""
    comparing.compare(comparison_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def backtest_score(*, errand_id: int, **_later: Any) -> None:
    """Hold a version of a score against what came later."""
    backtesting.backtest(backtest_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def read_content_test(*, errand_id: int, **_later: Any) -> None:
    """Read a content test."""
    content_reading.read(reading_id=errand_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def count_all_scores(**_later: Any) -> None:
    """Have all scores in use counted: facts also move by time alone."""
    score_counting.request(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def count_match(*, errand_id: int, **_later: Any) -> None:
    """Rank creators for a campaign, as somebody asked."""
    match_counting.count(match_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def learn_weights(*, errand_id: int, **_later: Any) -> None:
    """Ask campaigns that are over what counted, as somebody asked."""
    match_weighing.compute(lesson_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def suggest_values_of(*, brand_id: int, **_later: Any) -> None:
    """Learn from what people said of a brand's creators, and suggest values to them."""
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is not None:
        now = timezone.now()
        refreshing.refresh(brand=brand, at=now)
        outside.ask(brand=brand, at=now)


@shared_task  # type: ignore[untyped-decorator]
def suggest_values(**_later: Any) -> None:
    """Have values suggested in every brand: posts came, and people said what creators are."""
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        suggest_values_of.delay(brand_id=brand_id)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def make_map(*, errand_id: int, **_later: Any) -> None:
    """Make the map of clusters that waits for it."""
    clusters.make(map_id=errand_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def make_all_maps(**_later: Any) -> None:
    """Have the maps of all brands made anew."""
    clusters.request(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def learn_forecasts(*, errand_id: int, **_later: Any) -> None:
    """Learn a version of a brand's forecasts that waits."""
    forecasts.learn(model_id=errand_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def learn_all_forecasts(**_later: Any) -> None:
    """Have the forecasts of all brands learned anew."""
    forecasts.ask_for_all(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def allocate_budget(*, errand_id: int, **_later: Any) -> None:
    """Work out the plan of a budget that waits."""
    budgets.allocate(plan_id=errand_id, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def build_looks(*, errand_id: int, **_later: Any) -> None:
    """Find out anew what a brand's creators are like."""
    look_building.build(index_id=errand_id, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def build_all_looks(**_later: Any) -> None:
    """Have it found out of all brands: posts have come since."""
    look_building.request(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def take_up_errands(**_later: Any) -> None:
    """Send what was asked for once more, where its message or its worker got lost."""
    now = timezone.now()
    for task, rows in (
        (carry_out_order, RunOrder.objects.all()),
        (compute_drift, DriftReport.objects.all()),
        (compute_scorecards, ScorecardOrder.objects.all()),
        (compute_tier_scorecards, TierScorecards.objects.all()),
        (try_claims, ClaimTrial.objects.all()),
        (compute_attribution, AttributionReport.objects.all()),
        (compute_look, ExperimentLook.objects.all()),
        (learn_forecasts, ForecastModel.objects.all()),
        (allocate_budget, BudgetPlan.objects.all()),
        (count_scores, ScoreModel.objects.all()),
        (count_match, Match.objects.all()),
        (learn_weights, MatchLesson.objects.all()),
        (make_map, ClusterMap.objects.all()),
        (build_looks, LookIndex.objects.all()),
        (compare_scores, ScoreComparison.objects.all()),
        (backtest_score, ScoreBacktest.objects.all()),
        (read_content_test, ContentReading.objects.all()),
    ):
        for errand_id in errands.forgotten(rows, at=now):
            task.delay(errand_id=errand_id)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def refresh_scorecards(*, brand_id: int, as_of: str, **_later: Any) -> None:
    """Compute the scorecards of a brand again, unless a later run has asked for the same."""
    moment = datetime.fromisoformat(as_of)
    brand = Brand.objects.filter(pk=brand_id).first()
    last = None if brand is None else last_applied(brand)
    if last is None or last.as_of > moment:
        return
    scorecards.refresh(brand_id=brand_id, as_of=moment)
