"""Dimensions with a cadence of their own: each month or by cron, once, caught up when missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segmentation import tasks
from segmentation.choices import Cadence, RunStatus, Trigger
from segmentation.models import Dimension, Run
from segmentation.services import cadences, quarters, runs
from tests.factories import NOW, BrandFactory
from tests.segmentation.building import dimension_of, segment_of, used_for_long
from tests.segmentation.runs.worlds import creator_with, members

pytestmark = pytest.mark.django_db


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def slot(cron: str, at: datetime, zone: str = "UTC") -> datetime | None:
    brand = BrandFactory.build(timezone=zone)
    dimension = Dimension(brand=brand, cadence=Cadence.CRON, cron=cron)
    found = cadences.last_slot(dimension, at)
    return found and found.astimezone(UTC)


@pytest.mark.parametrize(
    ("cron", "at", "expected"),
    [
        ("30 6 * * *", moment(2026, 11, 22, 6, 30), moment(2026, 11, 22, 6, 30)),
        ("30 6 * * *", moment(2026, 11, 22, 6, 29), moment(2026, 11, 21, 6, 30)),
        ("*/20 * * * *", moment(2026, 11, 22, 0, 19), moment(2026, 11, 22, 0, 0)),
        ("*/20 * * * *", moment(2026, 11, 22, 0, 59), moment(2026, 11, 22, 0, 40)),
        ("0 3 * * mon", moment(2026, 11, 22, 12), moment(2026, 11, 16, 3)),
        ("0 3 * * 0", moment(2026, 11, 22, 12), moment(2026, 11, 22, 3)),
        ("0 3 1 */3 *", moment(2026, 11, 22), moment(2026, 10, 1, 3)),
        ("0 0 29 2 *", moment(2026, 11, 22), moment(2024, 2, 29)),
    ],
)
def test_the_last_moment_that_a_cron_expression_names(cron, at, expected):
    assert slot(cron, at) == expected


def test_the_clock_is_that_of_the_brand():
    # 6:30 in Copenhagen is 5:30 UTC in winter and 4:30 in summer.
    zone = "Europe/Copenhagen"
    assert slot("30 6 * * *", moment(2026, 11, 22, 12), zone) == moment(2026, 11, 22, 5, 30)
    assert slot("30 6 * * *", moment(2026, 7, 22, 12), zone) == moment(2026, 7, 22, 4, 30)


def test_a_month_begins_at_the_midnight_of_the_brand(brand):
    brand.timezone = "Asia/Tokyo"
    dimension = Dimension(brand=brand, cadence=Cadence.MONTHLY)
    at = moment(2026, 11, 30, 15)
    assert cadences.last_slot(dimension, at) == at
    before = at - timedelta(minutes=1)
    assert cadences.last_slot(dimension, before) == moment(2026, 10, 31, 15)


@pytest.mark.parametrize("cadence", [Cadence.QUARTERLY, Cadence.BY_HAND])
def test_the_others_have_no_moments(brand, cadence):
    assert cadences.last_slot(Dimension(brand=brand, cadence=cadence), NOW) is None


@pytest.fixture
def dimensions(brand):
    """One of each cadence, with a segment each."""
    creator_with(brand, 5_000)
    made = {}
    for cadence in Cadence:
        cron = "0 6 * * mon" if cadence == Cadence.CRON else ""
        dimension = dimension_of(brand, cadence.value, cadence=cadence, cron=cron)
        segment_of(dimension, f"big-{cadence.value}", "followers >= 1_000")
        made[cadence] = dimension
    used_for_long()
    return made


def due(at) -> list[tuple[str, str | None]]:
    return [
        (run.trigger, run.dimension.key if run.dimension else None)
        for run in quarters.start_due_runs(at=at)
    ]


def test_each_is_looked_at_when_it_is_due_and_once(dimensions):
    assert due(NOW) == [("quarterly", None), ("schedule", "monthly"), ("schedule", "cron")]
    assert due(NOW + timedelta(minutes=5)) == []
    monday = moment(2026, 11, 23, 6)
    assert due(monday - timedelta(minutes=1)) == []
    assert due(monday) == [("schedule", "cron")]
    assert Run.objects.order_by("-pk").first().slot == monday
    # Down for weeks: one run for each, not one for each Monday.
    assert due(moment(2026, 12, 20)) == [("schedule", "monthly"), ("schedule", "cron")]
    assert due(moment(2026, 12, 20, 1)) == []


def test_a_quarterly_run_looks_at_quarterly_dimensions_only(dimensions):
    run = quarters.start_due_runs(at=NOW)[0]
    done = runs.execute_run(run_id=run.pk, at=NOW)
    assert [row.segment.key for row in done.segments.select_related("segment")] == ["big-quarterly"]
    by_hand = dimensions[Cadence.BY_HAND].segments.get()
    assert members(by_hand) == set()
    run = runs.start_run(brand=by_hand.brand, as_of=NOW, at=NOW, apply_now=True)
    assert runs.execute_run(run_id=run.pk, at=NOW).segments.count() == 4
    assert len(members(by_hand)) == 1


def test_a_brand_with_nothing_quarterly_gets_no_quarterly_run(brand):
    segment_of(dimension_of(brand, cadence=Cadence.BY_HAND), "big", "followers >= 1_000")
    assert due(NOW) == []


def test_who_looked_by_hand_since_need_not_look_again(dimensions, brand):
    at = moment(2026, 11, 23, 6)
    due(at - timedelta(minutes=1))
    runs.start_run(brand=brand, as_of=at, at=at)
    assert due(at + timedelta(minutes=5)) == []


def test_a_dry_or_failed_look_does_not_count(dimensions, brand):
    at = moment(2026, 11, 23, 6)
    due(at - timedelta(minutes=1))
    runs.start_run(brand=brand, as_of=at, at=at, is_dry=True)
    failed = runs.start_run(brand=brand, as_of=at, at=at)
    Run.objects.filter(pk=failed.pk).update(status=RunStatus.FAILED)
    assert due(at + timedelta(minutes=5)) == [("schedule", "cron")]


def test_the_task_executes_them(dimensions):
    tasks.start_due_runs.delay()
    found = Run.objects.filter(trigger=Trigger.SCHEDULE)
    assert found.count() == 2
    assert set(found.values_list("status", flat=True)) <= {RunStatus.APPLIED, RunStatus.WAITING}
