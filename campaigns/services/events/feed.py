"""What events add to people's calendars: those of their campaigns, and when answers are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from campaigns.models import Event
from crm.models import Brand, User
from crm.services.calendar import Entry


def entries(user: User, days: tuple[date, date]) -> Iterator[Entry]:
    """Of the campaigns that the user owns, or leads an invited creator in: one query."""
    events = (
        Event.objects.planned()
        .filter(
            Q(campaign__owner=user) | Q(invitations__engagement__owner=user),
            Q(starts_at__date__range=days) | Q(answer_by__range=days),
            campaign__brand__in=Brand.objects.visible_to(user),
        )
        .select_related("campaign__brand")
        .order_by("starts_at", "pk")
        .distinct()
    )
    for event in events:
        campaign = event.campaign
        url = reverse("campaigns:event", args=[campaign.brand.slug, campaign.key, event.pk])
        day = event.begins.date()
        if days[0] <= day <= days[1]:
            title = f"{event.name}, {event.begins:%H:%M} ({event.zone})"
            yield Entry(f"event-{event.pk}", title, campaign.brand, url, event.created_at, day)
        if event.answer_by and days[0] <= event.answer_by <= days[1]:
            yield Entry(
                f"event-answers-{event.pk}",
                f"Answers due: {event.name}",
                campaign.brand,
                url,
                event.created_at,
                event.answer_by,
            )
