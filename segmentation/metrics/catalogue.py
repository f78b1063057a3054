"""The metrics of a scorecard: each with its question, formula, unit and smallest n.

A formula is named and versioned: vendors' formulas of one name differ by a factor of three, so the
name and the version go wherever the number goes. Change a formula only together with its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value counts."""

    CREATORS = "creators"
    # 0.031 is 3.1 %.
    FRACTION = "fraction"
    POSTS = "posts"


class Better(StrEnum):
    """Which direction is good news."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


CENSUS = "None: every member is counted, nothing is estimated."


@dataclass(frozen=True, kw_only=True)
class Metric:
    """An entry of the catalogue.

    minimum_n    fewer creators than this, and the value is absent, with the reason in words
    uncertainty  how the interval is computed, in words
    source       where the inputs come from, in words
    """

    key: str
    label: str
    question: str
    formula: str
    version: int
    unit: Unit
    better: Better
    minimum_n: int
    uncertainty: str
    source: str

    @property
    def named_formula(self) -> str:
        """The formula with its name and version, as it accompanies every value."""
        return f"{self.key} v{self.version}: {self.formula}"


METRICS = (
    Metric(
        key="size",
        label="Members",
        question="How many creators are in the segment?",
        formula=(
            "creators whose stay in the segment holds at the end of the period, or at the moment "
            "looked at while the period runs"
        ),
        version=1,
        unit=Unit.CREATORS,
        better=Better.NEITHER,
        minimum_n=0,
        uncertainty=CENSUS,
        source="membership ledger",
    ),
    Metric(
        key="joiners",
        label="Joined",
        question="How many came in?",
        formula="stays in the segment that began in the period",
        version=1,
        unit=Unit.CREATORS,
        better=Better.NEITHER,
        minimum_n=0,
        uncertainty=CENSUS,
        source="membership ledger",
    ),
    Metric(
        key="leavers",
        label="Left",
        question="How many went out?",
        formula="stays in the segment that ended in the period",
        version=1,
        unit=Unit.CREATORS,
        better=Better.NEITHER,
        minimum_n=0,
        uncertainty=CENSUS,
        source="membership ledger",
    ),
    Metric(
        key="engagement_rate_followers",
        label="Engagement rate by followers, mean",
        question="How much of their following does a post of theirs move?",
        formula=(
            "(likes + comments + saves + shares, those that are known) / followers at post time, "
            "mean over the posts of the period that were published while the creator was a member"
        ),
        version=1,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=5,
        uncertainty="Standard error clustered by creator, quantile of Student's t.",
        source="posts",
    ),
    Metric(
        key="engagement_rate_followers_median",
        label="Engagement rate by followers, median creator",
        question="What does the creator in the middle of the segment reach?",
        formula=(
            "median over creators of the creator's mean rate, each post's rate being "
            "(likes + comments + saves + shares, those that are known) / followers at post time"
        ),
        version=1,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=6,
        uncertainty="Order statistics around the median, free of any distribution.",
        source="posts",
    ),
    Metric(
        key="posting_frequency",
        label="Posts per creator in 30 days",
        question="How often do they post?",
        formula=(
            "30 x posts published while a member / days of membership in the period, over members "
            "of whom at least one post was given up to the end of the period"
        ),
        version=1,
        unit=Unit.POSTS,
        better=Better.HIGHER,
        minimum_n=5,
        uncertainty="Standard error of the ratio clustered by creator, quantile of Student's t.",
        source="posts",
    ),
    Metric(
        key="stage_share",
        label="Share by stage",
        question="How does the brand stand with them?",
        formula="members in the stage / members whose stage is known, at the end of the period",
        version=1,
        unit=Unit.FRACTION,
        better=Better.NEITHER,
        minimum_n=1,
        uncertainty=CENSUS,
        source="relationships",
    ),
    Metric(
        key="platform_share",
        label="Share by primary platform",
        question="Where is most of their following?",
        formula=(
            "members whose account with the most followers is on the platform / members with an "
            "account, at the end of the period"
        ),
        version=1,
        unit=Unit.FRACTION,
        better=Better.NEITHER,
        minimum_n=1,
        uncertainty=CENSUS,
        source="profiles",
    ),
)
CATALOGUE = {metric.key: metric for metric in METRICS}
# A metric with parts gives one row for each part: "stage_share:core".
PART_SEPARATOR = ":"


def metric_of(key: str) -> Metric:
    """Return the entry behind a row's key, with or without a part (KeyError: there is none)."""
    return CATALOGUE[key.partition(PART_SEPARATOR)[0]]


def kpi_label(key: str) -> str:
    """Return what people read for a segment's KPI: a metric's label, else the key as words."""
    metric = CATALOGUE.get(key)
    return metric.label if metric is not None else key.replace("_", " ").capitalize()
