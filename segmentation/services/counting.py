"""What a run says beyond who moves: which facts are missing, and who is nearly in.

Nobody waits for it: it is counted by a task of its own, once the run is through. Until then the
run's page says so (Run.counted_at).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from celery import current_app
from django.db import connection, transaction

from segmentation.choices import Cadence, RunStatus, Trigger
from segmentation.models import Run, RunSegment
from segmentation.services import evaluation
from segmentation.services.evaluation import Plan

# By name: tasks are above services.
TASK = "segmentation.tasks.count_run"
# With the run's id, the name of the lock that its counting worker holds.
LOCK_CLASS = 20_264
KEYS = 2**31
# The counts of these say something; of a run that is dropped nobody asks.
COUNTED = (RunStatus.APPLIED, RunStatus.WAITING)
# A run that was not counted for so long lost its message; one much older is not worth the trouble.
FORGOTTEN_AFTER = timedelta(minutes=5)
TOO_OLD = timedelta(days=1)


def ask_for_counts(run: Run) -> None:
    """Have the run counted once this transaction is through."""
    run_id = run.pk
    transaction.on_commit(lambda: _ask(run_id), robust=True)


def _ask(run_id: int) -> None:
    current_app.signature(TASK, kwargs={"run_id": run_id}).apply_async(retry=False)


def uncounted_runs(*, at: datetime) -> list[int]:
    """Runs whose count was asked for and never came."""
    through = Run.objects.filter(counted_at=None, status__in=COUNTED)
    lost = through.filter(finished_at__gt=at - TOO_OLD, finished_at__lt=at - FORGOTTEN_AFTER)
    return list(lost.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def count_run(*, run_id: int, at: datetime) -> None:
    """Count a run that is through, from the facts as they stand; once, and by one worker.

    Segments that were reworded since are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, run_id % KEYS])
        if not cursor.fetchone()[0]:
            return
    run = (
        Run.objects.filter(pk=run_id, counted_at=None, status__in=COUNTED)
        .select_related("brand", "dimension")
        .first()
    )
    if run is None:
        return
    plan = evaluation.prepare(
        brand=run.brand,
        as_of=run.as_of,
        dimension=run.dimension,
        cadence=Cadence.QUARTERLY if run.trigger == Trigger.QUARTERLY else None,
    )
    count(run, plan, at=at)
    Run.objects.filter(pk=run_id).update(counted_at=run.counted_at)


def count(run: Run, plan: Plan, *, at: datetime) -> None:
    """Write missing facts and near misses to the run's segments; the caller saves `counted_at`."""
    rows = list(RunSegment.objects.filter(run=run))
    versions = {one.segment.pk: one.version.pk for one in plan.judged}
    alike = [row for row in rows if versions.get(row.segment_id) == row.version_id]
    missing = evaluation.count_missing(plan) if any(row.unknown for row in alike) else {}
    near = evaluation.count_near(plan, run)
    for row in alike:
        row.missing = missing.get(row.segment_id, {})
        row.near = near.get(row.segment_id, {})
    RunSegment.objects.bulk_update(alike, ["missing", "near"])
    run.counted_at = at
