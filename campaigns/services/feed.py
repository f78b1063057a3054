"""What campaigns add to people's calendars: open steps, and the days that their creators fill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from campaigns.models import Deadline, SlotFill
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES
from crm.models import Brand, User
from crm.services.calendar import Entry


def entries(user: User, days: tuple[date, date]) -> Iterator[Entry]:
    """Of all brands in which the user has a role: two queries."""
    brands = Brand.objects.visible_to(user)
    steps = Deadline.objects.filter(
        campaign__brand__in=brands,
        campaign__owner=user,
        campaign__status__in=OPEN_CAMPAIGNS,
        campaign__archived_at=None,
        done_at=None,
        due_on__range=days,
    )
    for step in steps.select_related("campaign__brand").order_by("due_on", "pk"):
        campaign = step.campaign
        yield Entry(
            key=f"campaign-step-{step.pk}",
            title=f"{step.title} ({campaign.name})",
            brand=campaign.brand,
            url=reverse("campaigns:campaign", args=[campaign.brand.slug, campaign.key]),
            stamp=campaign.created_at,
            on=step.due_on,
        )
    fills = SlotFill.objects.filter(
        slot__campaign__brand__in=brands,
        slot__campaign__status__in=OPEN_CAMPAIGNS,
        engagement__owner=user,
        engagement__stage__in=OPEN_STAGES,
        on__range=days,
    )
    for fill in fills.select_related(
        "slot__campaign__brand", "engagement__relationship__creator"
    ).order_by("on", "pk"):
        campaign = fill.slot.campaign
        # As in all feeds: no names of people.
        yield Entry(
            key=f"campaign-slot-{fill.pk}",
            title=f"{fill.slot.title} ({campaign.name})",
            brand=campaign.brand,
            url=reverse("campaigns:campaign_calendar", args=[campaign.brand.slug, campaign.key]),
            stamp=campaign.created_at,
            on=fill.on,
        )
