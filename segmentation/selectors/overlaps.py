"""Which segments hold the same people: counted from the member masks, all pairs in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.services.masks import flag_of, word_of


@dataclass(frozen=True)
class Overlap:
    """Creators who are in both segments; `size` and `other_size` are all members of either."""

    segment: Segment
    other: Segment
    creators: int
    size: int
    other_size: int

    @property
    def share(self) -> float:
        """The part of the segment's members who are in the other, too."""
        return self.creators / self.size

    @property
    def share_of_other(self) -> float:
        """The part of the other's members who are in the segment, too."""
        return self.creators / self.other_size


# From this share on two segments hold the same people.
SAME_CROWD = 0.8

# The masks are grouped first: there are far fewer masks than creators. Numbers join quicker.
_PAIRS = """
WITH masks AS (
  SELECT row_number() OVER () AS number, member_bits, count(*) AS creators
  FROM segmentation_creatorfacts
  WHERE brand_id = %(brand)s AND NOT 0 = ALL(member_bits){only} GROUP BY member_bits
), held AS MATERIALIZED (
  SELECT m.number, m.creators, s.bit FROM masks m
  JOIN unnest(%(bits)s::integer[], %(words)s::integer[], %(flags)s::bigint[])
    AS s (bit, word, flag) ON m.member_bits[s.word] & s.flag <> 0
)
SELECT a.bit, b.bit, sum(a.creators)::bigint
FROM held a JOIN held b USING (number) WHERE {pairs} GROUP BY 1, 2
"""


def _counts(
    brand: Brand, segments: Sequence[Segment], of: Segment | None = None
) -> dict[tuple[int, int], int]:
    """Members by pair of bits, in both orders; (n, n) are all members of n."""
    bits = [segment.bit for segment in segments]
    values: dict[str, Any] = {
        "brand": brand.pk,
        "bits": bits,
        "words": [word_of(bit) for bit in bits],
        "flags": [flag_of(bit) for bit in bits],
    }
    only, pairs = "", "TRUE"
    if of is not None:
        only, pairs = " AND member_bits[%(word)s] & %(flag)s <> 0", "a.bit = %(bit)s"
        values |= {"word": word_of(of.bit), "flag": flag_of(of.bit), "bit": of.bit}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS.format(only=only, pairs=pairs), values)
        return {(one, other): creators for one, other, creators in cursor.fetchall()}


def _in_use(brand: Brand) -> list[Segment]:
    return list(
        Segment.objects.filter(brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN])
        .select_related("dimension")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )


def overlaps_of(segment: Segment) -> list[Overlap]:
    """Return the segments that share members with this one, most first."""
    segments = _in_use(segment.brand)
    counts = _counts(segment.brand, segments, of=segment)
    found = [
        Overlap(
            segment,
            other,
            counts[segment.bit, other.bit],
            counts[segment.bit, segment.bit],
            max(other.members_count, counts[segment.bit, other.bit]),
        )
        for other in segments
        if other.pk != segment.pk and (segment.bit, other.bit) in counts
    ]
    return sorted(found, key=lambda one: (-one.creators, one.other.key))


def all_overlaps(brand: Brand) -> list[Overlap]:
    """Return each pair of segments that share members once, in order of dimension and place."""
    segments = _in_use(brand)
    counts = _counts(brand, segments)
    return [
        Overlap(
            one,
            other,
            counts[one.bit, other.bit],
            counts[one.bit, one.bit],
            counts[other.bit, other.bit],
        )
        for place, one in enumerate(segments)
        for other in segments[place + 1 :]
        if (one.bit, other.bit) in counts
    ]
