"""What came of it: clicks, conversions, codes redeemed, and whom others' conversions began with."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.attribution.settings import Settings
from campaigns.models import AttributionSettings, PromoCode, TrackingLink
from crm.choices import Source
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies

TOLD = (Source.MEASURED, Source.MANUAL)
NO_LINKS = "The brand has no tracking links: nobody knows who clicked."
NO_CODES = "The brand has no codes."

CLICK_THROUGH = Metric(
    key="click_through",
    label="Click-through",
    question="How many who saw it clicked?",
    formula=(
        "clicks of people on a creator's links / impressions of the creator's posts of the period, "
        "over creators with a link and known impressions"
    ),
    version=1,
    numerator="clicks of people",
    denominator="impressions",
    basis="impressions",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.EVENT_RATE,
    accepts=OF_POSTS,
    source="clicks and posts",
)
CONVERSION_RATE = Metric(
    key="conversion_rate",
    label="Conversion rate",
    question="How many who clicked bought?",
    formula=(
        "conversions that came by a creator's link, without those taken back as a whole / clicks "
        "of people on the creator's links, over creators with clicks"
    ),
    version=1,
    numerator="conversions by link",
    denominator="clicks of people",
    basis="clicks",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.EVENT_RATE,
    accepts=TOLD,
    source="clicks and conversions",
)
REDEMPTIONS = Metric(
    key="code_redemptions",
    label="Codes redeemed",
    question="How often was a code used?",
    formula="conversions with a creator's code, without those taken back as a whole",
    version=1,
    numerator="redemptions",
    unit=Unit.EVENTS,
    better=Better.HIGHER,
    minimum_n=0,
    method=Method.CENSUS,
    accepts=TOLD,
    source="conversions",
)
ASSISTED = Metric(
    key="assisted_conversions",
    label="Assisted conversions",
    question="How many conversions did they prepare that somebody else was credited with?",
    formula=(
        "conversions before which a person followed a creator's link within the window of the "
        "brand's attribution, while the code that was redeemed, else the last link, is somebody "
        "else's; counted at the creator's last link, not of conversions taken back as a whole"
    ),
    version=1,
    numerator="conversions on whose path the creator is, not credited",
    unit=Unit.EVENTS,
    better=Better.HIGHER,
    minimum_n=0,
    method=Method.CENSUS,
    accepts=TOLD,
    source="clicks and conversions",
)
METRICS = (CLICK_THROUGH, CONVERSION_RATE, REDEMPTIONS, ASSISTED)

# Clicks of people; where they were deleted in time, their daily counts, at noon.
_CLICKS = """
SELECT r.creator_id, c.at, 'measured' AS source, 1 AS people
FROM campaigns_click c
JOIN campaigns_trackinglink l ON l.id = c.link_id
JOIN crm_relationship r ON r.id = l.relationship_id
WHERE c.brand_id = %(brand)s AND c.kind = 'person' AND c.at >= %(start)s AND c.at < %(until)s
UNION ALL
SELECT r.creator_id, (d.day + time '12:00') AT TIME ZONE %(zone)s, 'measured', d.people
FROM campaigns_clickday d
JOIN campaigns_trackinglink l ON l.id = d.link_id
JOIN crm_relationship r ON r.id = l.relationship_id
WHERE d.brand_id = %(brand)s AND d.people > 0
  AND d.day < coalesce((SELECT min(c.day) FROM campaigns_click c WHERE c.brand_id = %(brand)s),
    'infinity')
"""

# Conversions that still stand at the end of the period, with the link they came by.
_STANDING = """
SELECT c.id, c.at, c.visitor, c.code_id, coalesce(c.link_id, k.link_id) AS link_id,
  CASE WHEN c.source = 'manual' THEN 'manual' ELSE 'measured' END AS source
FROM campaigns_conversion c
LEFT JOIN campaigns_click k ON k.id = c.click AND k.brand_id = c.brand_id
WHERE c.brand_id = %(brand)s AND c.at >= %(start)s AND c.at < %(until)s AND NOT EXISTS (
  SELECT FROM campaigns_refund f WHERE f.conversion_id = c.id AND f.at < %(until)s
  HAVING bool_or(f.value IS NULL) OR sum(f.value) >= c.value AND c.value > 0
)
"""

_CLICKED_THROUGH = f"""
WITH clicked AS ({_CLICKS})
SELECT creator_id, at, '' AS part, source, people AS n, people AS y, 0 AS w FROM clicked
UNION ALL
SELECT p.creator_id, p.posted_at, '', p.metrics_source, 0, 0, p.impressions
FROM crm_post p
WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s AND p.impressions > 0
  AND p.creator_id IN (
    SELECT r.creator_id FROM campaigns_trackinglink l
    JOIN crm_relationship r ON r.id = l.relationship_id
    WHERE l.brand_id = %(brand)s AND l.created_at < %(until)s
  )
