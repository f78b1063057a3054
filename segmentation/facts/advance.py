"""Bring the facts of a brand to a later moment by looking only at creators whom time has moved.

Between two moments a fact changes, with nothing said or imported, only where something crosses an
edge of a window: a post that is published, or becomes 30, 90 or 365 days old; a snapshot that is
taken, or enters or leaves the span that growth is measured from; a stay that begins or ends; a
value that comes into force, an explanation that no longer holds. Posts that grow older move what is
counted, which is counted anew; a new post of an account that had some moves what is measured;
everybody else of them is computed as a whole. The norms of the platforms come last, in a pass of
their own. The result is that of a computation from nothing.

What people and programs change waits in the outbox, and its creators are computed anew, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.db import connection, transaction

from crm import performance
from crm.models import Brand, FactChange
from crm.statements import prepared
from segmentation.facts.norms import refresh_norms
from segmentation.facts.query import DEFINITION, MEASURED
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts, FactsMoment

# Up to so many creators, computing everybody takes less than finding out whom time has moved.
FEW = 10_000
# With a larger share of creators of whom all posts are read, everybody is computed anew.
SHARE_AT_MOST = 0.3

# Creators are looked up by index, so many in a statement: with more, what it holds of them in
# between, and goes through for each, is what costs.
PART = 250


class Moved(IntEnum):
    """By what somebody is moved: each takes what the ones before it do, and more."""

    BY_AGE = 0
    BY_A_YEAR = 1
    BY_POSTS = 2
    AS_A_WHOLE = 3


# Who is moved from %(was)s (not included) to %(as_of)s, and by what at most.
_MOVED = f"""
SELECT how, array_agg(creator_id ORDER BY creator_id)
FROM (SELECT r.creator_id, max(m.how) AS how FROM (
  -- An account that nothing was known of comes with its first post.
  SELECT o.creator_id, CASE WHEN EXISTS (
      SELECT FROM crm_metricsnapshot s
      WHERE s.profile_id = o.profile_id AND s.captured_at <= %(was)s)
    THEN {Moved.BY_POSTS:d} ELSE {Moved.AS_A_WHOLE:d} END AS how
  FROM crm_post o WHERE o.posted_at > %(was)s AND o.posted_at <= %(as_of)s
  UNION ALL SELECT o.creator_id, {Moved.BY_A_YEAR:d} FROM crm_post o
  WHERE o.posted_at > %(was_365)s AND o.posted_at <= %(days_365)s
  UNION ALL SELECT o.creator_id, {Moved.BY_AGE:d} FROM crm_post o
  WHERE o.posted_at > %(was_30)s AND o.posted_at <= %(days_30)s
    OR o.posted_at > %(was_90)s AND o.posted_at <= %(days_90)s
  UNION ALL SELECT p.creator_id, {Moved.AS_A_WHOLE:d}
  FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  WHERE s.captured_at > %(was)s AND s.captured_at <= %(as_of)s
    OR s.captured_at > %(was_90)s AND s.captured_at <= %(days_90)s
    OR s.captured_at >= %(was_180)s AND s.captured_at < %(days_180)s
  UNION ALL SELECT p.creator_id, {Moved.AS_A_WHOLE:d}
  FROM crm_audiencesnapshot a JOIN crm_profile p ON p.id = a.profile_id
  WHERE a.captured_at > %(was)s AND a.captured_at <= %(as_of)s
  UNION ALL SELECT k.creator_id, {Moved.AS_A_WHOLE:d} FROM crm_relationship k
  WHERE k.brand_id = %(brand_id)s AND (k.since > %(was)s AND k.since <= %(as_of)s
    OR k.stage_since > %(was)s AND k.stage_since <= %(as_of)s)
  UNION ALL SELECT k.creator_id, {Moved.AS_A_WHOLE:d}
  FROM crm_stagechange s JOIN crm_relationship k ON k.id = s.relationship_id
  WHERE k.brand_id = %(brand_id)s AND (s.entered_at > %(was)s AND s.entered_at <= %(as_of)s
    OR s.left_at > %(was)s AND s.left_at <= %(as_of)s)
  UNION ALL SELECT k.creator_id, {Moved.AS_A_WHOLE:d}
  FROM campaigns_flagdismissal d JOIN crm_relationship k ON k.id = d.relationship_id
  WHERE k.brand_id = %(brand_id)s AND d.until > %(was)s AND d.until <= %(as_of)s
  UNION ALL SELECT v.creator_id, {Moved.AS_A_WHOLE:d}
  FROM crm_customfield f JOIN crm_fieldvalue v ON v.field_id = f.id
  WHERE f.brand_id = %(brand_id)s AND v.since > %(was)s AND v.since <= %(as_of)s
  UNION ALL SELECT c.creator_id, {Moved.AS_A_WHOLE:d} FROM crm_factchange c
  WHERE c.brand_id IS NULL OR c.brand_id = %(brand_id)s
  -- Computed for a later moment since.
  UNION ALL SELECT f.creator_id, {Moved.AS_A_WHOLE:d} FROM segmentation_creatorfacts f
  WHERE f.brand_id = %(brand_id)s AND f.as_of > %(as_of)s
) m JOIN crm_relationship r ON r.brand_id = %(brand_id)s AND r.creator_id = m.creator_id
GROUP BY r.creator_id) moved GROUP BY how"""  # noqa: S608 - own names
_BY_POSTS = (*MEASURED, "platform_rates")
_MEASURE = f"""
UPDATE segmentation_creatorfacts f
SET as_of = %(as_of)s, {", ".join(f"{name} = m.{name}" for name in _BY_POSTS)}
FROM ({performance.creator_metrics(performance.SOME_CREATORS)}) m
WHERE f.brand_id = %(brand_id)s AND f.creator_id = m.creator_id AND f.known_since IS NOT NULL
  AND ({", ".join(f"f.{name}" for name in _BY_POSTS)})
    IS DISTINCT FROM ({", ".join(f"m.{name}" for name in _BY_POSTS)})"""  # noqa: S608 - own names


def _count(since: str, counts: Mapping[str, str]) -> str:
    """Set counts, by column, from the posts since a moment."""
    return f"""
