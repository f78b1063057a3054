"""How something is spread over creators, tiers or platforms: the index, and what is risky of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Of creators: sum of squared shares, the limits of the 2010 merger guidelines.
MODERATE, HIGH = 0.15, 0.25
# Of tiers and platforms, of which there are few: the largest share.
LARGE = 0.7


@dataclass(frozen=True)
class Spread:
    """How something is spread over creators, tiers or platforms."""

    of: str
    by: str
    shares: Sequence[tuple[str, float]]
    known: int
    out_of: int
    # What it is of, in a warning.
    whole: str = "campaign"

    @property
    def hhi(self) -> float | None:
        """The Herfindahl-Hirschman index: 1 where one has all, 1/n where n have the same."""
        return sum(share**2 for _name, share in self.shares) if self.shares else None

    @property
    def warning(self) -> str:
        """What is risky about it; empty where nothing is."""
        if not self.shares or self.hhi is None:
            return ""
        name, share = self.shares[0]
        if self.by == "creator" and self.hhi > HIGH and len(self.shares) > 1:
            return f"Highly concentrated: {name} has {share:.0%} of the {self.of}."
        if self.by == "creator" and self.hhi > MODERATE and len(self.shares) > 1:
            return f"Concentrated: {name} has {share:.0%} of the {self.of}."
        if self.by != "creator" and len(self.shares) == 1:
            return f"{name} has all of the known {self.of}."
        if self.by != "creator" and share > LARGE:
            return f"{name} has {share:.0%} of the {self.of}: little else carries the {self.whole}."
        return ""

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        hhi = self.hhi
        return {
            "of": self.of,
            "by": self.by,
            "hhi": None if hhi is None else round(hhi, 4),
            "effective": None if not hhi else round(1 / hhi, 1),
            "largest": [
                {"name": name, "share": round(share, 4)} for name, share in self.shares[:5]
            ],
            "known": self.known,
            "out_of": self.out_of,
            "warning": self.warning or None,
            "formula": "sum of squared shares; 1 / index = creators, tiers or platforms of equal "
            "size that would give the same",
        }
