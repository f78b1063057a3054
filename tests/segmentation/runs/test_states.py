"""What becomes of a run: it waits, is rejected, replaced, refused, done again, or fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import AuditEntry, Creator
from segmentation.choices import ChangeKind, RunStatus
from segmentation.models import Change, CreatorFacts, Membership, Run
from segmentation.services import decisions, runs
from segmentation.services.decisions import RunNotWaiting
from segmentation.services.runs import NothingToRun, RunInFuture, RunRefused, RunTooEarly
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import (
    BEFORE,
    LATER,
    creator_with,
    give_followers,
    ledger,
    members,
    run_now,
)
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db


def test_a_run_that_moves_many_waits_until_a_person_applies_it(brand, strategist):
    creators = [creator_with(brand, 5_000) for _ in range(10)]
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    for creator in creators[:3]:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    before = ledger()

    waiting = run_now(brand, LATER)

    assert waiting.status == RunStatus.WAITING
    assert (waiting.moved, waiting.population) == (3, 10)
    assert waiting.segments.get().members == 7
    assert ledger() == before
    assert len(members(segment)) == 10

    applied = decisions.apply_run(
        run_id=waiting.pk, actor=strategist, at=LATER + timedelta(hours=2)
    )

    assert (applied.status, applied.decided_by) == (RunStatus.APPLIED, strategist)
    assert members(segment) == {creator.pk for creator in creators[3:]}
    assert {row[3] for row in ledger()} == {None, LATER}
    with pytest.raises(RunNotWaiting, match="it is: applied"):
        decisions.apply_run(run_id=waiting.pk, actor=strategist, at=LATER)


def test_exactly_the_threshold_does_not_wait(brand):
    creators = [creator_with(brand, 5_000) for _ in range(10)]
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    for creator in creators[:2]:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    assert run_now(brand, LATER).status == RunStatus.APPLIED


def test_a_rejected_run_moves_nobody_and_says_why(brand, strategist):
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    huge = segment_of(dimension, "huge", "followers >= 2_000")
    waiting = run_now(brand, LATER)
    before = ledger()

    with pytest.raises(RunRefused, match="Say why"):
        decisions.reject_run(run_id=waiting.pk, actor=strategist, at=LATER, reason=" ")
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.WAITING
    run = decisions.reject_run(run_id=waiting.pk, actor=strategist, at=LATER, reason="Wrong rule.")

    assert (run.status, run.decision_reason) == (RunStatus.REJECTED, "Wrong rule.")
    assert ledger() == before
    assert members(huge) == set()
    entry = AuditEntry.objects.get(verb="segmentation.run.rejected")
    assert (entry.actor, entry.data) == (strategist, {"reason": "Wrong rule."})


def test_a_new_run_replaces_one_that_still_waits(brand):
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    segment_of(dimension, "huge", "followers >= 2_000")
    first = run_now(brand, LATER)
    second = run_now(brand, LATER)
    first.refresh_from_db()
    assert (first.status, second.status) == (RunStatus.REJECTED, RunStatus.WAITING)
    assert first.decision_reason == f"Replaced by run {second.pk}."


def test_an_earlier_moment_is_refused_and_nothing_changes(brand):
    creator = creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand, LATER)
    before, audits, count = ledger(), AuditEntry.objects.count(), Run.objects.count()

    with pytest.raises(RunTooEarly, match="23 November 2026"):
        run_now(brand, NOW)

    assert (ledger(), AuditEntry.objects.count(), Run.objects.count()) == (before, audits, count)
    assert creator.pk in {row[1] for row in before}


def test_the_future_and_an_empty_brand_are_refused(brand):
    with pytest.raises(NothingToRun, match="standard packs"):
        runs.start_run(brand=brand, as_of=NOW, at=NOW)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    with pytest.raises(RunInFuture, match="has not come"):
        runs.start_run(brand=brand, as_of=LATER, at=NOW)
    assert not Run.objects.exists()


def test_a_run_that_became_too_early_while_queued_fails_in_words(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    queued = runs.start_run(brand=brand, as_of=BEFORE, at=NOW)
    run_now(brand, NOW)
    before = ledger()
    run = runs.execute_run(run_id=queued.pk, at=LATER)
    assert run.status == RunStatus.FAILED
    assert "only moves forward" in run.error
    assert ledger() == before
    assert not run.changes.exists()


def test_as_of_now_means_when_it_is_executed(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    queued = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    run_now(brand, LATER)
    run = runs.execute_run(run_id=queued.pk, at=LATER)
    assert (run.status, run.as_of, run.moved) == (RunStatus.APPLIED, LATER, 0)


def test_executing_twice_changes_nothing(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = run_now(brand)
    before = ledger(), Change.objects.count(), AuditEntry.objects.count()
    again = runs.execute_run(run_id=run.pk, at=LATER)
    assert (again.status, again.finished_at) == (RunStatus.APPLIED, run.finished_at)
    assert (ledger(), Change.objects.count(), AuditEntry.objects.count()) == before


def test_a_run_whose_worker_died_is_done_again(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    assert runs.execute_run(run_id=run.pk, at=NOW).status == RunStatus.APPLIED


def test_a_dry_run_stores_its_change_set_and_moves_nobody(brand):
    creator = creator_with(brand, 500)
    give_followers(creator, 5_000, NOW - timedelta(days=1))
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    before = ledger(), list(CreatorFacts.objects.values())

    past = run_now(brand, NOW - timedelta(days=10), is_dry=True)

    assert past.status == RunStatus.DRY
    assert (past.population, past.moved, past.segments.get().members) == (1, 1, 0)
    assert past.changes.get().kind == ChangeKind.LEFT
    assert read_of(past.changes.get()) == {"followers": 500}
    assert (ledger(), list(CreatorFacts.objects.values())) == before
    assert members(segment) == {creator.pk}


def test_an_error_fails_the_run_and_leaves_nothing(brand, monkeypatch):
    creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    # Somebody was written into the ledger past the masks: the run finds it out and stops.
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    Membership.objects.create(
        segment=segment,
        creator=Creator.objects.get(),
        entered_at=BEFORE,
        version=segment.active_version,
        entered_run=run,
    )
    with pytest.raises(Exception, match="segmentation_one_open_stay"):
        runs.execute_run(run_id=run.pk, at=NOW)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "changed nothing" in run.error
    assert not Change.objects.exists()
    assert Membership.objects.count() == 1
