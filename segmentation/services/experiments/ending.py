"""The end of an experiment: a decision that rests on a result, or a stop with its reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import User
from segmentation.choices import ErrandStatus, ExperimentReading, ExperimentStatus
from segmentation.models import Experiment
from segmentation.services.experiments.plans import locked
from segmentation.services.experiments.refusals import ExperimentRefused

DECISION_MAX = 500


@transaction.atomic
def complete(*, experiment_id: int, decision: str, actor: User | None, at: datetime) -> Experiment:
    """Say what the brand does now. It takes a result that was read as planned.

    A difference that a planned look has shown ends it early. Raises ExperimentRefused.
    """
    found = _running(experiment_id)
    last = found.looks.filter(status=ErrandStatus.DONE).order_by("number").last()
    if last is None:
        raise ExperimentRefused(
            "Nobody has looked at the result yet. Read it first, or stop the experiment.",
            code="not_read",
        )
    is_last = found.reading == ExperimentReading.ANYTIME or last.number >= found.looks_planned
    is_decided = any(one["is_decided"] for one in last.result["comparisons"])
    if not is_last and not is_decided:
        raise ExperimentRefused(
            f"Look {last.number} of {found.looks_planned} has decided nothing. Wait for the next "
            "one, or stop the experiment with a reason.",
            code="not_decided",
        )
    return _end(
        found, ExperimentStatus.COMPLETED, decision, actor, at, look=last.number, digest=last.digest
    )


@transaction.atomic
def stop(*, experiment_id: int, reason: str, actor: User | None, at: datetime) -> Experiment:
    """Give it up, with the reason. Raises ExperimentRefused."""
    return _end(_running(experiment_id), ExperimentStatus.STOPPED, reason, actor, at)


def _running(experiment_id: int) -> Experiment:
    found = locked(experiment_id)
    if not found.is_running:
        raise ExperimentRefused(
            f"“{found.name}” is not running: nothing is left to end.", code="not_running"
        )
    if found.looks.filter(status=ErrandStatus.QUEUED).exists():
        raise ExperimentRefused("A look is being computed: wait for it.", code="under_way")
    return found


def _end(
    experiment: Experiment,
    status: ExperimentStatus,
    words: str,
    actor: User | None,
    at: datetime,
    **facts: object,
) -> Experiment:
    words = words.strip()
    if not words:
        raise ExperimentRefused(
            "Say what you do now."
            if status == ExperimentStatus.COMPLETED
            else "Say why you stop it.",
            code="words_needed",
            field="words",
        )
    if len(words) > DECISION_MAX:
        raise ExperimentRefused(
            f"Say it in {DECISION_MAX} characters at most.", code="too_long", field="words"
        )
    experiment.status = status
    experiment.decision = words
    experiment.ended_at, experiment.ended_by = at, actor
    experiment.version += 1
    experiment.save(update_fields=["status", "decision", "ended_at", "ended_by", "version"])
    audit.record(
        brand=experiment.brand,
        verb=f"segmentation.experiment.{status}",
        target=experiment,
        actor=actor,
        at=at,
        data=facts,
        text={"decision": words},
        label=experiment.name,
    )
    return experiment
