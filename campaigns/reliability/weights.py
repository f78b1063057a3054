"""The published weights, as data with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("data") / "weights.yaml"


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that can go well or not."""

    key: str
    label: str
    weight: int
    why: str
    source: str
    # Within how many days; None: there is a day of its own.
    days: int | None = None


@dataclass(frozen=True)
class Weights:
    """All components, and from when on anything is said."""

    version: str
    months: int
    minimum: int
    events: int
    # Share of all weights.
    weight: float
    quarters: int
    components: Mapping[str, Component]

    @property
    def total(self) -> int:
        """All weights together."""
        return sum(one.weight for one in self.components.values())


@cache
def standard() -> Weights:
    """Those that come with the product."""
    form = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    components = {key: Component(key, **row) for key, row in form.pop("components").items()}
    return Weights(components=components, **form)
