"""How many creators an experiment takes, and what those there are could show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.experiments.power import (
    PowerRefused,
    creators_needed,
    power,
    smallest_lift,
    spread_expected,
    spread_of,
)
from campaigns.experiments.results import Outcome
from segmentation.choices import ExperimentReading, OutcomeMetric
from segmentation.models import Experiment
from segmentation.services.experiments.outcomes import measured
from segmentation.services.experiments.refusals import ExperimentRefused

WANTED = 0.8


@dataclass(frozen=True)
class Spread:
    """How much creators differ, as the statistics take it, and how that is known."""

    value: float
    words: str


@dataclass(frozen=True)
class Answer:
    """What an experiment could show. `lift` is None where so few show no difference."""

    spread: Spread
    # In the smallest arm.
    creators: int
    power: float
    lift: float | None
    needed: int | None
    why_not: str = ""


def past_spread(experiment: Experiment, relationships: list[int], at: datetime) -> Spread:
    """Of these creators, over as many days before now as the experiment shall run.

    Raises ExperimentRefused.
    """
    if experiment.metric == OutcomeMetric.UPLOADED:
        raise ExperimentRefused(
            "What a file will hold has no past here: say what you expect.",
            code="no_past",
            field="between",
        )
    found = measured(
        brand_id=experiment.brand_id,
        campaign_id=None,
        metric=experiment.metric,
        relationships=relationships,
        since=at - timedelta(days=experiment.days),
        until=at,
    )
    try:
        value = spread_of([Outcome(pk, "", one.events, one.weight) for pk, one in found.items()])
    except PowerRefused as refusal:
        raise ExperimentRefused(
            f"{refusal} Say what you expect instead.", code="no_past", field="between"
        ) from None
    if not value:
        raise ExperimentRefused(
            "Past creators do not differ at all, which says nothing. Say what you expect instead.",
            code="no_past",
            field="between",
        )
    known = sum(one.events is not None and one.weight > 0 for one in found.values())
    return Spread(value, f"the last {experiment.days} days of {known} creators who would take part")


def expected_spread(between: float, events: float) -> Spread:
    """Of creators who differ by `between` and bring so many events each."""
    try:
        value = spread_expected(between=between, events_per_creator=events)
    except PowerRefused as refusal:
        raise ExperimentRefused(str(refusal), code="out_of_range", field="between") from None
    return Spread(value, "what you expect")


def answer(
    *, spread: Spread, creators: int, arms: int, lift: float, level: float, looks: int
) -> Answer:
    """What so many creators in the smallest arm show, and how many it takes.

    Several arms share the level, as the analysis does it. Raises ExperimentRefused.
    """
    each = 1 - (1 - level) / max(1, arms - 1)
    try:
        seen = power(creators=creators, lift=lift, spread=spread.value, level=each, looks=looks)
    except PowerRefused as refusal:
        raise ExperimentRefused(str(refusal), code="out_of_range", field="planned_lift") from None
    smallest, needed, why_not = None, None, ""
    try:
        if creators > 1:
            smallest = smallest_lift(
                creators=creators, spread=spread.value, wanted=WANTED, level=each, looks=looks
            )
    except PowerRefused:
        smallest = None
    try:
        needed = creators_needed(
            lift=lift, spread=spread.value, wanted=WANTED, level=each, looks=looks
        )
    except PowerRefused as refusal:
        why_not = str(refusal)
    return Answer(spread, creators, seen, smallest, needed, why_not)


def answer_for(
    experiment: Experiment, *, spread: Spread, sizes: dict[int, int], arms: int
) -> Answer:
    """For an experiment as it is planned, with so many creators in each arm."""
    is_planned = experiment.reading == ExperimentReading.PLANNED
    return answer(
        spread=spread,
        creators=min(sizes.values(), default=0),
        arms=arms,
        lift=experiment.planned_lift,
        level=experiment.level,
        looks=experiment.looks_planned if is_planned else 1,
    )
