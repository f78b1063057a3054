"""The published thresholds, as data with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("data") / "thresholds.yaml"
# In the order in which people see them.
KEYS = (
    "growth_spike",
    "rate_high",
    "rate_low",
    "comment_ratio",
    "country_mismatch",
    "rate_drift",
    "mass_following",
    "audience_quality",
    "bare_account",
)
# Of comments that a brand took in: campaigns.authenticity.commenters.
OF_COMMENTS = ("repeat_commenters", "comment_pod")


@dataclass(frozen=True, slots=True)
class Step:
    """From so many followers on."""

    start: int
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """Within it nothing is raised."""

    low: float
    high: float


@dataclass(frozen=True)
class RateBand:
    """The usual rate of a platform: by size, or one for all."""

    # "followers" or "views".
    per: str
    source: str
    factor: float = 1
    tiers: tuple[Step, ...] = ()
    fixed: Band | None = None

    def of(self, followers: int) -> Band:
        """The band of an account of this size."""
        if self.fixed is not None:
            return self.fixed
        usual = at(self.tiers, followers)
        return Band(usual / self.factor, usual * self.factor)


@dataclass(frozen=True)
class Thresholds:
    """All of them, as of a version. `given` are the file's sections."""

    version: str
    given: Mapping[str, Mapping[str, Any]]
    growth: tuple[Step, ...]
    rates: Mapping[str, RateBand]
    comments: Mapping[str, Band]

    def label(self, key: str) -> str:
        """What people call the sign."""
        return str(self.given[key]["label"])

    def why(self, key: str) -> str:
        """What it can mean."""
        return str(self.given[key]["why"])


def at(steps: tuple[Step, ...], followers: int) -> float:
    """The value of the last step that an account of this size reaches."""
    return [step.value for step in steps if followers >= step.start][-1]


@cache
def standard() -> Thresholds:
    """Those that come with the product."""
    form = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Thresholds(
        version=form["version"],
        given={key: section for key, section in form.items() if key != "version"},
        growth=tuple(Step(row["from"], row["share"]) for row in form["growth_spike"]["steps"]),
        rates={key: _band(row) for key, row in form["rate"]["bands"].items()},
        comments={key: Band(**row) for key, row in form["comment_ratio"]["bands"].items()},
    )


def _band(form: Mapping[str, Any]) -> RateBand:
    if "tiers" in form:
        tiers = tuple(Step(row["from"], row["usual"]) for row in form["tiers"])
        return RateBand(form["per"], form["source"], form["factor"], tiers)
    return RateBand(form["per"], form["source"], fixed=Band(form["low"], form["high"]))
