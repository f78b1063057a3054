"""What attribution answers."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.attribution.events import Key
from campaigns.attribution.formulas import Formula


@dataclass(frozen=True, slots=True)
class Credit:
    """What one creator (or segment) is credited with.

    `value` is None where no conversion at all has a known value: unknown is not zero. `share` is
    the part of all credited conversions.
    """

    key: Key
    conversions: float
    value: float | None
    share: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """The credits of one model, the largest first; none, with the reason, where it cannot say.

    `conversions` and `value` are what was divided. `value` covers the `valued` conversions whose
    value is known.
    """

    formula: Formula
    parameters: str
    conversions: float
    valued: float
    value: float | None
    credits: tuple[Credit, ...]
    reason_if_absent: str | None = None

    def by_key(self) -> dict[Key, Credit]:
        """Return the credits by whose they are."""
        return {credit.key: credit for credit in self.credits}
