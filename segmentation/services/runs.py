"""The life of a run: started, executed into a change set, applied at once or after approval.

One run of a brand at a time holds the brand's lock. A run that moves a larger share of the brand's
creators than the brand allows waits for a person, except the brand's first and one that was asked
to apply at once. Time only moves forward: no run is applied before the last applied one.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import perf_counter

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from crm.performance import planned_for
from segmentation.choices import RunStatus, SegmentStatus, Trigger
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.refresh import refresh_facts
from segmentation.facts.scratch import scratch_facts
from segmentation.models import Dimension, Run, Segment
from segmentation.services import changesets, evaluation, ledger, packs
from segmentation.services.changesets import last_applied
from segmentation.services.evaluation import TooManySegments
from segmentation.services.masks import words_for

logger = logging.getLogger(__name__)


class RunRefused(Exception):
    """The run cannot be started or decided; the message is fit for the user."""


class RunTooEarly(RunRefused):
    """A run as of a later moment was applied already: the ledger only moves forward."""


class RunInFuture(RunRefused):
    """Nothing is known of a moment that has not come yet."""


class NothingToRun(RunRefused):
    """There is no active segment to evaluate."""


class RunNotWaiting(RunRefused):
    """Only a run that waits for approval can be applied or rejected."""


@transaction.atomic
def start_run(
    *,
    brand: Brand,
    as_of: datetime,
    at: datetime,
    actor: User | None = None,
    trigger: Trigger = Trigger.MANUAL,
    dimension: Dimension | None = None,
    is_dry: bool = False,
    apply_now: bool = False,
    quarter: str = "",
) -> Run:
    """Queue a run as of `as_of`, asked for at `at`; `execute_run` does the work.

    Packs that make a segment for each of something (niches) first add what is new, unless the run
    is dry. Raises RunInFuture, RunTooEarly (not for a dry run) and NothingToRun.
    """
    if as_of > at:
        raise RunInFuture(f"{as_of:%d %B %Y %H:%M} has not come yet; choose now or earlier.")
    if not is_dry:
        _refuse_too_early(as_of, last_applied(brand))
        packs.add_what_is_new(brand=brand, at=at)
    segments = Segment.objects.filter(
        brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN]
    )
    if dimension is not None:
        segments = segments.filter(dimension=dimension)
    if not segments.exists():
        raise NothingToRun("There is no active segment yet. Install the standard packs first.")
    run = Run.objects.create(
        brand=brand,
        as_of=as_of,
        trigger=trigger,
        dimension=dimension,
        requested_by=actor,
        quarter=quarter,
        is_dry=is_dry,
        apply_now=apply_now,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="segmentation.run.started",
        target=run,
        actor=actor,
        at=at,
        data={"as_of": as_of, "trigger": trigger, "is_dry": is_dry, "apply_now": apply_now},
    )
    return run


def execute_run(*, run_id: int, at: datetime) -> Run:
    """Evaluate a queued run and write its change set; apply it unless it must wait or is dry.

    Safe to call twice: a run that is done is left as it is, and one whose worker died is done
    again, since all its work is one transaction. Whatever goes wrong, nothing of the work stays
    and the run is failed with the reason.
    """
    began = perf_counter()
    if not _begin(run_id, at):
        return Run.objects.get(pk=run_id)
    try:
        with transaction.atomic():
            run = Run.objects.select_related("brand", "dimension", "requested_by").get(pk=run_id)
            ledger.lock(run.brand)
            run.refresh_from_db(fields=["status"])
            if run.status == RunStatus.RUNNING:
                _work(run, at)
                _finish(run, at, began)
    except (RunRefused, TooManySegments) as refusal:
        _fail(run_id, at, began, str(refusal))
    except Exception:
        logger.exception("run %s failed", run_id)
        _fail(run_id, at, began, "The run stopped with an error and changed nothing.")
        raise
    return Run.objects.get(pk=run_id)


@transaction.atomic
def apply_run(*, run_id: int, actor: User | None, at: datetime) -> Run:
    """Apply a change set that waits for approval.

    Creators whose facts have changed since the run were evaluated again alone and are left where
    they are. Raises RunNotWaiting and RunTooEarly.
    """
    run = _waiting(run_id)
    _refuse_too_early(run.as_of, last_applied(run.brand, but_facts=True))
    every_bit = Segment.objects.filter(brand=run.brand).values_list("bit", flat=True)
    with planned_for(run.moved):
        superseded = ledger.forget_changes_of_moved(run)
        ledger.write_masks(run, words_for(every_bit))
    changesets.apply(run, actor=actor, at=at, superseded=superseded)
    run.decided_by = actor
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


# --- the work --------------------------------------------------------------------------------


def _begin(run_id: int, at: datetime) -> bool:
    """Mark the run as running, for those who watch; False when there is nothing left to do."""
    unfinished = Run.objects.filter(pk=run_id, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    return bool(unfinished.update(status=RunStatus.RUNNING, started_at=at))


def _work(run: Run, at: datetime) -> None:
    if run.is_dry:
        with scratch_facts(run.brand, run.as_of) as table:
            _evaluate(run, at, table)
        return
    last = last_applied(run.brand)
    if last is not None and run.as_of == run.created_at:
        # "As of now", and single creators were evaluated between asking and executing.
        run.as_of = max(run.as_of, last.as_of)
    _refuse_too_early(run.as_of, last)
    refresh_facts(brand=run.brand, as_of=run.as_of)
    _evaluate(run, at, FACTS_TABLE)


def _evaluate(run: Run, at: datetime, table: str) -> None:
    plan = evaluation.prepare(
        brand=run.brand, as_of=run.as_of, dimension=run.dimension, table=table
    )
    if not run.is_dry:
        changesets.mark_broken(plan, at)
    run.moved = evaluation.write_diff(plan)
    changesets.settle(run, plan, actor=run.requested_by, at=at)


def _waiting(run_id: int) -> Run:
    run = Run.objects.select_related("brand").get(pk=run_id)
    ledger.lock(run.brand)
    run.refresh_from_db()
    if run.status != RunStatus.WAITING:
        raise RunNotWaiting(
            f"Run {run.pk} does not wait for approval; it is: {run.get_status_display().lower()}."
        )
    return run


def _refuse_too_early(as_of: datetime, last: Run | None) -> None:
    if last is not None and as_of < last.as_of:
        raise RunTooEarly(
            f"A run as of {last.as_of:%d %B %Y %H:%M} was applied already. The ledger only moves "
            "forward: choose a later moment, or make it a dry run."
        )


def _finish(run: Run, at: datetime, began: float) -> None:
    seconds = perf_counter() - began
    run.duration_ms = round(seconds * 1000)
    run.finished_at = at + timedelta(seconds=seconds)
    run.error = ""
    run.save()


def _fail(run_id: int, at: datetime, began: float, error: str) -> None:
    seconds = perf_counter() - began
    Run.objects.filter(pk=run_id, status=RunStatus.RUNNING).update(
        status=RunStatus.FAILED,
        error=error,
        finished_at=at + timedelta(seconds=seconds),
        duration_ms=round(seconds * 1000),
    )
