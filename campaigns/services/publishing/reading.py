"""After two days: how a publication does beside what is usual for its creator. Told once.

The engagement rate is that of docs/metrics.md: (likes + comments + saves + shares that are known) /
followers when it was posted. The numbers are the first ones that were taken two days after it was
published or later. Usual is the middle 80 % of the account's earlier posts, the newest 24 of them
whose rate is known; under five of them nothing can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from campaigns.choices import ReadingVerdict
from campaigns.models import FirstReading, Publication
from crm.choices import NotificationKind
from crm.models import Brand
from crm.services.notifications import notify

AFTER = timedelta(days=2)
# No numbers by then: it stays unknown.
GIVEN_UP_AFTER = timedelta(days=14)
POSTS, POSTS_MIN = 24, 5
_RATE = """
CASE WHEN {t}.likes IS NOT NULL OR {t}.comments IS NOT NULL THEN
  (coalesce({t}.likes, 0) + coalesce({t}.comments, 0) + coalesce({t}.saves, 0)
    + coalesce({t}.shares, 0))::float8 / nullif({followers}, 0) END"""
_DUE = f"""
WITH due AS (
  SELECT p.id, p.brand_id, d.published_at, o.id AS post_id, o.profile_id,
    coalesce(o.followers_at_post, f.followers) AS followers
  FROM campaigns_publication p
  JOIN campaigns_deliverable d ON d.id = p.deliverable_id
  LEFT JOIN crm_post o ON o.id = d.post_id
  LEFT JOIN crm_profile f ON f.id = o.profile_id
  WHERE d.state = 'published' AND d.published_at <= %(after)s
    AND (%(brand)s::bigint IS NULL OR p.brand_id = %(brand)s)
    AND NOT EXISTS (SELECT FROM campaigns_firstreading r WHERE r.publication_id = p.id)
)
SELECT due.id, due.post_id, due.published_at <= %(given_up)s AS is_given_up,
  now_.rate, now_.captured_at, usual.posts, usual.middle, usual.low, usual.high
FROM due
LEFT JOIN LATERAL (
  SELECT s.captured_at, {_RATE.format(t="s", followers="due.followers")} AS rate
  FROM crm_postmetricsnapshot s
  WHERE s.post_id = due.post_id AND s.captured_at >= due.published_at + interval '2 days'
    AND s.captured_at <= %(at)s AND (s.likes IS NOT NULL OR s.comments IS NOT NULL)
  ORDER BY s.captured_at, s.id LIMIT 1
) now_ ON true
LEFT JOIN LATERAL (
  SELECT count(e.rate) AS posts,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY e.rate) AS middle,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY e.rate) AS low,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY e.rate) AS high
  FROM (
    SELECT * FROM (
      SELECT o.posted_at, o.id,
        {_RATE.format(t="o", followers="coalesce(o.followers_at_post, due.followers)")} AS rate
      FROM crm_post o
      WHERE o.profile_id = due.profile_id AND o.id <> due.post_id
        AND o.posted_at < due.published_at
    ) earlier WHERE rate IS NOT NULL ORDER BY posted_at DESC, id DESC LIMIT {POSTS}
  ) e
) usual ON true
ORDER BY due.id"""  # noqa: S608 - own SQL, values are parameters


@dataclass(frozen=True)
class _Case:
    publication: int
    post: int | None
    is_given_up: bool
    rate: float | None
    taken_at: datetime | None
    posts: int
    middle: float | None
    low: float | None
    high: float | None


def read_first(*, at: datetime, brand: Brand | None = None) -> int:
    """Read every publication that is two days old and was not read; returns how many were."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DUE, _values(at, brand))
            cases = [_Case(*row) for row in cursor.fetchall()]
        made = [reading for case in cases if (reading := _reading(case, at))]
        FirstReading.objects.bulk_create(made, ignore_conflicts=True)
        _tell({row.publication_id: row for row in made}, at)
    return len(made)


def _values(at: datetime, brand: Brand | None) -> dict[str, Any]:
    return {
        "at": at,
        "after": at - AFTER,
        "given_up": at - GIVEN_UP_AFTER,
        "brand": brand.pk if brand else None,
    }


def _reading(case: _Case, at: datetime) -> FirstReading | None:
    """What is written down; None while numbers may still come."""
    if case.rate is None or case.taken_at is None:
        if not case.is_given_up:
            return None
        why = (
            "No import brought it within two weeks."
            if case.post is None
            else "No numbers were taken two days after it was published or later, within two weeks."
        )
        return FirstReading(
            publication_id=case.publication, read_at=at, verdict=ReadingVerdict.UNKNOWN, why=why
        )
    if case.posts < POSTS_MIN or case.low is None or case.high is None or case.middle is None:
        return FirstReading(
            publication_id=case.publication,
            read_at=at,
            verdict=ReadingVerdict.UNKNOWN,
            rate=case.rate,
            posts=case.posts,
            why=f"Too few: {case.posts} earlier post{'s'[: case.posts != 1]} with a known rate, "
            f"{POSTS_MIN} are needed.",
        )
    verdict = ReadingVerdict.WITHIN
    if case.rate < case.low:
        verdict = ReadingVerdict.BELOW
    elif case.rate > case.high:
        verdict = ReadingVerdict.ABOVE
    return FirstReading(
        publication_id=case.publication,
        read_at=at,
        verdict=verdict,
        rate=case.rate,
        usual=case.middle,
        low=case.low,
        high=case.high,
        posts=case.posts,
        why=f"{case.rate:.2%} of the followers engaged by {case.taken_at:%-d %B %Y}; usual are "
        f"{case.low:.2%} to {case.high:.2%} (middle 80 % of the account's {case.posts} earlier "
        f"posts, median {case.middle:.2%}).",
    )


def _tell(made: dict[int, FirstReading], at: datetime) -> None:
    """Whoever leads the creator hears of what is below the usual."""
    below = {pk for pk, row in made.items() if row.verdict == ReadingVerdict.BELOW}
    rows = Publication.objects.filter(pk__in=below).select_related(
        "brand",
        "deliverable__engagement__owner",
        "deliverable__engagement__campaign__owner",
        "deliverable__engagement__relationship__creator",
    )
    for row in rows.order_by("pk"):
        engagement = row.deliverable.engagement
        person = engagement.owner or engagement.campaign.owner
        if person:
            notify(
                user=person,
                brand=row.brand,
                kind=NotificationKind.CAMPAIGN,
                text=f"“{row.deliverable}” of {engagement.relationship.creator} is below the "
                f"usual. {made[row.pk].why}",
                url=reverse("campaigns:publishing", args=[row.brand.slug, engagement.campaign.key]),
                at=at,
                key=f"below-usual:{row.pk}",
            )
