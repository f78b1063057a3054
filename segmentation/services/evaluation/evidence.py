"""What the rules read of those who move: written once for each creator of a run."""

from __future__ import annotations

from django.db import connection

from segmentation.models import Run
from segmentation.services.evaluation.plan import Plan


def write_evidence(run: Run, plan: Plan) -> None:
    """Write for each creator of `run_diff` who moves what the rules read; the caller saves the run.

    Membership in other segments is read as this run decides it.
    """
    run.readings = [reading.name for reading in plan.readings()]
    if not run.readings:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO segmentation_runevidence (run_id, creator_id, "values") '
            "SELECT %s, d.creator_id, d.read FROM run_diff d WHERE d.old IS DISTINCT FROM d.new",
            [run.pk],
        )
