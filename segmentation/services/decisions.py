"""What people decide about a run: apply its change set, or a part of it, reject it, cancel it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from crm.models import User
from crm.performance import planned_for
from segmentation.choices import RunStatus
from segmentation.models import Run, RunSegment, Segment
from segmentation.services import changesets, ledger, sessions
from segmentation.services.changesets import last_applied
from segmentation.services.masks import words_for
from segmentation.services.runs import RunRefused, mark_cancelled, refuse_too_early


class RunNotWaiting(RunRefused):
    """Only a run that waits for approval can be applied or rejected."""


class RunNotCancellable(RunRefused):
    """Only a run that is not done can be cancelled."""


class HoldRefused(RunRefused):
    """These segments cannot be held, or not without others."""


@transaction.atomic
def apply_run(
    *,
    run_id: int,
    actor: User | None,
    at: datetime,
    hold: Collection[str] = (),
    reason: str = "",
) -> Run:
    """Apply a change set that waits for approval, but for the segments to `hold` (by key).

    Creators whose facts have changed since the run were evaluated again alone and are left where
    they are, as are the members of segments archived since. What is held back stays in the change
    set, marked; the next run finds it again. Raises RunNotWaiting, RunTooEarly and HoldRefused.
    """
    run = _waiting(run_id)
    last = last_applied(run.brand, but_facts=True)
    refuse_too_early(run.as_of, last.as_of if last else None)
    held = _hold(run, hold)
    every_bit = Segment.objects.filter(brand=run.brand).values_list("bit", flat=True)
    with planned_for(run.moved):
        superseded = ledger.forget_changes_of_moved(run)
        ledger.write_masks(run, words_for(every_bit))
    run.decided_by, run.decision_reason = actor, reason.strip()[:300]
    changesets.apply(run, actor=actor, at=at, superseded=superseded, held=held)
    run.save()
    return run


@transaction.atomic
def reject_run(*, run_id: int, actor: User | None, at: datetime, reason: str) -> Run:
    """Drop a change set that waits for approval; nobody moves. Raises RunNotWaiting."""
    run = _waiting(run_id)
    if not reason.strip():
        raise RunRefused("Say why the run is rejected: the next person will want to know.")
    changesets.reject(run, actor=actor, at=at, reason=reason.strip())
    return run


def cancel_run(*, run_id: int, actor: User | None, at: datetime, reason: str = "") -> Run:
    """Stop a run that is queued or goes on: at once where no worker has it, else at its next step.

    Nothing it did stays. Raises RunNotCancellable for one that is done.
    """
    unfinished = Run.objects.filter(pk=run_id, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    # One statement, so that the request is seen by the worker although this holds no lock.
    asked = unfinished.update(
        cancel_requested=True, decided_by=actor, decision_reason=reason.strip()[:300]
    )
    run = Run.objects.select_related("brand").get(pk=run_id)
    if not asked:
        raise RunNotCancellable(
            f"Run {run.pk} cannot be cancelled any more; it is: {run.get_status_display().lower()}."
        )
    if sessions.alive([run]):
        sessions.interrupt(run)
    else:
        mark_cancelled(run_id, at)
    return Run.objects.get(pk=run_id)


def _waiting(run_id: int) -> Run:
    run = Run.objects.select_related("brand").get(pk=run_id)
    ledger.lock(run.brand)
    run.refresh_from_db()
    if run.status != RunStatus.WAITING:
        raise RunNotWaiting(
            f"Run {run.pk} does not wait for approval; it is: {run.get_status_display().lower()}."
        )
    return run


# --- holding a part back ---------------------------------------------------------------------


def _hold(run: Run, keys: Collection[str]) -> list[str]:
    """Mark the segments that stay as they are; returns their keys in order."""
    if not keys:
        return []
    found = {row.segment.key: row for row in run.segments.select_related("segment")}
    if unknown := sorted(set(keys) - found.keys()):
        raise HoldRefused(f"Run {run.pk} did not look at the segment {unknown[0]!r}.")
    moving = {key for key, row in found.items() if row.joined or row.left}
    if moving <= set(keys):
        raise HoldRefused("With everything held nothing is left to apply. Reject the run instead.")
    held = [found[key] for key in sorted(set(keys))]
    _refuse_split(run, held)
    RunSegment.objects.filter(pk__in=[row.pk for row in held]).update(is_held=True)
    return [row.segment.key for row in held]


_SPLIT = """
SELECT d.name, count(DISTINCT a.creator_id)
FROM segmentation_change a
JOIN segmentation_segment sa ON sa.id = a.segment_id
JOIN segmentation_dimension d ON d.id = sa.dimension_id AND d.is_exclusive
JOIN segmentation_segment sb ON sb.dimension_id = d.id
JOIN segmentation_change b
  ON b.run_id = a.run_id AND b.segment_id = sb.id AND b.creator_id = a.creator_id
WHERE a.run_id = %(run)s AND a.segment_id = ANY(%(held)s) AND b.segment_id <> ALL(%(held)s)
GROUP BY d.name ORDER BY d.name LIMIT 1
"""


def _refuse_split(run: Run, held: Collection[RunSegment]) -> None:
    """In a single-valued dimension nobody may end up in two segments, or between them."""
    with connection.cursor() as cursor:
        cursor.execute(_SPLIT, {"run": run.pk, "held": [row.segment_id for row in held]})
        split = cursor.fetchone()
    if split is None:
        return
    dimension, creators = split
    who = "1 creator moves" if creators == 1 else f"{creators:,} creators move"
    raise HoldRefused(
        f"A creator is in one segment of {dimension} at most, and {who} between a segment "
        f"that you hold and one that you apply. Hold all of {dimension}, or nothing of it."
    )
