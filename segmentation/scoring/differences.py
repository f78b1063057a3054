"""What differs between two definitions, in words; and which parts make the difference of a score.

Components are the same where they read the same fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.rules.facts import Catalogue
from segmentation.scoring.definition import LEAVE_OUT, NO_SCORE, Component, Definition
from segmentation.scoring.words import missing_in_words, scale_in_words


@dataclass(frozen=True)
class PartMove:
    """A component and what it brings to a score by the one and the other version, in points."""

    label: str
    first: float
    second: float

    @property
    def change(self) -> float:
        """How many points more it brings by the second."""
        return self.second - self.first


def differences(first: Definition, second: Definition, facts: Catalogue) -> list[str]:
    """Sentences, one for each difference; [] where both say the same."""
    ones, others = _by_fact(first), _by_fact(second)
    found = []
    for key, one in ones.items():
        share = one.weight / first.weight
        if key not in others:
            found.append(f"“{one.label}” ({share:.0%} of the weight) is only in the first.")
            continue
        found += _changed(one, others[key], first, second, facts)
    for key, other in others.items():
        if key not in ones:
            share = other.weight / second.weight
            found.append(f"“{other.label}” ({share:.0%} of the weight) is only in the second.")
    if abs(first.least_known - second.least_known) > 1e-9:
        found.append(
            f"A score takes {first.least_known:.0%} of the weight to be known in the first, "
            f"{second.least_known:.0%} in the second."
        )
    return found


def _changed(
    one: Component, other: Component, first: Definition, second: Definition, facts: Catalogue
) -> list[str]:
    found = []
    shares = one.weight / first.weight, other.weight / second.weight
    if abs(shares[0] - shares[1]) >= 0.005:
        found.append(
            f"“{one.label}” weighs {shares[0]:.0%} in the first, {shares[1]:.0%} in the second."
        )
    fact = facts[one.fact]
    scales = scale_in_words(one.scale, fact, facts), scale_in_words(other.scale, fact, facts)
    if scales[0] != scales[1]:
        found.append(f"“{one.label}” becomes points by {scales[0]}; in the second by {scales[1]}.")
    gaps = missing_in_words(one), missing_in_words(other)
    if gaps[0] != gaps[1]:
        found.append(f"“{one.label}” not known: {gaps[0]}; in the second: {gaps[1]}.")
    return found


def moved_by(
    first: Definition,
    first_points: Sequence[float | None],
    second: Definition,
    second_points: Sequence[float | None],
) -> list[PartMove]:
    """What each component brings to both scores, those that differ most first.

    The changes add up to the difference of the scores.
    """
    ones, others = _brought(first, first_points), _brought(second, second_points)
    labels = {one.fact: one.label for one in (*second.components, *first.components)}
    found = [
        PartMove(labels[fact], ones.get(fact, 0.0), others.get(fact, 0.0))
        for fact in dict.fromkeys([*ones, *others])
    ]
    return sorted(found, key=lambda part: -abs(part.change))


def _by_fact(definition: Definition) -> dict[tuple[str, int], Component]:
    """By fact, and by how many before it read the same one: these are compared in their order."""
    before: Counter[str] = Counter()
    found: dict[tuple[str, int], Component] = {}
    for component in definition.components:
        found[component.fact, before[component.fact]] = component
        before[component.fact] += 1
    return found


def _brought(definition: Definition, points: Sequence[float | None]) -> dict[str, float]:
    """The contribution of each fact: of the points that were known, or assumed."""
    counted = [
        (component, _assumed(component) if given is None else given)
        for component, given in zip(definition.components, points, strict=True)
    ]
    weight = sum(component.weight for component, given in counted if given is not None)
    found: dict[str, float] = {}
    for component, given in counted:
        brought = component.weight * given / weight if given is not None and weight else 0.0
        found[component.fact] = found.get(component.fact, 0.0) + brought
    return found


def _assumed(component: Component) -> float | None:
    is_left = component.missing in {LEAVE_OUT, NO_SCORE}
    return None if is_left else float(component.missing)
