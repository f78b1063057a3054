"""A brand with creators in a segment, posts with views, and a plan to try something on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crm.models import Brand, Post, Profile, Relationship
from segmentation.choices import ExperimentDesign, ExperimentReading, OutcomeMetric
from segmentation.models import Experiment, Segment
from segmentation.services.experiments import assigning, looking, plans
from segmentation.services.experiments.plans import ArmPlan, Wanted
from tests.factories import NOW
from tests.segmentation.world import make_creator, make_segment, moment, stay

STARTED = NOW
ENDED = NOW + timedelta(days=28)
ARMS = (
    ArmPlan(key="list", name="List", treatment="Say what it can do."),
    ArmPlan(key="demo", name="Demonstration", treatment="Show how it works.\nIn one take."),
)


def make_people(brand: Brand, segment: Segment, number: int, **values: Any) -> list[Relationship]:
    """So many creators of the segment, in the order of their names."""
    for place in range(number):
        creator = make_creator(brand, name=f"{segment.name} {place:03d}", followers=1_000, **values)
        stay(segment, creator, moment(2, 1))
    rows = Relationship.objects.filter(brand=brand, creator__name__startswith=segment.name)
    return list(rows.order_by("creator__name"))


def wanted(**values: Any) -> Wanted:
    """A plan by chance among educators, read once after four weeks."""
    said: dict[str, Any] = {
        "name": "Demonstrate or list",
        "question": "Do demonstrations hold attention better than lists?",
        "design": ExperimentDesign.CHANCE,
        "metric": OutcomeMetric.SAVES,
        "arms": ARMS,
        "segment": "educators",
        "reading": ExperimentReading.ONCE,
        "days": 28,
    }
    return Wanted(**said | values)


def make_experiment(brand: Brand, **values: Any) -> Experiment:
    """A draft; its seed is known."""
    return plans.create_experiment(
        brand=brand, wanted=wanted(**values), actor=None, at=STARTED, seed="spring"
    )


def start(experiment: Experiment, at: datetime = STARTED) -> Experiment:
    return assigning.start(experiment_id=experiment.pk, actor=None, at=at)


def read(experiment: Experiment, at: datetime = ENDED, **values: Any):
    """A look, computed."""
    look = looking.ask(experiment_id=experiment.pk, actor=None, at=at, **values)
    return looking.compute(look_id=look.pk, at=at)


def saves(relationship: Relationship, number: int | None, of: int | None = 1_000) -> Post:
    """A post a day after the start, with so many saves of so many views."""
    profile = Profile.objects.filter(creator=relationship.creator_id).get()
    return Post.objects.create(
        profile=profile,
        creator_id=relationship.creator_id,
        external_id=f"{relationship.pk}-{number}",
        posted_at=STARTED + timedelta(days=1),
        saves=number,
        views=of,
    )


def educators(brand: Brand, number: int = 12) -> list[Relationship]:
    return make_people(brand, make_segment(brand, "educators"), number)
