"""A score of one creator, part by part: what the SQL computes for all, told in full.

    score = sum(weight x points) / sum(weight), over the components that count

so that the contribution of a component, weight x points / sum(weight), is exact: contributions add
up to the score.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.scoring.definition import (
    HIGHEST,
    LEAVE_OUT,
    NO_SCORE,
    Anchors,
    Component,
    Definition,
    Percentile,
    Values,
)

# With fewer peers a rank says nothing: then all creators are compared, if they are enough.
FEWEST_PEERS = 20


@dataclass(frozen=True)
class Norm:
    """How a fact is spread among peers: values at equal steps from the lowest to the highest."""

    points: tuple[float, ...]
    creators: int

    def standing(self, value: float) -> float:
        """The share of peers below, 0 to 100; those who are equal count half."""
        below, up_to = bisect_left(self.points, value), bisect_right(self.points, value)
        return HIGHEST * (below + up_to) / (2 * len(self.points))


# By the key of a component and the values of its peers' facts (as text); () is everybody.
Norms: TypeAlias = Mapping[tuple[str, tuple[str, ...]], Norm]


@dataclass(frozen=True)
class Part:
    """What a component brings to a score."""

    component: Component
    # As the fact row holds it; None: not known.
    value: Any
    # 0 to 100; None: it does not count.
    points: float | None
    # Its share of the score; 0 where it does not count.
    contribution: float
    # Whose spread it was compared with, and how many they are; for percentiles only.
    peers: tuple[str, ...] | None = None
    creators: int | None = None
    is_assumed: bool = False


@dataclass(frozen=True)
class Score:
    """A creator's score, 0 to 100, or why there is none."""

    value: float | None
    parts: tuple[Part, ...]
    # The share of the weight whose facts are known.
    known: float
    reason: str = ""


def evaluate(
    definition: Definition, values: Mapping[str, Any], norms: Norms, facts: Catalogue
) -> Score:
    """The score of a creator whose facts have these values, as the fact row holds them."""
    found = [_part(component, values, norms, facts) for component in definition.components]
    counted = sum(part.component.weight for part in found if part.points is not None)
    known = sum(
        part.component.weight for part in found if part.points is not None and not part.is_assumed
    )
    share = known / definition.weight
    reason = ""
    needed = [
        part.component.label
        for part in found
        if part.points is None and part.component.missing == NO_SCORE
    ]
    if needed:
        reason = f"Not known, and there is no score without it: {', '.join(needed)}."
    elif not counted:
        reason = "Nothing of it is known."
    elif share < definition.least_known:
        reason = (
            f"Only {share:.0%} of the weight is known; a score takes {definition.least_known:.0%}."
        )
    if reason:
        return Score(None, tuple(found), share, reason)
    parts = tuple(
        Part(
            component=part.component,
            value=part.value,
            points=part.points,
            contribution=part.component.weight * (part.points or 0.0) / counted,
            peers=part.peers,
            creators=part.creators,
            is_assumed=part.is_assumed,
        )
        for part in found
    )
    return Score(sum(part.contribution for part in parts), parts, share)


def _part(component: Component, values: Mapping[str, Any], norms: Norms, facts: Catalogue) -> Part:
    value, scale = values.get(component.fact), component.scale
    points: float | None = None
    peers: tuple[str, ...] | None = None
    creators = None
    if value is not None:
        if isinstance(scale, Percentile):
            peers, norm = _norm(component, scale, values, norms, facts)
            if norm is not None:
                standing = norm.standing(float(value))
                points = HIGHEST - standing if scale.is_lower_better else standing
                creators = norm.creators
        elif isinstance(scale, Anchors):
            points = _between(scale, float(value))
        else:
            points = _listed(scale, value, facts[component.fact])
    if points is None and component.missing not in {LEAVE_OUT, NO_SCORE}:
        return Part(component, value, float(component.missing), 0.0, is_assumed=True)
    return Part(component, value, points, 0.0, peers, creators)


def _norm(
    component: Component,
    scale: Percentile,
    values: Mapping[str, Any],
    norms: Norms,
    facts: Catalogue,
) -> tuple[tuple[str, ...], Norm | None]:
    """The peers' spread; everybody's where they are too few or it is not known who they are."""
    named = tuple(as_text(facts[key], values.get(key)) for key in scale.peers)
    for peers in (named, ()):
        norm = norms.get((component.key, peers)) if "" not in peers else None
        if norm is not None and norm.creators >= FEWEST_PEERS:
            return peers, norm
    return (), None


def as_text(fact: Fact, value: Any) -> str:
    """A value of a choice as norms name it: what the column holds, as text; empty: not known."""
    if value is None:
        return ""
    if fact.type is FactType.BOOLEAN:
        return "true" if value else "false"
    return str(value)


def _between(scale: Anchors, value: float) -> float:
    first, last = scale.points[0], scale.points[-1]
    if value <= first[0]:
        return first[1]
    for (low, brings), (high, more) in zip(scale.points, scale.points[1:], strict=False):
        if value < high:
            return brings + (value - low) * (more - brings) / (high - low)
    return last[1]


def _listed(scale: Values, value: Any, fact: Fact) -> float:
    if fact.type is FactType.BOOLEAN:
        return scale.points.get("true" if value else "false", scale.other)
    by_stored = {fact.stored(name): points for name, points in scale.points.items()}
    if fact.type is FactType.SET:
        return max([by_stored.get(member, scale.other) for member in value], default=scale.other)
    return by_stored.get(value, scale.other)
