"""Claims about the environment that a brand can take into its library, as data with sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("data") / "green_claims.yaml"
CATEGORY = "Environment"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from; `confidence` is "found" or "general-knowledge"."""

    name: str
    url: str
    confidence: str


@dataclass(frozen=True, slots=True)
class GreenClaim:
    """A claim, its other wordings, and why it may not be made or what it needs."""

    text: str
    status: str
    variants: tuple[str, ...]
    reason: str
    sources: tuple[Source, ...]

    @property
    def words(self) -> str:
        """The reason with its sources, as the library keeps it."""
        return f"{self.reason} Source: {'; '.join(one.name for one in self.sources)}."


@dataclass(frozen=True)
class GreenClaims:
    """All of them, as of a version."""

    version: str
    sources: Mapping[str, Source]
    claims: Sequence[GreenClaim]


@cache
def standard() -> GreenClaims:
    """Those that come with the product."""
    form = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    sources = {key: Source(**row) for key, row in form["sources"].items()}
    claims = [
        GreenClaim(
            row["text"],
            row["status"],
            tuple(row["variants"]),
            row["reason"],
            tuple(sources[key] for key in row["sources"]),
        )
        for row in form["claims"]
    ]
    return GreenClaims(form["version"], sources, claims)
