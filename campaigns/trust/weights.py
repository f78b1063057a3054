"""The published weights, as data with a version; a brand's own take the place of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("data") / "weights.yaml"
# In the order in which people see them.
KEYS = ("consistency", "disclosure", "sentiment", "incidents", "reliability")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of trust."""

    key: str
    label: str
    weight: int
    why: str
    source: str


@dataclass(frozen=True)
class Weights:
    """All parts, and from how much on there is a score. `given` are the file's other sections."""

    version: str
    weight: float
    components_min: int
    components: Mapping[str, Component]
    given: Mapping[str, Mapping[str, Any]]

    @property
    def total(self) -> int:
        """All weights together."""
        return sum(one.weight for one in self.components.values())

    def weighed(self, numbers: Mapping[str, int], version: str) -> Weights:
        """The same parts by other weights."""
        parts = {key: replace(part, weight=numbers[key]) for key, part in self.components.items()}
        return replace(self, version=version, components=parts)


@cache
def standard() -> Weights:
    """Those that come with the product."""
    form = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    components = form.pop("components")
    head = {name: form.pop(name) for name in ("version", "weight", "components_min")}
    return Weights(
        **head,
        components={key: Component(key, **components[key]) for key in KEYS},
        given=form,
    )
