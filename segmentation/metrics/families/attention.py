"""How much of it is seen to the end, and what those do who come to the brand's site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaigns.models import VisitDay
from crm.choices import PostKind
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies

NOT_WATCHED = "Of no video of these days is known how often it was seen to the end."
NO_VISITS = (
    "No visits by links or codes were told: take in what the shop's statistics say (Tracking)."
)
NOT_TOLD = "Of none of the visits of these days was told {what}."

VIEW_THROUGH = Metric(
    key="view_through",
    label="View-through",
    question="How much of a video is watched?",
    formula=(
        "views to the end / views, over videos, stories and streams of the period of which both "
        "are known and that were published while the creator was a member"
    ),
    version=1,
    numerator="completed views",
    denominator="views",
    basis="views",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OF_POSTS,
    source="posts",
)
TRAFFIC_QUALITY = Metric(
    key="traffic_quality",
    label="Engaged visits",
    question="How many who come stay?",
    formula=(
        "engaged visits / visits that came by a creator's links and codes, over days of which both "
        "are told, the creator being a member at noon"
    ),
    version=1,
    numerator="engaged visits",
    denominator="visits of the brand's site",
    basis="visits",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OF_POSTS,
    source="the brand's site",
)
BOUNCES = Metric(
    key="bounce_rate",
    label="Visits that go at once",
    question="How many who come leave on the first page?",
    formula=(
        "visits that ended on the first page / visits that came by a creator's links and codes, "
        "over days of which both are told, the creator being a member at noon"
    ),
    version=1,
    numerator="visits that went at once",
    denominator="visits of the brand's site",
    basis="visits",
    unit=Unit.FRACTION,
    better=Better.LOWER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OF_POSTS,
    source="the brand's site",
)
TIME_ON_SITE = Metric(
    key="time_on_site",
    label="Time on the site",
    question="How long do those who come stay?",
    formula=(
        "seconds spent on the site / visits that came by a creator's links and codes, over days "
        "of which both are told, the creator being a member at noon"
    ),
    version=1,
    numerator="seconds on the site",
    denominator="visits of the brand's site",
    basis="visits",
    unit=Unit.SECONDS,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=OF_POSTS,
    source="the brand's site",
)
METRICS = (VIEW_THROUGH, TRAFFIC_QUALITY, BOUNCES, TIME_ON_SITE)
_OF_VISITS = {
    TRAFFIC_QUALITY: "how many stayed",
    BOUNCES: "how many went at once",
    TIME_ON_SITE: "how long they stayed",
}

# What can be seen to the end; an episode is fetched, which is another whole.
SEEN = (PostKind.SHORT_VIDEO, PostKind.VIDEO, PostKind.LIVE, PostKind.STORY)

_WATCHED = """
SELECT p.creator_id, p.posted_at AS at, '' AS part, p.metrics_source AS source, 1 AS n,
  p.completions AS y, p.views AS w
FROM crm_post p
WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s AND p.kind = ANY(%(seen)s)
  AND p.completions <= p.views AND p.views > 0
  AND p.creator_id IN (SELECT r.creator_id FROM crm_relationship r WHERE r.brand_id = %(brand)s)
"""
_VISITED = """
SELECT r.creator_id, (v.day + time '12:00') AT TIME ZONE %(zone)s AS at, told.part, v.source,
  v.sessions AS n, told.y, v.sessions AS w
FROM campaigns_visitday v
CROSS JOIN LATERAL (VALUES
  ('traffic_quality', v.engaged::bigint), ('bounce_rate', v.bounces), ('time_on_site', v.seconds)
) AS told (part, y)
LEFT JOIN campaigns_trackinglink l ON l.id = v.link_id
LEFT JOIN campaigns_promocode c ON c.id = v.code_id
JOIN crm_relationship r ON r.id = coalesce(l.relationship_id, c.relationship_id)
WHERE v.brand_id = %(brand)s AND told.y IS NOT NULL AND v.sessions > 0
"""


def _measure(look: Look) -> dict[int, list[Found]]:
    watched = tallies(look, _WATCHED, seen=list(SEEN))
    has_visits = VisitDay.objects.filter(brand=look.brand).exists()
    visited = tallies(look, _VISITED, zone=look.brand.timezone) if has_visits else {}
    return {
        key: [
            _row(VIEW_THROUGH, watched.get(key, {}).get("", NO_TALLY), NOT_WATCHED, "posts"),
            *_of_visits(visited.get(key, {})),
        ]
        for key in look.all_ids
    }


def _of_visits(told: Mapping[str, Tally]) -> Iterator[Found]:
    for metric, what in _OF_VISITS.items():
        nothing = NOT_TOLD.format(what=what) if told else NO_VISITS
        yield _row(metric, told.get(metric.key, NO_TALLY), nothing, "visits")


def _row(metric: Metric, tally: Tally, nothing: str, what: str) -> Found:
    sums = tally.sums
    return of_ratio(
        metric,
        sums,
        n=tally.n,
        n_unit=what,
        reason=nothing if not tally.n else too_few(metric, sums.creators, what),
        provenance=tally.provenance,
        inputs={
            metric.numerator.replace(" ", "_"): round(sums.y),
            metric.denominator.replace(" ", "_"): round(sums.w),
            "creators": sums.creators,
            "membership": "at the moment of each post, at noon of each day of visits, from the "
            "membership ledger",
        },
    )


ATTENTION = Family("attention", "What holds attention", METRICS, _measure)
