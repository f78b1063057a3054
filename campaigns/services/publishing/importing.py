"""What imports tell of publications: posts that were expected, seen again, or missed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.choices import SightingKind
from campaigns.models import Deliverable, Publication, Sighting
from campaigns.services.disclosures import live
from campaigns.services.publishing.addresses import key_of
from campaigns.services.publishing.sightings import settle
from crm.choices import ImportStatus
from crm.models import Brand, ImportBatch, Platform

# Imports that nobody told us of (a command, a worker that was lost) are found for so long.
RECENT = timedelta(days=3)
# Posts of the same creator on the same platform whose address or number holds the identifier:
# few. Which of them it is, the addresses' own rules say.
_CANDIDATES = """
SELECT p.id, d.id, d.platform_id, p.address_key, o.id, o.url, o.external_id,
  b.id, least(%(at)s, coalesce(o.metrics_at, b.captured_at, o.created_at))
FROM campaigns_publication p
JOIN campaigns_deliverable d ON d.id = p.deliverable_id
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id
JOIN crm_post o ON o.creator_id = r.creator_id
JOIN crm_profile f ON f.id = o.profile_id AND f.platform_id = d.platform_id
LEFT JOIN crm_importbatch b ON b.id = o.import_batch_id AND b.brand_id = p.brand_id
WHERE d.post_id IS NULL AND p.address_key IS NOT NULL
  AND (%(ids)s::bigint[] IS NULL OR p.id = ANY(%(ids)s))
  AND (%(brand)s::bigint IS NULL OR p.brand_id = %(brand)s)
  AND (o.external_id = substr(p.address_key, length(d.platform_id) + 2)
    OR strpos(o.url, substr(p.address_key, length(d.platform_id) + 2)) > 0)
ORDER BY p.id, o.id"""
# A list that has older and younger posts of an account, and not this one, has missed it. Stories
# are gone after a day and prove nothing.
_TOLD = """
WITH batch AS (
  SELECT id, brand_id, captured_at FROM crm_importbatch WHERE id = %(batch)s
), listed AS MATERIALIZED (
  SELECT DISTINCT o.id, o.profile_id, o.posted_at
  FROM crm_postmetricsnapshot s JOIN crm_post o ON o.id = s.post_id
  WHERE s.import_batch_id = %(batch)s
), spans AS (
  SELECT profile_id, min(posted_at) AS oldest, max(posted_at) AS newest
  FROM listed GROUP BY profile_id
), told AS (
  SELECT p.id AS publication_id, o.id AS post_id, listed.id IS NOT NULL AS is_there,
    least(%(at)s, batch.captured_at) AS seen_at
  FROM batch
  JOIN campaigns_publication p ON p.brand_id = batch.brand_id
  JOIN campaigns_deliverable d ON d.id = p.deliverable_id
  JOIN crm_post o ON o.id = d.post_id
  LEFT JOIN listed ON listed.id = o.id
  LEFT JOIN spans ON spans.profile_id = o.profile_id
  WHERE listed.id IS NOT NULL
    OR (o.kind <> 'story' AND spans.oldest < o.posted_at AND spans.newest > o.posted_at)
)
INSERT INTO campaigns_sighting (publication_id, kind, is_there, seen_at, post_id, batch_id,
  digest, content_type, note, recorded_at)
SELECT publication_id, 'import', is_there, seen_at, post_id, %(batch)s, '', '', '', %(at)s
FROM told ORDER BY publication_id
ON CONFLICT (publication_id, batch_id) DO NOTHING
RETURNING publication_id"""


@transaction.atomic
def find_posts(
    *, at: datetime, publications: Collection[int] | None = None, brand: Brand | None = None
) -> int:
    """Tie publications to the posts that imports brought; returns how many were found.

    Of these publications, of a brand, or (neither) of all. What is tied stays so.
    """
    values: dict[str, Any] = {
        "at": at,
        "ids": None if publications is None else sorted(publications),
        "brand": brand.pk if brand else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, values)
        rows = cursor.fetchall()
    platforms = Platform.objects.in_bulk({row[2] for row in rows})
    found: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        if row[0] not in found and row[3] in key_of(row[5], row[6], platforms[row[2]]):
            found[row[0]] = row
    Sighting.objects.bulk_create(
        [
            Sighting(
                publication_id=publication,
                kind=SightingKind.IMPORT,
                is_there=True,
                seen_at=seen_at,
                post_id=post,
                batch_id=batch,
                recorded_at=at,
            )
            for publication, _d, _p, _k, post, _u, _e, batch, seen_at in found.values()
        ],
        ignore_conflicts=True,
    )
    Deliverable.objects.bulk_update(
        [Deliverable(pk=row[1], post_id=row[4]) for row in found.values()], ["post"], batch_size=500
    )
    settle(found)
    live.follow(found, at)
    return len(found)


@transaction.atomic
def follow_import(*, batch_id: int, at: datetime) -> int:
    """What an import that was applied tells of its brand's publications; safe to run again.

    Returns how many publications it said something new of.
    """
    batch = ImportBatch.objects.select_related("brand").filter(pk=batch_id).first()
    if batch is None or batch.kind != "posts" or batch.status != ImportStatus.APPLIED:
        return 0
    found = find_posts(brand=batch.brand, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"batch": batch.pk, "at": at})
        told = {row[0] for row in cursor.fetchall()}
    settle(told)
    live.follow(told, at)
    return found + len(told)


def follow_recent(*, at: datetime, brand: Brand | None = None) -> int:
    """As `follow_import` for the imports of the last days; also for what was undone meanwhile."""
    batches = ImportBatch.objects.filter(
        kind="posts", status=ImportStatus.APPLIED, applied_at__gt=at - RECENT
    )
    if brand:
        batches = batches.filter(brand=brand)
    told = sum(
        follow_import(batch_id=pk, at=at)
        for pk in batches.order_by("applied_at", "pk").values_list("pk", flat=True)
    )
    find_posts(brand=brand, at=at)
    undone = Publication.objects.filter(sightings__batch__status=ImportStatus.UNDONE)
    if brand:
        undone = undone.filter(brand=brand)
    settle(set(undone.values_list("pk", flat=True)))
    return told
