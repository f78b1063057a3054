"""What people decide about a run: apply its change set, or a part of it, reject it, cancel it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from crm.models import User
from crm.performance import planned_for
from segmentation.choices import RunStatus
from segmentation.models import Run, RunOrder, RunSegment, Segment
from segmentation.services import changesets, ledger, sessions
from segmentation.services.changesets import last_applied
from segmentation.services.masks import words_for
from segmentation.services.runs import RunRefused, mark_cancelled, refuse_too_early


class RunNotWaiting(RunRefused):
    """Only a run that waits for approval can be applied or rejected."""

    code = "not_waiting"


class RunNotCancellable(RunRefused):
    """Only a run that is not done can be cancelled."""

    code = "not_cancellable"


class HoldRefused(RunRefused):
    """These segments cannot be held, or not without others."""

    code = "hold_refused"
    field = "hold"


class RunBusy(RunRefused):
    """Something is being done with the run already; the message says what."""

    code = "busy"


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

    This waits for runs of the brand that go on, and takes as long as the change set is large: pages
    have it done by a worker (services.orders). Creators whose facts have changed since the run were
    evaluated again alone and are left where they are, as are the members of segments archived
    since. What is held back stays in the change set, marked; the next run finds it again. Raises
    RunNotWaiting, RunTooEarly and HoldRefused.
    """
    run = locked_run(run_id)
    held = refuse_unless_applicable(run, hold)
    run.segments.filter(segment__key__in=held).update(is_held=True)
    every_bit = Segment.objects.filter(brand=run.brand).values_list("bit", flat=True)
    with planned_for(run.moved):
        superseded = ledger.forget_changes_of_moved(run)
        ledger.gather_moves(run)
        ledger.write_masks(run, words_for(every_bit))
    run.decided_by, run.decision_reason = actor, reason.strip()[:300]
    changesets.apply(run, actor=actor, at=at, superseded=superseded, held=held)
    run.save()
    return run


@transaction.atomic
def reject_run(*, run_id: int, actor: User | None, at: datetime, reason: str) -> Run:
    """Drop a change set that waits for approval; nobody moves. Raises RunBusy, RunNotWaiting."""
    run = run_to_decide(run_id)
    _refuse_unless_waiting(run)
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


def locked_run(run_id: int) -> Run:
    """The run, for whoever moves its creators: nobody else writes the ledger, or decides on it."""
    ledger.lock(Run.objects.select_related("brand").get(pk=run_id).brand)
    runs = Run.objects.select_for_update(of=["self"], no_key=True)
    return runs.select_related("brand").get(pk=run_id)


def run_to_decide(run_id: int) -> Run:
    """The run, for whoever decides on it, without waiting for others. Raises RunBusy."""
    runs = Run.objects.select_for_update(of=["self"], no_key=True, skip_locked=True)
    run = runs.select_related("brand").filter(pk=run_id).first()
    order = RunOrder.objects.open().filter(run=run_id).first()
    if order is not None:
        raise RunBusy(f"Run {run_id} is {order.get_kind_display().lower()} already; wait for that.")
    if run is None:
        raise RunBusy(f"Run {run_id} is being written this very moment; look again in a minute.")
    return run


def refuse_unless_applicable(run: Run, hold: Collection[str]) -> list[str]:
    """Raise what speaks against applying the run but for what to hold; returns that in order."""
    _refuse_unless_waiting(run)
    last = last_applied(run.brand, but_facts=True)
    refuse_too_early(run.as_of, last.as_of if last else None)
    return _holdable(run, hold)


def _refuse_unless_waiting(run: Run) -> None:
    if run.status != RunStatus.WAITING:
        raise RunNotWaiting(
            f"Run {run.pk} does not wait for approval; it is: {run.get_status_display().lower()}."
        )


# --- holding a part back ---------------------------------------------------------------------


def _holdable(run: Run, keys: Collection[str]) -> list[str]:
    """The keys of the segments that stay as they are, in order. Raises HoldRefused."""
    if not keys:
        return []
    found = {row.segment.key: row for row in run.segments.select_related("segment")}
    if unknown := sorted(set(keys) - found.keys()):
        raise HoldRefused(f"Run {run.pk} did not look at the segment {unknown[0]!r}.")
    moving = {key for key, row in found.items() if row.joined or row.left}
    if moving <= set(keys):
        raise HoldRefused("With everything held nothing is left to apply. Reject the run instead.")
    held = sorted(set(keys))
    _refuse_split(run, [found[key] for key in held])
    return held


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
