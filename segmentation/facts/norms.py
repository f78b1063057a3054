"""What is usual on each platform among a brand's creators: stored, and compared with when read.

Every rate moves a median, and a moved median moves everybody's strength: so rows hold rates only,
and one pass over them, once all rows are brought to a moment, is all that the norms take.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE, norms_table


def refresh_norms(brand: Brand, as_of: datetime, table: str = FACTS_TABLE) -> None:
    """Store the median rate of each platform, of the rows of `table`; those of before are gone."""
    norms = norms_table(table)
    values: dict[str, Any] = {"brand": brand.pk, "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {norms} (brand_id, platform_id, as_of, median_rate, creators)
SELECT %(brand)s, e.key, %(as_of)s,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY e.value::float8), count(*)
FROM {table} f CROSS JOIN LATERAL jsonb_each_text(f.platform_rates) e
WHERE f.brand_id = %(brand)s AND f.known_since IS NOT NULL GROUP BY e.key
ON CONFLICT (brand_id, platform_id) DO UPDATE SET as_of = excluded.as_of,
  median_rate = excluded.median_rate, creators = excluded.creators""",  # noqa: S608 - names of ours
            values,
        )
        cursor.execute(
            f"DELETE FROM {norms} WHERE brand_id = %(brand)s AND as_of <> %(as_of)s",  # noqa: S608
            values,
        )
