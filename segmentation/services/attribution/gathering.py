"""What happened, as columns for the library: clicks of people, conversions, refunds, codes.

Nothing of who people are is read: a visitor is a number that only tells two of them apart, and it
is replaced by a place in a list at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from django.db import connection

from campaigns.attribution.columns import NOBODY, Columns, sort
from campaigns.attribution.settings import Settings
from campaigns.services.conversions.belonging import settle
from crm.performance import planned_for
from segmentation.models import AttributionReport

# A person is a visitor as clicks count them; of one who objected, the click is all there is.
_TOUCHES = """
SELECT coalesce('v' || k.visitor, 'c' || k.id) AS person,
  (extract(epoch FROM k.at) * 1000000)::bigint AS at, r.creator_id
FROM campaigns_click k
JOIN campaigns_trackinglink l ON l.id = k.link_id
JOIN crm_relationship r ON r.id = l.relationship_id
WHERE k.brand_id = %(brand)s AND k.kind = 'person' AND k.at >= %(since)s AND k.at < %(end)s
  AND k.at <= %(as_of)s AND (%(campaign)s::bigint IS NULL OR l.campaign_id = %(campaign)s)
UNION ALL
-- A conversion that names a link and no person: that it was followed is all that is known.
SELECT 'o' || c.id, (extract(epoch FROM c.at) * 1000000)::bigint, r.creator_id
FROM campaigns_conversion c
JOIN campaigns_trackinglink l ON l.id = c.link_id
JOIN crm_relationship r ON r.id = l.relationship_id
WHERE c.brand_id = %(brand)s AND c.visitor IS NULL AND c.click IS NULL
  AND c.at >= %(since)s AND c.at < %(end)s AND c.at <= %(as_of)s
  AND (%(campaign)s::bigint IS NULL OR c.campaign_id = %(campaign)s)
ORDER BY 1, 2, 3
"""
_CONVERSIONS = """
SELECT CASE
    WHEN c.click IS NOT NULL OR c.visitor IS NOT NULL
      THEN coalesce('v' || coalesce(k.visitor, c.visitor), 'c' || c.click)
    WHEN c.link_id IS NOT NULL THEN 'o' || c.id
  END AS person,
  (extract(epoch FROM c.at) * 1000000)::bigint AS at, r.creator_id AS code,
  CASE WHEN c.currency = %(currency)s AND c.currency <> ''
    THEN (c.value - coalesce(f.value, 0))::float8 END AS value,
  coalesce(f.is_whole OR f.value >= c.value, false) AS is_refunded,
  c.currency <> '' AND c.currency <> %(currency)s AS is_other, c.at >= %(start)s AS is_meant,
  c.is_share
FROM campaigns_conversion c
LEFT JOIN campaigns_click k ON k.id = c.click AND k.brand_id = c.brand_id
LEFT JOIN campaigns_promocode p ON p.id = c.code_id
LEFT JOIN crm_relationship r ON r.id = p.relationship_id
LEFT JOIN (
  SELECT conversion_id, bool_or(value IS NULL) AS is_whole, sum(value) AS value
  FROM campaigns_refund WHERE brand_id = %(brand)s AND at <= %(as_of)s GROUP BY conversion_id
) f ON f.conversion_id = c.id
WHERE c.brand_id = %(brand)s AND c.at >= %(since)s AND c.at < %(end)s AND c.at <= %(as_of)s
  AND (%(campaign)s::bigint IS NULL OR c.campaign_id = %(campaign)s)
ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The columns; conversions of the days whose value is in another currency, or a share of a sum;
    and a digest of all that went in.
    """

    columns: Columns
    other_currency: int
    shares: int
    digest: str


def gather(
    report: AttributionReport,
    settings: Settings,
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
) -> Gathered:
    """Read what a report needs: everything from a window before its days on."""
    settle(report.brand)
    asked = {
        "brand": report.brand_id,
        "campaign": report.campaign_id,
        "currency": report.currency,
        "since": start - settings.window - timedelta(microseconds=1),
        "start": start,
        "end": end,
        "as_of": as_of,
    }
    with planned_for(None), connection.cursor() as cursor:
        cursor.execute(_TOUCHES, asked)
        touches = cursor.fetchall()
        cursor.execute(_CONVERSIONS, asked)
        conversions = cursor.fetchall()
    columns = _columns(touches, conversions)
    return Gathered(
        columns,
        other_currency=sum(row[5] and row[6] for row in conversions),
        shares=sum(row[7] and row[6] for row in conversions),
        digest=_digest(columns, settings, asked),
    )


def _columns(touches: Sequence[Any], conversions: Sequence[Any]) -> Columns:
    people: dict[str, int] = {}
    creators = sorted(
        {row[2] for row in touches} | {row[2] for row in conversions if row[2] is not None}
    )
    place = {creator: number for number, creator in enumerate(creators)}
    return sort(
        Columns(
            creators=tuple(creators),
            touch_person=_integers(people.setdefault(row[0], len(people)) for row in touches),
            touch_at=_integers(row[1] for row in touches),
            touch_creator=_integers(place[row[2]] for row in touches),
            person=_integers(
                NOBODY if row[0] is None else people.setdefault(row[0], len(people))
                for row in conversions
            ),
            at=_integers(row[1] for row in conversions),
            values=np.array(
                [np.nan if row[3] is None else max(row[3], 0.0) for row in conversions],
                dtype=np.float64,
            ),
            code=_integers(NOBODY if row[2] is None else place[row[2]] for row in conversions),
            is_refunded=np.array([row[4] for row in conversions], dtype=np.bool_),
        )
    )


def _integers(numbers: Any) -> Any:
    return np.fromiter(numbers, dtype=np.int64)


def _digest(columns: Columns, settings: Settings, asked: dict[str, Any]) -> str:
    found = sha256(repr((settings, sorted(asked.items(), key=str))).encode())
    found.update(repr(columns.creators).encode())
    for name in ("touch_person", "touch_at", "touch_creator", "person", "at", "values", "code"):
        found.update(getattr(columns, name).tobytes())
    found.update(columns.is_refunded.tobytes())
    return found.hexdigest()
