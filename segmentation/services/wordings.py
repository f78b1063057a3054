"""What a version of a segment says: the rule, and how steadily it decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from segmentation.choices import UnknownPolicy
from segmentation.models import SegmentVersion
from segmentation.rules import json_form, text, tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.stored import as_text, read
from segmentation.rules.validate import validate

NEAR_PERCENT = 10


@dataclass(frozen=True)
class Wording:
    """What a version says: the rule, and how steadily it decides."""

    rule: tree.Node
    stay_rule: tree.Node | None = None
    minimum_stay_days: int = 0
    near_percent: int = NEAR_PERCENT
    unknown_policy: str = UnknownPolicy.LEAVE_OUT

    @classmethod
    def of(cls, version: SegmentVersion) -> Self:
        """What a stored version says."""
        stays = version.stay_rule
        return cls(
            read(as_text(version.rule)),
            None if stays is None else read(as_text(stays)),
            version.minimum_stay_days,
            version.near_percent,
            version.unknown_policy,
        )

    def is_of(self, version: SegmentVersion) -> bool:
        """Whether the version says the same; the order of conditions counts."""
        return all(getattr(version, name) == value for name, value in self._columns().items())

    def require_valid(self, facts: Catalogue, *, segment: str) -> None:
        """Raise RuleInvalid when a rule cannot be evaluated for the segment of this key."""
        validate(self.rule, facts, segment=segment).require()
        if self.stay_rule is not None:
            validate(self.stay_rule, facts, segment=segment).require()

    def columns(self, facts: Catalogue) -> dict[str, Any]:
        """The columns of a version that says this."""
        stays = self.stay_rule
        return {
            **self._columns(),
            "rule_text": text.print_rule(self.rule, facts),
            "stay_rule_text": "" if stays is None else text.print_rule(stays, facts),
        }

    def _columns(self) -> dict[str, Any]:
        stays = self.stay_rule
        return {
            "rule": json_form.dump(self.rule),
            "stay_rule": None if stays is None else json_form.dump(stays),
            "minimum_stay_days": self.minimum_stay_days,
            "near_percent": self.near_percent,
            "unknown_policy": self.unknown_policy,
        }
