"""What a score is made of: components over facts, each with a weight and a scale of 0 to 100.

A definition is stored as JSON:

    {"least_known": 0.6,
     "components": [
       {"key": "engagement", "label": "Engagement", "fact": "engagement_rate", "weight": 40,
        "scale": {"kind": "percentile", "peers": ["tier"], "better": "higher"},
        "missing": "leave_out"},
       {"key": "tone", "label": "Tone", "fact": "review_tone", "weight": 30,
        "scale": {"kind": "anchors", "points": [[1, 0], [5, 100]]}, "missing": 0},
       {"key": "role", "label": "Role", "fact": "content_role", "weight": 30,
        "scale": {"kind": "values", "points": {"educator": 100}, "other": 20},
        "missing": "no_score"}]}

The score is the mean of the components' points by weight, over those that are known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType, is_fact_key

MOST_COMPONENTS = 20
MOST_ANCHORS = 12
MOST_VALUES = 100
MOST_PEERS = 2
LARGEST_WEIGHT = 1_000.0
LONGEST_LABEL = 80
HIGHEST = 100.0

LEAVE_OUT = "leave_out"
NO_SCORE = "no_score"
# What happens to a component whose fact is not known: its weight is left out, there is no score at
# all, or it counts with so many points.
Missing: TypeAlias = float | str

_SCALED = {
    "percentile": NUMERIC_TYPES,
    "anchors": NUMERIC_TYPES,
    "values": frozenset({FactType.CHOICE, FactType.SET, FactType.BOOLEAN}),
}
# What peers may be equal in.
_PEERS = frozenset({FactType.CHOICE, FactType.BOOLEAN})


@dataclass(frozen=True)
class Fault:
    """What is wrong with a definition, and where: a JSON pointer."""

    pointer: str
    message: str


class DefinitionInvalid(Exception):
    """A definition cannot be used; `faults` says all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Percentile:
    """Points are the share of peers below, in percent; equal ones count half."""

    # Keys of facts: peers are the creators who are equal in all of them.
    peers: tuple[str, ...]
    is_lower_better: bool = False


