"""Bring the facts of a brand to a later moment by looking only at creators whom time has moved.

Between two moments a fact changes, with nothing said or imported, only where something crosses an
edge of a window: a post that is published, or becomes 30, 90 or 365 days old; a snapshot that is
taken, or enters or leaves the span that growth is measured from; a stay that begins or ends; a
value that comes into force. Posts that become 30 or 90 days old move two counts, which are counted
anew; everybody else of them is computed anew. Then the norms of the platforms are, which says who
stands out most on another platform than before. The result is that of a computation from nothing.

What people and programs change waits in the outbox, and its creators are computed anew, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from crm import performance
from crm.models import Brand, FactChange
from segmentation.facts.measured import MINIMUM_PEERS
from segmentation.facts.refresh import DEFINITION, NORMS, STRONGEST, refresh_facts
from segmentation.models import CreatorFacts, FactsMoment, PeerNorm

# Up to so many creators, computing everybody takes less than finding out whom time has moved.
FEW = 10_000
# With a larger share of creators to compute anew, everybody is.
SHARE_AT_MOST = 0.3

# Who is moved from %(was)s (not included) to %(as_of)s, and whether as a whole or by counts only.
_MOVED = """
CREATE TEMPORARY TABLE facts_moved ON COMMIT DROP AS
SELECT r.creator_id, bool_or(m.whole) AS whole
FROM (
  SELECT o.creator_id, true AS whole FROM crm_post o
  WHERE o.posted_at > %(was)s AND o.posted_at <= %(as_of)s
    OR o.posted_at > %(was_365)s AND o.posted_at <= %(days_365)s
  UNION ALL SELECT o.creator_id, false FROM crm_post o
  WHERE o.posted_at > %(was_30)s AND o.posted_at <= %(days_30)s
    OR o.posted_at > %(was_90)s AND o.posted_at <= %(days_90)s
  UNION ALL SELECT p.creator_id, true
  FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  WHERE s.captured_at > %(was)s AND s.captured_at <= %(as_of)s
    OR s.captured_at > %(was_90)s AND s.captured_at <= %(days_90)s
    OR s.captured_at >= %(was_180)s AND s.captured_at < %(days_180)s
  UNION ALL SELECT p.creator_id, true
  FROM crm_audiencesnapshot a JOIN crm_profile p ON p.id = a.profile_id
  WHERE a.captured_at > %(was)s AND a.captured_at <= %(as_of)s
  UNION ALL SELECT k.creator_id, true FROM crm_relationship k
  WHERE k.brand_id = %(brand_id)s AND (k.since > %(was)s AND k.since <= %(as_of)s
    OR k.stage_since > %(was)s AND k.stage_since <= %(as_of)s)
  UNION ALL SELECT k.creator_id, true
  FROM crm_stagechange s JOIN crm_relationship k ON k.id = s.relationship_id
  WHERE k.brand_id = %(brand_id)s AND (s.entered_at > %(was)s AND s.entered_at <= %(as_of)s
    OR s.left_at > %(was)s AND s.left_at <= %(as_of)s)
  UNION ALL SELECT v.creator_id, true
  FROM crm_customfield f JOIN crm_fieldvalue v ON v.field_id = f.id
  WHERE f.brand_id = %(brand_id)s AND v.since > %(was)s AND v.since <= %(as_of)s
  UNION ALL SELECT c.creator_id, true FROM crm_factchange c
  WHERE c.brand_id IS NULL OR c.brand_id = %(brand_id)s
  -- Computed for a later moment since.
  UNION ALL SELECT f.creator_id, true FROM segmentation_creatorfacts f
  WHERE f.brand_id = %(brand_id)s AND f.as_of > %(as_of)s
) m JOIN crm_relationship r ON r.brand_id = %(brand_id)s AND r.creator_id = m.creator_id
GROUP BY r.creator_id"""

_COUNT_POSTS = """
UPDATE segmentation_creatorfacts f
SET posts_30d = n.in_30d, posts_90d = n.in_90d, as_of = %(as_of)s
FROM (
  SELECT m.creator_id, (count(*) FILTER (WHERE o.posted_at > %(days_30)s))::integer AS in_30d,
    count(o.creator_id)::integer AS in_90d
  FROM facts_moved m LEFT JOIN crm_post o ON o.creator_id = m.creator_id
    AND o.posted_at > %(days_90)s AND o.posted_at <= %(as_of)s
  WHERE NOT m.whole GROUP BY m.creator_id
) n
WHERE f.brand_id = %(brand_id)s AND f.creator_id = n.creator_id AND f.known_since IS NOT NULL
  AND (f.posts_30d, f.posts_90d) IS DISTINCT FROM (n.in_30d, n.in_90d)"""

_RATES = """WITH rates AS (
  SELECT f.creator_id, e.key AS platform, e.value::float8 AS rate
  FROM segmentation_creatorfacts f CROSS JOIN LATERAL jsonb_each_text(f.platform_rates) e
  WHERE f.brand_id = %(brand_id)s AND f.known_since IS NOT NULL
    AND (f.platforms_count > 1 OR %(everybody)s)
)"""
_STORE_NORMS = f"""{_RATES}
INSERT INTO segmentation_peernorm AS p (brand_id, platform_id, as_of, median_rate, creators)
SELECT %(brand_id)s, platform, %(as_of)s, median_rate, creators FROM ({NORMS}) norms
ON CONFLICT (brand_id, platform_id) DO UPDATE SET as_of = excluded.as_of,
  median_rate = excluded.median_rate, creators = excluded.creators"""  # noqa: S608 - own names
# Where creators on several platforms stand out most; whoever is on one stands out there, as long as
# it has a norm.
_COMPARE = f"""{_RATES}, norms AS (
  SELECT platform_id AS platform, median_rate, creators FROM segmentation_peernorm
  WHERE brand_id = %(brand_id)s
), strongest AS ({STRONGEST})
UPDATE segmentation_creatorfacts f SET strongest_platform = s.platform, as_of = %(as_of)s
FROM segmentation_creatorfacts k LEFT JOIN strongest s ON s.creator_id = k.creator_id
WHERE k.brand_id = %(brand_id)s AND k.known_since IS NOT NULL
  AND (k.platforms_count > 1 OR %(everybody)s)
  AND f.brand_id = k.brand_id AND f.creator_id = k.creator_id
  AND f.strongest_platform IS DISTINCT FROM s.platform"""  # noqa: S608 - own names


@dataclass(frozen=True)
class Advance:
    """What bringing the facts to a later moment took."""

    is_full: bool
    # Creators computed as a whole, creators whose posts were counted; of all, where it is full.
    whole: int = 0
    counted: int = 0
    written: int = 0


@transaction.atomic
def advance_facts(*, brand: Brand, as_of: datetime) -> Advance:
    """Bring the facts of all creators of `brand` to `as_of`, from where they are or from nothing.

    From nothing where they never were, go back in time or were computed by another release, where
    the outbox asks for the whole brand, and where the creators are few or too many moved.
    """
    known = FactsMoment.objects.select_for_update().filter(brand=brand).first()
    everybody = CreatorFacts.objects.filter(brand=brand).count()
    if known is None or everybody <= FEW or not _can_advance(known, as_of):
        return Advance(is_full=True, written=refresh_facts(brand=brand, as_of=as_of))
    values = _parameters(brand, known.as_of, as_of)
    with performance.planned_for(None):
        whole, counted = _find_moved(values)
    if len(whole) > SHARE_AT_MOST * everybody:
        return Advance(is_full=True, written=refresh_facts(brand=brand, as_of=as_of))
    written = 0
    # In parts small enough to be looked up by index: a fraction of reading all posts.
    for start in range(0, len(whole), performance.FEW):
        part = whole[start : start + performance.FEW]
        written += refresh_facts(brand=brand, as_of=as_of, creator_ids=part)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_POSTS, values)
        written += int(cursor.rowcount)
    with performance.planned_for(None):
        written += _move_norms(brand, as_of, values)
    known.as_of = as_of
    known.save(update_fields=["as_of"])
    return Advance(is_full=False, whole=len(whole), counted=counted, written=written)


def _can_advance(known: FactsMoment, as_of: datetime) -> bool:
    whole_brand = FactChange.objects.filter(brand_id=known.brand_id, creator=None)
    return known.as_of <= as_of and known.definition == DEFINITION and not whole_brand.exists()


def _parameters(brand: Brand, was: datetime, as_of: datetime) -> dict[str, Any]:
    before = performance.parameters(was)
    return {
        **performance.parameters(as_of),
        "was": before.pop("as_of"),
        **{name.replace("days", "was"): moment for name, moment in before.items()},
        "brand_id": brand.pk,
        "minimum_peers": MINIMUM_PEERS,
    }


def _find_moved(values: dict[str, Any]) -> tuple[list[int], int]:
    """Fill facts_moved; who is moved as a whole, and how many by counts only."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.facts_moved")
        cursor.execute(_MOVED, values)
        cursor.execute("ANALYZE facts_moved")
        cursor.execute("SELECT count(*) FROM facts_moved WHERE NOT whole")
        [counted] = cursor.fetchone()
        cursor.execute("SELECT creator_id FROM facts_moved WHERE whole ORDER BY creator_id")
        return [row[0] for row in cursor.fetchall()], counted


def _move_norms(brand: Brand, as_of: datetime, values: dict[str, Any]) -> int:
    """Compute the platforms' norms anew and, where they moved, who stands out where."""
    mine = PeerNorm.objects.filter(brand=brand)
    before = _norms_of(mine)
    with connection.cursor() as cursor:
        cursor.execute(_STORE_NORMS, {**values, "everybody": True})
        mine.exclude(as_of=as_of).delete()
        now = _norms_of(mine)
        if before == now:
            return 0
        others = {platform for platform, _ in before} != {platform for platform, _ in now}
        cursor.execute(_COMPARE, {**values, "everybody": others})
        return int(cursor.rowcount)


def _norms_of(norms: QuerySet[PeerNorm]) -> set[tuple[str, float]]:
    """The platforms that have a norm to compare with, and the norm."""
    sound = norms.filter(creators__gt=MINIMUM_PEERS, median_rate__gt=0)
    return set(sound.values_list("platform_id", "median_rate"))
