"""Followers against engagement, by tier; and who posts paid partnerships more than is good (F10).

From the facts of the last run: the primary profile's followers, its engagement rate by followers,
and the share of its posts that carry the platform's paid-partnership mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection

from crm.models import Brand, Creator, Tier, TierScheme
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.metrics.catalogue import Unit
from segmentation.metrics.statistics import interval_ranks
from segmentation.selectors.scorecards.lines import in_words

# As many dots as a browser draws and an eye tells apart; a fixed sample, the same each time.
MOST_DOTS = 1_000
LEAST = 6
# Favikon's red flag: more than 30 % of an account's posts are sponsored.
OVEREXPOSED = 0.3
MOST_OVEREXPOSED = 50


@dataclass(frozen=True)
class TierSpread:
    """How the engagement rates of a tier are spread over its creators."""

    tier: str
    low: int | None
    high: int | None
    creators: int
    # Null under six creators.
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    interval: tuple[float, float] | None
    overexposed: int
    # Of whom it is known which of their posts are paid.
    marked: int

    @property
    def median_words(self) -> str:
        """The creator in the middle; empty where there are too few."""
        return "" if self.median is None else in_words(self.median, Unit.FRACTION)

    @property
    def interval_words(self) -> str:
        """Where the median probably lies."""
        if self.interval is None:
            return ""
        low, high = (in_words(one, Unit.FRACTION) for one in self.interval)
        return f"{low} to {high}"

    @property
    def quartile_words(self) -> str:
        """The middle half of the creators."""
        if self.lower_quartile is None or self.upper_quartile is None:
            return ""
        low = in_words(self.lower_quartile, Unit.FRACTION)
        return f"{low} to {in_words(self.upper_quartile, Unit.FRACTION)}"


@dataclass(frozen=True)
class SizesPage:
    """Dots, tiers and alerts."""

    tiers: list[TierSpread]
    dots: int
    known: int
    chart: dict[str, Any]
    overexposed: list[tuple[Creator, float]]
    overexposed_count: int
    # In words: whether the rate falls from tier to tier.
    words: str


_TIERS = f"""
SELECT t.place, count(f.engagement_rate),
  percentile_cont(0.25) WITHIN GROUP (ORDER BY f.engagement_rate),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY f.engagement_rate),
  percentile_cont(0.75) WITHIN GROUP (ORDER BY f.engagement_rate),
  count(*) FILTER (WHERE f.paid_share > %(overexposed)s), count(f.paid_share)
FROM unnest(%(places)s::int[], %(lows)s::bigint[], %(highs)s::bigint[]) AS t (place, low, high)
JOIN {FACTS_TABLE} f ON f.brand_id = %(brand)s AND f.followers >= t.low
  AND (t.high IS NULL OR f.followers < t.high)
GROUP BY t.place ORDER BY t.place
"""  # noqa: S608 - a table of ours

_ENDS = f"""
SELECT r.place, r.rank, r.engagement_rate FROM (
  SELECT t.place, f.engagement_rate,
    row_number() OVER (PARTITION BY t.place ORDER BY f.engagement_rate) AS rank
  FROM unnest(%(places)s::int[], %(lows)s::bigint[], %(highs)s::bigint[]) AS t (place, low, high)
  JOIN {FACTS_TABLE} f ON f.brand_id = %(brand)s AND f.followers >= t.low
    AND (t.high IS NULL OR f.followers < t.high)
  WHERE f.engagement_rate IS NOT NULL
) r
JOIN unnest(%(of)s::int[], %(ranks)s::bigint[]) AS w (place, rank)
  ON w.place = r.place AND w.rank = r.rank
