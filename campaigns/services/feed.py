"""What campaigns add to people's calendars: open steps, days of their creators, rights that end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from campaigns.models import Deadline, SlotFill, UsageRight
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES
from crm.models import Brand, User
from crm.services.calendar import Entry


def entries(user: User, days: tuple[date, date]) -> Iterator[Entry]:
    """Of all brands in which the user has a role: three queries."""
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
    yield from _rights(user, days)


def _rights(user: User, days: tuple[date, date]) -> Iterator[Entry]:
    """The last days of rights that are not followed by another. One query."""
    follows = UsageRight.objects.held().filter(renews=OuterRef("pk"))
    rights = UsageRight.objects.held().filter(
        Q(engagement__owner=user)
        | Q(engagement__owner=None, engagement__campaign__owner=user)
        | Q(engagement=None, granted_by=user),
        ~Exists(follows),
        brand__in=Brand.objects.visible_to(user),
        starts_on__isnull=False,
        ends_on__range=days,
    )
    rights = rights.select_related("brand", "engagement__campaign", "deliverable", "asset")
    for right in rights.order_by("ends_on", "pk"):
        yield Entry(
            key=f"right-{right.pk}",
            title=f"Right ends: {right.in_short}",
            brand=right.brand,
            url=reverse("campaigns:right", args=[right.brand.slug, right.pk]),
            stamp=right.created_at,
            on=right.ends_on or days[1],
        )
