"""The catalogue of metrics: the families, and every entry by its key."""

from __future__ import annotations

from typing import TypedDict

from segmentation.metrics.entries import PART_SEPARATOR, Better, Method, Metric, Unit
from segmentation.metrics.families.attention import ATTENTION
from segmentation.metrics.families.conversions import CONVERSIONS
from segmentation.metrics.families.governance import GOVERNANCE
from segmentation.metrics.families.lift import LIFT
from segmentation.metrics.families.media import MEDIA
from segmentation.metrics.families.members import MEMBERS
from segmentation.metrics.families.posts import POSTS
from segmentation.metrics.families.returns import RETURNS
from segmentation.metrics.families.talk import TALK
from segmentation.metrics.families.voice import VOICE
from segmentation.metrics.families.work import WORK
from segmentation.metrics.family import Family

__all__ = (
    "CATALOGUE",
    "FAMILIES",
    "METRICS",
    "PART_SEPARATOR",
    "Better",
    "Entry",
    "Family",
    "Method",
    "Metric",
    "Unit",
    "entry",
    "family_of",
    "kpi_label",
    "metric_of",
)

# In the order of a scorecard's rows.
FAMILIES: tuple[Family, ...] = (
    MEMBERS,
    POSTS,
    WORK,
    CONVERSIONS,
    RETURNS,
    MEDIA,
    GOVERNANCE,
    VOICE,
    TALK,
    ATTENTION,
    LIFT,
)
METRICS = tuple(metric for family in FAMILIES for metric in family.metrics)
CATALOGUE = {metric.key: metric for metric in METRICS}
_FAMILY_OF = {metric.key: family for family in FAMILIES for metric in family.metrics}


class Entry(TypedDict):
    """An entry as the API tells it."""

    key: str
    label: str
    family: str
    family_label: str
    question: str
    formula: str
    version: int
    numerator: str
    denominator: str
    basis: str
    unit: str
    better: str
    minimum_n: int
    method: str
    uncertainty: str
    accepts: list[str]
    source: str


def metric_of(key: str) -> Metric:
    """Return the entry behind a row's key, with or without a part (KeyError: there is none)."""
    return CATALOGUE[key.partition(PART_SEPARATOR)[0]]


def family_of(metric: Metric) -> Family:
    """The family that an entry is measured with."""
    return _FAMILY_OF[metric.key]


def entry(metric: Metric) -> Entry:
    """The entry as plain values."""
    family = family_of(metric)
    return Entry(
        key=metric.key,
        label=metric.label,
        family=family.key,
        family_label=family.label,
        question=metric.question,
        formula=metric.formula,
        version=metric.version,
        numerator=metric.numerator,
        denominator=metric.denominator,
        basis=metric.basis,
        unit=metric.unit.value,
        better=metric.better.value,
        minimum_n=metric.minimum_n,
        method=metric.method.value,
        uncertainty=metric.uncertainty,
        accepts=[source.value for source in metric.accepts],
        source=metric.source,
    )


def kpi_label(key: str) -> str:
    """Return what people read for a segment's KPI: a metric's label, else the key as words."""
    metric = CATALOGUE.get(key)
    return metric.label if metric is not None else key.replace("_", " ").capitalize()
