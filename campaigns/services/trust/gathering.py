"""What is on file of creators for trust: for many at a time, in eight queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Sum

from campaigns.choices import EngagementStage
from campaigns.models import Engagement, ReliabilityReading
from campaigns.risk.assess import months_before
from campaigns.services.risk.gathering import incidents_of, reviews_of
from campaigns.trust.assess import Known, Trouble
from campaigns.trust.weights import Weights
from crm.choices import PostKind
from crm.models import Brand, CommentThread, Profile, Relationship

# Stories are gone after a day: who posts nothing else has days without any that is known.
_DAYS = """
SELECT o.creator_id, array_agg(DISTINCT (o.posted_at AT TIME ZONE %(zone)s)::date)
FROM crm_post o
WHERE o.creator_id = ANY(%(creators)s) AND o.posted_at > %(since)s AND o.posted_at <= %(at)s
  AND o.kind <> %(story)s
GROUP BY o.creator_id"""


def gather(
    brand: Brand, relationships: Sequence[Relationship], weights: Weights, at: datetime
) -> Mapping[int, Known]:
    """What is known of each of these creators as of a moment, by relationship."""
    zone = ZoneInfo(brand.timezone)
    today = at.astimezone(zone).date()
    numbers = [row.pk for row in relationships]
    creators = [row.creator_id for row in relationships]
    months = weights.given["disclosure"]["months"]
    since = datetime.combine(months_before(today, months), time(), zone)
    reviews = reviews_of(numbers, zone, since)
    incidents = incidents_of(numbers)
    days = _post_days(creators, weights, at, zone)
    until = _known_until(creators, zone)
    talk = _talk(brand, creators, weights, at)
    reliable = ReliabilityReading.objects.current().filter(relationship__in=numbers)
    readings = {row.relationship_id: row for row in reliable}
    worked = set(
        Engagement.objects.filter(
            relationship__in=numbers, stage__in=[EngagementStage.LIVE, EngagementStage.COMPLETED]
        ).values_list("relationship", flat=True)
    )
    found = {}
    for row in relationships:
        review, said = reviews[row.pk], talk.get(row.creator_id, {})
        reading = readings.get(row.pk)
        score = reading.score if reading else None
        found[row.pk] = Known(
            on=today,
            post_days=days.get(row.creator_id, ()),
            known_until=until.get(row.creator_id),
            reviewed=review.reviewed,
            sufficient=review.sufficient,
            reviewed_on=review.on,
            comments=said.get("scored") or 0,
            negative=said.get("negatives") or 0,
            commented_posts=said.get("posts") or 0,
            commented_on=_day(said.get("last"), zone),
            has_worked=row.pk in worked,
            incidents=tuple(
                Trouble(one.severity, one.noticed_on, one.is_confirmed) for one in incidents[row.pk]
            ),
            reliability=None if score is None else float(score),
            reliability_on=_day(reading.read_at, zone) if reading else None,
        )
    return found


def _post_days(
    creators: Collection[int], weights: Weights, at: datetime, zone: ZoneInfo
) -> Mapping[int, Sequence[date]]:
    given: dict[str, Any] = {
        "creators": list(creators),
        "since": at - timedelta(days=weights.given["consistency"]["days"]),
        "at": at,
        "zone": zone.key,
        "story": PostKind.STORY.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, given)
        return {creator: sorted(days) for creator, days in cursor.fetchall()}


def _known_until(creators: Collection[int], zone: ZoneInfo) -> Mapping[int, date | None]:
    """When the numbers of any account were last brought: until then a pause is known."""
    rows = Profile.objects.filter(creator__in=creators, metrics_at__isnull=False).order_by()
    seen = rows.values("creator").annotate(last=Max("metrics_at"))
    return {row["creator"]: _day(row["last"], zone) for row in seen}


def _talk(
    brand: Brand, creators: Collection[int], weights: Weights, at: datetime
) -> Mapping[int, dict[str, Any]]:
    """How comments below posts of a year sound: sums of threads, never comments."""
    since = at - timedelta(days=weights.given["sentiment"]["days"])
    rows = (
        CommentThread.objects.filter(
            brand=brand,
            post__creator__in=creators,
            post__posted_at__gt=since,
            post__posted_at__lte=at,
            in_language__gt=0,
        )
        .order_by()
        .values("post__creator")
        .annotate(
            scored=Sum("in_language"),
            negatives=Sum("negative"),
            posts=Count("pk"),
            last=Max("post__posted_at"),
        )
    )
    return {row["post__creator"]: {**row} for row in rows}


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None
