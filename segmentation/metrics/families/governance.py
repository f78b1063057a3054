"""Governance: whether publications say that they are paid for, and what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from crm.choices import Severity, Source
from segmentation.metrics.entries import OUR_OWN, Better, Method, Metric, Unit
from segmentation.metrics.families import post_numbers
from segmentation.metrics.families.post_numbers import PostNumbers
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, counted, of_ratio
from segmentation.metrics.look import NO_TALLY, UNITS, WINDOWS, Look, Tally, tallies
from segmentation.metrics.statistics import Sums
from segmentation.metrics.stretches.names import EXPLODED

HUNDRED = 100
COMPLIANCE = Metric(
    key="disclosure_compliance",
    label="Disclosure in order",
    question="How many publications that needed a label had a sufficient one?",
    formula=(
        "published pieces of campaigns that were judged sufficient when first reviewed / those "
        "that required a disclosure, by the moment of the first decision; what was published and "
        "not reviewed is told apart"
    ),
    version=1,
    numerator="publications judged sufficient",
    denominator="publications that required a disclosure and were reviewed",
    basis="publications",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OUR_OWN,
    source="disclosure reviews",
)
INCIDENTS = Metric(
    key="incident_rate",
    label="Incidents in 100 posts",
    question="How often does something go wrong?",
    formula=(
        "100 x incidents of the severity that are not unfounded, by the day they happened (else "
        "were noticed) / posts of the period that were published while the creator was a member, "
        "over creators with posts"
    ),
    version=1,
    numerator="incidents of the severity",
    denominator="100 posts",
    basis="posts",
    unit=Unit.EVENTS,
    better=Better.LOWER,
    minimum_n=5,
    method=Method.EVENT_RATE,
    accepts=(Source.MANUAL, Source.MEASURED),
    source="incidents and posts",
)

# The verdicts that campaigns/selectors/disclosures/compliance.py counts.
_REVIEWED = """
SELECT r.creator_id, f.decided_at AS at, 'reviewed' AS part, 'measured' AS source,
  (f.verdict <> 'not_required')::int AS n, (f.verdict = 'sufficient')::int AS y,
  (f.verdict <> 'not_required')::int AS w
FROM (
  SELECT DISTINCT ON (deliverable_id) deliverable_id, verdict, decided_at
  FROM campaigns_disclosurereview
  WHERE brand_id = %(brand)s AND stage = 'live' AND state = 'decided'
  ORDER BY deliverable_id, decided_at, id
) f
JOIN campaigns_deliverable d ON d.id = f.deliverable_id
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id
UNION ALL
SELECT r.creator_id, d.published_at, 'waiting', 'measured', 1, 0, 1
FROM campaigns_deliverable d
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.brand_id = %(brand)s
JOIN crm_relationship r ON r.id = e.relationship_id
WHERE d.published_at IS NOT NULL AND NOT EXISTS (
  SELECT FROM campaigns_disclosurereview v
  WHERE v.deliverable_id = d.id AND v.stage = 'live' AND v.state = 'decided'
    AND v.decided_at < %(until)s
)
"""

# Incidents have a day of the brand's, which begins at its midnight; posts are counted already.
_INCIDENTS = f"""
WITH incident AS (
  SELECT w.unit, i.severity, count(*) AS y
  FROM crm_incident i
  JOIN crm_relationship r ON r.id = i.relationship_id
  JOIN {WINDOWS} w ON w.creator_id = r.creator_id
  CROSS JOIN LATERAL (
    SELECT coalesce(i.happened_on, i.noticed_on)::timestamp AT TIME ZONE %(zone)s AS at
  ) happened
  WHERE i.brand_id = %(brand)s AND i.state <> 'dismissed'
    AND happened.at >= w.since AND happened.at < w.until
  GROUP BY w.unit, i.severity
)
SELECT segment_id, severity, sum(y) FILTER (WHERE u.posts = 0)::bigint AS without_posts,
  coalesce(sum(y) FILTER (WHERE u.posts > 0), 0)::float8 AS y,
  coalesce(sum(y * y) FILTER (WHERE u.posts > 0), 0)::float8 AS yy,
  coalesce(sum(y * u.posts), 0)::float8 AS yw
FROM incident JOIN {UNITS} u ON u.unit = incident.unit
{EXPLODED}
GROUP BY segment_id, severity
"""  # noqa: S608 - names of ours


def _measure(look: Look) -> dict[int, list[Found]]:
    reviews = tallies(look, _REVIEWED)
    happened: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in look.rows(_INCIDENTS, zone=look.brand.timezone):
        happened[row["segment_id"]][row["severity"]] = row
    posts = look.once(post_numbers.read)
    return {
        key: [
            _compliance(reviews.get(key, {})),
            *_incidents(happened.get(key, {}), posts.get(key, PostNumbers())),
        ]
        for key in look.all_ids
    }


def _compliance(parts: Mapping[str, Tally]) -> Found:
    reviewed = parts.get("reviewed", NO_TALLY)
    waiting = parts.get("waiting", NO_TALLY).n
    creators = reviewed.sums.creators
    reason = ""
    if creators < COMPLIANCE.minimum_n:
        reason = (
            f"Too few: reviewed publications of {counted(creators)}, "
            f"{COMPLIANCE.minimum_n} creators are needed."
            + (f" {waiting} more were published and not reviewed." if waiting else "")
        )
    return of_ratio(
        COMPLIANCE,
        reviewed.sums,
        n=reviewed.n,
        n_unit="publications",
        reason=reason,
        provenance=reviewed.provenance,
        inputs={
            "publications_judged": reviewed.n,
            "publications_sufficient": round(reviewed.sums.y),
            "publications_excluded": {"published, not reviewed": waiting},
            "creators": creators,
            "membership": "at the moment of the decision, from the membership ledger",
        },
    )


def _incidents(happened: Mapping[str, Mapping[str, Any]], posts: PostNumbers) -> Iterator[Found]:
    creators = posts.posting
    reason = ""
    if creators < INCIDENTS.minimum_n:
        reason = (
            f"Too few: posts of {counted(creators)} of the period, {INCIDENTS.minimum_n} creators "
            "are needed."
        )
    for severity in Severity:
        row = happened.get(severity.value, {})
        sums = Sums(
            creators=creators,
            y=row.get("y", 0.0),
            w=posts.pace.y,
            yy=row.get("yy", 0.0),
            yw=row.get("yw", 0.0),
            ww=posts.pace.yy,
        )
        yield of_ratio(
            INCIDENTS,
            sums,
            part=severity.value,
            label=f"Incidents in 100 posts: {severity.label.lower()}",
            n=round(sums.w),
            n_unit="posts",
            reason=reason,
            factor=HUNDRED,
            inputs={
                "incidents": round(sums.y),
                "incidents_excluded": {"of creators without posts": row.get("without_posts") or 0},
                "posts_used": round(sums.w),
                "creators": creators,
                "membership": "on the day of the incident and at the moment of each post, from "
                "the membership ledger",
            },
        )


GOVERNANCE = Family("governance", "Rules and incidents", (COMPLIANCE, INCIDENTS), _measure)