"""  # noqa: S608

_DOTS = f"""
SELECT followers, engagement_rate, count(*) OVER () AS known FROM {FACTS_TABLE}
WHERE brand_id = %(brand)s AND followers > 0 AND engagement_rate > 0
ORDER BY hashint8(creator_id), creator_id LIMIT %(most)s
"""  # noqa: S608

_OVEREXPOSED = f"""
SELECT creator_id, paid_share, count(*) OVER () FROM {FACTS_TABLE}
WHERE brand_id = %(brand)s AND paid_share > %(overexposed)s
ORDER BY paid_share DESC, followers DESC NULLS LAST, creator_id LIMIT %(most)s
"""  # noqa: S608


def sizes_page(brand: Brand, scheme: TierScheme | None) -> SizesPage:
    """The brand's creators by the tiers of a scheme. Six statements."""
    tiers = [] if scheme is None else [one for one in scheme.tiers.all() if _is_band(one)]
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "overexposed": OVEREXPOSED,
        "places": list(range(len(tiers))),
        "lows": [tier.low or 0 for tier in tiers],
        "highs": [tier.high for tier in tiers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TIERS, asked)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
        ends = _ends(cursor, asked, {place: row[0] for place, row in found.items()})
        cursor.execute(_DOTS, asked | {"most": MOST_DOTS})
        dots = cursor.fetchall()
        cursor.execute(_OVEREXPOSED, asked | {"most": MOST_OVEREXPOSED})
        over = cursor.fetchall()
    creators = Creator.objects.in_bulk([row[0] for row in over])
    spreads = [
        _spread(tier, found.get(place, (0, None, None, None, 0, 0)), ends.get(place))
        for place, tier in enumerate(tiers)
    ]
    return SizesPage(
        tiers=spreads,
        dots=len(dots),
        known=dots[0][2] if dots else 0,
        chart=_chart(dots, tiers),
        overexposed=[(creators[row[0]], row[1]) for row in over if row[0] in creators],
        overexposed_count=over[0][2] if over else 0,
        words=_falls(spreads),
    )


def _is_band(tier: Tier) -> bool:
    return tier.low is not None or tier.high is not None


def _ends(
    cursor: Any, asked: Mapping[str, Any], counts: Mapping[int, int]
) -> dict[int, tuple[float, float]]:
    """The ends of each median's interval: the rates at two ranks."""
    ranks = {
        place: found
        for place, n in counts.items()
        if n >= LEAST and (found := interval_ranks(n, 0.95)) is not None
    }
    wanted = [(place, rank) for place, pair in ranks.items() for rank in pair]
    cursor.execute(
        _ENDS, {**asked, "of": [one[0] for one in wanted], "ranks": [one[1] for one in wanted]}
    )
    rates = {(place, rank): rate for place, rank, rate in cursor.fetchall()}
    return {place: (rates[place, low], rates[place, high]) for place, (low, high) in ranks.items()}


def _spread(tier: Tier, row: Sequence[Any], interval: tuple[float, float] | None) -> TierSpread:
    creators, lower, median, upper, overexposed, marked = row
    is_known = creators >= LEAST
    return TierSpread(
        tier=tier.name,
        low=tier.low,
        high=tier.high,
        creators=creators,
        lower_quartile=lower if is_known else None,
        median=median if is_known else None,
        upper_quartile=upper if is_known else None,
        interval=interval,
        overexposed=overexposed,
        marked=marked,
    )


def _falls(spreads: Sequence[TierSpread]) -> str:
    """Whether engagement falls from tier to tier, as far as the intervals tell."""
    known = [one.interval for one in spreads if one.interval is not None]
    if len(known) < 2:
        return "Fewer than two tiers have six creators with a rate: nothing can be said of sizes."
    steps = list(pairwise(known))
    falls = sum(1 for one, other in steps if other[1] < one[0])
    rises = sum(1 for one, other in steps if other[0] > one[1])
    open_steps = len(steps) - falls - rises
    return (
        f"Steps from one tier to the next: the median falls in {falls} and rises in {rises} of "
        f"{len(steps)}; in {open_steps} it cannot be told."
    )


def _chart(dots: Sequence[tuple[int, float, int]], tiers: Sequence[Tier]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "unit": "fraction",
        "x": [],
        "series": [
            {
                "name": "Creators",
                "data": [[followers, rate] for followers, rate, _ in dots],
            }
        ],
        "marks": [{"x": tier.low, "label": tier.name} for tier in tiers if tier.low],
        "x_name": "Followers",
        "y_name": "Engagement rate by followers",
    }
