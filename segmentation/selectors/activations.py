"""Who of a segment could be in a campaign: ranked by stated criteria, each part in plain sight.

One statement ranks a segment of any size in the database; only what is looked at leaves it. A
creator of whom a criterion is not known comes after everybody of whom all are, and it is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from campaigns.models.engagements import OPEN_STAGES
from campaigns.selectors.conflicts import VETTED_FOR
from crm.choices import Stage, VettingStatus
from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.outreach import do_not_pitch
from segmentation.selectors.shares import Share, share_of
from segmentation.services.reviewed import REVIEWED

# As many as anybody looks through.
MOST = 500
MAX_WEIGHT = 10
FRESH_FOR = 90


@dataclass(frozen=True)
class Criterion:
    """What creators are ranked by, and how a value counts: from 0 to 1."""

    key: str
    label: str
    explains: str
    weight: int

    def says(self, value: float | None) -> str:
        """The value in words."""
        if value is None:
            return "not known"
        match self.key:
            case "fit":
                return f"{value:.1f} of 5 in reviews"
            case "engagement":
                return f"{value:.2f} x the norm"
            case "freshness":
                return f"posted {value:.0f} day{'s'[: round(value) != 1]} ago"
        return "in no other campaign" if not value else f"in {value:.0f} other{'s'[: value != 1]}"


CRITERIA = (
    Criterion(
        "fit",
        "Fit",
        "The mean of the scores of the newest settled reviews of the last year: 5 counts 1, 1 "
        "counts 0. Where the review form lets low scores pass (risk), 1 counts as 5.",
        3,
    ),
    Criterion(
        "engagement",
        "Engagement",
        "The engagement rate against the median of the brand's creators on the same platform: "
        "twice the median or more counts 1, nothing counts 0.",
        3,
    ),
    Criterion(
        "freshness",
        "Freshness",
        f"Days since the last known post: today counts 1, {FRESH_FOR} days or more count 0.",
        2,
    ),
    Criterion(
        "load",
        "Load",
        "Open campaigns of the brand that the creator is in: none counts 1, one a half, two a "
        "third.",
        2,
    ),
)
WEIGHTS = {criterion.key: criterion.weight for criterion in CRITERIA}


@dataclass(frozen=True)
class Part:
    """One criterion for one creator: what it was, and as what it counts."""

    criterion: Criterion
    value: float | None
    counts: float | None
    weight: int

    @property
    def says(self) -> str:
        """In words, e.g. for a tooltip or a reason."""
        return f"{self.criterion.label}: {self.criterion.says(self.value)}"


@dataclass(frozen=True)
class Candidate:
    """A creator of the segment who could be in the campaign."""

    rank: int
    relationship_id: int
    creator_id: int
    uid: UUID
    name: str
    followers: int | None
    score: float | None
    parts: Sequence[Part]

    @property
    def unknown(self) -> list[str]:
        """The criteria that count and are not known."""
        return [
            part.criterion.label.lower()
            for part in self.parts
            if part.weight and part.counts is None
        ]

    @property
    def why(self) -> str:
        """The place and its reasons in a sentence."""
        reasons = "; ".join(part.says for part in self.parts if part.weight)
        return f"{reasons}."

    @property
    def kept(self) -> dict[str, list[float | None]]:
        """The parts as they are stored."""
        return {part.criterion.key: [part.value, part.counts] for part in self.parts}


@dataclass(frozen=True)
class Ranking:
    """The first of a segment's creators, and who is left out and why."""

    segment: Segment
    as_of: datetime
    weights: Mapping[str, int]
    members: int
    candidates: int
    rows: Sequence[Candidate]
    # In words, with how many there are.
    left_out: Sequence[tuple[str, int]]
    share: Share


