"""What a campaign can be measured by: the vocabulary of its objective."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from campaigns.services.money import money

SHARE_MAX = Decimal(100)


class Unit(StrEnum):
    """What a target is counted in."""

    COUNT = "count"
    # As people say it: 3.5 is 3.5 %.
    PERCENT = "percent"
    MONEY = "money"
    RATIO = "ratio"
    DAYS = "days"


@dataclass(frozen=True)
class Metric:
    """A thing to reach. `is_less_better`: the target is an upper limit."""

    key: str
    label: str
    question: str
    unit: Unit
    is_less_better: bool = False

    def says(self, value: Decimal | None, currency: str) -> str:
        """A value in words: "3.5 %", "12,000", "4.20 EUR"."""
        if value is None:
            return "not known"
        number = f"{value.normalize():,f}"
        match self.unit:
            case Unit.PERCENT:
                return f"{number} %"
            case Unit.MONEY:
                return money(value, currency)
            case Unit.DAYS:
                return f"{number} day{'s'[: value != 1]}"
            case Unit.RATIO:
                return f"{number} x"
        return number

    def is_met(self, value: Decimal, target: Decimal) -> bool:
        """Whether a value reaches the target."""
        return value <= target if self.is_less_better else value >= target


_METRICS = (
    Metric("reach", "Reach", "How many people saw it at least once?", Unit.COUNT),
    Metric("impressions", "Impressions", "How often was it seen?", Unit.COUNT),
    Metric(
        "engagement_rate_followers",
        "Engagement rate by followers",
        "How much of their following does a post move?",
        Unit.PERCENT,
    ),
    Metric("save_share_rate", "Saves and shares", "How many keep it or pass it on?", Unit.PERCENT),
    Metric(
        "comment_relevance",
        "Relevant comments",
        "How many comments are on the topic?",
        Unit.PERCENT,
    ),
    Metric("view_through", "View-through", "How much of a video is watched?", Unit.PERCENT),
    Metric("click_through", "Click-through", "How many who saw it clicked?", Unit.PERCENT),
    Metric("conversion_rate", "Conversion rate", "How many who clicked bought?", Unit.PERCENT),
    Metric("conversions", "Conversions", "How many bought, signed up or came?", Unit.COUNT),
    Metric("code_redemptions", "Codes redeemed", "How often was a code used?", Unit.COUNT),
    Metric("revenue", "Revenue", "What was sold through it?", Unit.MONEY),
    Metric("roas", "Return on ad spend", "How much revenue for one of cost?", Unit.RATIO),
    Metric("roi", "Return on investment", "How much profit for one of cost?", Unit.RATIO),
    Metric(
        "brand_search_lift",
        "Lift of brand search",
        "How many more look for the brand, against a control?",
        Unit.PERCENT,
    ),
    Metric(
        "share_of_voice",
        "Share of voice",
        "Of all mentions of the brand and its competitors, how many are ours?",
        Unit.PERCENT,
    ),
    Metric("content_pieces", "Pieces of content", "How many usable pieces come out?", Unit.COUNT),
    Metric(
        "creators_live", "Creators live", "With how many creators was it published?", Unit.COUNT
    ),
    Metric("cpm", "Cost per thousand impressions", "What do 1,000 views cost?", Unit.MONEY, True),
    Metric("cpe", "Cost per engagement", "What does an engagement cost?", Unit.MONEY, True),
    Metric(
        "cost_per_conversion",
        "Cost per conversion",
        "What does one who bought cost?",
        Unit.MONEY,
        True,
    ),
    Metric(
        "time_to_activate",
        "Time to activate",
        "How long from first contact to first live post?",
        Unit.DAYS,
        True,
    ),
    Metric(
        "partner_retention",
        "Partners who come back",
        "How many do a second campaign within twelve months?",
        Unit.PERCENT,
    ),
    Metric(
        "disclosure_compliance",
        "Disclosure in order",
        "How many publications that needed a label had a sufficient one?",
        Unit.PERCENT,
    ),
    Metric("sentiment", "Positive comments", "How many comments are positive?", Unit.PERCENT),
)
OBJECTIVES = {metric.key: metric for metric in _METRICS}
