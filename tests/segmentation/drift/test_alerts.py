"""Runs that move more of a dimension than they may: an alert, a mail, once."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry
from segmentation.choices import Trigger
from segmentation.models import Dimension, DriftAlert, DriftReport, RunSegment
from segmentation.services import notices, rollback, runs
from segmentation.services.drift import DriftRefused
from segmentation.services.drift import alerts as drift_alerts
from tests.factories import NOW
from tests.rest import rest_as
from tests.segmentation.building import segment_of
from tests.segmentation.world import make_creator, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def size(brand, strategist):
    """An exclusive dimension of one segment, whose owner is the strategist."""
    dimension = Dimension.objects.create(
        brand=brand, key="size", name="Size", is_exclusive=True, drift_alert_percent=20
    )
    segment = segment_of(dimension, "large", "followers >= 1_000")
    segment.owner = strategist
    segment.save()
    return dimension


def run_at(brand, at):
    run = runs.start_run(brand=brand, as_of=at, at=NOW, apply_now=True)
    return runs.execute_run(run_id=run.pk, at=NOW)


def shrink(creators):
    """All of them lose their followers in September."""
    for creator in creators:
        profile = creator.profiles.first()
        profile.snapshots.create(captured_at=moment(9, 1), followers=10)


@pytest.fixture
def crowd(brand):
    return [make_creator(brand, followers=5_000) for _ in range(10)]


def test_a_run_above_the_limit_raises_an_alert_once(brand, analyst, size, crowd, mailoutbox):
    assert drift_alerts.watch(run_id=run_at(brand, moment(8, 1)).pk, at=NOW) == []
    shrink(crowd[:3])
    run = run_at(brand, moment(10, 1))
    [alert] = drift_alerts.watch(run_id=run.pk, at=NOW)
    assert (alert.dimension, alert.moved, alert.known, alert.threshold_percent) == (size, 3, 10, 20)
    assert drift_alerts.watch(run_id=run.pk, at=NOW) == []
    assert DriftAlert.objects.count() == 1
    [shown] = rest_as(analyst, brand).json("drift-alerts/")["results"]
    assert (shown["run"], shown["dimension"]) == (run.pk, size.key)
    assert (shown["moved"], shown["share"], shown["allowed"]) == (3, 0.3, 0.2)
    # The report of this quarter so far is asked for beside it.
    assert DriftReport.objects.get().requested_by is None

    assert notices.tell_about_drift(run_id=run.pk) == 1
    [mail] = mailoutbox
    assert mail.to == ["strategist@acme.example"]
    assert mail.subject == "Acme: segments have drifted"
    assert "Size: 3 of 10 creators (30%; the limit is 20 %)" in mail.body
    assert "/acme/drift/" in mail.body
    assert f"/acme/runs/{run.pk}/" in mail.body


def test_at_the_limit_is_not_above_it(brand, size, crowd):
    run_at(brand, moment(8, 1))
    shrink(crowd[:2])
    assert drift_alerts.watch(run_id=run_at(brand, moment(10, 1)).pk, at=NOW) == []


def test_newcomers_and_new_dimensions_have_not_drifted(brand, size, crowd):
    run_at(brand, moment(8, 1))
    for _ in range(10):
        make_creator(brand, followers=9_000, since=moment(9, 1))
    fresh = Dimension.objects.create(brand=brand, key="fresh", name="Fresh")
    segment_of(fresh, "all", "followers >= 1")
    run = run_at(brand, moment(10, 1))
    assert RunSegment.objects.get(run=run, segment__key="all").joined == 20
    assert drift_alerts.watch(run_id=run.pk, at=NOW) == []


def test_zero_switches_alerts_off(brand, size, crowd, strategist):
    drift_alerts.set_threshold(dimension_id=size.pk, percent=0, actor=strategist, at=NOW)
    run_at(brand, moment(8, 1))
    shrink(crowd)
    assert drift_alerts.watch(run_id=run_at(brand, moment(10, 1)).pk, at=NOW) == []


def test_a_roll_back_raises_no_alert_and_has_the_report_made_anew(brand, size, crowd, monkeypatch):
    run_at(brand, moment(8, 1))
    shrink(crowd)
    run = run_at(brand, moment(10, 1))
    sent = []
    monkeypatch.setattr(drift_alerts, "promise", lambda task, **what: sent.append((task, what)))
    rollback.roll_back_run(run_id=run.pk, actor=None, at=NOW, reason="Wrong numbers.")
    assert sent == [(drift_alerts.TASK, {"run_id": run.pk})]
    assert drift_alerts.watch(run_id=run.pk, at=NOW) == []
    assert not DriftAlert.objects.exists()
    # Of before it would go on telling of people who are back where they were.
    assert DriftReport.objects.get().requested_by is None


def test_runs_of_single_creators_are_not_watched(brand, size, crowd):
    run_at(brand, moment(8, 1))
    shrink(crowd)
    run = run_at(brand, moment(10, 1))
    run.trigger = Trigger.FACTS
    run.save()
    assert drift_alerts.watch(run_id=run.pk, at=NOW) == []
    assert not DriftAlert.objects.exists()
    assert not DriftReport.objects.exists()


def test_an_applied_run_asks_for_it(
    brand, size, crowd, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        drift_alerts, "promise", lambda task, **arguments: sent.append((task, arguments))
    )
    run = run_at(brand, moment(8, 1))
    assert sent == [(drift_alerts.TASK, {"run_id": run.pk})]


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_limit_is_a_share(brand, size, strategist, percent):
    before = AuditEntry.objects.count()
    with pytest.raises(DriftRefused, match="between 0 and 100"):
        drift_alerts.set_threshold(dimension_id=size.pk, percent=percent, actor=strategist, at=NOW)
    size.refresh_from_db()
    assert (size.drift_alert_percent, AuditEntry.objects.count()) == (20, before)
