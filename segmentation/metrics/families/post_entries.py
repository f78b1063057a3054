"""The entries of the catalogue that are measured on posts."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit

ENGAGEMENT = "(likes + comments + saves + shares, those that are known)"
KEPT = "(saves + shares, those that are known)"
PUBLISHED = "the posts of the period that were published while the creator was a member"


@dataclass(frozen=True)
class Rate:
    """A rate of posts: each post's `top` / `bottom`, where both are known.

    key     of the metric of the mean
    needs   what a post without numerator lacks, in words; empty: that one of likes and comments is
    lacks   what a post without denominator lacks, in words
    """

    key: str
    top: str
    bottom: str
    lacks_top: str
    lacks_bottom: str


_NO_ENGAGEMENT = "neither likes nor comments known"
_NOT_KEPT = "neither saves nor shares known"
RATES = (
    Rate(
        "engagement_rate_followers",
        "engagement",
        "followers",
        _NO_ENGAGEMENT,
        "followers at post time not known",
    ),
    Rate("engagement_rate_reach", "engagement", "reach", _NO_ENGAGEMENT, "reach not known"),
    Rate("engagement_rate_views", "engagement", "views", _NO_ENGAGEMENT, "views not known"),
    Rate(
        "engagement_rate_impressions",
        "engagement",
        "impressions",
        _NO_ENGAGEMENT,
        "impressions not known",
    ),
    Rate("save_share_rate", "kept", "reach", _NOT_KEPT, "reach not known"),
    Rate("save_share_rate_views", "kept", "views", _NOT_KEPT, "views not known"),
    Rate("view_rate", "views", "followers", "views not known", "followers at post time not known"),
)
TOTALS = ("reach", "impressions", "views")

# Mean of posts: version 2 has an interval on the scale of logarithms.
_BASES = {
    "followers": ("by followers", "followers at post time", "their following"),
    "reach": ("by reach", "reach", "those who saw it"),
    "views": ("by views", "views", "those who watched"),
    "impressions": ("by impressions", "impressions", "the times it was shown"),
}


def _mean(basis: str) -> Metric:
    words, denominator, whose = _BASES[basis]
    return Metric(
        key=f"engagement_rate_{basis}",
        label=f"Engagement rate {words}, mean",
        question=f"How much of {whose} does a post of theirs move?",
        formula=f"{ENGAGEMENT} / {denominator}, mean over {PUBLISHED}",
        version=2 if basis == "followers" else 1,
        numerator="likes, comments, saves and shares of a post",
        denominator=denominator,
        basis=basis,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=5,
        method=Method.LOG_RATIO,
        accepts=OF_POSTS,
        source="posts",
    )


def _median(basis: str) -> Metric:
    words, denominator, _whose = _BASES[basis]
    return Metric(
        key=f"engagement_rate_{basis}_median",
        label=f"Engagement rate {words}, median creator",
        question="What does the creator in the middle of the segment reach?",
        formula=(
            "median over creators of the creator's mean rate, each post's rate being "
            f"{ENGAGEMENT} / {denominator}"
        ),
        version=1,
        numerator="likes, comments, saves and shares of a post",
        denominator=denominator,
        basis=basis,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=6,
        method=Method.ORDER,
        accepts=OF_POSTS,
        source="posts",
    )


def _kept(key: str, basis: str) -> Metric:
    words, denominator, _whose = _BASES[basis]
    return Metric(
        key=key,
        label=f"Saves and shares {words}, mean",
        question="How many keep it or pass it on?",
        formula=f"{KEPT} / {denominator}, mean over {PUBLISHED}",
        version=1,
        numerator="saves and shares of a post",
        denominator=denominator,
        basis=basis,
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=5,
        method=Method.LOG_RATIO,
        accepts=OF_POSTS,
        source="posts",
    )


def _total(of: str, label: str, question: str, unit: Unit, caution: str) -> Metric:
    return Metric(
        key=f"{of}_total",
        label=label,
        question=question,
        formula=f"{of} added up over {PUBLISHED}, where at least 80 % of them tell it{caution}",
        version=1,
        numerator=f"{of} of posts",
        unit=unit,
        better=Better.HIGHER,
        minimum_n=1,
        method=Method.CENSUS,
        accepts=OF_POSTS,
        source="posts",
    )


VIEW_RATE = Metric(
    key="view_rate",
    label="Views by followers, mean",
    question="How many of their followers does a video of theirs come to, or go beyond?",
    formula=f"views / followers at post time, mean over {PUBLISHED}",
    version=1,
    numerator="views of a post",
    denominator="followers at post time",
    basis="followers",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=OF_POSTS,
    source="posts",
)
FREQUENCY = Metric(
    key="posting_frequency",
    label="Posts per creator in 30 days",
    question="How often do they post?",
    formula=(
        "30 x posts published while a member / days of membership in the period, over members "
        "of whom at least one post was given up to the end of the period"
    ),
    version=2,
    numerator="posts",
    denominator="30 days of membership",
    basis="days",
    unit=Unit.POSTS,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=OF_POSTS,
    source="posts",
)
MEDIANS = {f"engagement_rate_{basis}": _median(basis) for basis in _BASES}
MEANS = {
    **{f"engagement_rate_{basis}": _mean(basis) for basis in _BASES},
    "save_share_rate": _kept("save_share_rate", "reach"),
    "save_share_rate_views": _kept("save_share_rate_views", "views"),
    "view_rate": VIEW_RATE,
}
TOTAL_OF = {
    "reach": _total(
        "reach",
        "Reach, added up",
        "How many were reached, post by post?",
        Unit.PEOPLE,
        "; who saw several posts counts several times",
    ),
    "impressions": _total("impressions", "Impressions", "How often was it shown?", Unit.VIEWS, ""),
    "views": _total("views", "Views", "How often was it watched?", Unit.VIEWS, ""),
}


def _in_order() -> tuple[Metric, ...]:
    rates: list[Metric] = []
    for key, metric in MEANS.items():
        rates.append(metric)
        if key in MEDIANS:
            rates.append(MEDIANS[key])
    return (*rates, FREQUENCY, *TOTAL_OF.values())


METRICS = _in_order()
