"""A worker that is killed in the middle: the ledger is as before, never in between.

The worker is another process, held up by a lock that the test takes on a table which the worker is
about to write; then it is killed with SIGKILL, as the kernel does when memory runs out.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from crm.models import AuditEntry
from segmentation.choices import Cause, RunStatus
from segmentation.models import Change, CreatorFacts, Membership, Run, RunSegment
from segmentation.services import decisions, orders, quarters, rollback, runs, sessions
from segmentation.services.ledger import LOCK_CLASS as LEDGER_LOCK
from tests.factories import NOW, BrandFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import (
    LATER,
    creator_with,
    give_followers,
    ledger,
    members,
    run_now,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE = 60
# The server's other databases are other workers' tests, copied from one template: their tables
# have the same numbers as ours.
LOCKS = (
    "SELECT count(*) FROM pg_locks "
    "WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND "
)

EXECUTE = "runs.execute_run(run_id={run}, at=datetime.fromisoformat('{at}'))"
APPLY = (
    "decisions.apply_run(run_id={run}, actor=None, at=datetime.fromisoformat('{at}'),"
    " hold=['other'])"
)
ROLL_BACK = (
    "rollback.roll_back_run(run_id={run}, actor=None, at=datetime.fromisoformat('{at}'),"
    " reason='A slip.')"
)
NAMES = {
    "datetime": datetime,
    "decisions": decisions,
    "orders": orders,
    "rollback": rollback,
    "runs": runs,
}


def address() -> str:
    """The test's database, as a URL for another connection."""
    place = connection.settings_dict
    return (
        f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/"
        f"{place['NAME']}"
    )


def wait_until(holds) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


@contextmanager
def locked(table: str) -> Iterator[psycopg.Connection]:
    """Nobody else writes the table."""
    with psycopg.connect(address()) as other:
        other.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield other


