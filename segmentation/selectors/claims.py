"""Claims with what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.models import ClaimTrial
from segmentation.services.claims import Claim, claims

_COLOURS = {"holds": "green", "fails": "red"}
_WORDS = {
    "holds": "Holds here",
    "fails": "Does not hold here",
    "open": "Cannot be told",
    "untried": "Not tried",
}


@dataclass(frozen=True)
class ClaimLine:
    """A claim and its result; None while it was never tried."""

    claim: Claim
    result: Mapping[str, Any] | None

    @property
    def verdict(self) -> str:
        """In two words, for a badge."""
        return _WORDS[self.result["verdict"]] if self.result else "Not tried yet"

    @property
    def colour(self) -> str:
        """Of the badge."""
        return _COLOURS.get(self.result["verdict"], "secondary") if self.result else "secondary"


def lines_of(trial: ClaimTrial | None) -> list[ClaimLine]:
    """Every claim, with its result of a trial where there is one."""
    held = {}
    if trial is not None and trial.computed_at is not None:
        held = {result["key"]: result for result in trial.results}
    return [ClaimLine(claim, held.get(claim.key)) for claim in claims()]
