"""The published weights, as data with a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from campaigns.risk.files import read


@dataclass(frozen=True, slots=True)
class Step:
    """From a value on so many points."""

    start: Decimal
    points: Decimal


@dataclass(frozen=True)
class Weights:
    """What every input is worth, and why."""

    version: str
    medium: Decimal
    high: Decimal
    labels: Mapping[str, str]
    why: Mapping[str, str]
    # Incidents.
    months: int
    fades_after_months: int
    severities: Mapping[str, Decimal]
    unconfirmed: Decimal
    incidents_most: Decimal
    # Missed disclosures.
    minimum: int
    disclosure_most: Decimal
    free: Decimal
    # Sensitive goods.
    category: Decimal
    categories_most: Decimal
    minors: Sequence[Step]
    altered: Decimal
    backlog: Sequence[Step]
    backlog_days: int
    gates: Mapping[str, str]
    permits: frozenset[str]


INPUTS = ("incidents", "disclosure", "categories", "minors", "altered", "backlog")


@cache
def standard() -> Weights:
    """Those that come with the product."""
    form = read("weights.yaml")
    incidents, disclosure, categories = form["incidents"], form["disclosure"], form["categories"]
    return Weights(
        version=form["version"],
        medium=_number(form["thresholds"]["medium"]),
        high=_number(form["thresholds"]["high"]),
        labels={key: form[key]["label"] for key in INPUTS},
        why={key: form[key]["why"] for key in INPUTS} | {"tier": form["thresholds"]["why"]},
        months=incidents["months"],
        fades_after_months=incidents["fades_after_months"],
        severities={key: _number(points) for key, points in incidents["points"].items()},
        unconfirmed=_number(incidents["unconfirmed"]),
        incidents_most=_number(incidents["most"]),
        minimum=disclosure["minimum"],
        disclosure_most=_number(disclosure["most"]),
        free=_number(disclosure["free"]),
        category=_number(categories["points"]),
        categories_most=_number(categories["most"]),
        minors=_steps(form["minors"]),
        altered=_number(form["altered"]["points"]),
        backlog=_steps(form["backlog"]),
        backlog_days=form["backlog"]["after_days"],
        gates=form["gates"],
        permits=frozenset(form["permits"]),
    )


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _steps(form: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(_number(row["from"]), _number(row["points"])) for row in form["steps"])
