"""A run applied or rolled back by a worker: as ordered, once, or told why not."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from crm.models import AuditEntry
from segmentation import tasks
from segmentation.choices import ErrandStatus, OrderKind, RunStatus
from segmentation.models import RunOrder
from segmentation.services import decisions, errands, orders
from segmentation.services.decisions import HoldRefused, RunBusy, RunNotWaiting
from segmentation.services.rollback import RunNotApplied
from segmentation.services.runs import RunRefused
from tests.segmentation.runs.test_decisions import careful, two  # noqa: F401 - fixtures
from tests.segmentation.runs.test_killed import (
    address,
    everything,
    kill_worker_at,
    waiting,  # noqa: F401 - a fixture
)
from tests.segmentation.runs.worlds import LATER, ledger, members


def test_applied_as_ordered(two, strategist):  # noqa: F811
    run, big, bigger, before, after = two
    order = orders.order_application(
        run_id=run.pk, actor=strategist, at=LATER, hold=["bigger"], reason=" Ask Ana first. "
    )
    assert (order.status, order.kind, order.hold) == (
        ErrandStatus.QUEUED,
        OrderKind.APPLY,
        ["bigger"],
    )
    run.refresh_from_db()
    assert run.status == RunStatus.WAITING
    assert members(big) == members(bigger) == before
    assert not run.segments.filter(is_held=True).exists()

    order = orders.carry_out(order_id=order.pk, at=LATER)

    run.refresh_from_db()
    assert (order.status, order.attempts, order.error) == (ErrandStatus.DONE, 1, "")
    assert (run.status, run.decided_by, run.decision_reason) == (
        RunStatus.APPLIED,
        strategist,
        "Ask Ana first.",
    )
    assert (members(big), members(bigger)) == (after, before)
    # Delivered twice: nothing happens.
    state, entries = ledger(), AuditEntry.objects.count()
    assert orders.carry_out(order_id=order.pk, at=LATER).attempts == 1
    assert (ledger(), AuditEntry.objects.count()) == (state, entries)


def test_rolled_back_as_ordered(two, strategist):  # noqa: F811
    run, big, _bigger, before, _after = two
    decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
    order = orders.order_rollback(run_id=run.pk, actor=strategist, at=LATER, reason="A slip.")
    run.refresh_from_db()
    assert run.status == RunStatus.APPLIED
    end = LATER + timedelta(days=1)
    assert orders.carry_out(order_id=order.pk, at=end).status == ErrandStatus.DONE
    run.refresh_from_db()
    assert (run.status, run.rolled_back_by, run.rollback_reason) == (
        RunStatus.ROLLED_BACK,
        strategist,
        "A slip.",
    )
    assert members(big) == before


def test_what_can_be_refused_at_once_is(two):  # noqa: F811
    run, *_ = two
    with pytest.raises(HoldRefused, match="Reject the run instead"):
        orders.order_application(run_id=run.pk, actor=None, at=LATER, hold=["big", "bigger"])
    with pytest.raises(RunNotApplied, match="it is: waiting for approval"):
        orders.order_rollback(run_id=run.pk, actor=None, at=LATER, reason="A slip.")
    decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
    with pytest.raises(RunNotWaiting, match="it is: applied"):
        orders.order_application(run_id=run.pk, actor=None, at=LATER)
    with pytest.raises(RunRefused, match="Say why"):
        orders.order_rollback(run_id=run.pk, actor=None, at=LATER, reason=" ")
    assert not RunOrder.objects.exists()


def test_what_the_worker_finds_is_told_and_leaves_nothing(two):  # noqa: F811
    run, big, _bigger, before, _after = two
    order = orders.order_application(run_id=run.pk, actor=None, at=LATER, hold=["big"])
    decisions.changesets.reject(run, actor=None, at=LATER, reason="Replaced by run 9.")
    state = everything()
    order = orders.carry_out(order_id=order.pk, at=LATER)
    assert (order.status, order.error) == (
        ErrandStatus.FAILED,
        f"Run {run.pk} does not wait for approval; it is: rejected.",
    )
    assert everything() == state
    assert members(big) == before


def test_an_error_is_told_in_words(two, monkeypatch):  # noqa: F811
    run, *_ = two
    order = orders.order_application(run_id=run.pk, actor=None, at=LATER)
    state = everything()
    monkeypatch.setattr(decisions, "words_for", lambda bits: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        orders.carry_out(order_id=order.pk, at=LATER)
    order.refresh_from_db()
    assert (order.status, order.error) == (ErrandStatus.FAILED, errands.STOPPED)
    assert everything() == state


def test_an_order_that_takes_its_worker_down_each_time_is_given_up(two):  # noqa: F811
    run, *_ = two
    order = orders.order_application(run_id=run.pk, actor=None, at=LATER)
    RunOrder.objects.update(attempts=errands.MOST_ATTEMPTS)
    state = everything()
    order = orders.carry_out(order_id=order.pk, at=LATER)
    assert (order.status, order.error) == (ErrandStatus.FAILED, errands.LOST)
    assert everything() == state


def test_lost_orders_are_taken_up(two):  # noqa: F811
    run, big, _bigger, _before, after = two
    order = orders.order_application(run_id=run.pk, actor=None, at=LATER)
    soon, late = LATER + errands.LOST_AFTER, LATER + errands.FORGOTTEN_AFTER
    instant = timedelta(seconds=1)
    rows = RunOrder.objects.all()
    assert errands.forgotten(rows, at=late) == []
    assert errands.forgotten(rows, at=late + instant) == [order.pk]
    RunOrder.objects.update(attempts=1)
    assert errands.forgotten(rows, at=soon) == []
    assert errands.forgotten(rows, at=soon + instant) == [order.pk]
    RunOrder.objects.update(requested_at=LATER - timedelta(days=9))
    tasks.take_up_errands()
    assert members(big) == after
    assert errands.forgotten(rows, at=late + timedelta(days=9)) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestBesideAnotherWorker:
    @pytest.fixture(autouse=True)
    def no_worker(self, monkeypatch):
        """Nothing is done before the test says so."""
        monkeypatch.setattr(errands, "promise", lambda *_, **__: None)

    def test_killed_on_the_way_and_carried_out_after_all(self, waiting):  # noqa: F811
        run, big, other, everybody, one = waiting
        order = orders.order_application(run_id=run.pk, actor=None, at=LATER, hold=["other"])
        state = everything()
        call = f"orders.carry_out(order_id={order.pk}, at=datetime.fromisoformat('{LATER}'))"

        kill_worker_at("segmentation_membership", call)

        assert everything() == state
        order.refresh_from_db()
        run.refresh_from_db()
        assert (order.status, order.attempts) == (ErrandStatus.QUEUED, 1)
        assert run.status == RunStatus.WAITING
        soon = LATER + timedelta(minutes=2)
        assert errands.forgotten(RunOrder.objects.all(), at=soon) == [order.pk]

        order = orders.carry_out(order_id=order.pk, at=LATER)
        assert (order.status, order.attempts) == (ErrandStatus.DONE, 2)
        assert (members(big), members(other)) == (one, everybody)

    def test_nobody_waits_for_whoever_writes_the_run(self, waiting):  # noqa: F811
        run, *_ = waiting
        busy = f"Run {run.pk} is being written this very moment"
        with psycopg.connect(address()) as other:
            other.execute("SELECT FROM segmentation_run WHERE id = %s FOR UPDATE", [run.pk])
            with pytest.raises(RunBusy, match=busy):
                orders.order_application(run_id=run.pk, actor=None, at=LATER)
            with pytest.raises(RunBusy, match=busy):
                decisions.reject_run(run_id=run.pk, actor=None, at=LATER, reason="No.")
        # A run of the brand that goes on holds its lock: a decision does not wait for it either.
        with psycopg.connect(address()) as other:
            other.execute("SELECT pg_advisory_xact_lock(20261, %s)", [run.brand_id])
            order = orders.order_application(run_id=run.pk, actor=None, at=LATER)
        assert order.is_open

    def test_two_workers_do_it_once(self, waiting):  # noqa: F811
        run, *_ = waiting
        order = orders.order_application(run_id=run.pk, actor=None, at=LATER)
        with psycopg.connect(address()) as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(20263, hashtext(%s))",
                [f"segmentation_runorder {order.pk}"],
            )
            taken = orders.carry_out(order_id=order.pk, at=LATER)
        assert (taken.status, taken.attempts) == (ErrandStatus.QUEUED, 0)
        run.refresh_from_db()
        assert run.status == RunStatus.WAITING
