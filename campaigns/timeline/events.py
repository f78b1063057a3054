"""Events to which a creator was invited, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from campaigns.choices import InvitationAct
from campaigns.models import InvitationEvent
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

_KIND = "event"
_TITLES = {
    InvitationAct.INVITE: "Invited",
    InvitationAct.SEND: "Invitation sent",
    InvitationAct.ACCEPT: "They come",
    InvitationAct.DECLINE: "They do not come",
    InvitationAct.WAIT: "On the waiting list",
    InvitationAct.OFFER: "A free place is held for them",
    InvitationAct.WITHDRAW: "Invitation taken back",
    InvitationAct.CHECK_IN: "They were there",
    InvitationAct.MISS: "They did not come",
    InvitationAct.UNDO: "Check-in undone",
}


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = InvitationEvent.objects.filter(invitation__relationship=relationship)
    rows = rows.select_related("invitation__event__campaign", "actor", "link")
    for row in window.rows(rows, at="at", person="actor"):
        event = row.invitation.event
        url = reverse(
            "campaigns:event", args=[relationship.brand.slug, event.campaign.key, event.pk]
        )
        guests = f", with {row.guests} guest{'s'[: row.guests != 1]}" if row.guests else ""
        title = f"{_TITLES[InvitationAct(row.act)]}{guests}: {event.name}"
        who = row.link.name if row.link else name_of(row.actor)
        yield Event(row.at, _KIND, title, who, row.note, row.pk, url, "Open event")


SOURCE = Source(_KIND, "Events", "calendar", _find)
