"""Deciding on a run: a part of it, all of it, none of it; stopping one; taking one back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from crm.models import AuditEntry, Relationship
from segmentation.choices import Cause, ChangeKind, RunStatus, Trigger
from segmentation.models import Change, Membership, Run
from segmentation.services import changesets, decisions, outbox, rollback, runs, sessions
from segmentation.services.decisions import HoldRefused, RunNotCancellable, RunNotWaiting
from segmentation.services.rollback import NotTheLastRun, RunNotApplied
from segmentation.services.runs import HasPast, RunRefused, RunTooEarly
from segmentation.services.segments import archive_segment
from tests.factories import NOW, BrandFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.test_killed import locked, wait_until
from tests.segmentation.runs.test_outbox import changed
from tests.segmentation.runs.worlds import (
    LATER,
    creator_with,
    give_followers,
    ledger,
    members,
    run_now,
)

EVEN_LATER = LATER + timedelta(days=1)


@pytest.fixture
def careful(db):
    """A brand in which every change set waits, after the first."""
    return BrandFactory(approval_threshold_percent=0)


@pytest.fixture
def two(careful):
    """Two segments of 4 creators; a waiting run in which 2 leave both and 1 joins both."""
    stay, *leave, join = (creator_with(careful, n) for n in (5_000, 5_000, 5_000, 10))
    dimension = dimension_of(careful)
    big = segment_of(dimension, "big", "followers >= 1_000")
    bigger = segment_of(dimension, "bigger", "followers >= 2_000")
    run_now(careful)
    for creator in leave:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    give_followers(join, 9_000, NOW + timedelta(hours=1))
    run = run_now(careful, LATER)
    assert run.status == RunStatus.WAITING
    return run, big, bigger, {stay.pk, *(one.pk for one in leave)}, {stay.pk, join.pk}


def causes() -> set[tuple[str, str]]:
    return set(Membership.objects.values_list("entered_cause", "left_cause"))


class TestHolding:
    def test_a_held_segment_stays_as_it_is_and_the_rest_moves(self, two, strategist):
        run, big, bigger, before, after = two
        run = decisions.apply_run(
            run_id=run.pk, actor=strategist, at=LATER, hold=["bigger"], reason="Ask Ana first."
        )
        assert (members(big), members(bigger)) == (after, before)
        assert (run.status, run.moved, run.decision_reason) == (
            RunStatus.APPLIED,
            3,
            "Ask Ana first.",
        )
        found = {row.segment.key: row for row in run.segments.select_related("segment")}
        assert [(row.members, row.joined, row.left, row.is_held) for row in found.values()] == [
            (2, 1, 2, False),
            (3, 0, 0, True),
        ]
        # What was held is still in the change set, for whoever asks what it was.
        assert run.changes.filter(segment=bigger).count() == 3
        entry = AuditEntry.objects.filter(verb="segmentation.run.applied").latest("number")
        assert (entry.data["held"], entry.data["joined"], entry.data["left"]) == (["bigger"], 1, 2)

    def test_the_next_run_finds_what_was_held_again(self, two):
        run, big, bigger, _before, after = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=["bigger"])
        again = run_now(run.brand, EVEN_LATER)
        assert again.status == RunStatus.WAITING
        assert set(again.changes.values_list("segment", flat=True)) == {bigger.pk}
        assert again.moved == 3
        decisions.apply_run(run_id=again.pk, actor=None, at=EVEN_LATER)
        assert members(big) == members(bigger) == after

    @pytest.mark.parametrize(
        ("hold", "words"),
        [
            (["nothing"], "did not look at the segment 'nothing'"),
            (["big", "bigger"], "Reject the run instead"),
        ],
    )
    def test_refusals_change_nothing(self, two, hold, words):
        run, big, bigger, before, _after = two
        state, entries = ledger(), AuditEntry.objects.count()
        with pytest.raises(HoldRefused, match=words):
            decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=hold)
        run.refresh_from_db()
        assert run.status == RunStatus.WAITING
        assert not run.segments.filter(is_held=True).exists()
        assert (ledger(), AuditEntry.objects.count()) == (state, entries)
        assert members(big) == members(bigger) == before

    def test_a_single_valued_dimension_is_held_whole_or_not_at_all(self, careful):
        grows, moves_in = creator_with(careful, 500), creator_with(careful, None)
        size = dimension_of(careful, "size", is_exclusive=True)
        big = segment_of(size, "big", "followers >= 1_000", position=1)
        small = segment_of(size, "small", "followers >= 0", position=2)
        tags = segment_of(dimension_of(careful, "tags"), "any", "followers >= 1_000")
        run_now(careful)
        for creator in (grows, moves_in):
            give_followers(creator, 5_000, NOW + timedelta(hours=1))
        run = run_now(careful, LATER)
        state = ledger()
        for part in (["big"], ["small"], ["small", "any"]):
            with pytest.raises(HoldRefused, match=r"1 creator moves between .* Hold all of Size"):
                decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=part)
            assert ledger() == state
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=["big", "small"])
        assert (members(big), members(small)) == (set(), {grows.pk})
        assert members(tags) == {grows.pk, moves_in.pk}

    def test_a_part_of_a_single_valued_dimension_may_be_held_where_nobody_is_split(self, careful):
        new = creator_with(careful, None)
        size = dimension_of(careful, "size", is_exclusive=True)
        big = segment_of(size, "big", "followers >= 1_000", position=1)
        small = segment_of(size, "small", "followers >= 0", position=2)
        stays = creator_with(careful, 7)
        run_now(careful)
        give_followers(new, 9_000, NOW + timedelta(hours=1))
        give_followers(stays, None, NOW + timedelta(hours=1))
        late = creator_with(careful, 3, since=NOW + timedelta(hours=1))
        run = run_now(careful, LATER)
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=["big"])
        assert (members(big), members(small)) == (set(), {stays.pk, late.pk})

    def test_a_segment_archived_while_the_run_waited_takes_nobody_in(self, two):
        run, big, bigger, _before, after = two
        archive_segment(segment_id=bigger.pk, at=LATER, actor=None)
        run = decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
        assert (members(big), members(bigger)) == (after, set())
        assert Membership.objects.filter(segment=bigger, left_cause=Cause.ARCHIVED).count() == 3
        found = run.segments.get(segment=bigger)
        assert (found.members, found.joined, found.left) == (0, 0, 0)


class TestCancelling:
    def test_a_queued_run_is_never_executed(self, brand, strategist):
        creator_with(brand, 5_000)
        segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        run = decisions.cancel_run(run_id=run.pk, actor=strategist, at=NOW, reason="Too early.")
        assert (run.status, run.decided_by) == (RunStatus.CANCELLED, strategist)
        assert runs.execute_run(run_id=run.pk, at=LATER).status == RunStatus.CANCELLED
        assert members(segment) == set()
        entry = AuditEntry.objects.get(verb="segmentation.run.cancelled")
        assert (entry.actor, entry.data) == (strategist, {"reason": "Too early."})

    def test_a_run_whose_worker_is_gone_is_cancelled_at_once(self, brand):
        segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        Run.objects.update(status=RunStatus.RUNNING, started_at=NOW, attempts=1)
        assert decisions.cancel_run(run_id=run.pk, actor=None, at=NOW).status == (
            RunStatus.CANCELLED
        )

    @pytest.mark.parametrize("step", range(1, 5))
    def test_it_stops_at_every_step_and_leaves_nothing(self, brand, monkeypatch, step):
        creator_with(brand, 5_000)
        segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        enter = sessions.enter

        def ask_just_before(run, at_step):
            if at_step == step:
                Run.objects.filter(pk=run.pk).update(cancel_requested=True)
            enter(run, at_step)

        monkeypatch.setattr(sessions, "enter", ask_just_before)
        done = runs.execute_run(run_id=run.pk, at=NOW)
        # The request was made in the transaction of the run here, and went with it.
        assert done.status == RunStatus.CANCELLED
        assert "nobody moved" in done.error
        assert members(segment) == set()
        assert not Change.objects.exists()
        assert not done.segments.exists()

    def test_a_run_that_is_done_cannot_be_cancelled(self, brand):
        creator_with(brand, 5_000)
        segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = run_now(brand)
        with pytest.raises(RunNotCancellable, match="it is: applied"):
            decisions.cancel_run(run_id=run.pk, actor=None, at=LATER)
        run.refresh_from_db()
        assert (run.status, run.cancel_requested) == (RunStatus.APPLIED, False)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_goes_on_is_interrupted():
    brand = BrandFactory()
    creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)

    def work() -> Run:
        try:
            return runs.execute_run(run_id=run.pk, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool, locked("segmentation_membership"):
        worker = pool.submit(work)
        wait_until(lambda: sessions.step_of(run) == sessions.MOVING)
        assert sessions.alive([run]) == {run.pk}
        # Delivered twice: the second worker leaves it to the first.
        assert runs.execute_run(run_id=run.pk, at=NOW).attempts == 1
        asked = decisions.cancel_run(run_id=run.pk, actor=None, at=NOW)
        assert asked.cancel_requested
        assert worker.result(60).status == RunStatus.CANCELLED
    assert members(segment) == set()
    assert sessions.step_of(run) is None
    assert sessions.alive([run]) == set()


class TestRollingBack:
    def test_everybody_is_back_and_the_ledger_says_why(self, two, strategist):
        run, big, bigger, before, after = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
        assert members(big) == members(bigger) == after

        run = rollback.roll_back_run(
            run_id=run.pk, actor=strategist, at=EVEN_LATER, reason=" A slip in the import. "
        )

        assert members(big) == members(bigger) == before
        assert (run.status, run.rolled_back_at, run.rolled_back_by, run.rollback_reason) == (
            RunStatus.ROLLED_BACK,
            EVEN_LATER,
            strategist,
            "A slip in the import.",
        )
        # Nothing is rewritten: between the run and its end they were where people saw them.
        [stays] = before & after
        [joined] = after - before
        left = sorted(before - after)
        assert ledger() == sorted(
            (key, *stay)
            for key in ("big", "bigger")
            for stay in (
                (stays, NOW, None),
                (joined, LATER, EVEN_LATER),
                *((one, NOW, LATER) for one in left),
                *((one, EVEN_LATER, None) for one in left),
            )
        )
        assert causes() == {("rule", ""), ("rule", "rule"), ("rule", "rollback"), ("rollback", "")}
        back = Membership.objects.filter(entered_cause=Cause.ROLLBACK)
        # Under the version and the run of the stay that was taken away.
        assert {stay.version_id for stay in back} == {
            big.active_version_id,
            bigger.active_version_id,
        }
        assert {stay.entered_run for stay in back} == {Run.objects.order_by("pk").first()}
        entry = AuditEntry.objects.get(verb="segmentation.run.rolled_back")
        assert entry.actor == strategist
        assert entry.data == {
            "reason": "A slip in the import.",
            "restored": 4,
            "ended": 2,
            "left_alone": 0,
        }

    def test_the_next_run_moves_them_again_and_counts_from_now(self, two):
        run, big, _bigger, _before, after = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
        rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        with pytest.raises(RunTooEarly, match="24 November 2026"):
            run_now(run.brand, LATER)
        third = run_now(run.brand, EVEN_LATER, apply_now=True)
        assert (third.status, third.moved) == (RunStatus.APPLIED, 3)
        assert members(big) == after
        # The stays that the roll-back opened had no length, and are gone again.
        assert Membership.objects.filter(entered_cause=Cause.ROLLBACK).count() == 0

    def test_the_first_run_can_be_taken_back(self, brand):
        creator = creator_with(brand, 5_000)
        segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = run_now(brand)
        rollback.roll_back_run(run_id=run.pk, actor=None, at=LATER, reason="Wrong.")
        assert members(segment) == set()
        assert ledger() == [("big", creator.pk, NOW, LATER)]
        assert changesets.last_applied(brand) is None
        with pytest.raises(RunNotApplied, match="it is: rolled back"):
            rollback.roll_back_run(run_id=run.pk, actor=None, at=LATER, reason="Again.")

    def test_only_the_newest_and_then_the_one_before(self, brand):
        creator = creator_with(brand, 5_000)
        segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
        first = run_now(brand)
        give_followers(creator, 3, NOW + timedelta(hours=1))
        second = run_now(brand, LATER, apply_now=True)
        state, entries = ledger(), AuditEntry.objects.count()
        with pytest.raises(NotTheLastRun, match=f"Roll back the newest run first: .* {second.pk}"):
            rollback.roll_back_run(run_id=first.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        assert (ledger(), AuditEntry.objects.count()) == (state, entries)
        rollback.roll_back_run(run_id=second.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        assert members(segment) == {creator.pk}
        end = EVEN_LATER + timedelta(days=1)
        rollback.roll_back_run(run_id=first.pk, actor=None, at=end, reason="Wrong too.")
        assert members(segment) == set()
        assert ledger() == [
            ("big", creator.pk, NOW, LATER),
            ("big", creator.pk, EVEN_LATER, end),
        ]

    def test_without_a_reason_it_is_refused(self, two):
        run, *_ = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
        state = ledger()
        with pytest.raises(RunRefused, match="Say why"):
            rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason=" ")
        run.refresh_from_db()
        assert (run.status, ledger()) == (RunStatus.APPLIED, state)

    def test_creators_moved_since_by_changed_facts_are_left_where_they_are(self, brand):
        stays, falls, grows = (creator_with(brand, n) for n in (5_000, 5_000, 10))
        size = dimension_of(brand, is_exclusive=True)
        big = segment_of(size, "big", "followers >= 1_000", position=1)
        small = segment_of(size, "small", "followers >= 0", position=2)
        run_now(brand)
        for creator, followers in ((falls, 5), (grows, 6_000)):
            give_followers(creator, followers, NOW + timedelta(hours=1))
        run = run_now(brand, LATER, apply_now=True)
        assert (members(big), members(small)) == ({stays.pk, grows.pk}, {falls.pk})
        # Alone, since somebody wrote a new number: big once more.
        give_followers(falls, 7_000, EVEN_LATER)
        changed(brand, falls)
        outbox.drain(at=EVEN_LATER)
        assert members(big) == {stays.pk, grows.pk, falls.pk}

        rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason="Wrong.")

        assert (members(big), members(small)) == ({stays.pk, falls.pk}, {grows.pk})
        entry = AuditEntry.objects.get(verb="segmentation.run.rolled_back")
        assert (entry.data["restored"], entry.data["ended"], entry.data["left_alone"]) == (1, 1, 1)

    def test_a_batch_of_changed_facts_counts_as_later_whatever_its_clock_said(self, brand):
        """It looked at the clock before the run did, and got the lock after it."""
        creator = creator_with(brand, 5_000)
        segment_of(dimension_of(brand), "big", "followers >= 1_000")
        run = run_now(brand, LATER)
        give_followers(creator, 5, NOW)
        changed(brand, creator)
        outbox.drain(at=NOW)
        facts = Run.objects.get(trigger=Trigger.FACTS)
        assert facts.applied_at > run.applied_at
        assert facts.as_of == LATER

    def test_who_is_forgotten_and_what_is_archived_stays_so(self, careful):
        known, forgotten = creator_with(careful, 5_000), creator_with(careful, 5_000)
        dimension = dimension_of(careful)
        big = segment_of(dimension, "big", "followers >= 1_000")
        old = segment_of(dimension, "old", "followers >= 2_000")
        run_now(careful)
        give_followers(known, 1, NOW + timedelta(hours=1))
        Relationship.objects.filter(creator=forgotten).delete()
        run = run_now(careful, LATER, apply_now=True)
        archive_segment(segment_id=old.pk, at=LATER, actor=None)
        rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        assert (members(big), members(old)) == ({known.pk}, set())
        entry = AuditEntry.objects.get(verb="segmentation.run.rolled_back")
        assert entry.data["left_alone"] == 1

    def test_what_was_held_does_not_move(self, two):
        run, big, bigger, before, _after = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=["bigger"])
        rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        assert members(big) == members(bigger) == before
        assert not Membership.objects.filter(segment=bigger, entered_cause=Cause.ROLLBACK).exists()

    def test_change_sets_that_wait_are_dropped(self, two):
        run, big, *_ = two
        decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
        give_followers(creator_with(run.brand, 10), 9_000, LATER)
        waiting = run_now(run.brand, EVEN_LATER)
        assert waiting.status == RunStatus.WAITING
        rollback.roll_back_run(run_id=run.pk, actor=None, at=EVEN_LATER, reason="Wrong.")
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.REJECTED
        assert waiting.decision_reason == f"Run {run.pk} was rolled back."
        with pytest.raises(RunNotWaiting):
            decisions.apply_run(run_id=waiting.pk, actor=None, at=EVEN_LATER)
        assert len(members(big)) == 3


class TestHistory:
    def test_runs_of_earlier_moments_in_order_and_then_now(self, careful, strategist):
        creator = creator_with(careful, 5_000, since=NOW - timedelta(days=200))
        segment = segment_of(dimension_of(careful), "big", "followers >= 1_000")
        moments = [NOW - timedelta(days=days) for days in (300, 100)]
        queued = runs.start_history(brand=careful, moments=moments, at=NOW, actor=strategist)
        assert [run.as_of for run in queued] == [*moments, NOW]
        for run in queued:
            assert runs.execute_run(run_id=run.pk, at=NOW).status == RunStatus.APPLIED
        assert members(segment) == {creator.pk}
        assert ledger() == [("big", creator.pk, moments[1], None)]

    def test_it_is_built_once(self, careful):
        creator_with(careful, 5_000)
        segment_of(dimension_of(careful), "big", "followers >= 1_000")
        run_now(careful)
        count = Run.objects.count()
        with pytest.raises(HasPast, match="only moves forward"):
            runs.start_history(brand=careful, moments=[NOW], at=NOW, actor=None)
        assert Run.objects.count() == count


def test_a_change_says_what_kind_it_was(two):
    run, *_ = two
    assert set(run.changes.values_list("kind", "cause")) == {
        (ChangeKind.JOINED, Cause.RULE),
        (ChangeKind.LEFT, Cause.RULE),
    }
