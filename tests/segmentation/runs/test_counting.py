"""What is counted after a run: once, by one worker, and in the end although a message got lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segmentation.choices import RunStatus
from segmentation.models import Change, Run, RunEvidence
from segmentation.selectors.evidence import recorded
from segmentation.services import counting
from segmentation.services.evaluation import diff
from segmentation.services.segments import reword_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import counted, creator_with, rule, run_now
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(brand):
    creator_with(brand, 4_600)
    creator_with(brand, None)
    return segment_of(dimension_of(brand), "big", "followers >= 5_000")


def test_missing_facts_and_near_misses_are_counted_once(brand, segment):
    run = run_now(brand)
    [row] = run.segments.all()
    assert (row.unknown, row.missing, row.near, run.counted_at) == (1, {}, {}, None)
    row = counted(run, segment)
    assert (row.missing, row.near) == ({"followers": 1}, {"followers": 1})
    run.segments.update(near={})
    assert counted(run, segment).near == {}
    assert Run.objects.get(pk=run.pk).counted_at == NOW


def test_a_segment_that_was_reworded_meanwhile_is_left_out(brand, segment):
    run = run_now(brand)
    reword_rule(segment_id=segment.pk, rule=rule("followers >= 4_700"), at=NOW, actor=None)
    assert counted(run, segment).near == {}
    assert Run.objects.get(pk=run.pk).counted_at == NOW


def test_a_dry_run_is_counted_before_its_facts_are_gone(brand, segment):
    run = run_now(brand, is_dry=True, apply_now=False)
    assert (run.status, run.counted_at) == (RunStatus.DRY, NOW)
    [row] = run.segments.all()
    assert (row.missing, row.near) == ({"followers": 1}, {"followers": 1})


def test_a_count_that_never_came_is_asked_for_again(brand, segment):
    run = run_now(brand)
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=10)
    assert counting.uncounted_runs(at=soon) == []
    assert counting.uncounted_runs(at=later) == [run.pk]
    assert counting.uncounted_runs(at=NOW + timedelta(days=2)) == []
    counted(run, segment)
    assert counting.uncounted_runs(at=later) == []


def test_what_is_read_is_written_once_for_each_creator(brand):
    dimension = dimension_of(brand)
    creator = creator_with(brand, 6_000, country="DK")
    other = creator_with(brand, 100)
    big = segment_of(dimension, "big", "followers >= 5_000")
    danish = segment_of(dimension, "danish", "country is DK and followers >= 5_000")
    run = run_now(brand)
    assert run.readings == ["followers", "country"]
    assert list(RunEvidence.objects.values_list("creator", "values")) == [
        (creator.pk, [6_000, "DK"])
    ]
    assert [read_of(one) for one in Change.objects.order_by("segment")] == [
        {"followers": 6_000},
        {"country": "DK", "followers": 6_000},
    ]
    assert recorded([(run.pk, big.pk, other.pk)]) == {}
    assert recorded([(run.pk, danish.pk, creator.pk)]) == {
        (run.pk, danish.pk, creator.pk): {"country": "DK", "followers": 6_000}
    }


def test_more_readings_than_a_function_takes(brand, monkeypatch):
    """PostgreSQL calls no function with more than 100 arguments: values go in by parts."""
    monkeypatch.setattr(diff, "_ARGUMENTS", 2)
    creator_with(brand, 6_000, country="DK")
    rule = "followers >= 1 and country is DK and stage is prospect and count(posts) >= 0"
    segment_of(dimension_of(brand), "all", f"{rule} and has_email is false")
    run = run_now(brand)
    assert RunEvidence.objects.get().values == [6_000, "DK", "prospect", 0, False]
    assert read_of(run.changes.get()) == dict(
        zip(run.readings, [6_000, "DK", "prospect", 0, False], strict=True)
    )
