"""What the creator's own pages say of publishing: what is approved and has no address yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from campaigns.choices import DeliverableState
from campaigns.guests import Entry, Part
from campaigns.models import Deliverable, GuestLink


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """Approved and published pieces: one query."""
    zone = ZoneInfo(link.brand.timezone)
    pieces = Deliverable.objects.filter(
        engagement=link.engagement_id,
        state__in=[DeliverableState.APPROVED, DeliverableState.PUBLISHED],
    ).select_related("platform", "publication")
    return [_entry(piece, token, zone) for piece in pieces.order_by("publish_at", "pk")]


def _entry(piece: Deliverable, token: str, zone: ZoneInfo) -> Entry:
    url = reverse("guest:publication", args=[token, piece.pk])
    if piece.state == DeliverableState.PUBLISHED:
        publication = getattr(piece, "publication", None)
        is_seen = bool(publication and publication.confirmed_at)
        return Entry(piece.title, "Published, and seen." if is_seen else "Published.", url)
    planned = piece.publish_at and piece.publish_at.astimezone(zone)
    when = f" on {planned:%-d %B} at {planned:%H:%M}" if planned else ""
    return Entry(
        piece.title,
        f"It is approved: publish it{when} on {piece.platform}, then paste its address here.",
        url,
        is_due=True,
        due_on=planned.date() if planned else None,
    )


PART = Part("Publishing", entries)
