"""Scorecards of a quarter by the tiers of any scheme, as if the brand segmented by it.

The ledger knows only the schemes that a brand has installed, and only since then. Here a creator
is in the tier of their followers at each moment: of the account that most people follow, by the
newest count that was known then. Metrics and formulas are those of every scorecard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import connection, transaction

from crm import audit
from crm.models import Brand, Tier, TierScheme, User
from crm.performance import planned_for
from segmentation.choices import ErrandStatus
from segmentation.metrics.cells import Cell, cells
from segmentation.metrics.measuring import measure
from segmentation.metrics.periods import calendar_of, quarter_bounds
from segmentation.models import TierScorecards
from segmentation.services import errands
from segmentation.services.scorecards import read_period

# By name: tasks are above services.
TASK = "segmentation.tasks.compute_tier_scorecards"
STAYS = "tier_stay"
# PostgreSQL's resolution: `as_of` itself belongs to what is looked at, which is closed-open.
_INSTANT = timedelta(microseconds=1)


class TierCard(TypedDict):
    """A tier's scorecard, as it is stored."""

    key: str
    name: str
    low: int | None
    high: int | None
    size: int
    metrics: list[Cell]


@transaction.atomic
def request_scorecards(
    *, brand: Brand, scheme: TierScheme, period: str, actor: User | None, at: datetime
) -> TierScorecards:
    """Have a quarter's scorecards by the scheme's tiers computed by a worker, again if need be.

    Raises PeriodRefused for a quarter that there is not or that has not begun.
    """
    quarter = read_period(period, brand=brand, as_of=at)
    bounds = quarter_bounds(quarter, calendar_of(brand))
    wanted, _ = TierScorecards.objects.update_or_create(
        brand=brand,
        scheme=scheme,
        period=str(quarter),
        defaults={
            "starts_at": bounds.start,
            "ends_at": bounds.end,
            "status": ErrandStatus.QUEUED,
            "error": "",
            "attempts": 0,
            "requested_by": actor,
            "requested_at": at,
        },
    )
    audit.record(
        brand=brand,
        verb="segmentation.tier_scorecards.requested",
        target=wanted,
        actor=actor,
        at=at,
        data={"scheme": scheme.key, "period": str(quarter)},
    )
    errands.send(TASK, wanted)
    return wanted


def compute(*, scorecards_id: int, at: datetime) -> TierScorecards | None:
    """Compute what waits for it; safe to call twice. A failure is told, the old numbers stay."""
    return errands.carry_out(
        TierScorecards.objects.select_related("brand", "scheme"),
        errand_id=scorecards_id,
        task=TASK,
        work=lambda wanted: _fill(wanted, at),
    )


def _fill(wanted: TierScorecards, at: datetime) -> None:
    tiers = list(wanted.scheme.tiers.order_by("position", "pk"))
    until = min(at + _INSTANT, wanted.ends_at)
    write_stays(wanted.brand, tiers, start=wanted.starts_at, until=until)
    measured = measure(
        brand=wanted.brand,
        segment_ids=[tier.pk for tier in tiers],
        start=wanted.starts_at,
        until=until,
        stays=STAYS,
    )
    wanted.tiers = [
        TierCard(
            key=tier.key,
            name=tier.name,
            low=tier.low,
            high=tier.high,
            size=measured.segments[tier.pk]["size"].n,
            metrics=cells(
                measured.segments[tier.pk],
                whole=measured.whole,
                previous=[],
                previous_period="",
            ),
        )
        for tier in tiers
    ]
    wanted.as_of = min(at, wanted.ends_at)
    wanted.computed_at = at
    wanted.save(update_fields=("tiers", "as_of", "computed_at"))


