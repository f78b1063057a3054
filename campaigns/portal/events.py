"""What the creator's own pages say of events: where they are invited, and what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.choices import InvitationState
from campaigns.guests import Entry, Part
from campaigns.models import EventInvitation, GuestLink
from campaigns.services.events.answering import is_late

_HOW = {
    InvitationState.INVITED: "Do you come?",
    InvitationState.OFFERED: "A place is free for you now. Do you come?",
    InvitationState.ACCEPTED: "You come.",
    InvitationState.DECLINED: "You do not come.",
    InvitationState.WAITING: "You are on the waiting list.",
    InvitationState.ATTENDED: "You were there.",
    InvitationState.ABSENT: "You were expected.",
}


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """Their invitations to events of the campaign: one query."""
    if link.engagement is None:
        return []
    rows = EventInvitation.objects.filter(
        event__campaign=link.engagement.campaign_id, relationship=link.engagement.relationship_id
    ).exclude(state=InvitationState.WITHDRAWN)
    return [
        _entry(row, token, at)
        for row in rows.select_related("event").order_by("event__starts_at", "pk")
    ]


def _entry(row: EventInvitation, token: str, at: datetime) -> Entry:
    event = row.event
    words = "It was called off." if event.cancelled_at else _HOW[InvitationState(row.state)]
    waits = row.state in {InvitationState.INVITED, InvitationState.OFFERED}
    return Entry(
        event.name,
        f"{event.begins:%-d %B %Y, %H:%M}, {event.place}. {words}",
        reverse("guest:campaign_event", args=[token, row.pk]),
        is_due=waits and event.cancelled_at is None and not is_late(event, at),
        due_on=event.answer_by if waits else None,
    )


PART = Part("Events", entries)
