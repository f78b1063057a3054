"""What came of what was expected: kept forecasts held against the posts that were published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p, sqrt
from typing import Any

from django.db import connection

from campaigns.choices import DeliverableState
from campaigns.models import Campaign
from crm.models import Brand
from segmentation.choices import Forecasted
from segmentation.models import CampaignForecast

# Counts of younger posts are still to grow: days.
RIPE = 7
# As many posts as are held against what was expected, the newest first.
MOST = 5_000
# Fewer posts say nothing of how far forecasts are off.
FEW = 10

_CAME = """
SELECT kept, measure, low, middle, high, came FROM (
SELECT k.id AS kept, k.kept_at, l.id AS line, d.id AS piece, l.measure, l.low, l.middle, l.high,
  row_number() OVER (PARTITION BY d.id, l.measure ORDER BY k.kept_at DESC, k.id DESC) AS newest,
  CASE l.measure WHEN 'views' THEN p.views WHEN 'reach' THEN p.reach
    WHEN 'engagements' THEN CASE WHEN p.likes IS NOT NULL OR p.comments IS NOT NULL THEN
      coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0)
      + coalesce(p.shares, 0) END END AS came
FROM segmentation_campaignforecast k
JOIN campaigns_campaign c ON c.id = k.campaign_id
JOIN segmentation_campaignforecastline l ON l.forecast_id = k.id
JOIN campaigns_deliverable d ON d.engagement_id = l.engagement_id
  AND d.platform_id = l.platform AND d.state = %(published)s AND d.published_at >= k.kept_at
JOIN crm_post p ON p.id = d.post_id
WHERE c.brand_id = %(brand)s AND (%(campaign)s::bigint IS NULL OR c.id = %(campaign)s)
  AND p.metrics_at >= d.published_at + make_interval(days => %(ripe)s)
) told WHERE came IS NOT NULL AND (newest = 1 OR %(campaign)s::bigint IS NOT NULL)
ORDER BY kept_at DESC, kept, line, piece LIMIT %(most)s
"""


@dataclass(frozen=True)
class Outcome:
    """Posts that came of a measure, beside what was expected of the same posts."""

    measure: Forecasted
    posts: int
    came: float
    expected: float
    # How many lay within their interval.
    inside: int
    # exp of the root mean square of logarithms; None: of too few posts.
    factor: float | None

    @property
    def ratio(self) -> float | None:
        """What came for each that was expected; None: nothing was."""
        return self.came / self.expected if self.expected else None

    @property
    def held(self) -> float | None:
        """The share within the interval; None: of too few posts."""
        return self.inside / self.posts if self.posts >= FEW else None


@dataclass(frozen=True)
class Kept:
    """A kept forecast, and what has come of it since."""

    forecast: CampaignForecast
    totals: Sequence[dict[str, Any]]
    outcomes: Sequence[Outcome]


def kept_of(campaign: Campaign) -> list[Kept]:
    """The kept forecasts of a campaign, the newest first."""
    rows = list(CampaignForecast.objects.filter(campaign=campaign).select_related("kept_by"))
    came = _came(campaign.brand_id, campaign.pk) if rows else {}
    return [
        Kept(
            row,
            [
                one | {"label": Forecasted(one["measure"]).label}
                for one in row.result.get("totals", [])
            ],
            _outcomes(came.get(row.pk, [])),
        )
        for row in rows
    ]


def accuracy_of(brand: Brand) -> list[Outcome]:
    """Kept forecasts of a brand against what came, by measure.

    Each post counts once, against the newest that was kept before it.
    """
    return _outcomes([one for rows in _came(brand.pk, None).values() for one in rows])


_Row = tuple[str, float, float, float, float]


def _came(brand: int, campaign: int | None) -> dict[int, list[_Row]]:
    asked = {
        "brand": brand,
        "campaign": campaign,
        "published": DeliverableState.PUBLISHED.value,
        "ripe": RIPE,
        "most": MOST,
    }
    found: dict[int, list[_Row]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_CAME, asked)
        for kept, measure, low, middle, high, came in cursor.fetchall():
            found[kept].append((measure, low, middle, high, float(came)))
    return found


def _outcomes(rows: Sequence[_Row]) -> list[Outcome]:
    found = []
    for measure in Forecasted:
        mine = [row[1:] for row in rows if row[0] == measure]
        if not mine:
            continue
        squares = [(log1p(came) - log1p(middle)) ** 2 for _low, middle, _high, came in mine]
        found.append(
            Outcome(
                measure,
                len(mine),
                sum(came for *_, came in mine),
                sum(middle for _low, middle, _high, _came in mine),
                sum(low <= came <= high for low, _middle, high, came in mine),
                exp(sqrt(sum(squares) / len(mine))) if len(mine) >= FEW else None,
            )
        )
    return found
