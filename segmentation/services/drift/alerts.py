"""After each run that was applied: did it move more of a dimension's creators than it may?

A run that was rolled back raises no alert, but what the report of the quarter says is old.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.models import User
from crm.services.promised_tasks import promise
from segmentation.choices import RunStatus, Trigger
from segmentation.models import Dimension, DriftAlert, Run
from segmentation.services import drift, ledger, notices

_MOVED_SOMEBODY = {RunStatus.APPLIED, RunStatus.ROLLED_BACK}
# By name: tasks are above services.
TASK = "segmentation.tasks.watch_drift"
# Runs of single creators move few; a dimension without members before has not drifted.
_MOVED = f"""
SELECT s.dimension_id, count(DISTINCT c.creator_id)
FROM {ledger.CHANGES.table} c
JOIN segmentation_segment s ON s.id = c.segment_id
JOIN crm_relationship r ON r.brand_id = s.brand_id AND r.creator_id = c.creator_id
WHERE {ledger.CHANGES.where} AND r.since <= %(before)s
GROUP BY s.dimension_id
"""  # noqa: S608 - names of ours
_HAD_MEMBERS = """
SELECT DISTINCT s.dimension_id
FROM segmentation_runsegment f JOIN segmentation_segment s ON s.id = f.segment_id
WHERE f.run_id = %(run)s AND f.members - f.joined + f.left > 0
"""
_KNOWN = """
SELECT count(*) FROM crm_relationship WHERE brand_id = %(brand)s AND since <= %(before)s
"""


def after(run: Run) -> None:
    """Once this transaction, which applies the run or takes it back, is through: look at it."""
    if run.trigger != Trigger.FACTS:
        promise(TASK, run_id=run.pk)


def watch(*, run_id: int, at: datetime) -> list[DriftAlert]:
    """Raise an alert for each dimension that the run moved more of than it may; ask for a report.

    Counted against the creators whom the brand knew at the full run before; the first run moves
    everybody and is no drift. Safe to call twice: an alert is raised, and told, once.
    """
    run = Run.objects.select_related("brand").get(pk=run_id)
    if run.status not in _MOVED_SOMEBODY or run.trigger == Trigger.FACTS:
        return []
    before = (
        Run.objects.filter(brand=run.brand, status=RunStatus.APPLIED, as_of__lt=run.as_of)
        .exclude(trigger=Trigger.FACTS)
        .order_by("-as_of", "-pk")
        .first()
    )
    if before is None:
        return []
    since_on, until_on = drift.default_days(run.brand, at)
    with transaction.atomic():
        alerts = _raise(run, before, at) if run.status == RunStatus.APPLIED else []
        drift.request_report(
            brand=run.brand, since_on=since_on, until_on=until_on, actor=None, at=at
        )
    return alerts


def _raise(run: Run, before: Run, at: datetime) -> list[DriftAlert]:
    asked = {"run": run.pk, "brand": run.brand_id, "before": before.as_of}
    known = _rows(_KNOWN, asked)[0][0]
    moved = dict(_rows(_MOVED, asked))
    had_members = {pk for (pk,) in _rows(_HAD_MEMBERS, asked)}
    alerts = []
    for dimension in Dimension.objects.filter(brand=run.brand, pk__in=moved).order_by("pk"):
        percent = dimension.drift_alert_percent
        count = moved[dimension.pk]
        if not percent or dimension.pk not in had_members or count * 100 <= percent * known:
            continue
        alert, is_new = DriftAlert.objects.get_or_create(
            run=run,
            dimension=dimension,
            defaults={
                "moved": count,
                "known": known,
                "threshold_percent": percent,
                "created_at": at,
            },
        )
        if is_new:
            alerts.append(alert)
    if alerts:
        notices.about_drift(run.pk)
    return alerts


@transaction.atomic
def set_threshold(
    *, dimension_id: int, percent: int, actor: User | None, at: datetime
) -> Dimension:
    """Say from which share on a run's movement in the dimension raises an alert; 0: never.

    Raises DriftRefused.
    """
    if not 0 <= percent <= 100:
        raise drift.DriftRefused(
            "The share must be between 0 and 100 %; 0 switches alerts off.", field="percent"
        )
    dimension = Dimension.objects.select_for_update(no_key=True).get(pk=dimension_id)
    before = dimension.drift_alert_percent
    if before != percent:
        dimension.drift_alert_percent = percent
        dimension.save(update_fields=["drift_alert_percent"])
        audit.record(
            brand=dimension.brand,
            verb="segmentation.drift.threshold",
            target=dimension,
            actor=actor,
            at=at,
            data={"percent": [before, percent]},
        )
    return dimension


def _rows(sql: str, asked: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
