"""Invitations to events as ties: from the day on which somebody said that they come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.urls import reverse

from campaigns.choices import InvitationAct, InvitationState
from campaigns.disclosure.case import Connection
from campaigns.models import EventInvitation
from campaigns.selectors.given import Given
from campaigns.services.days import today_of
from crm.models import Brand

KINDS = frozenset({"invitation", "travel_event"})


def invitations(
    brand: Brand, relationships: Collection[int], on: date, *, promised: Collection[Given]
) -> Iterator[Given]:
    """Of those who come or were there, but for what an accepted offer says already: one query."""
    told = {tie.engagement for tie in promised if tie.connection.kind in KINDS}
    rows: QuerySet[Any] = (
        EventInvitation.objects.filter(
            relationship__in=relationships,
            state__in=[InvitationState.ACCEPTED, InvitationState.ATTENDED],
            event__cancelled_at=None,
        )
        .select_related("event__campaign")
        .annotate(said_at=Min("acts__at", filter=Q(acts__act=InvitationAct.ACCEPT)))
        .order_by("event__starts_at", "pk")
    )
    for row in rows:
        event = row.event
        since = today_of(brand, row.said_at or event.starts_at)
        if since > on or (row.engagement_id is not None and row.engagement_id in told):
            continue
        yield Given(
            relationship=row.relationship_id,
            connection=Connection(
                "travel_event" if event.covers_travel else "invitation",
                on=since,
                aim=event.campaign.name,
            ),
            title=event.name,
            from_where="Event",
            url=reverse("campaigns:event", args=[brand.slug, event.campaign.key, event.pk]),
            engagement=row.engagement_id,
        )
