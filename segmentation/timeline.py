"""What segments tell a creator's timeline: each coming and going, from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F
from django.urls import reverse

from crm.models import Relationship
from crm.timeline import Event, Source, Window
from segmentation.choices import Cause
from segmentation.models import Membership

_KIND = "segment"


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    stays = Membership.objects.filter(
        creator=relationship.creator_id, segment__brand=relationship.brand_id
    ).select_related("segment")
    # In a moment a creator leaves a segment and enters another; a roll-back may do both in one.
    came = stays.annotate(number=F("segment_id") * 2 + 1)
    for stay in window.rows(came, at="entered_at", number="number"):
        title = f"Joined the segment {stay.segment.name}"
        yield _event(relationship, stay, stay.entered_at, title, stay.entered_cause)
    left = stays.filter(left_at__isnull=False).annotate(number=F("segment_id") * 2)
    for stay in window.rows(left, at="left_at", number="number"):
        days = (stay.left_at - stay.entered_at).days
        title = f"Left the segment {stay.segment.name}, after {days:,} day{'s'[: days != 1]}"
        yield _event(relationship, stay, stay.left_at, title, stay.left_cause)


def _event(
    relationship: Relationship, stay: Membership, at: datetime, title: str, cause: str
) -> Event:
    why = Cause(cause or Cause.RULE).label
    return Event(
        at=at,
        kind=_KIND,
        title=title,
        text=f"Cause: {why[0].lower()}{why[1:]}",
        number=stay.segment_id * 2 + (at == stay.entered_at),
        url=reverse(
            "segmentation:why",
            args=[relationship.brand.slug, relationship.creator.uid, stay.segment.key],
        ),
        link="Why?",
    )


SOURCE = Source(_KIND, "Segments", "target", _find)
