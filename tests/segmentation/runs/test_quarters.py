"""Quarterly runs: each brand's own quarter, once, caught up when it was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segmentation import tasks
from segmentation.choices import RunStatus, Trigger
from segmentation.models import Run
from segmentation.services import quarters, runs
from tests.factories import NOW, BrandFactory
from tests.segmentation.building import dimension_of, segment_of, used_for_long
from tests.segmentation.runs.worlds import creator_with, members

pytestmark = pytest.mark.django_db


def brand_with_segment(**values):
    brand = BrandFactory(**values)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    used_for_long()
    return brand


def due(at) -> list[tuple[int, str]]:
    return [(run.brand_id, run.quarter) for run in quarters.start_due_runs(at=at)]


def test_each_brand_gets_one_run_a_quarter():
    brand = brand_with_segment()
    BrandFactory()  # has no segment: nothing to run
    assert due(NOW) == [(brand.pk, "2026Q4")]
    assert due(NOW + timedelta(hours=1)) == []
    run = Run.objects.get()
    assert (run.trigger, run.as_of, run.status) == (Trigger.QUARTERLY, NOW, RunStatus.QUEUED)
    assert due(datetime(2027, 1, 1, tzinfo=UTC)) == [(brand.pk, "2027Q1")]


def test_the_first_run_of_a_brand_is_left_to_people_for_a_day(brand):
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    assert due(NOW + timedelta(hours=23, minutes=59)) == []
    runs.start_run(brand=brand, as_of=NOW, at=NOW, is_dry=True)
    # There is still time to build the history, which a first run would end.
    runs.start_history(brand=brand, moments=[NOW - timedelta(days=90)], at=NOW, actor=None)
    assert due(NOW + timedelta(hours=1)) == [(brand.pk, "2026Q4")]


def test_a_brand_that_nobody_ran_is_run_after_a_day(brand):
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    assert due(NOW + timedelta(days=1)) == [(brand.pk, "2026Q4")]


def test_missed_quarters_are_caught_up_by_one_run():
    brand = brand_with_segment()
    due(NOW)
    assert due(datetime(2027, 8, 9, tzinfo=UTC)) == [(brand.pk, "2027Q3")]
    assert due(datetime(2027, 8, 9, 1, tzinfo=UTC)) == []


def test_a_quarter_begins_at_the_brands_own_midnight():
    east = brand_with_segment(timezone="Asia/Tokyo")
    west = brand_with_segment(timezone="America/Los_Angeles")
    due(NOW)
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert due(new_year - timedelta(hours=9, minutes=1)) == []
    assert due(new_year - timedelta(hours=9)) == [(east.pk, "2027Q1")]
    assert due(new_year + timedelta(hours=7, minutes=59)) == []
    assert due(new_year + timedelta(hours=8)) == [(west.pk, "2027Q1")]


def test_a_fiscal_year_of_its_own_moves_the_quarters():
    brand = brand_with_segment(fiscal_year_start_month=2)
    assert due(datetime(2026, 10, 31, 23, tzinfo=UTC)) == [(brand.pk, "2027Q3")]
    assert due(datetime(2026, 11, 1, tzinfo=UTC)) == [(brand.pk, "2027Q4")]


def test_the_task_starts_and_executes(brand):
    creator = creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    used_for_long()
    tasks.start_due_runs.delay()
    assert Run.objects.get().status == RunStatus.APPLIED
    assert members(segment) == {creator.pk}


def test_a_run_whose_message_got_lost_is_executed_after_all(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    assert quarters.forgotten_runs(at=NOW + timedelta(minutes=14)) == []
    assert quarters.forgotten_runs(at=NOW + timedelta(minutes=16)) == [run.pk]
    # Nobody holds the lock of a run whose worker is gone.
    Run.objects.update(status=RunStatus.RUNNING, started_at=NOW)
    assert quarters.forgotten_runs(at=NOW + timedelta(seconds=50)) == []
    assert quarters.forgotten_runs(at=NOW + timedelta(seconds=70)) == [run.pk]
    Run.objects.update(status=RunStatus.APPLIED)
    assert quarters.forgotten_runs(at=NOW + timedelta(minutes=16)) == []
