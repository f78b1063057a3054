"""One run evaluated by several: PostgreSQL's own workers, and two ranges of ids on two connections.

Each connection sees the same state, by an exported snapshot, and evaluates without helpers.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.db import connection, connections, transaction

from benchmarks.measure import Contender, Table, measure
from segmentation.services import evaluation
from segmentation.services.evaluation import Plan

if TYPE_CHECKING:
    from benchmarks.segment_run import World

ALL = "WHERE c.brand_id = %s)"


def compared(world: World, rows: int, repetitions: int) -> Table:
    """Evaluation alone, from nobody's help to that of two."""
    return measure(
        "evaluation by workers",
        [
            Contender("one process", lambda: alone(world, 0), prepare=world.churn),
            Contender("two ranges of ids on two connections", lambda: by_ranges(world, rows)),
            Contender("with one more process for a part of the rows", lambda: alone(world, 1)),
            Contender("with two more, as PostgreSQL has it", lambda: alone(world, 2)),
        ],
        repetitions=max(repetitions, 3),
    )


def alone(world: World, helpers: int) -> None:
    """By so many processes of the database beside the one that asks."""
    with transaction.atomic():
        _helpers(helpers)
        evaluation.evaluate(evaluation.prepare(brand=world.brand, as_of=world.now))
        transaction.set_rollback(True)


def by_ranges(world: World, rows: int) -> None:
    """The lower half of the ids by one connection, the upper half by another."""
    plan = evaluation.prepare(brand=world.brand, as_of=world.now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        halves = ((1, rows // 2), (rows // 2 + 1, rows))
        threads = [threading.Thread(target=_range, args=(plan, snapshot, *half)) for half in halves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _range(plan: Plan, snapshot: str, first: int, last: int) -> None:
    query = evaluation.diff_query(plan)
    ranged = query.text.replace(ALL, f"{ALL[:-1]} AND c.creator_id BETWEEN {first} AND {last})")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
            _helpers(0)
            cursor.execute(f"CREATE TEMP TABLE part ON COMMIT DROP AS {ranged}", query.params)
    finally:
        connections.close_all()


def _helpers(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL max_parallel_workers_per_gather = {number}")