# Stays in tiers, cut to the quarter but for a moment before it, so that who was in a tier already
# has not joined. Each known count of an account holds until its next one (`held`); the most
# followed account of a creator changes only where one of them begins (`span`). Neighbouring spans
# of one tier are one stay.
_STAYS = f"""
CREATE TEMP TABLE {STAYS} ON COMMIT DROP AS
WITH tier AS (
  SELECT * FROM unnest(%(ids)s::bigint[], %(lows)s::bigint[], %(highs)s::bigint[])
    WITH ORDINALITY AS t (id, low, high, place)
), related AS MATERIALIZED (
  SELECT r.creator_id, greatest(r.since, %(before)s) AS since,
    coalesce(c.is_celebrity, false) AND %(flag)s::bigint IS NOT NULL AS is_flagged
  FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
  WHERE r.brand_id = %(brand)s AND r.since < %(until)s
), counted AS (
  SELECT p.creator_id, s.profile_id, s.followers, s.captured_at AS since,
    lead(s.captured_at) OVER (PARTITION BY s.profile_id ORDER BY s.captured_at, s.id) AS until
  FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  WHERE p.creator_id IN (SELECT creator_id FROM related WHERE NOT is_flagged)
    AND s.followers IS NOT NULL AND s.captured_at < %(until)s
), held AS MATERIALIZED (
  SELECT c.creator_id, c.followers, greatest(c.since, r.since) AS since,
    coalesce(c.until, %(until)s) AS until
  FROM counted c JOIN related r ON r.creator_id = c.creator_id
  WHERE coalesce(c.until, %(until)s) > greatest(c.since, r.since)
), span AS (
  SELECT creator_id, since,
    coalesce(lead(since) OVER (PARTITION BY creator_id ORDER BY since), %(until)s) AS until
  FROM (SELECT DISTINCT creator_id, since FROM held) edge
), level AS (
  SELECT s.creator_id, s.since, s.until, max(h.followers) AS followers
  FROM span s JOIN held h
    ON h.creator_id = s.creator_id AND h.since <= s.since AND h.until > s.since
  GROUP BY s.creator_id, s.since, s.until
), placed AS (
  SELECT l.*, (
    SELECT t.id FROM tier t
    WHERE (t.low IS NOT NULL OR t.high IS NOT NULL)
      AND l.followers >= coalesce(t.low, 0) AND (t.high IS NULL OR l.followers < t.high)
    ORDER BY t.place LIMIT 1
  ) AS tier_id
  FROM level l
), marked AS (
  SELECT p.*, tier_id IS NOT DISTINCT FROM lag(tier_id) OVER w
    AND since IS NOT DISTINCT FROM lag(until) OVER w AS goes_on
  FROM placed p WINDOW w AS (PARTITION BY creator_id ORDER BY since)
), numbered AS (
  SELECT m.*, count(*) FILTER (WHERE NOT goes_on)
    OVER (PARTITION BY creator_id ORDER BY since ROWS UNBOUNDED PRECEDING) AS stay
  FROM marked m
)
SELECT tier_id AS segment_id, creator_id, min(since) AS entered_at,
  nullif(max(until), %(until)s) AS left_at
FROM numbered WHERE tier_id IS NOT NULL GROUP BY tier_id, creator_id, stay
UNION ALL
SELECT %(flag)s::bigint, creator_id, since, NULL::timestamptz FROM related WHERE is_flagged
"""  # noqa: S608 - names of ours


def write_stays(brand: Brand, tiers: Sequence[Tier], *, start: datetime, until: datetime) -> None:
    """Fill the table of stays in tiers, for this transaction."""
    flags = [tier.pk for tier in tiers if tier.low is None and tier.high is None]
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "before": start - _INSTANT,
        "until": until,
        "ids": [tier.pk for tier in tiers],
        "lows": [tier.low for tier in tiers],
        "highs": [tier.high for tier in tiers],
        "flag": flags[0] if flags else None,
    }
    with planned_for(None), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {STAYS}")
        cursor.execute(_STAYS, asked)
        cursor.execute(f"ANALYZE {STAYS}")
