"""The life of a run: started, executed into a change set, applied at once or after approval.

One run of a brand at a time holds the brand's lock. A run that moves a larger share of the brand's
creators than the brand allows waits for a person, except the brand's first and one that was asked
to apply at once. Time only moves forward: no run is applied before the last applied one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter

from django.db import transaction
from django.db.models import F

from crm import audit
from crm.limits import is_away
from crm.models import Brand, User
from segmentation.choices import Cadence, RunStatus, SegmentStatus, Trigger
from segmentation.facts.advance import advance_facts
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.scratch import scratch_facts
from segmentation.models import Dimension, Run, Segment
from segmentation.services import changesets, evaluation, ledger, notices, packs, sessions
from segmentation.services.evaluation import TooManySegments

logger = logging.getLogger(__name__)

# A run that takes its worker down each time must not do so for ever.
MOST_ATTEMPTS = 3
# What executing a run finds out about it.
FOUND = (
    "as_of",
    "status",
    "population",
    "moved",
    "readings",
    "counted_at",
    "error",
    "finished_at",
    "applied_at",
    "duration_ms",
)


class RunRefused(Exception):
    """The run cannot be started or decided; the message is fit for the user.

    `field` names the input that is at fault, empty where it is none of them.
    """

    code = "refused"
    field = ""


class RunTooEarly(RunRefused):
    """A run as of a later moment was applied already: the ledger only moves forward."""

    code = "too_early"


class RunInFuture(RunRefused):
    """Nothing is known of a moment that has not come yet."""

    code = "in_future"
    field = "as_of"


class NothingToRun(RunRefused):
    """There is no active segment to evaluate."""

    code = "nothing_to_run"


class HasPast(RunRefused):
    """The history of a brand is built once, before anything else is in the ledger."""

    code = "has_past"


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
    slot: datetime | None = None,
) -> Run:
    """Queue a run as of `as_of`, asked for at `at`; `execute_run` does the work.

    Packs that make a segment for each of something (niches) first add what is new, unless the run
    is dry. `quarter` and `slot` are what a quarterly run and one by schedule are for. Raises
    RunInFuture, RunTooEarly (not for a dry run) and NothingToRun.
    """
    if as_of > at:
        raise RunInFuture(f"{as_of:%d %B %Y %H:%M} has not come yet; choose now or earlier.")
    if not is_dry:
        refuse_too_early(as_of, changesets.ledger_moment(brand))
        packs.add_what_is_new(brand=brand, at=at)
    segments = Segment.objects.filter(
        brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN]
    )
    if dimension is not None:
        segments = segments.filter(dimension=dimension)
    if trigger == Trigger.QUARTERLY:
        segments = segments.filter(dimension__cadence=Cadence.QUARTERLY)
    if not segments.exists():
        raise NothingToRun("There is no active segment yet. Install the standard packs first.")
    run = Run.objects.create(
        brand=brand,
        as_of=as_of,
        trigger=trigger,
        dimension=dimension,
        requested_by=actor,
        quarter=quarter,
        slot=slot,
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


@transaction.atomic
def start_history(
    *, brand: Brand, moments: Sequence[datetime], at: datetime, actor: User | None
) -> list[Run]:
    """Queue a run as of each of the moments, oldest first, then one as of now.

    That makes a ledger with a past, for a brand of which it says nothing yet: the runs are applied
    however many creators they move. Raises HasPast where it does, and what `start_run` raises.
    """
    if Run.objects.filter(brand=brand, applied_at__isnull=False).exists():
        raise HasPast(
            "Runs were applied already, and the ledger only moves forward: the history can be "
            "built before the first run only."
        )
    return [
        start_run(brand=brand, as_of=moment, at=at, actor=actor, apply_now=True)
        for moment in (*moments, at)
    ]


def execute_run(*, run_id: int, at: datetime) -> Run:
    """Evaluate a queued run and write its change set; apply it unless it must wait or is dry.

    Safe to call twice, also at once: a run that is done, or that another worker has, is left as it
    is. One whose worker died is done again from the start, since all its work is one transaction.
    Whatever goes wrong, nothing of the work stays and the run is failed with the reason.
    """
    began = perf_counter()
    run = Run.objects.select_related("brand", "dimension", "requested_by").get(pk=run_id)
    if not _begin(run, at):
        return Run.objects.get(pk=run_id)
    try:
        with transaction.atomic():
            if sessions.claim(run):
                sessions.enter(run, sessions.QUEUEING)
                ledger.lock(run.brand)
                _work(run, at)
                _finish(run, at, began)
                sessions.leave()
    except sessions.RunCancelled:
        mark_cancelled(run_id, at)
    except (RunRefused, TooManySegments) as refusal:
        _fail(run_id, at, began, str(refusal))
    except Exception as error:
        if is_away(error):
            raise  # the run stays as it is, and its task comes again
        if Run.objects.filter(pk=run_id, cancel_requested=True).exists():
            mark_cancelled(run_id, at)  # its statement was interrupted
            return Run.objects.get(pk=run_id)
        logger.exception("run %s failed", run_id)
        _fail(run_id, at, began, "The run stopped with an error and changed nothing.")
        raise
    return Run.objects.get(pk=run_id)


@transaction.atomic
def mark_cancelled(run_id: int, at: datetime) -> bool:
    """Write down that an unfinished run was cancelled, unless it is done or cancelled already."""
    unfinished = Run.objects.filter(pk=run_id, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    if not unfinished.update(
        status=RunStatus.CANCELLED,
        finished_at=at,
        error="Cancelled before it was through; nobody moved.",
    ):
        return False
    run = Run.objects.select_related("brand", "decided_by").get(pk=run_id)
    audit.record(
        brand=run.brand,
        verb="segmentation.run.cancelled",
        target=run,
        actor=run.decided_by,
        at=at,
        data={"reason": run.decision_reason},
    )
    return True


# --- the work --------------------------------------------------------------------------------


def _begin(run: Run, at: datetime) -> bool:
    """Mark the run as running, for those who watch; False when there is nothing left to do."""
    if run.status == RunStatus.RUNNING and sessions.alive([run]):
        return False
    if run.cancel_requested:
        mark_cancelled(run.pk, at)
        return False
    unfinished = Run.objects.filter(pk=run.pk, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    begun = unfinished.update(status=RunStatus.RUNNING, started_at=at, attempts=F("attempts") + 1)
    if begun and run.attempts >= MOST_ATTEMPTS:
        _fail(
            run.pk,
            at,
            perf_counter(),
            f"The worker was lost {MOST_ATTEMPTS} times during this run; nothing was changed. "
            "Look whether the machine has enough memory, then start a new run.",
        )
        return False
    return bool(begun)


def _work(run: Run, at: datetime) -> None:
    sessions.enter(run, sessions.READING)
    if run.is_dry:
        with scratch_facts(run.brand, run.as_of) as table:
            _evaluate(run, at, table)
        return
    last = changesets.ledger_moment(run.brand)
    if last is not None and run.as_of == run.created_at:
        # "As of now", and single creators were evaluated between asking and executing.
        run.as_of = max(run.as_of, last)
    refuse_too_early(run.as_of, last)
    advance_facts(brand=run.brand, as_of=run.as_of)
    _evaluate(run, at, FACTS_TABLE)


def _evaluate(run: Run, at: datetime, table: str) -> None:
    sessions.enter(run, sessions.EVALUATING)
    plan = evaluation.prepare(
        brand=run.brand,
        as_of=run.as_of,
        dimension=run.dimension,
        cadence=Cadence.QUARTERLY if run.trigger == Trigger.QUARTERLY else None,
        table=table,
    )
    plan = evaluation.evaluate(plan)
    run.moved = plan.moved
    if not run.is_dry:
        changesets.mark_broken(plan, at)
    changesets.settle(run, plan, actor=run.requested_by, at=at)


def refuse_too_early(as_of: datetime, last: datetime | None) -> None:
    """Raise RunTooEarly for a moment before that at which the ledger was last written."""
    if last is not None and as_of < last:
        raise RunTooEarly(
            f"The ledger only moves forward, and it was written as of {last:%d %B %Y %H:%M} "
            "already: choose a later moment, or make it a dry run."
        )


def _finish(run: Run, at: datetime, began: float) -> None:
    """Write what became of the run, unless somebody cancelled it at the last moment."""
    asked = Run.objects.select_for_update(no_key=True).values_list("cancel_requested", flat=True)
    if asked.get(pk=run.pk):
        raise sessions.RunCancelled
    seconds = perf_counter() - began
    run.duration_ms = round(seconds * 1000)
    run.finished_at = at + timedelta(seconds=seconds)
    run.error = ""
    run.save(update_fields=FOUND)


def _fail(run_id: int, at: datetime, began: float, error: str) -> None:
    seconds = perf_counter() - began
    Run.objects.filter(pk=run_id, status=RunStatus.RUNNING).update(
        status=RunStatus.FAILED,
        error=error,
        finished_at=at + timedelta(seconds=seconds),
        duration_ms=round(seconds * 1000),
    )
    notices.about_run(run_id)
