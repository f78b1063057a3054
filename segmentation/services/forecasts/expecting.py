"""Keep how often next posts are expected to be seen, so that rules can ask as of any moment.

One pass over what a version told. A row is written only where something else is expected than
before, so that the table is the history of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from crm.services.facts import mark_changed
from segmentation.choices import Forecasted
from segmentation.facts.forecasts import KEYS
from segmentation.models import ForecastModel
from segmentation.services.fact_readers import is_read

# By which factor low, middle, high or the posts that it rests on must differ to be another
# expectation: those of a creator move a little each night, and no decision hangs on that.
LEAST_FACTOR = 1.05
# Where more creators than these are expected to bring something else, all are looked at again.
ONE_BY_ONE = 20_000
_INSTANT = timedelta(microseconds=1)

# Of several platforms the one where most is expected.
_FOUND = """CREATE TEMP TABLE expected_found ON COMMIT DROP AS
SELECT DISTINCT ON (x.relationship_id) x.relationship_id, x.platform, x.low, x.middle, x.high, x.own
FROM segmentation_creatorforecast x JOIN crm_relationship r ON r.id = x.relationship_id
WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL AND x.measure = %(measure)s
ORDER BY x.relationship_id, x.middle DESC, x.platform"""
_DIFFERS = " OR ".join(
    f"abs(ln((n.{what} + 1)::float8 / (h.{what} + 1))) >= ln(%(factor)s::float8)"
    for what in ("low", "middle", "high", "own")
)
_MOVED = f"""CREATE TEMP TABLE expected_moved ON COMMIT DROP AS
SELECT coalesce(n.relationship_id, h.relationship_id) AS relationship_id, h.id AS held,
  n.relationship_id IS NOT NULL AS is_told,
  -- Stretches of time have a length, also where a clock was set back.
  greatest(%(at)s, h.told_at + %(instant)s) AS at
FROM expected_found n FULL JOIN (
  SELECT x.* FROM segmentation_expectedviews x JOIN crm_relationship r ON r.id = x.relationship_id
  WHERE r.brand_id = %(brand)s AND x.replaced_at IS NULL) h
  ON h.relationship_id = n.relationship_id
WHERE n.relationship_id IS NULL OR h.relationship_id IS NULL OR h.platform <> n.platform
  OR h.level <> %(level)s OR {_DIFFERS}"""  # noqa: S608 - ours
_CLOSE = """UPDATE segmentation_expectedviews x SET replaced_at = m.at
FROM expected_moved m WHERE x.id = m.held"""
_OPEN = """INSERT INTO segmentation_expectedviews
  (relationship_id, told_at, platform, model_number, level, low, middle, high, own)
SELECT n.relationship_id, m.at, n.platform, %(number)s, %(level)s, n.low, n.middle, n.high, n.own
FROM expected_moved m JOIN expected_found n USING (relationship_id)
ORDER BY n.relationship_id"""
_WHO = """SELECT r.creator_id FROM expected_moved m
JOIN crm_relationship r ON r.id = m.relationship_id"""


def keep(model: ForecastModel, at: datetime) -> int:
    """Keep what this version told of views, from `at` on; how many creators it is new for.

    To be called within the transaction that told it.
    """
    given: dict[str, Any] = {
        "brand": model.brand_id,
        "measure": Forecasted.VIEWS,
        "number": model.number,
        "level": model.level,
        "factor": LEAST_FACTOR,
        "instant": _INSTANT,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS expected_found, expected_moved")
        for statement in (_FOUND, _MOVED, "ANALYZE expected_moved", _CLOSE, _OPEN):
            cursor.execute(statement, given)
        cursor.execute("SELECT count(*) FROM expected_moved")
        moved = int(cursor.fetchone()[0])
        if not moved or not is_read(model.brand, KEYS):
            return moved
        cursor.execute(_WHO)
        changed = [row[0] for row in cursor.fetchall()] if moved <= ONE_BY_ONE else None
    mark_changed(brand=model.brand, creator_ids=changed, cause="forecast")
    return moved