def is_stuck(table: str) -> bool:
    """Whether somebody waits for that lock."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKS + "relation = %s::regclass AND NOT granted", [table])
        return bool(cursor.fetchone()[0])


def in_another_process(call: str) -> int:
    """Begin `call` in a fork of this process, with a connection of its own; its number."""
    worker = os.fork()
    if worker:
        return worker
    try:
        # The parent's connection stays the parent's: it is let go of, not closed.
        connection.connection = None
        connection.savepoint_ids, connection.in_atomic_block = [], False
        exec(call, dict(NAMES))  # noqa: S102 - one of the lines above
    except BaseException:  # noqa: BLE001 - nothing of pytest must go on in the fork
        traceback.print_exc()
    finally:
        os._exit(1)


def has_ended(worker: int) -> bool:
    """Whether the process is over, whatever became of it."""
    try:
        return os.waitpid(worker, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def kill_worker_at(table: str, call: str) -> None:
    """Have another process do `call` until it wants to write `table`, then kill it."""
    with locked(table):
        worker = in_another_process(call)
        try:
            wait_until(lambda: is_stuck(table) or has_ended(worker))
            assert not has_ended(worker), "it came to an end without writing: see its traceback"
        finally:
            if not has_ended(worker):
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
    # Its connection ends when the server finds out, and with it all that it had written.
    wait_until(lambda: not is_stuck(table))
    with connection.cursor() as cursor:

        def is_gone() -> bool:
            cursor.execute(
                LOCKS + "locktype = 'advisory' AND classid IN (%s, %s)",
                [LEDGER_LOCK, sessions.LOCK_CLASS],
            )
            return not cursor.fetchone()[0]

        wait_until(is_gone)


def everything() -> list[object]:
    """All that a run writes, but for its own row."""
    return [
        ledger(),
        sorted(CreatorFacts.objects.values_list("creator", "member_bits", "unknown_bits")),
        sorted(Change.objects.values_list("run", "segment", "creator", "kind")),
        sorted(RunSegment.objects.values_list("run", "segment", "members", "joined", "is_held")),
        AuditEntry.objects.count(),
    ]


@pytest.fixture
def queued():
    """A run that would move a creator in and another out, not executed yet."""
    brand = BrandFactory(approval_threshold_percent=100)
    stays, leaves, joins = (creator_with(brand, count) for count in (5_000, 5_000, 10))
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    give_followers(leaves, 1, NOW + timedelta(hours=1))
    give_followers(joins, 8_000, NOW + timedelta(hours=1))
    run = runs.start_run(brand=brand, as_of=LATER, at=LATER)
    assert members(segment) == {stays.pk, leaves.pk}
    return run, segment, {stays.pk, leaves.pk}, {stays.pk, joins.pk}


@pytest.mark.parametrize(
    "table",
    [
        "segmentation_change",  # evaluated, and nothing written yet
        "segmentation_runsegment",  # the change set is there, what was found is not
        "segmentation_membership",  # masks are written, the ledger is not
        "segmentation_segment",  # stays are closed and opened, members not counted
    ],
)
def test_killed_while_evaluating_or_moving(queued, table):
    run, segment, before, after = queued
    state = everything()

    kill_worker_at(table, EXECUTE.format(run=run.pk, at=LATER.isoformat()))

    assert everything() == state
    assert members(segment) == before
    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.RUNNING, 1)
    assert sessions.alive([run]) == set()
    assert quarters.forgotten_runs(at=LATER + timedelta(minutes=2)) == [run.pk]

    done = runs.execute_run(run_id=run.pk, at=LATER)

    assert (done.status, done.attempts, done.moved) == (RunStatus.APPLIED, 2, 2)
    assert members(segment) == after
    assert [row[3] for row in ledger()].count(LATER) == 1
    assert AuditEntry.objects.filter(verb="segmentation.run.applied").count() == 2


@pytest.fixture
def waiting():
    """A change set of two segments that waits."""
    brand = BrandFactory(approval_threshold_percent=0)
    creators = [creator_with(brand, 5_000) for _ in range(3)]
    dimension = dimension_of(brand)
    big = segment_of(dimension, "big", "followers >= 1_000")
    other = segment_of(dimension, "other", "followers >= 2_000")
    run_now(brand)
    for creator in creators[:2]:
        give_followers(creator, 1, NOW + timedelta(hours=1))
    run = run_now(brand, LATER)
    assert run.status == RunStatus.WAITING
    return run, big, other, {creator.pk for creator in creators}, {creators[2].pk}


@pytest.mark.parametrize(
    "table",
    ["segmentation_creatorfacts", "segmentation_membership", "segmentation_segment"],
)
def test_killed_while_applying_a_part(waiting, table):
    run, big, other, everybody, one = waiting
    state = everything()

    kill_worker_at(table, APPLY.format(run=run.pk, at=LATER.isoformat()))

    assert everything() == state
    run.refresh_from_db()
    assert run.status == RunStatus.WAITING
    assert members(big) == members(other) == everybody

    decisions.apply_run(run_id=run.pk, actor=None, at=LATER, hold=["other"])
    assert (members(big), members(other)) == (one, everybody)


@pytest.mark.parametrize(
    "table",
    ["segmentation_creatorfacts", "segmentation_membership", "segmentation_run"],
)
def test_killed_while_rolling_back(waiting, table):
    run, big, other, everybody, one = waiting
    decisions.apply_run(run_id=run.pk, actor=None, at=LATER)
    assert members(big) == members(other) == one
    state = everything()

    kill_worker_at(table, ROLL_BACK.format(run=run.pk, at=LATER.isoformat()))

    assert everything() == state
    run.refresh_from_db()
    assert (run.status, run.rolled_back_at) == (RunStatus.APPLIED, None)

    rollback.roll_back_run(run_id=run.pk, actor=None, at=LATER, reason="Again.")
    assert members(big) == members(other) == everybody
    restored = Membership.objects.filter(entered_cause=Cause.ROLLBACK)
    assert restored.count() == 4


def test_a_run_that_takes_its_worker_down_each_time_is_given_up(queued):
    run, segment, before, _after = queued
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, started_at=timezone.now(), attempts=runs.MOST_ATTEMPTS
    )
    done = runs.execute_run(run_id=run.pk, at=LATER)
    assert done.status == RunStatus.FAILED
    assert done.error.startswith("The worker was lost 3 times during this run")
    assert members(segment) == before
