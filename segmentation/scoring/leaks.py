"""What a back-test knows that nobody knew on the day: said of each component, never kept quiet."""

from __future__ import annotations

from segmentation.choices import BacktestOutcome
from segmentation.facts import sources
from segmentation.rules.facts import Catalogue, Fact
from segmentation.scoring.definition import Definition, Percentile

# Facts that keep no history: the back-test reads what they are today.
WITHOUT_HISTORY = frozenset({"is_verified", "has_owner", "has_email", "tags", "niches"})
_BY_POSTS = frozenset({sources.POSTS, sources.ENGAGEMENT, sources.NORMS})
# Facts that measure before the day what is looked at after it.
_SAME = {
    BacktestOutcome.ENGAGEMENT: (
        "engagement_rate",
        "view_rate",
        "avg_likes",
        "avg_comments",
        "strength",
    ),
    BacktestOutcome.VIEWS: ("avg_views", "view_rate"),
    BacktestOutcome.ORDERS: ("orders", "revenue", "conversions"),
    BacktestOutcome.ON_TIME: ("reliability",),
}


def leaks(definition: Definition, facts: Catalogue, outcome: BacktestOutcome) -> list[str]:
    """Sentences, one for each way in which the test is kinder than the day was."""
    found = []
    for component in definition.components:
        scale = component.scale
        peers = scale.peers if isinstance(scale, Percentile) else ()
        for key in (component.fact, *peers):
            found += _of(component.label, facts[key], outcome)
    return list(dict.fromkeys(found))


def _of(label: str, fact: Fact, outcome: BacktestOutcome) -> list[str]:
    found = []
    if fact.source == sources.RECORD or fact.key in WITHOUT_HISTORY:
        found.append(
            f"“{label}” reads {fact.label}, which keeps no history: it is today's, and may have "
            "been put right after the day."
        )
    if fact.source in _BY_POSTS:
        found.append(
            f"“{label}” reads {fact.label}: posts are those of before the day, their counts the "
            "newest that are known, also from after it."
        )
    if any(fact.key.startswith(begin) for begin in _SAME[outcome]):
        found.append(
            f"“{label}” reads {fact.label}, which measures before the day what is looked at after "
            "it: that creators stay as they were is part of the correlation."
        )
    return found