@dataclass(frozen=True)
class Anchors:
    """Points lie on straight lines between anchors (value, points), and are level beyond them."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Values:
    """Points by value; of a set, those of the member that brings the most."""

    points: Mapping[str, float]
    # What a known value that is not listed brings.
    other: float = 0.0


Scale: TypeAlias = Percentile | Anchors | Values


@dataclass(frozen=True)
class Component:
    """A part of a score."""

    key: str
    label: str
    fact: str
    weight: float
    scale: Scale
    missing: Missing


@dataclass(frozen=True)
class Definition:
    """All parts, and how much of the weight must be known: with less there is no score."""

    components: tuple[Component, ...]
    least_known: float

    @property
    def weight(self) -> float:
        """Of all components together."""
        return sum(component.weight for component in self.components)

    @property
    def facts(self) -> list[str]:
        """The keys of all facts that it reads, once each."""
        read = [component.fact for component in self.components]
        for component in self.components:
            if isinstance(component.scale, Percentile):
                read += component.scale.peers
        return list(dict.fromkeys(read))


def read_definition(stored: Any, facts: Catalogue) -> Definition:
    """The definition that `stored` is, over these facts.

    Raises DefinitionInvalid with everything that is wrong.
    """
    faults: list[Fault] = []
    definition = _Reader(facts, faults).definition(stored)
    if faults or definition is None:
        raise DefinitionInvalid(faults)
    return definition


class _Reader:
    """Reads as much as it can, to tell all faults at once."""

    def __init__(self, facts: Catalogue, faults: list[Fault]) -> None:
        self._facts = facts
        self._faults = faults

    def definition(self, stored: Any) -> Definition | None:
        if not isinstance(stored, dict):
            self._fault("", "A definition is an object with components.")
            return None
        self._known_keys(stored, "", {"least_known", "components"})
        listed = stored.get("components")
        if not isinstance(listed, list) or not listed:
            self._fault("/components", "Name at least one component.")
            return None
        if len(listed) > MOST_COMPONENTS:
            self._fault("/components", f"A score has {MOST_COMPONENTS} components at most.")
            return None
        least = self._number(stored.get("least_known", 0.0), "/least_known", low=0, high=1)
        found = [self._component(one, f"/components/{nth}") for nth, one in enumerate(listed)]
        components = tuple(component for component in found if component is not None)
        seen: set[str] = set()
        for nth, component in enumerate(found):
            if component is not None and component.key in seen:
                self._fault(f"/components/{nth}/key", f"“{component.key}” is there twice.")
            elif component is not None:
                seen.add(component.key)
        return Definition(components, least if least is not None else 0.0)

    def _component(self, one: Any, at: str) -> Component | None:
        if not isinstance(one, dict):
            self._fault(at, "A component is an object.")
            return None
        self._known_keys(one, at, {"key", "label", "fact", "weight", "scale", "missing"})
        key = one.get("key")
        if not isinstance(key, str) or not is_fact_key(key) or len(key) > 40:
            self._fault(f"{at}/key", "A key has small letters, digits and _, 40 at most.")
            key = ""
        label = one.get("label", key)
        if not isinstance(label, str) or not label.strip() or len(label) > LONGEST_LABEL:
            self._fault(f"{at}/label", f"A label has 1 to {LONGEST_LABEL} characters.")
            label = ""
        weight = self._number(one.get("weight"), f"{at}/weight", low=0, high=LARGEST_WEIGHT)
        if weight == 0:
            self._fault(f"{at}/weight", "A component without weight changes nothing: leave it out.")
        fact = self._fact(one.get("fact"), f"{at}/fact")
        scale = None if fact is None else self._scale(one.get("scale"), fact, f"{at}/scale")
        missing = self._missing(one.get("missing", LEAVE_OUT), f"{at}/missing")
        if fact is None or scale is None or not weight or missing is None:
            return None
        return Component(key, " ".join(label.split()), fact.key, weight, scale, missing)

    def _fact(self, key: Any, at: str) -> Fact | None:
        if not isinstance(key, str) or not key:
            self._fault(at, "Name the fact that it reads.")
            return None
        if key in self._facts.gone:
            self._fault(at, self._facts.gone[key])
            return None
        if key not in self._facts:
            meant = self._facts.suggest(key)
            did_you = f" Did you mean {meant}?" if meant else ""
            self._fault(at, f"There is no fact “{key[:60]}”.{did_you}")
            return None
        return self._facts[key]

    def _scale(self, scale: Any, fact: Fact, at: str) -> Scale | None:
        if not isinstance(scale, dict):
            self._fault(at, "Say how its values become points: a scale.")
            return None
        kind = scale.get("kind")
        if kind not in _SCALED:
            self._fault(f"{at}/kind", f"A scale is one of {', '.join(_SCALED)}.")
            return None
        if fact.type not in _SCALED[kind]:
            self._fault(
                f"{at}/kind", f"{fact.label} cannot be put on a scale of {kind}: wrong type."
            )
            return None
        if kind == "percentile":
            return self._percentile(scale, at)
        if kind == "anchors":
            return self._anchors(scale, at)
        return self._values(scale, fact, at)

    def _percentile(self, scale: dict[str, Any], at: str) -> Percentile | None:
        self._known_keys(scale, at, {"kind", "peers", "better"})
        better = scale.get("better", "higher")
        if better not in {"higher", "lower"}:
            self._fault(f"{at}/better", "Better is “higher” or “lower”.")
        peers = scale.get("peers", [])
        if not isinstance(peers, list) or len(peers) > MOST_PEERS:
            self._fault(f"{at}/peers", f"Peers are a list of {MOST_PEERS} facts at most.")
            return None
        found = [self._fact(key, f"{at}/peers/{nth}") for nth, key in enumerate(peers)]
        for nth, fact in enumerate(found):
            if fact is not None and fact.type not in _PEERS:
                self._fault(
                    f"{at}/peers/{nth}", f"Peers are equal in a choice; {fact.label} is none."
                )
        if len(set(peers)) < len(peers):
            self._fault(f"{at}/peers", "The same fact is there twice.")
        return Percentile(tuple(str(key) for key in peers), better == "lower")

    def _anchors(self, scale: dict[str, Any], at: str) -> Anchors | None:
        self._known_keys(scale, at, {"kind", "points"})
        points = scale.get("points")
        if not isinstance(points, list) or not 2 <= len(points) <= MOST_ANCHORS:
            self._fault(f"{at}/points", f"Name 2 to {MOST_ANCHORS} anchors.")
            return None
        found: list[tuple[float, float]] = []
        for nth, pair in enumerate(points):
            where = f"{at}/points/{nth}"
            if not isinstance(pair, list) or len(pair) != 2:
                self._fault(where, "An anchor is a value and its points.")
                return None
            value = self._number(pair[0], f"{where}/0")
            brought = self._number(pair[1], f"{where}/1", low=0, high=HIGHEST)
            if value is None or brought is None:
                return None
            if found and value <= found[-1][0]:
                self._fault(f"{where}/0", "Anchors stand in order of their values.")
                return None
            found.append((value, brought))
        return Anchors(tuple(found))

    def _values(self, scale: dict[str, Any], fact: Fact, at: str) -> Values | None:
        self._known_keys(scale, at, {"kind", "points", "other"})
        points = scale.get("points")
        if not isinstance(points, dict) or not 1 <= len(points) <= MOST_VALUES:
            self._fault(f"{at}/points", f"Name the points of 1 to {MOST_VALUES} values.")
            return None
        allowed = ("true", "false") if fact.type is FactType.BOOLEAN else fact.allowed
        found: dict[str, float] = {}
        for value, brought in points.items():
            where = f"{at}/points/{value}"
            if allowed is not None and value not in allowed:
                self._fault(where, f"“{value[:60]}” is not a value of {fact.label}.")
                continue
            number = self._number(brought, where, low=0, high=HIGHEST)
            if number is not None:
                found[value] = number
        other = self._number(scale.get("other", 0), f"{at}/other", low=0, high=HIGHEST)
        return Values(found, other or 0.0)

    def _missing(self, missing: Any, at: str) -> Missing | None:
        if missing in {LEAVE_OUT, NO_SCORE} and isinstance(missing, str):
            return missing
        if isinstance(missing, str):
            self._fault(at, f"Say {LEAVE_OUT}, {NO_SCORE} or how many points.")
            return None
        return self._number(missing, at, low=0, high=HIGHEST)

    def _number(
        self, value: Any, at: str, *, low: float | None = None, high: float | None = None
    ) -> float | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            self._fault(at, "Write a number.")
            return None
        if (low is not None and value < low) or (high is not None and value > high):
            self._fault(at, f"It lies between {low:g} and {high:g}.")
            return None
        return float(value)

    def _known_keys(self, given: Mapping[str, Any], at: str, known: set[str]) -> None:
        for key in sorted(set(given) - known):
            self._fault(f"{at}/{key}", "There is no such part.")

    def _fault(self, at: str, message: str) -> None:
        self._faults.append(Fault(at, message))


def percentiles(definition: Definition) -> Iterator[tuple[Component, Percentile]]:
    """The components that compare with peers."""
    for component in definition.components:
        if isinstance(component.scale, Percentile):
            yield component, component.scale
