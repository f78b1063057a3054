"""A definition in words, as pages and answers tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.scoring.definition import (
    LEAVE_OUT,
    NO_SCORE,
    Anchors,
    Component,
    Definition,
    Percentile,
    Scale,
    Values,
)


@dataclass(frozen=True)
class Line:
    """A component in words. `share` is its part of the whole weight, 0 to 1."""

    key: str
    label: str
    fact: str
    share: float
    scale: str
    missing: str


def told(definition: Definition, facts: Catalogue) -> list[Line]:
    """Each component, in order."""
    return [
        Line(
            key=one.key,
            label=one.label,
            fact=facts[one.fact].label,
            share=one.weight / definition.weight,
            scale=scale_in_words(one.scale, facts[one.fact], facts),
            missing=missing_in_words(one),
        )
        for one in definition.components
    ]


def scale_in_words(scale: Scale, fact: Fact, facts: Catalogue) -> str:
    """How values become points."""
    if isinstance(scale, Percentile):
        peers = peers_in_words([facts[key].label for key in scale.peers])
        return f"rank among {peers}{', lower is better' if scale.is_lower_better else ''}"
    if isinstance(scale, Anchors):
        pairs = "; ".join(f"{number(value, fact)} = {points:g}" for value, points in scale.points)
        return f"{pairs}; between them on straight lines"
    return _listed(scale, fact)


def peers_in_words(labels: Sequence[str]) -> str:
    """Whom a rank compares with."""
    if not labels:
        return "all creators"
    return f"creators of the same {' and '.join(label.lower() for label in labels)}"


def missing_in_words(component: Component) -> str:
    """What happens where the fact is not known."""
    if component.missing == LEAVE_OUT:
        return "left out"
    if component.missing == NO_SCORE:
        return "no score"
    return f"counts as {float(component.missing):g} points"


def number(value: float, fact: Fact) -> str:
    """A value as people write it."""
    return f"{value * 100:.10g} %" if fact.type is FactType.PERCENT else f"{value:,.10g}"


def _listed(scale: Values, fact: Fact) -> str:
    pairs = [f"{fact.label_of(value)} = {points:g}" for value, points in scale.points.items()]
    best = "; of several the best" if fact.type is FactType.SET else ""
    return f"{'; '.join(pairs)}; others {scale.other:g}{best}"
