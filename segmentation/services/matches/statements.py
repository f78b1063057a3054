"""The SQL of a match: who can be ranked, and the factors of all of them in one pass.

Texts of this module alone; values travel as parameters. `match_known` has one row for each creator
who was asked for, with why they are left out; `match_found` the points of everybody else, and of
those who are in the campaign already.
"""

from __future__ import annotations

from segmentation.matches.factors import KEYS
from segmentation.services.reviewed import REVIEWED
from segmentation.services.suppressed import SUPPRESSED
from segmentation.services.unpitched import UNPITCHED

# A paper of a market was looked for, and none of its kind holds when the campaign begins.
_WITHOUT_PAPER = """SELECT relationship_id FROM (
  SELECT relationship_id, jurisdiction, kind, bool_or(state = %(held)s
    AND (valid_from IS NULL OR valid_from <= %(starts_on)s)
    AND (valid_until IS NULL OR valid_until >= %(starts_on)s)) AS is_good
  FROM campaigns_permit
  WHERE brand_id = %(brand)s AND archived_at IS NULL AND jurisdiction = ANY(%(markets)s::text[])
  GROUP BY 1, 2, 3) x WHERE NOT is_good"""

KNOWN = f"""CREATE TEMP TABLE match_known ON COMMIT DROP AS
SELECT r.id, r.creator_id, CASE
    WHEN e.relationship_id IS NOT NULL THEN 'present'
    WHEN r.unprofiled_at IS NOT NULL OR r.restricted_at IS NOT NULL THEN 'objected'
    WHEN {SUPPRESSED} THEN 'suppressed'
    WHEN r.stage = %(declined)s THEN 'declined'
    WHEN r.creator_id IN ({UNPITCHED}) THEN 'unpitched'
    WHEN r.id IN (SELECT h.relationship_id FROM crm_hold h WHERE h.brand_id = %(brand)s
      AND h.relationship_id IS NOT NULL AND h.since <= %(as_of)s
      AND (h.until IS NULL OR h.until > %(as_of)s)
      AND (h.lifted_at IS NULL OR h.lifted_at > %(as_of)s)) THEN 'held'
    WHEN r.id IN (SELECT x.relationship_id FROM campaigns_exclusiveelsewhere x
      WHERE lower(x.category) = lower(%(category)s)
      AND (x.until IS NULL OR x.until >= %(starts_on)s)) THEN 'exclusive'
    WHEN r.id IN ({_WITHOUT_PAPER}) THEN 'permit'
  END AS barred,
  e.relationship_id IS NOT NULL AND e.stage = ANY(%(on_path)s)
    AND r.unprofiled_at IS NULL AND r.restricted_at IS NULL AS is_compared
FROM crm_relationship r
LEFT JOIN campaigns_engagement e ON e.campaign_id = %(campaign)s AND e.relationship_id = r.id
WHERE r.brand_id = %(brand)s AND (%(segment)s::bigint IS NULL OR EXISTS (
  SELECT FROM segmentation_membership m
  WHERE m.segment_id = %(segment)s AND m.creator_id = r.creator_id AND m.left_at IS NULL))"""  # noqa: S608

COUNTS = "SELECT barred, count(*) FROM match_known GROUP BY barred"

# What comes from Python: few rows, read by functions that other pages use, too.
TOLD = """CREATE TEMP TABLE match_told (creator_id bigint PRIMARY KEY, result float8,
  results integer, price float8) ON COMMIT DROP"""
TELL = """INSERT INTO match_told
SELECT * FROM unnest(%s::bigint[], %s::float8[], %s::integer[], %s::float8[])"""

