"""What segments say to outreach: whom not to pitch, whom with care, and audiences to write to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import QuerySet

from crm.choices import PitchDepth
from crm.models import Brand, Creator
from crm.outreach.parts import Audience, Care, Caution, Objection
from segmentation.choices import SegmentStatus
from segmentation.models import Membership, Segment

SEGMENT = "segment"


def do_not_pitch(brand: Brand, creators: Collection[int], _at: datetime) -> dict[int, str]:
    """Creators whom a playbook says to leave in peace: one query for all of them.

    Where a dimension has precedence (personas), only the first segment of a creator counts.
    """
    found: dict[int, str] = {}
    for creator, name, is_barred in that_count(brand, creators, "segment__playbook__do_not_pitch"):
        if is_barred:
            found.setdefault(creator, f"Is in “{name}”, whose playbook says: do not pitch.")
    return found


# Who says yes before a first mail or offer, by what a mistake costs; else nobody has to.
DEPTHS = {"medium": PitchDepth.COLLEAGUE, "high": PitchDepth.STRATEGIST}


def with_care(brand: Brand, creators: Collection[int], _at: datetime) -> dict[int, Care]:
    """Creators with whom a mistake costs much, by the dearest of what counts (F168): one query."""
    found: dict[int, Care] = {}
    for creator, name, cost in that_count(brand, creators, "segment__playbook__mistake_cost"):
        depth = DEPTHS.get(str(cost))
        known = found.get(creator)
        if depth and (known is None or known.depth == PitchDepth.COLLEAGUE != depth):
            found[creator] = Care(depth, name)
    return found


def that_count(
    brand: Brand, creators: Collection[int], column: str
) -> Iterator[tuple[int, str, object]]:
    """Creator, segment's name and a column of it, of the segments that count for each."""
    stays = (
        Membership.objects.filter(
            creator__in=creators,
            segment__brand=brand,
            segment__status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN],
        )
        .open()
        .order_by("creator", "segment__dimension", "segment__position", "segment__key")
        .values_list(
            "creator",
            "segment__dimension",
            "segment__dimension__has_precedence",
            "segment__name",
            column,
        )
    )
    last = None
    for creator, dimension, has_precedence, name, value in stays:
        is_hidden = has_precedence and last == (creator, dimension)
        last = creator, dimension
        if not is_hidden:
            yield creator, name, value


def choices(brand: Brand) -> list[tuple[str, str]]:
    """The brand's segments in use, by name."""
    in_use = Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
    return list(in_use.order_by("name", "pk").values_list("key", "name"))


def members(brand: Brand, key: str) -> QuerySet[Creator]:
    """Who is in a segment today."""
    stays = Membership.objects.filter(segment__brand=brand, segment__key=key).open()
    return Creator.objects.filter(pk__in=stays.values("creator"))


OBJECTION = Objection("do_not_pitch", do_not_pitch)
CAUTION = Caution("mistake_cost", with_care)
AUDIENCE = Audience(SEGMENT, "Segment", choices, members)
