"""The causes a creator can stand for, as data with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("data") / "causes.yaml"


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, and what is meant by it."""

    key: str
    # As facts keep it.
    number: int
    name: str
    means: str
    # Of the Sustainable Development Goals; none fits.
    goals: tuple[int, ...]


@dataclass(frozen=True)
class Causes:
    """All of them, as of a version."""

    version: str
    source: str
    causes: Mapping[str, Cause]

    def name(self, key: str) -> str:
        """In words; a key that an older version had is shown as it is."""
        return self.causes[key].name if key in self.causes else key


@cache
def standard() -> Causes:
    """Those that come with the product."""
    form = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    rows = [Cause(**row | {"goals": tuple(row["goals"])}) for row in form["causes"]]
    return Causes(form["version"], form["source"], {row.key: row for row in rows})