UPDATE segmentation_creatorfacts f
SET as_of = %(as_of)s, {", ".join(f"{name} = {sql}" for name, sql in counts.items())}
FROM unnest(%(creator_ids)s) c (id) CROSS JOIN LATERAL (
  SELECT {performance.post_counts("o")} FROM crm_post o
  WHERE o.creator_id = c.id AND o.posted_at > %({since})s AND o.posted_at <= %(as_of)s
) n
WHERE f.brand_id = %(brand_id)s AND f.creator_id = c.id AND f.known_since IS NOT NULL"""  # noqa: S608 - own names


_OF_DAYS = {"posts_30d": "n.in_30d", "posts_90d": "n.in_90d"}
_OF_A_YEAR = {
    **_OF_DAYS,
    "posts_365d": "n.in_365d",
    "video_share": "n.video::float8 / nullif(n.formed, 0)",
    "paid_share": "n.paid::float8 / nullif(n.told, 0)",
}
# By how far somebody is moved, but for those who are as a whole.
_BY_HOW = {
    Moved.BY_AGE: _count("days_90", _OF_DAYS),
    Moved.BY_A_YEAR: _count("days_365", _OF_A_YEAR),
    Moved.BY_POSTS: _MEASURE,
}


@dataclass(frozen=True)
class Advance:
    """What bringing the facts to a later moment took."""

    is_full: bool
    # How many creators were moved by what; of none, where it is full.
    moved: Mapping[Moved, int] = field(default_factory=dict)
    written: int = 0


@transaction.atomic
def advance_facts(*, brand: Brand, as_of: datetime) -> Advance:
    """Bring the facts of all creators of `brand` to `as_of`, from where they are or from nothing.

    From nothing where they never were, go back in time or were computed by another release, where
    the outbox asks for the whole brand, and where the creators are few or too many moved.
    """
    known = FactsMoment.objects.select_for_update(no_key=True).filter(brand=brand).first()
    everybody = CreatorFacts.objects.filter(brand=brand).count()
    if known is None or everybody <= FEW or not _can_advance(known, as_of):
        return Advance(is_full=True, written=refresh_facts(brand=brand, as_of=as_of))
    values = _parameters(brand, known.as_of, as_of)
    with performance.planned_for(None):
        moved = _find_moved(values)
    if (
        sum(len(moved[how]) for how in (Moved.BY_POSTS, Moved.AS_A_WHOLE))
        > SHARE_AT_MOST * everybody
    ):
        return Advance(is_full=True, written=refresh_facts(brand=brand, as_of=as_of))
    written = 0
    for part in _parts(moved[Moved.AS_A_WHOLE]):
        written += refresh_facts(brand=brand, as_of=as_of, creator_ids=part)
    for how, statement in _BY_HOW.items():
        for part in _parts(moved[how]):
            with connection.cursor() as cursor:
                cursor.execute(*prepared(statement, {**values, "creator_ids": part}))
                written += int(cursor.rowcount)
    with performance.planned_for(None):
        refresh_norms(brand, as_of)
    known.as_of = as_of
    known.save(update_fields=["as_of"])
    return Advance(False, {how: len(creators) for how, creators in moved.items()}, written)


def _parts(creator_ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(creator_ids), PART):
        yield [*creator_ids[start : start + PART]]


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
    }


def _find_moved(values: dict[str, Any]) -> dict[Moved, list[int]]:
    """The creators by what moves them."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        found = {Moved(how): creators for how, creators in cursor.fetchall()}
    return {how: found.get(how, []) for how in Moved}
