"""Who works on a run right now, how far they are, and how to stop them.

A worker holds a lock named after its run while its transaction lasts, and writes what it is doing
into the name of its connection: both are seen by others at once, although nothing that the worker
writes is, and both are gone with the worker, however it ended.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from segmentation.choices import RunStatus
from segmentation.models import Run

# With the run's id, the name of the lock that its worker holds.
LOCK_CLASS = 20_262
# Keys of such locks are four bytes.
KEYS = 2**31
PREFIX = "rapport run "
# A killed worker's statement ends within so long, instead of when it is through.
CHECK_EVERY = "5s"

# objsubid 2: a lock named by two numbers.
_LOCKS = (
    "pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

# What a worker does, in order; shown as "2 of 5".
STEPS = (
    "waiting for another run of this brand to end",
    "reading the facts of all creators",
    "evaluating the rules",
    "writing down who moves",
    "moving creators in the ledger",
)
QUEUEING, READING, EVALUATING, WRITING, MOVING = range(len(STEPS))


class RunCancelled(Exception):
    """Somebody asked for the run to stop; nothing it did stays."""


def claim(run: Run) -> bool:
    """Take the run for this transaction; False while another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, run.pk % KEYS])
        is_ours = bool(cursor.fetchone()[0])
        if is_ours:
            cursor.execute(
                "SELECT set_config('client_connection_check_interval', %s, true)", [CHECK_EVERY]
            )
    return is_ours


def enter(run: Run, step: int) -> None:
    """Say that the run's worker begins this step. Raises RunCancelled when it should stop."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('application_name', %s, true), cancel_requested OR status <> %s "
            "FROM segmentation_run WHERE id = %s",
            [f"{PREFIX}{run.pk} {step}", RunStatus.RUNNING, run.pk],
        )
        row = cursor.fetchone()
    if row is None or row[1]:
        raise RunCancelled


def leave() -> None:
    """The work is done, or undone: the connection goes by no run's name any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', '', true)")


def step_of(run: Run) -> int | None:
    """The step that the run's worker is at; None where it cannot be seen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(application_name, ' ', 4)::integer FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name ~ %s",
            [f"^{PREFIX}{run.pk} [0-9]$"],
        )
        row = cursor.fetchone()
    return None if row is None or not 0 <= row[0] < len(STEPS) else int(row[0])


def alive(runs: Iterable[Run]) -> set[int]:
    """Those of the runs that a worker has."""
    keys = {run.pk % KEYS: run.pk for run in runs}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT objid::bigint FROM {_LOCKS} AND objid::bigint = ANY(%s)",  # noqa: S608
            [LOCK_CLASS, list(keys)],
        )
        return {keys[key] for (key,) in cursor.fetchall()}


def interrupt(run: Run) -> None:
    """Cancel the statement that the run's worker is in; it then finds out that it should stop."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_cancel_backend(pid) FROM {_LOCKS} AND objid::bigint = %s "  # noqa: S608
            "AND pid <> pg_backend_pid()",
            [LOCK_CLASS, run.pk % KEYS],
        )
