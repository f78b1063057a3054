"""What pieces of a segment's members are expected to bring: of a member, and one of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from segmentation.choices import Forecasted
from segmentation.forecasting.sums import Piece, Sum, add_up
from segmentation.models import CreatorForecast, Segment
from segmentation.selectors.forecast_plan import piece_of
from segmentation.selectors.forecasts import Part, Standing, platform_names
from segmentation.services.masks import flag_of, word_of

# Fewer members with a forecast say nothing of a segment.
FEW = 5
# More are not added up in a page: a sum is drawn, creator by creator.
MOST = 500

_OF_MEMBERS = """FROM segmentation_creatorfacts f
JOIN crm_relationship r ON r.brand_id = f.brand_id AND r.creator_id = f.creator_id
  AND r.unprofiled_at IS NULL
JOIN segmentation_creatorforecast x ON x.relationship_id = r.id
WHERE f.brand_id = %(brand)s AND f.member_bits[%(word)s] & %(flag)s <> 0"""
_QUARTILES = f"""SELECT x.measure, x.platform, count(*),
  percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY x.middle)
{_OF_MEMBERS} GROUP BY 1, 2 HAVING count(*) >= %(few)s ORDER BY 3 DESC, 1, 2"""
_EACH = f"""SELECT id, measure, platform, middle, spread, own FROM (
  SELECT x.*, count(*) OVER (PARTITION BY x.measure, x.platform) AS members {_OF_MEMBERS}
) each WHERE members BETWEEN %(few)s AND %(most)s ORDER BY relationship_id"""  # noqa: S608 - ours


@dataclass(frozen=True)
class SegmentForecast:
    """What members' next pieces are expected to bring of a measure on a platform.

    `low`, `middle`, `high`: quartiles over members, which say how they differ. `together`: one
    piece of each, as sure as the forecasts are; None: more than MOST members. `part`: their trial.
    """

    measure: Forecasted
    platform: str
    platform_name: str
    members: int
    low: float
    middle: float
    high: float
    together: Sum | None
    part: Part | None


def of_segment(segment: Segment, standing: Standing) -> list[SegmentForecast]:
    """By measure and platform, where at least FEW members have a forecast. Three statements."""
    asked = {
        "brand": segment.brand_id,
        "word": word_of(segment.bit),
        "flag": flag_of(segment.bit),
        "few": FEW,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUARTILES, asked)
        rows = cursor.fetchall()
    pieces: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for row in CreatorForecast.objects.raw(_EACH, asked):
        pieces[row.measure, row.platform].append(piece_of(row, 1, standing))
    names = platform_names()
    return [
        SegmentForecast(
            Forecasted(measure),
            platform,
            names.get(platform, platform),
            members,
            low,
            middle,
            high,
            together=add_up(each, standing.model.level)
            if (each := pieces.get((measure, platform)))
            else None,
            part=standing.parts.get((measure, platform)),
        )
        for measure, platform, members, (low, middle, high) in rows
    ]