"""  # noqa: S608 - statements of ours

_CONVERTED = f"""
WITH clicked AS ({_CLICKS}), standing AS ({_STANDING})
SELECT creator_id, at, '' AS part, source, people AS n, 0 AS y, people AS w FROM clicked
UNION ALL
SELECT r.creator_id, s.at, '', s.source, 0, 1, 0
FROM standing s
JOIN campaigns_trackinglink l ON l.id = s.link_id
JOIN crm_relationship r ON r.id = l.relationship_id
"""  # noqa: S608 - statements of ours

_REDEEMED = f"""
WITH standing AS ({_STANDING})
SELECT r.creator_id, s.at, '' AS part, s.source, 1 AS n, 1 AS y, 1 AS w
FROM standing s
JOIN campaigns_promocode o ON o.id = s.code_id
JOIN crm_relationship r ON r.id = o.relationship_id
"""  # noqa: S608 - statements of ours

_ASSISTED = f"""
WITH standing AS ({_STANDING}),
touch AS (
  SELECT s.id, r.creator_id, max(c.at) AS at
  FROM standing s
  JOIN campaigns_click c ON c.brand_id = %(brand)s AND c.visitor = s.visitor
    AND c.kind = 'person' AND c.at <= s.at AND c.at >= s.at - %(window)s
  JOIN campaigns_trackinglink l ON l.id = c.link_id
  JOIN crm_relationship r ON r.id = l.relationship_id
  GROUP BY s.id, r.creator_id
),
credited AS (
  SELECT s.id, coalesce(owner.creator_id, last.creator_id) AS creator_id, s.source
  FROM standing s
  LEFT JOIN campaigns_promocode o ON o.id = s.code_id
  LEFT JOIN crm_relationship owner ON owner.id = o.relationship_id
  LEFT JOIN LATERAL (
    SELECT t.creator_id FROM touch t WHERE t.id = s.id ORDER BY t.at DESC, t.creator_id LIMIT 1
  ) last ON true
)
SELECT t.creator_id, t.at, '' AS part, c.source, 1 AS n, 1 AS y, 1 AS w
FROM touch t JOIN credited c ON c.id = t.id WHERE c.creator_id <> t.creator_id
"""  # noqa: S608 - statements of ours


def _measure(look: Look) -> dict[int, list[Found]]:
    zone = look.brand.timezone
    has_links = TrackingLink.objects.filter(brand=look.brand).exists()
    has_codes = PromoCode.objects.filter(brand=look.brand).exists()
    decided = AttributionSettings.objects.filter(brand=look.brand).order_by("-number").first()
    window = decided.window if decided else Settings().window
    through = tallies(look, _CLICKED_THROUGH, only="w > 0", zone=zone) if has_links else {}
    converted = tallies(look, _CONVERTED, only="w > 0", zone=zone) if has_links else {}
    redeemed = tallies(look, _REDEEMED) if has_codes else {}
    assisted = tallies(look, _ASSISTED, window=window) if has_links else {}
    without_links, without_codes = "" if has_links else NO_LINKS, "" if has_codes else NO_CODES

    def of(tallied: Mapping[int, Mapping[str, Tally]], key: int) -> Tally:
        return tallied.get(key, {}).get("", NO_TALLY)

    return {
        key: [
            _rate(CLICK_THROUGH, of(through, key), without_links, "impressions"),
            _rate(CONVERSION_RATE, of(converted, key), without_links, "clicks"),
            _count(REDEMPTIONS, of(redeemed, key), without_codes),
            _count(ASSISTED, of(assisted, key), without_links),
        ]
        for key in look.all_ids
    }


def _rate(metric: Metric, tally: Tally, reason: str, what: str) -> Found:
    sums = tally.sums
    return of_ratio(
        metric,
        sums,
        n=round(sums.w),
        n_unit=what,
        reason=reason or too_few(metric, sums.creators, what),
        provenance=tally.provenance,
        inputs={
            metric.numerator.replace(" ", "_"): round(sums.y),
            what: round(sums.w),
            "creators": sums.creators,
            "membership": "at the moment of each click, conversion and post, from the membership "
            "ledger",
        },
    )


def _count(metric: Metric, tally: Tally, reason: str) -> Found:
    return Found(
        metric=metric,
        value=None if reason else tally.n,
        n=tally.n,
        n_unit="conversions",
        creators=tally.sums.creators,
        reason=reason,
        provenance=tally.provenance,
        inputs={
            "conversions": tally.n,
            "creators": tally.sums.creators,
            "membership": "at the moment of the conversion, or of the link that prepared it, from "
            "the membership ledger",
        },
    )


CONVERSIONS = Family("conversions", "What came of it", METRICS, _measure)
