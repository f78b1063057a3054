"""Free places go to those who wait longest, and the team is told whom to write to."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import Event, EventInvitation
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.record import free, happened, page_of
from crm.choices import NotificationKind
from crm.services.notifications import notify

PRODUCT = Actor()


def offer_free_places(event: Event, at: datetime) -> int:
    """Hold places for the next ones on the list for whom there is room; how many were offered.

    The caller holds the event. Once it has begun, nobody is offered anything: the door decides.
    """
    if event.cancelled_at is not None or event.starts_at <= at:
        return 0
    places = free(event)
    waiting = (
        EventInvitation.objects.select_for_update(no_key=True, of=("self",))
        .filter(event=event, state=State.WAITING)
        .select_related("relationship__creator", "relationship__brand", "engagement__owner")
        .order_by("waiting_since", "pk")
    )
    offered = 0
    for row in waiting:
        if places is not None and row.guests + 1 > places:
            continue
        if places is not None:
            places -= row.guests + 1
        row.event = event
        happened(row, Act.OFFER, State.OFFERED, by=PRODUCT, at=at, guests=row.guests)
        _tell(row, at)
        offered += 1
        if places == 0:
            break
    return offered


def _tell(row: EventInvitation, at: datetime) -> None:
    event = row.event
    person = (row.engagement and row.engagement.owner) or event.campaign.owner
    if person is None:
        return
    notify(
        user=person,
        brand=event.campaign.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"A place at {event} is held for {row.relationship.creator}, who waited for one: "
        "tell them.",
        url=page_of(event),
        at=at,
    )
