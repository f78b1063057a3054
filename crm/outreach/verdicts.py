"""What the guard answers: whether a mail may leave now, and every reason against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Hindrance:
    """One reason why a mail may not leave now; `text` is fit for the user, `code` for a program.

    `until` is the moment at which this reason ends by itself; None: only a person can change it.
    """

    code: str
    text: str
    until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether a mail may leave at the moment it was asked for. `notes` say what was looked at."""

    reasons: tuple[Hindrance, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Nothing is against it."""
        return not self.reasons

    @property
    def retry_at(self) -> datetime | None:
        """When to ask again; None where it is allowed, or where waiting would not help."""
        if not self.reasons or any(reason.until is None for reason in self.reasons):
            return None
        return max(reason.until for reason in self.reasons if reason.until is not None)

    @property
    def words(self) -> str:
        """All reasons as sentences."""
        return " ".join(reason.text for reason in self.reasons)

    def says(self, *codes: str) -> bool:
        """Whether one of these is among the reasons."""
        return any(reason.code in codes for reason in self.reasons)
