"""How much of an audience's coverage hangs on few: its active creators' followers.

The index and its warnings are those of spend and reach (campaigns.selectors.reports.spreads).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.selectors.reports.spreads import Spread
from crm.models import Brand, Platform
from segmentation.selectors.audiences import ACTIVE_DAYS, AudienceCoverage, inside

# The largest; what the others add to the index is below a thousandth.
MOST = 1_000
_ACTIVE = """
FROM segmentation_creatorfacts f
WHERE f.brand_id = %(brand)s AND f.known_since IS NOT NULL AND ({inside})
  AND f.last_post_at > %(since)s AND f.last_post_at <= %(at)s
  AND (%(countries)s::text[] = '{{}}' OR f.country = ANY(%(countries)s))
  AND (%(numbers)s::int[] = '{{}}' OR f.platforms && %(numbers)s::int[])
"""
_BY_CREATOR = """
SELECT c.name, a.followers, sum(a.followers) OVER (), count(a.followers) OVER (), count(*) OVER ()
FROM (SELECT f.creator_id, f.followers {active}) a JOIN crm_creator c ON c.id = a.creator_id
ORDER BY a.followers DESC NULLS LAST, c.id LIMIT %(most)s
"""
_BY_PLATFORM = """
SELECT coalesce(p.name, a.key), a.followers, a.known, a.creators FROM (
  SELECT f.primary_platform AS key, sum(f.followers) AS followers, count(f.followers) AS known,
    count(*) AS creators {active} GROUP BY f.primary_platform
) a LEFT JOIN crm_platform p ON p.key = a.key ORDER BY a.followers DESC NULLS LAST, a.key
"""


def spreads_of(brand: Brand, one: AudienceCoverage, at: datetime) -> list[Spread]:
    """How followers of its active creators lie, by creator and by their primary platform.

    Three queries; empty where nobody is active.
    """
    if not one.creators:
        return []
    wanted = one.audience.platforms
    numbers = Platform.objects.filter(key__in=wanted).values_list("number", flat=True)
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "at": at,
        "since": at - timedelta(days=ACTIVE_DAYS),
        "countries": one.audience.countries,
        "numbers": list(numbers) if wanted else [],
        "most": MOST,
    }
    active = _ACTIVE.format(inside=inside(one.segments))
    with connection.cursor() as cursor:
        cursor.execute(_BY_CREATOR.format(active=active), asked)
        creators = cursor.fetchall()
        cursor.execute(_BY_PLATFORM.format(active=active), asked)
        platforms = cursor.fetchall()
    if not creators or not creators[0][2]:
        return []
    total, known, out_of = float(creators[0][2]), creators[0][3], creators[0][4]

    def spread(by: str, rows: list[tuple[Any, ...]]) -> Spread:
        shares = [(row[0] or "No platform", float(row[1]) / total) for row in rows if row[1]]
        return Spread("followers", by, shares, known, out_of, "audience")

    return [spread("creator", creators), spread("platform", platforms)]
