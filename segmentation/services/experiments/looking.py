"""A look at the result: asked for, computed by a worker, kept with its digest.

Between looks nobody sees a number: a result that is watched until it pleases proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import transaction

from campaigns.experiments.results import Analysis, Interval, Outcome, PlanRefused
from campaigns.experiments.words import in_words
from campaigns.services.documents import digest_of
from crm import audit
from crm.models import User
from segmentation.choices import ErrandStatus, ExperimentReading, LookSource, OutcomeMetric
from segmentation.models import Experiment, ExperimentLook, ExperimentOutcome
from segmentation.services import errands
from segmentation.services.experiments.outcomes import Measured, measured
from segmentation.services.experiments.people import counted
from segmentation.services.experiments.plans import locked, plan_of
from segmentation.services.experiments.refusals import ExperimentRefused

# By name: tasks are above services.
TASK = "segmentation.tasks.compute_look"


def due_at(experiment: Experiment, number: int) -> datetime | None:
    """From when on look `number` may be taken; None: at any time, or never.

    Looks lie equally far apart, as their boundary takes it; the last is at the end.
    """
    if experiment.started_at is None or experiment.reading == ExperimentReading.ANYTIME:
        return None
    if number > experiment.looks_planned:
        return None
    days = ceil(experiment.days * number / experiment.looks_planned)
    return experiment.started_at + timedelta(days=days)


@transaction.atomic
def ask(
    *,
    experiment_id: int,
    actor: User | None,
    at: datetime,
    outcomes: Mapping[int, Measured] | None = None,
) -> ExperimentLook:
    """Have the result computed. `outcomes`, by assignment, are those of a file.

    One look is one look: what was not planned is refused. Raises ExperimentRefused.
    """
    found = locked(experiment_id)
    number = _next(found, at)
    is_file = found.metric == OutcomeMetric.UPLOADED
    if is_file and outcomes is None:
        raise ExperimentRefused(
            "The outcomes of this experiment come from a file: upload it.",
            code="file_needed",
            field="file",
        )
    if not is_file and outcomes is not None:
        raise ExperimentRefused(
            "The outcomes of this experiment are measured: it was not planned to read a file.",
            code="no_file",
            field="file",
        )
    failed = found.looks.filter(number=number).first()
    if failed is not None:
        failed.delete()
    look = ExperimentLook.objects.create(
        experiment=found,
        number=number,
        source=LookSource.FILE if is_file else LookSource.MEASURED,
        requested_by=actor,
        requested_at=at,
    )
    if outcomes is not None:
        _write(look, outcomes)
    audit.record(
        brand=found.brand,
        verb="segmentation.experiment.looked",
        target=found,
        actor=actor,
        at=at,
        data={"look": number, "of": found.looks_planned, "source": look.source},
        label=found.name,
    )
    errands.send(TASK, look)
    return look


def compute(*, look_id: int, at: datetime) -> ExperimentLook | None:
    """Compute a look that waits; safe to call twice."""
    return errands.carry_out(
        ExperimentLook.objects.select_related("experiment__brand"),
        errand_id=look_id,
        task=TASK,
        work=lambda look: _fill(look, at),
        refusals=(ExperimentRefused, PlanRefused),
    )


def _next(experiment: Experiment, at: datetime) -> int:
    """The number of the look that may be taken now."""
    if not experiment.is_running or experiment.started_at is None:
        raise ExperimentRefused(
            f"“{experiment.name}” is not running: there is nothing to read.", code="not_running"
        )
    last = experiment.looks.order_by("number").last()
    if last is not None and last.status == ErrandStatus.QUEUED:
        raise ExperimentRefused("A look is being computed already.", code="under_way")
    # A look that failed showed nobody anything: it is taken again.
    taken = 0 if last is None else last.number - (last.status == ErrandStatus.FAILED)
    number = taken + 1
    if experiment.reading == ExperimentReading.ANYTIME:
        return number
    if number > experiment.looks_planned:
        times = "once" if experiment.looks_planned == 1 else f"{experiment.looks_planned} times"
        raise ExperimentRefused(
            f"It was planned to read this experiment {times}, and that was done. Another look "
            "would find differences where there are none: end the experiment.",
            code="no_look_left",
        )
    due = due_at(experiment, number)
    if due is not None and at < due:
        raise ExperimentRefused(
            f"Look {number} of {experiment.looks_planned} is due on {due:%-d %B %Y}: the "
            "boundary holds for looks as they were planned.",
            code="too_early",
        )
    return number


def _fill(look: ExperimentLook, at: datetime) -> None:
    """Measure where that is how outcomes are known, analyse, keep."""
    # Heavy: only workers import it.
    from campaigns.experiments.analysis import analyse  # noqa: PLC0415

    experiment = look.experiment
    rows = counted(experiment)
    if look.source == LookSource.MEASURED:
        _write(look, _measure(look, rows))
    kept = {
        pk: (events, weight)
        for pk, events, weight in look.outcomes.values_list("assignment_id", "events", "weight")
    }
    # By their names: what is said of an arm is said to people.
    keys = dict(experiment.arms.order_by("position").values_list("name", "key"))
    control = experiment.arms.get(is_control=True)
    plan = plan_of(experiment, control.name)
    analysis = analyse(
        # In a file, whom it does not name is not known.
        [Outcome(pk, arm, *kept.get(pk, (None, 1.0)), stratum) for pk, _, arm, stratum in rows],
        plan,
        look=look.number,
    )
    look.result = as_result(analysis, keys)
    look.digest = digest_of(look.result)
    look.computed_at = at
    look.save(update_fields=["result", "digest", "computed_at"])


def _measure(look: ExperimentLook, rows: list[tuple[int, int, str, str]]) -> dict[int, Measured]:
    experiment = look.experiment
    if experiment.started_at is None:  # the database refuses a look before the start
        raise ExperimentRefused("It has not begun.", code="not_running")
    found = measured(
        brand_id=experiment.brand_id,
        campaign_id=experiment.campaign_id,
        metric=experiment.metric,
        relationships=[relationship for _, relationship, _, _ in rows],
        since=experiment.started_at,
        until=look.requested_at,
    )
    return {pk: found[relationship] for pk, relationship, _, _ in rows if relationship in found}


def _write(look: ExperimentLook, outcomes: Mapping[int, Measured]) -> None:
    ExperimentOutcome.objects.bulk_create(
        (
            ExperimentOutcome(look=look, assignment_id=pk, events=one.events, weight=one.weight)
            for pk, one in outcomes.items()
        ),
        batch_size=1_000,
    )


def as_result(analysis: Analysis, keys: Mapping[str, str]) -> dict[str, Any]:
    """The analysis as it is kept: arms in the order of `keys` (key by name), words, method."""
    return {
        "look": analysis.look,
        "level": analysis.plan.level,
        "control": keys[analysis.plan.control],
        "arms": [
            {
                "arm": key,
                "name": name,
                "creators": found.creators,
                "unknown": found.unknown,
                "silent": found.silent,
                "rate": found.rate,
                "interval": _interval(found.interval),
            }
            for name, key in keys.items()
            if (found := analysis.arms.get(name)) is not None
        ],
        "comparisons": [
            {
                "arm": keys[one.arm],
                "name": one.arm,
                "lift": one.lift,
                "interval": _interval(one.interval),
                "by_chance": one.by_chance,
                "is_decided": one.is_decided,
                "reason_if_absent": one.reason_if_absent,
            }
            for one in analysis.comparisons
        ],
        "words": list(in_words(analysis)),
        "method": analysis.method,
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"level": interval.level, "low": interval.low, "high": interval.high}
