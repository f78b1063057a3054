"""Creators by the quarter of their first collaboration: who came back, and how they engage since.

A collaboration is a campaign in which the creator went live. Coming back in a quarter is going live
in another campaign then. Membership in a cohort never changes: it is history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from typing import Any

from django.db import connection

from campaigns.choices import EngagementStage
from crm.agreement.student import student
from crm.models import Brand
from segmentation.metrics.catalogue import Unit
from segmentation.metrics.periods import Bounds, calendar_of, quarter_bounds, quarter_of
from segmentation.metrics.statistics import Interval, normal_quantile
from segmentation.rules.calendar import Quarter
from segmentation.selectors.scorecards.lines import in_words

QUARTERS = 9
# Fewer creators, and no mean or share of them is said.
LEAST = 5
LEVEL = 0.95


@dataclass(frozen=True)
class Cell:
    """A cohort in a quarter: who went live again, and the mean of their engagement rates."""

    period: str
    # Quarters since the first collaboration: 0 is the cohort's own.
    age: int
    came_back: int
    share: float | None
    share_interval: Interval | None
    posting: int
    rate: float | None
    rate_interval: Interval | None
    is_running: bool

    @property
    def share_words(self) -> str:
        """ "25 %"; or why not."""
        return f"{self.share:.0%}" if self.share is not None else ""

    @property
    def rate_words(self) -> str:
        """ "3.20 %"; empty where too few posted."""
        return in_words(self.rate, Unit.FRACTION) if self.rate is not None else ""

    @property
    def shade(self) -> int:
        """How dark it is drawn, 0 to 4."""
        return 0 if self.share is None else min(4, round(self.share * 4 + 0.499))


@dataclass(frozen=True)
class Cohort:
    """Everybody whose first collaboration was in a quarter."""

    period: str
    creators: int
    cells: list[Cell]
    # Of those whose next four quarters are over: who came back in them; None: not over yet.
    retained: int | None

    @property
    def by_age(self) -> dict[int, Cell]:
        """The cells by quarters since the first collaboration."""
        return {cell.age: cell for cell in self.cells}


@dataclass(frozen=True)
class CohortPage:
    """All cohorts of the last quarters, oldest first."""

    cohorts: list[Cohort]
    ages: list[int]
    # Creators whose first collaboration was before all of these quarters.
    earlier: int
    chart: dict[str, Any] = field(default_factory=dict)


_LIVE = """
WITH live AS MATERIALIZED (
  SELECT r.creator_id, e.id AS engagement_id, min(s.entered_at) AS at
  FROM campaigns_engagementstay s
  JOIN campaigns_engagement e ON e.id = s.engagement_id
  JOIN campaigns_campaign c ON c.id = e.campaign_id
  JOIN crm_relationship r ON r.id = e.relationship_id
  WHERE c.brand_id = %(brand)s AND s.stage = %(live)s AND s.entered_at <= %(until)s
  GROUP BY r.creator_id, e.id
), quarter AS (
  SELECT * FROM unnest(%(places)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    AS q (place, starts, ends)
), began AS (
  SELECT creator_id, min(at) AS at FROM live GROUP BY creator_id
), cohort AS MATERIALIZED (
  SELECT b.creator_id, coalesce(q.place, -1) AS place
  FROM began b LEFT JOIN quarter q ON b.at >= q.starts AND b.at < q.ends
)
"""

_BACK = f"""{_LIVE}
, back AS (
  SELECT DISTINCT l.creator_id, q.place FROM live l
  JOIN quarter q ON l.at >= q.starts AND l.at < q.ends
  JOIN began b ON b.creator_id = l.creator_id
  WHERE l.at > b.at
)
SELECT c.place, NULL::int AS at, count(*) AS creators FROM cohort c GROUP BY c.place
UNION ALL
SELECT c.place, k.place, count(*) FROM cohort c JOIN back k ON k.creator_id = c.creator_id
GROUP BY c.place, k.place
UNION ALL
-- Under the place after the last: who came back in any of the four quarters after their own.
SELECT c.place, %(within)s, count(DISTINCT c.creator_id)
FROM cohort c JOIN back k ON k.creator_id = c.creator_id
WHERE c.place >= 0 AND k.place BETWEEN c.place + 1 AND c.place + 4 GROUP BY c.place
"""  # noqa: S608 - a statement of ours

# Each creator's mean rate in a quarter; a creator counts once, however often they post.
_RATES = f"""{_LIVE}
, rated AS (
  SELECT c.place, q.place AS at, p.creator_id, avg(
    (coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0) + coalesce(p.shares, 0))
    ::float8 / coalesce(p.followers_at_post, known.followers)) AS rate
  FROM cohort c
  JOIN crm_post p ON p.creator_id = c.creator_id
  JOIN quarter q ON p.posted_at >= q.starts AND p.posted_at < q.ends AND q.place >= c.place
  LEFT JOIN LATERAL (
    SELECT s.followers FROM crm_metricsnapshot s
    WHERE p.followers_at_post IS NULL
      AND s.profile_id = p.profile_id AND s.captured_at <= p.posted_at AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  WHERE c.place >= 0 AND (p.likes IS NOT NULL OR p.comments IS NOT NULL)
    AND coalesce(p.followers_at_post, known.followers) > 0 AND p.posted_at <= %(until)s
  GROUP BY c.place, q.place, p.creator_id
)
SELECT place, at, count(*), avg(rate), coalesce(stddev_samp(rate), 0)
FROM rated GROUP BY place, at
"""  # noqa: S608


def cohort_page(brand: Brand, *, at: datetime) -> CohortPage:
    """The cohorts of the last nine quarters. Two statements."""
    calendar = calendar_of(brand)
    current = quarter_of(at, calendar)
    quarters = [current.shift(-back) for back in range(QUARTERS - 1, -1, -1)]
    spans = [quarter_bounds(quarter, calendar) for quarter in quarters]
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "live": EngagementStage.LIVE.value,
        "until": at,
        "places": list(range(QUARTERS)),
        "starts": [span.start for span in spans],
        "ends": [span.end for span in spans],
        "within": QUARTERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BACK, asked)
        back = {(place, when): creators for place, when, creators in cursor.fetchall()}
        cursor.execute(_RATES, asked)
        rates = {(row[0], row[1]): (row[2], row[3], row[4]) for row in cursor.fetchall()}
    cohorts = [
        _cohort(place, _Found(quarters, spans, back, rates), at)
        for place in range(QUARTERS)
        if (place, None) in back
    ]
    ages = list(range(max((len(one.cells) for one in cohorts), default=0)))
    return CohortPage(cohorts, ages, back.get((-1, None), 0), _chart(cohorts, ages))


@dataclass(frozen=True)
class _Found:
    """The quarters looked at, and what the two statements say of them."""

    quarters: Sequence[Quarter]
    spans: Sequence[Bounds]
    back: Mapping[tuple[int, int | None], int]
    rates: Mapping[tuple[int, int], tuple[int, float, float]]


def _cohort(place: int, found: _Found, at: datetime) -> Cohort:
    size = found.back[place, None]
    cells = []
    for when in range(place, QUARTERS):
        came = found.back.get((place, when), 0)
        n, mean, spread = found.rates.get((place, when), (0, 0.0, 0.0))
        is_known = n >= LEAST
        cells.append(
            Cell(
                period=str(found.quarters[when]),
                age=when - place,
                came_back=came,
                share=came / size if size >= LEAST else None,
                share_interval=wilson(came, size) if size >= LEAST else None,
                posting=n,
                rate=mean if is_known else None,
                rate_interval=mean_interval(mean, spread, n) if is_known else None,
                is_running=found.spans[when].end > at,
            )
        )
    is_over = place + 4 < QUARTERS and found.spans[place + 4].end <= at
    retained = found.back.get((place, QUARTERS), 0) if is_over else None
    return Cohort(str(found.quarters[place]), size, cells, retained)


def wilson(hits: int, n: int) -> Interval:
    """Wilson's interval of a share."""
    z = normal_quantile(LEVEL)
    share, base = hits / n, 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / base
    half = z / base * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Interval(LEVEL, max(0.0, centre - half), min(1.0, centre + half))


def mean_interval(mean: float, spread: float, n: int) -> Interval:
    """Student's t of a mean over creators; a rate is never below zero."""
    half = student(n - 1, LEVEL) * spread / sqrt(n)
    return Interval(LEVEL, max(0.0, mean - half), mean + half)


def _chart(cohorts: Sequence[Cohort], ages: Sequence[int]) -> dict[str, Any]:
    return {
        "type": "line",
        "unit": "fraction",
        "x": [f"+{age}" for age in ages if age],
        "series": [
            {
                "name": cohort.period,
                "data": [
                    cohort.by_age[age].share if age in cohort.by_age else None
                    for age in ages
                    if age
                ],
            }
            for cohort in cohorts
            if cohort.creators >= LEAST and len(cohort.cells) > 1
        ],
    }
