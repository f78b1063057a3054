"""What the pages of experiments show, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from campaigns.models import Engagement
from crm.models import Brand
from crm.paging import Order
from segmentation.choices import ErrandStatus, ExperimentReading, ExperimentStatus
from segmentation.models import (
    Experiment,
    ExperimentArm,
    ExperimentAssignment,
    ExperimentLook,
    Segment,
)
from segmentation.services.experiments.looking import due_at

ASSIGNED = Order("number", "number", "pk")


@dataclass(frozen=True)
class Balance:
    """Creators of a stratum by arm, in the order of the arms."""

    name: str
    counts: Sequence[int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class NextLook:
    """The look that may be taken next; `number` is None when none is left."""

    number: int | None
    due: datetime | None
    is_due: bool


def in_list(brand: Brand) -> QuerySet[Experiment]:
    """The brand's experiments, the newest first, with how many take part and were read."""
    counted = ExperimentAssignment.objects.filter(experiment=OuterRef("pk")).order_by()
    read = ExperimentLook.objects.filter(experiment=OuterRef("pk"), status=ErrandStatus.DONE)
    return (
        Experiment.objects.filter(brand=brand)
        .select_related("campaign", "segment")
        .annotate(
            creators=Subquery(
                counted.values("experiment").annotate(number=Count("*")).values("number")
            ),
            looks_taken=Subquery(
                read.order_by().values("experiment").annotate(number=Count("*")).values("number")
            ),
        )
        .order_by("-created_at", "-pk")
    )


def balance_of(
    counts: Mapping[str, Mapping[int, int]], arms: Sequence[ExperimentArm], brand_id: int
) -> list[Balance]:
    """Rows of the table of strata, by the names of their segments."""
    names = dict(Segment.objects.filter(brand=brand_id, key__in=counts).values_list("key", "name"))
    return [
        Balance(
            names.get(key, key) if key else "In none of these segments",
            [here.get(arm.pk, 0) for arm in arms],
        )
        for key, here in counts.items()
    ]


def kept_counts(experiment: Experiment) -> dict[str, dict[int, int]]:
    """Creators by stratum and arm, as they were drawn."""
    rows = experiment.assignments.order_by().values_list("stratum", "arm").annotate(Count("pk"))
    found: dict[str, dict[int, int]] = {}
    for stratum, arm, number in sorted(rows):
        found.setdefault(stratum, {})[arm] = number
    return found


def next_look(experiment: Experiment, looks: Sequence[ExperimentLook], at: datetime) -> NextLook:
    """Which look is next, and from when on."""
    taken = sum(look.status != ErrandStatus.FAILED for look in looks)
    number = taken + 1
    is_endless = experiment.reading == ExperimentReading.ANYTIME
    if not is_endless and number > experiment.looks_planned:
        return NextLook(None, None, False)
    due = due_at(experiment, number)
    return NextLook(number, due, due is None or at >= due)


def forest(look: ExperimentLook) -> dict[str, Any]:
    """The chart of a look: each arm against the control, with its interval."""
    shown = [one for one in look.result["comparisons"] if one["interval"] is not None]
    return {
        "type": "forest",
        "unit": "fraction",
        "x": [one["name"] for one in shown],
        "series": [
            {
                "name": "Difference from the control",
                "data": [one["lift"] for one in shown],
                "low": [one["interval"]["low"] for one in shown],
                "high": [one["interval"]["high"] for one in shown],
            }
        ],
    }


def assigned_rows(experiment: Experiment) -> QuerySet[ExperimentAssignment]:
    """Who got which arm, in the order of the draw."""
    rows = ExperimentAssignment.objects.filter(experiment=experiment)
    return rows.select_related("arm", "relationship__creator__metrics").order_by("number")


def of_engagement(engagement: Engagement) -> QuerySet[ExperimentAssignment]:
    """The arms of a creator of a campaign: in experiments on it, and in others that run."""
    on_it = Q(experiment__campaign=engagement.campaign_id)
    elsewhere = Q(experiment__campaign=None, experiment__status=ExperimentStatus.RUNNING)
    rows = ExperimentAssignment.objects.filter(relationship=engagement.relationship_id)
    return rows.filter(on_it | elsewhere).select_related("arm", "experiment").order_by("-pk")