FOUND = f"""CREATE TEMP TABLE match_found ON COMMIT DROP AS
WITH load AS (
  SELECT e.relationship_id, count(*) AS campaigns
  FROM campaigns_engagement e JOIN campaigns_campaign c ON c.id = e.campaign_id
  WHERE c.brand_id = %(brand)s AND c.id <> %(campaign)s
    AND c.status = ANY(%(open_campaigns)s) AND e.stage = ANY(%(open_stages)s)
  GROUP BY 1
), fit AS ({REVIEWED}
), parts AS (
  SELECT k.id, k.creator_id, k.barred, f.followers, fit.score AS fit, fit.n AS fit_n,
    sc.score AS score,
    (SELECT sum(share::float8) FROM jsonb_each_text(f.audience_country) a(country, share)
      WHERE country = ANY(%(countries)s::text[])) AS audience_known,
    f.audience_country,
    CASE WHEN f.platforms IS NOT NULL AND cardinality(%(platforms)s::integer[]) > 0 THEN (
      SELECT count(*) FROM unnest(%(platforms)s::integer[]) p WHERE p = ANY(f.platforms))::float8
      / cardinality(%(platforms)s::integer[]) END AS platform,
    f.engagement_rate / nullif(p.median_rate, 0) AS engagement, t.result AS results,
    t.results AS results_n, f.reliability,
    CASE WHEN f.last_post_at IS NOT NULL
      THEN greatest(extract(epoch FROM %(as_of)s - f.last_post_at) / 86400, 0)::float8
    END AS freshness,
    coalesce(load.campaigns, 0)::float8 AS load, t.price / %(price_limit)s::float8 AS price
  FROM match_known k
  LEFT JOIN segmentation_creatorfacts f
    ON f.brand_id = %(brand)s AND f.creator_id = k.creator_id
  LEFT JOIN segmentation_peernorm p
    ON p.brand_id = %(brand)s AND p.platform_id = f.primary_platform
  LEFT JOIN segmentation_creatorscore sc ON sc.model_id = %(score_model)s
    AND sc.creator_id = k.creator_id AND sc.replaced_at IS NULL
  LEFT JOIN match_told t ON t.creator_id = k.creator_id
  LEFT JOIN fit ON fit.relationship_id = k.id
  LEFT JOIN load ON load.relationship_id = k.id
  WHERE k.barred IS NULL OR k.is_compared
)
-- least() and greatest() pass over NULL: what is not known would count in full.
SELECT id, creator_id, barred, followers,
  fit, fit_n, (fit - 1) * 25 AS fit_points,
  score, score AS score_points,
  -- Of an audience that is known, countries that are not named have no share.
  CASE WHEN audience_country IS NOT NULL AND audience_country <> '{{}}'::jsonb
    AND cardinality(%(countries)s::text[]) > 0 THEN coalesce(audience_known, 0) END AS audience,
  CASE WHEN audience_country IS NOT NULL AND audience_country <> '{{}}'::jsonb
    AND cardinality(%(countries)s::text[]) > 0
    THEN least(coalesce(audience_known, 0) * 200, 100) END AS audience_points,
  platform, platform * 100 AS platform_points,
  engagement, CASE WHEN engagement IS NOT NULL THEN least(engagement * 50, 100) END
    AS engagement_points,
  results, results_n, CASE WHEN results IS NOT NULL THEN least(results * 50, 100) END
    AS results_points,
  reliability, reliability AS reliability_points,
  freshness, CASE WHEN freshness IS NOT NULL
    THEN greatest(1 - freshness / %(fresh_for)s, 0) * 100 END AS freshness_points,
  load, 100 / (1 + load) AS load_points,
  price, CASE WHEN price IS NOT NULL THEN 100 * greatest(least(2 - price, 1), 0) END
    AS price_points,
  NULL::float8 AS overlap, NULL::float8 AS overlap_points
FROM parts"""  # noqa: S608


def ranked() -> str:
    """The first `size` by score, those of whom enough is known before all others.

    Columns: id, creator_id, then value, points and n of each factor. Weights are parameters.
    """
    weighed = " + ".join(f"coalesce(%({key})s * {key}_points, 0)" for key in KEYS)
    known = " + ".join(f"CASE WHEN {key}_points IS NULL THEN 0 ELSE %({key})s END" for key in KEYS)
    return f"""SELECT id, creator_id, {columns()} FROM (
  SELECT *, ({weighed})::float8 / nullif({known}, 0) AS total,
    ({known})::float8 / %(weight)s AS known
  FROM match_found WHERE barred IS NULL) x
ORDER BY known < %(least_known)s - 1e-9, total DESC NULLS LAST, followers DESC NULLS LAST, id
LIMIT %(size)s"""  # noqa: S608 - expressions of ours


_WITH_N = ("fit", "results")


def compared() -> str:
    """Those who are in the campaign already; the most of them is the parameter."""
    return (
        f"SELECT id, creator_id, {columns()} FROM match_found "  # noqa: S608 - names of ours
        "WHERE barred = 'present' ORDER BY id LIMIT %s"
    )


def columns() -> str:
    """Value, points and n of each factor, in the order of the factors."""
    return ", ".join(
        f"{key}, {key}_points, {f'{key}_n' if key in _WITH_N else 'NULL::integer'}" for key in KEYS
    )
