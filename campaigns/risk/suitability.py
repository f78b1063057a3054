"""The taxonomy of suitability: categories, and tiers from below the floor to low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from campaigns.risk.files import read

FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Tier:
    """How a subject is treated."""

    key: str
    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Category:
    """A subject, and what of it is never suitable."""

    key: str
    name: str
    floor: str


@dataclass(frozen=True)
class Taxonomy:
    """All of it, as of a version."""

    version: str
    sources: Sequence[Mapping[str, str]]
    tiers: Mapping[str, Tier]
    categories: Mapping[str, Category]

    def words(self, category: str, tier: str) -> str:
        """Both in words; a key that an older version had is shown as it is."""
        if not category:
            return ""
        subject = self.categories[category].name if category in self.categories else category
        how = self.tiers[tier].name.lower() if tier in self.tiers else tier
        return f"{subject}, {how}"


@cache
def standard() -> Taxonomy:
    """The one that comes with the product."""
    form = read("suitability.yaml")
    return Taxonomy(
        form["version"],
        tuple(form["sources"]),
        {row["key"]: Tier(**row) for row in form["tiers"]},
        {row["key"]: Category(**row) for row in form["categories"]},
    )