_OF_SEGMENT = """
WITH members AS (
  SELECT creator_id FROM segmentation_membership
  WHERE segment_id = %(segment)s AND entered_at <= %(as_of)s
    AND (left_at IS NULL OR left_at > %(as_of)s)
), known AS (
  SELECT r.id, r.creator_id, CASE
      WHEN e.relationship_id IS NOT NULL THEN 'present'
      WHEN r.unprofiled_at IS NOT NULL THEN 'objected'
      WHEN r.stage = %(declined)s THEN 'declined'
      WHEN s.creator_id IS NOT NULL THEN 'suppressed'
    END AS barred
  FROM members m
  JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = m.creator_id
  LEFT JOIN campaigns_engagement e
    ON e.campaign_id = %(campaign)s AND e.relationship_id = r.id
  LEFT JOIN crm_suppression s
    ON s.brand_id = %(brand)s AND s.creator_id = m.creator_id AND s.is_person
    AND s.lifted_at IS NULL
)
"""
# Both are made of texts of this module alone.
_COUNTS = _OF_SEGMENT + "SELECT barred, count(*) FROM known GROUP BY barred"  # noqa: S608
_RANKED = (
    _OF_SEGMENT  # noqa: S608
    + f"""
, load AS (
  SELECT e.relationship_id, count(*) AS campaigns
  FROM campaigns_engagement e JOIN campaigns_campaign c ON c.id = e.campaign_id
  WHERE c.brand_id = %(brand)s AND c.id <> %(campaign)s
    AND c.status = ANY(%(open_campaigns)s) AND e.stage = ANY(%(open_stages)s)
  GROUP BY 1
), fit AS ({REVIEWED}
), parts AS (
  SELECT k.id, k.creator_id, f.followers, fit.score AS fit,
    f.engagement_rate / nullif(p.median_rate, 0) AS engagement,
    CASE WHEN f.last_post_at IS NOT NULL
      THEN greatest(extract(epoch FROM %(as_of)s - f.last_post_at) / 86400, 0)::float8
    END AS freshness,
    coalesce(load.campaigns, 0)::float8 AS load
  FROM known k
  LEFT JOIN segmentation_creatorfacts f
    ON f.brand_id = %(brand)s AND f.creator_id = k.creator_id
  LEFT JOIN segmentation_peernorm p
    ON p.brand_id = %(brand)s AND p.platform_id = f.primary_platform
  LEFT JOIN fit ON fit.relationship_id = k.id
  LEFT JOIN load ON load.relationship_id = k.id
  WHERE k.barred IS NULL
), counted AS (
  -- least() and greatest() pass over NULL: what is not known would count in full.
  SELECT *, (fit - 1) / 4 AS fit_counts,
    CASE WHEN engagement IS NOT NULL THEN least(engagement / 2, 1) END AS engagement_counts,
    CASE WHEN freshness IS NOT NULL THEN greatest(1 - freshness / %(fresh_for)s, 0) END
      AS freshness_counts,
    1 / (1 + load) AS load_counts
  FROM parts
), scored AS (
  SELECT *,
    (coalesce(%(fit)s * fit_counts, 0) + coalesce(%(engagement)s * engagement_counts, 0)
      + coalesce(%(freshness)s * freshness_counts, 0) + coalesce(%(load)s * load_counts, 0))
    / nullif(
      CASE WHEN fit_counts IS NULL THEN 0 ELSE %(fit)s END
      + CASE WHEN engagement_counts IS NULL THEN 0 ELSE %(engagement)s END
      + CASE WHEN freshness_counts IS NULL THEN 0 ELSE %(freshness)s END
      + CASE WHEN load_counts IS NULL THEN 0 ELSE %(load)s END, 0)::float8 AS score,
    %(fit)s > 0 AND fit_counts IS NULL OR %(engagement)s > 0 AND engagement_counts IS NULL
      OR %(freshness)s > 0 AND freshness_counts IS NULL
      OR %(load)s > 0 AND load_counts IS NULL AS lacks
  FROM counted
), taken AS (
  SELECT * FROM scored
  ORDER BY lacks, score DESC NULLS LAST, followers DESC NULLS LAST, id
  LIMIT %(size)s
)
SELECT t.id, t.creator_id, o.uid, o.name, t.followers, t.score,
  t.fit, t.fit_counts, t.engagement, t.engagement_counts,
  t.freshness, t.freshness_counts, t.load, t.load_counts
FROM taken t JOIN crm_creator o ON o.id = t.creator_id
ORDER BY t.lacks, t.score DESC NULLS LAST, t.followers DESC NULLS LAST, t.id
"""  # noqa: S608
)
_WORDS = {
    "present": "in this campaign already",
    "objected": "objected to being judged by machines",
    "declined": "declined to work with the brand",
    "suppressed": "on the suppression list",
}


