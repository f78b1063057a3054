"""What an entry of the catalogue of metrics says, and how the interval of its number is found.

A formula is named and versioned: vendors' formulas of one name differ by a factor of three, so the
name and the version go wherever the number goes. Change a formula, or how its interval is computed,
only together with its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm.choices import Source

# A metric with parts gives one row for each part: "stage_share:core".
PART_SEPARATOR = ":"


class Unit(StrEnum):
    """What a value counts."""

    CREATORS = "creators"
    # 0.031 is 3.1 %.
    FRACTION = "fraction"
    POSTS = "posts"
    PEOPLE = "people"
    VIEWS = "views"
    DRAFTS = "drafts"
    HOURS = "hours"
    DAYS = "days"
    SECONDS = "seconds"
    REPLIES = "replies"
    WORDS = "words"
    EVENTS = "events"
    # An amount in the brand's currency.
    MONEY = "money"


# Whole things, written without decimals where they are whole: a rate of events is not.
WHOLE_UNITS = frozenset({Unit.CREATORS, Unit.PEOPLE, Unit.VIEWS, Unit.EVENTS})


class Better(StrEnum):
    """Which direction is good news."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Method(StrEnum):
    """How the interval of a number is found; each in words in METHOD_WORDS."""

    CENSUS = "census"
    LOG_RATIO = "log_ratio"
    WEEKS = "log_ratio_of_weeks"
    SHARE = "share"
    BALANCE = "balance"
    EVENT_RATE = "event_rate"
    ORDER = "order_statistics"
    CLUSTERED_ORDER = "clustered_order_statistics"
    SURVIVAL = "survival"


METHOD_WORDS = {
    Method.CENSUS: "None: every member is counted, nothing is estimated.",
    Method.LOG_RATIO: (
        "Log-ratio by creator: the logarithm of the ratio, linearised, its standard error times "
        "m / (m - 1), Student's t with m - 1 degrees of freedom, where m are the effective "
        "creators."
    ),
    Method.WEEKS: (
        "Log-ratio by week: that by creator with weeks in the place of creators, which are taken "
        "as independent."
    ),
    Method.SHARE: (
        "Wilson by creator: Wilson's interval with n divided by the design effect of creators, "
        "Student's t."
    ),
    Method.BALANCE: (
        "Wilson by creator of (1 + balance) / 2, stretched to -1 to 1, with n so that independent "
        "answers would vary as creators do, Student's t."
    ),
    Method.EVENT_RATE: (
        "Score interval of a rate of events, with the design effect of creators, Student's t."
    ),
    Method.ORDER: "Order statistics around the median, free of any distribution.",
    Method.CLUSTERED_ORDER: (
        "Order statistics around the median, with n divided by the design effect of creators."
    ),
    Method.SURVIVAL: (
        "Brookmeyer and Crowley: the days at which the curve of Kaplan and Meier, with the "
        "log-log transform of Greenwood's variance, may be at one half."
    ),
}

# Counts of posts come from wherever profiles do; of our own links, reviews and campaigns we know.
OF_POSTS = tuple(Source)
OUR_OWN = (Source.MEASURED,)


@dataclass(frozen=True, kw_only=True)
class Metric:
    """An entry of the catalogue.

    numerator, denominator  what is divided by what, in words; a count has no denominator
    basis        key of the denominator: a benchmark is comparable where it names the same
    minimum_n    fewer creators than this, and the value is absent, with the reason in words
    method       how the interval is computed
    accepts      the kinds of sources that its inputs may come from
    source       where the inputs come from, in words
    has_parts    it has a row for each of its parts, which may be none
    """

    key: str
    label: str
    question: str
    formula: str
    version: int
    numerator: str
    denominator: str = ""
    basis: str = ""
    unit: Unit
    better: Better
    minimum_n: int
    method: Method
    accepts: tuple[Source, ...]
    source: str
    has_parts: bool = False

    @property
    def named_formula(self) -> str:
        """The formula with its name and version, as it accompanies every value."""
        return f"{self.key} v{self.version}: {self.formula}"

    @property
    def uncertainty(self) -> str:
        """How the interval is computed, in words."""
        return METHOD_WORDS[self.method]
