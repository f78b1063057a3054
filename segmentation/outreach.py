"""What segments say to outreach: whom not to pitch, and audiences to write to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from crm.models import Brand, Creator
from crm.outreach.parts import Audience, Objection
from segmentation.choices import SegmentStatus
from segmentation.models import Membership, Segment

SEGMENT = "segment"


def do_not_pitch(brand: Brand, creators: Collection[int], _at: datetime) -> dict[int, str]:
    """Creators whom a playbook says to leave in peace: one query for all of them.

    Where a dimension has precedence (personas), only the first segment of a creator counts.
    """
    stays = (
        Membership.objects.filter(
            creator__in=creators,
            left_at=None,
            segment__brand=brand,
            segment__status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN],
        )
        .order_by("creator", "segment__dimension", "segment__position", "segment__key")
        .values_list(
            "creator",
            "segment__dimension",
            "segment__dimension__has_precedence",
            "segment__name",
            "segment__playbook__do_not_pitch",
        )
    )
    found: dict[int, str] = {}
    last = None
    for creator, dimension, has_precedence, name, is_barred in stays:
        is_hidden = has_precedence and last == (creator, dimension)
        last = creator, dimension
        if is_barred and not is_hidden:
            found.setdefault(creator, f"Is in “{name}”, whose playbook says: do not pitch.")
    return found


def choices(brand: Brand) -> list[tuple[str, str]]:
    """The brand's segments in use, by name."""
    in_use = Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
    return list(in_use.order_by("name", "pk").values_list("key", "name"))


def members(brand: Brand, key: str) -> QuerySet[Creator]:
    """Who is in a segment today."""
    stays = Membership.objects.filter(segment__brand=brand, segment__key=key, left_at=None)
    return Creator.objects.filter(pk__in=stays.values("creator"))


OBJECTION = Objection("do_not_pitch", do_not_pitch)
AUDIENCE = Audience(SEGMENT, "Segment", choices, members)
