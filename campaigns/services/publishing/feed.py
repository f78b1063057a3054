"""What publishing adds to people's calendars: the planned times of the pieces that they lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from campaigns.models import Deliverable
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.deliverables import OPEN_STATES
from crm.models import Brand, User
from crm.services.calendar import Entry


def entries(user: User, days: tuple[date, date]) -> Iterator[Entry]:
    """Of all brands in which the user has a role: one query."""
    pieces = Deliverable.objects.filter(
        Q(engagement__owner=user) | Q(engagement__owner=None, engagement__campaign__owner=user),
        engagement__campaign__brand__in=Brand.objects.visible_to(user),
        engagement__campaign__status__in=OPEN_CAMPAIGNS,
        state__in=OPEN_STATES,
        publish_at__date__range=days,
    )
    for piece in pieces.select_related("engagement__campaign__brand").order_by("publish_at", "pk"):
        campaign = piece.engagement.campaign
        if piece.publish_at is None:
            continue
        # As in all feeds: no names of people.
        yield Entry(
            key=f"publication-{piece.pk}",
            title=f"Publish: {piece.title} ({campaign.name})",
            brand=campaign.brand,
            url=reverse(
                "campaigns:publication", args=[campaign.brand.slug, campaign.key, piece.pk]
            ),
            stamp=piece.created_at,
            on=piece.publish_at.astimezone(ZoneInfo(campaign.brand.timezone)).date(),
        )