def rank(
    campaign: Campaign,
    segment: Segment,
    *,
    as_of: datetime,
    size: int,
    weights: Mapping[str, int] | None = None,
) -> Ranking:
    """The first `size` creators of a segment for a campaign, as of a moment.

    Who is in the campaign, has objected to profiling, has declined, is on the suppression list or
    in a segment whose playbook says not to pitch, is left out and counted.
    """
    said = {key: (weights or WEIGHTS).get(key, 0) for key in WEIGHTS}
    values: dict[str, Any] = {
        "segment": segment.pk,
        "brand": campaign.brand_id,
        "campaign": campaign.pk,
        "as_of": as_of,
        "declined": Stage.DECLINED.value,
        "open_campaigns": [CampaignStatus.DRAFT.value, CampaignStatus.ACTIVE.value],
        "open_stages": [stage.value for stage in OPEN_STAGES],
        "settled": VettingStatus.SETTLED.value,
        "vetted_since": as_of - VETTED_FOR,
        "fresh_for": FRESH_FOR,
    } | said
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        counts: dict[str | None, int] = dict(cursor.fetchall())
    free = counts.pop(None, 0)
    rows, unpitched = _first(campaign.brand, values, said, size, free)
    left_out = [(_WORDS[why], number) for why, number in sorted(counts.items(), key=str) if why]
    if unpitched:
        left_out.append(("not to be pitched, says a playbook", unpitched))
    return Ranking(
        segment=segment,
        as_of=as_of,
        weights=said,
        members=free + sum(counts.values()),
        candidates=free,
        rows=rows,
        left_out=left_out,
        share=share_of(campaign, segment),
    )


def _first(
    brand: Brand, values: dict[str, Any], weights: Mapping[str, int], size: int, free: int
) -> tuple[list[Candidate], int]:
    """The first who may be pitched, and how many were passed over to find them."""
    asked = size + 50
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_RANKED, values | {"size": asked})
            found = cursor.fetchall()
        barred = do_not_pitch(brand, [row[1] for row in found], values["as_of"])
        taken = [row for row in found if row[1] not in barred][:size]
        if len(taken) == size or asked >= free:
            passed = sum(
                row[1] in barred
                for row in (found[: found.index(taken[-1])] if len(taken) == size else found)
            )
            return [_candidate(n, row, weights) for n, row in enumerate(taken, 1)], passed
        asked *= 4


def _candidate(rank_: int, row: tuple[Any, ...], weights: Mapping[str, int]) -> Candidate:
    pk, creator, uid, name, followers, score, *parts = row
    return Candidate(
        rank=rank_,
        relationship_id=pk,
        creator_id=creator,
        uid=uid,
        name=name,
        followers=followers,
        score=score,
        parts=[
            Part(criterion, parts[2 * n], parts[2 * n + 1], weights[criterion.key])
            for n, criterion in enumerate(CRITERIA)
        ],
    )


def segments_of(brand: Brand) -> list[Segment]:
    """Those that creators can be taken from: active ones with a version."""
    rows = Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
    return list(rows.select_related("dimension", "active_version").order_by("name", "pk"))
