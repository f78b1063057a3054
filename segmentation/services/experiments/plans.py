"""The plan of an experiment: made, changed and deleted while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction

from campaigns.experiments.results import Plan, PlanRefused, Reading
from campaigns.models import Campaign
from crm import audit
from crm.models import Brand, User
from segmentation.choices import (
    ExperimentDesign,
    ExperimentReading,
    ExperimentStatus,
    OutcomeMetric,
    SegmentStatus,
)
from segmentation.models import Dimension, Experiment, ExperimentArm, Segment
from segmentation.models.experiments import DAYS_MAX, LOOKS_MAX
from segmentation.services.experiments.refusals import ExperimentRefused

# More make every comparison blunt: the level holds for all of them together.
ARMS_MAX = 6
SHARE_MAX = 100


@dataclass(frozen=True)
class ArmPlan:
    """An arm as somebody describes it. `segment` is the key of whose creators it is made."""

    key: str
    name: str
    treatment: str = ""
    share: int = 1
    segment: str = ""


@dataclass(frozen=True)
class Wanted:
    """A plan as somebody writes it down; campaign, segment and dimension by their keys.

    The first arm is the control, with which the others are compared.
    """

    name: str
    question: str
    design: str
    metric: str
    arms: Sequence[ArmPlan]
    campaign: str = ""
    segment: str = ""
    dimension: str = ""
    level: float = 0.95
    reading: str = ExperimentReading.ONCE
    looks_planned: int = 1
    planned_lift: float = 0.2
    days: int = 28


@transaction.atomic
def create_experiment(
    *, brand: Brand, wanted: Wanted, actor: User | None, at: datetime, seed: str = ""
) -> Experiment:
    """A draft. `seed` is what chance is made of; none: one that nobody foresaw.

    Raises ExperimentRefused.
    """
    made = Experiment(brand=brand, created_by=actor, created_at=at, seed=seed or token_hex(16))
    _set(made, wanted)
    made.save()
    _write_arms(made, wanted)
    _record(made, "created", actor, at, {"arms": [asdict(arm) for arm in wanted.arms]})
    return made


@transaction.atomic
def change_experiment(
    *, experiment_id: int, wanted: Wanted, version: int | None, actor: User | None, at: datetime
) -> Experiment:
    """Write the plan of a draft anew. Raises ExperimentRefused."""
    found = locked(experiment_id)
    if not found.is_draft:
        raise ExperimentRefused(
            f"“{found.name}” has begun: what was planned can no longer be changed. Stop it and "
            "plan another one.",
            code="has_begun",
        )
    if version is not None and version != found.version:
        raise ExperimentRefused(
            "Somebody else has changed this since you opened it. Open the page anew and change "
            "what is still to be changed.",
            code="outdated",
        )
    _set(found, wanted)
    found.version += 1
    found.save()
    found.arms.all().delete()
    _write_arms(found, wanted)
    _record(found, "changed", actor, at, {"arms": [asdict(arm) for arm in wanted.arms]})
    return found


@transaction.atomic
def delete_experiment(*, experiment_id: int, actor: User | None, at: datetime) -> None:
    """Forget a draft; one that has begun stays. Raises ExperimentRefused."""
    found = locked(experiment_id)
    if not found.is_draft:
        raise ExperimentRefused(
            f"“{found.name}” has begun, and what has begun is kept: stop it instead.",
            code="has_begun",
        )
    _record(found, "deleted", actor, at, {"question": found.question})
    found.delete()


def locked(experiment_id: int) -> Experiment:
    """The experiment, held until the transaction ends."""
    rows = Experiment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("brand", "campaign", "segment", "dimension").get(pk=experiment_id)


def wanted_of(experiment: Experiment) -> Wanted:
    """The plan of a row as somebody would write it down."""
    return Wanted(
        name=experiment.name,
        question=experiment.question,
        design=experiment.design,
        metric=experiment.metric,
        arms=[
            ArmPlan(
                key=arm.key,
                name=arm.name,
                treatment=arm.treatment,
                share=arm.share,
                segment=arm.segment.key if arm.segment else "",
            )
            for arm in experiment.arms.select_related("segment").order_by("position")
        ],
        campaign=experiment.campaign.key if experiment.campaign else "",
        segment=experiment.segment.key if experiment.segment else "",
        dimension=experiment.dimension.key if experiment.dimension else "",
        level=experiment.level,
        reading=experiment.reading,
        looks_planned=experiment.looks_planned,
        planned_lift=experiment.planned_lift,
        days=experiment.days,
    )


def plan_of(experiment: Experiment, control: str) -> Plan:
    """The plan as the statistics take it."""
    return Plan(
        control=control,
        level=experiment.level,
        reading=Reading(experiment.reading),
        looks=experiment.looks_planned,
        planned_lift=experiment.planned_lift,
        randomised=experiment.is_by_chance,
        seed=experiment.seed,
    )


def _set(experiment: Experiment, wanted: Wanted) -> None:
    """Put the plan into the row, after it was checked."""
    if not wanted.name.strip():
        raise ExperimentRefused("Give the experiment a name.", code="name_needed", field="name")
    if not wanted.question.strip():
        raise ExperimentRefused(
            "Say what you want to know: “Do …?”", code="question_needed", field="question"
        )
    _one_of("design", wanted.design, ExperimentDesign.values)
    _one_of("metric", wanted.metric, OutcomeMetric.values)
    _one_of("reading", wanted.reading, ExperimentReading.values)
    if not 1 <= wanted.days <= DAYS_MAX:
        raise ExperimentRefused(
            f"An experiment runs for 1 to {DAYS_MAX} days.", code="out_of_range", field="days"
        )
    is_planned = wanted.reading == ExperimentReading.PLANNED
    looks = wanted.looks_planned if is_planned else 1
    if is_planned and not 2 <= looks <= min(LOOKS_MAX, wanted.days):
        raise ExperimentRefused(
            f"Plan between 2 and {LOOKS_MAX} looks at the result, at most one a day.",
            code="out_of_range",
            field="looks_planned",
        )
    if not 0 < wanted.planned_lift <= 10:
        raise ExperimentRefused(
            "The difference it is made for must be more than 0 % and at most 1,000 %.",
            code="out_of_range",
            field="planned_lift",
        )
    brand = experiment.brand
    is_by_chance = wanted.design == ExperimentDesign.CHANCE
    experiment.name = wanted.name.strip()
    experiment.question = wanted.question.strip()
    experiment.design = wanted.design
    experiment.metric = wanted.metric
    experiment.level = wanted.level
    experiment.reading = wanted.reading
    experiment.looks_planned = looks
    experiment.planned_lift = wanted.planned_lift
    experiment.days = wanted.days
    experiment.campaign = _campaign(brand, wanted.campaign)
    experiment.segment = _segment(brand, wanted.segment, "segment") if is_by_chance else None
    experiment.dimension = _dimension(brand, wanted.dimension)
    if is_by_chance and experiment.campaign is None and experiment.segment is None:
        raise ExperimentRefused(
            "Say who takes part: the creators of a campaign, of a segment, or of both.",
            code="people_needed",
            field="campaign",
        )
    try:
        plan_of(experiment, "control")
    except PlanRefused as refusal:
        raise ExperimentRefused(str(refusal), code="out_of_range", field="level") from None
    _check_arms(wanted)


def _check_arms(wanted: Wanted) -> None:
    """Two arms at least, each with a name of its own and, where they are compared, a segment."""
    arms = wanted.arms
    if not 2 <= len(arms) <= ARMS_MAX:
        raise ExperimentRefused(
            f"Compare between 2 and {ARMS_MAX} arms.", code="arms_needed", field="arms"
        )
    for arm in arms:
        if not arm.name.strip() or not arm.key:
            raise ExperimentRefused("Give each arm a name.", code="name_needed", field="arms")
        if not 1 <= arm.share <= SHARE_MAX:
            raise ExperimentRefused(
                f"The share of an arm is between 1 and {SHARE_MAX}.",
                code="out_of_range",
                field="arms",
            )
    for what, names in (
        ("called", [arm.name.strip().casefold() for arm in arms]),
        ("with the key", [arm.key for arm in arms]),
    ):
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ExperimentRefused(
                f"Two arms are {what} “{twice}”.", code="named_twice", field="arms"
            )
    segments = [arm.segment for arm in arms]
    if wanted.design == ExperimentDesign.CHANCE:
        if any(segments):
            raise ExperimentRefused(
                "Chance decides who gets which arm, so arms have no segments of their own.",
                code="no_segment",
                field="arms",
            )
    elif not all(segments) or len(set(segments)) < len(segments):
        raise ExperimentRefused(
            "Give each arm a segment of its own.", code="segment_needed", field="arms"
        )


def _write_arms(experiment: Experiment, wanted: Wanted) -> None:
    ExperimentArm.objects.bulk_create(
        ExperimentArm(
            experiment=experiment,
            key=arm.key,
            name=arm.name.strip(),
            treatment=arm.treatment.strip(),
            share=arm.share,
            is_control=place == 0,
            segment=_segment(experiment.brand, arm.segment, "arms"),
            position=place,
        )
        for place, arm in enumerate(wanted.arms)
    )


def _one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ExperimentRefused(
            f"“{value}” is none of: {', '.join(allowed)}.", code="invalid_choice", field=field
        )


def _campaign(brand: Brand, key: str) -> Campaign | None:
    if not key:
        return None
    found = Campaign.objects.filter(brand=brand, key=key).first()
    if found is None:
        raise ExperimentRefused(
            f"There is no campaign “{key}”.", code="unknown_campaign", field="campaign"
        )
    return found


def _segment(brand: Brand, key: str, field: str) -> Segment | None:
    if not key:
        return None
    rows = Segment.objects.filter(brand=brand, key=key).exclude(status=SegmentStatus.ARCHIVED)
    found = rows.first()
    if found is None:
        raise ExperimentRefused(
            f"There is no segment “{key}” in use.", code="unknown_segment", field=field
        )
    return found


def _dimension(brand: Brand, key: str) -> Dimension | None:
    if not key:
        return None
    found = Dimension.objects.filter(brand=brand, key=key).first()
    if found is None:
        raise ExperimentRefused(
            f"There is no dimension “{key}”.", code="unknown_dimension", field="dimension"
        )
    return found


def _record(
    experiment: Experiment, verb: str, actor: User | None, at: datetime, data: Mapping[str, Any]
) -> None:
    audit.record(
        brand=experiment.brand,
        verb=f"segmentation.experiment.{verb}",
        target=experiment,
        actor=actor,
        at=at,
        data=plain(experiment) | dict(data),
        label=experiment.name,
    )


def plain(experiment: Experiment) -> dict[str, Any]:
    """What was planned, as the ledger keeps it."""
    return {
        "design": ExperimentDesign(experiment.design),
        "metric": OutcomeMetric(experiment.metric),
        "campaign": experiment.campaign_id,
        "segment": experiment.segment_id,
        "dimension": experiment.dimension_id,
        "level": experiment.level,
        "reading": ExperimentReading(experiment.reading),
        "looks": experiment.looks_planned,
        "planned_lift": experiment.planned_lift,
        "days": experiment.days,
        "status": ExperimentStatus(experiment.status),
    }
