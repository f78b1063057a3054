"""What every act on an event shares: taking it, counting its places, leaving a trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.urls import reverse

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import Event, EventInvitation, InvitationEvent
from campaigns.models.events import SEATED
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.states import why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, Message
from crm.services import facts

NOTE_MAX = 500
# Where somebody of the brand comes or was there, rules and disclosure have something new to know.
_TIES = frozenset({State.ACCEPTED, State.ATTENDED})


def held(event_id: int, brand: Brand, expected_version: int | None = None) -> Event:
    """The event, held until the transaction ends: whoever counts its places waits here.

    Raises Event.DoesNotExist, CampaignOutdated.
    """
    event = (
        Event.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign__brand", "campaign__owner")
        .get(pk=event_id, campaign__brand=brand)
    )
    if expected_version is not None and event.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this event since you loaded it. Nothing of yours was saved; load it "
            "again."
        )
    return event


def held_invitation(
    invitation_id: int, brand: Brand, act: Act, expected_version: int | None
) -> EventInvitation:
    """The invitation with its event, both held: the event first, so that places are counted once.

    Raises EventInvitation.DoesNotExist, CampaignOutdated, CampaignRefused.
    """
    event_id = EventInvitation.objects.values_list("event", flat=True).get(
        pk=invitation_id, event__campaign__brand=brand
    )
    event = held(event_id, brand)
    row = (
        EventInvitation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("relationship__creator", "relationship__brand", "engagement__owner")
        .get(pk=invitation_id)
    )
    row.event = event
    if expected_version is not None and row.version != expected_version:
        raise CampaignOutdated(
            f"The invitation of {row.relationship.creator} has changed since you loaded it: "
            f"“{row.get_state_display().lower()}” now. Nothing of yours was saved."
        )
    if event.cancelled_at is not None:
        raise CampaignRefused(f"{event} was called off.", code="cancelled")
    if words := why_not(row.state, act):
        raise CampaignRefused(words, code="not_in_this_state")
    return row


def taken(event: Event, *, but: EventInvitation | None = None) -> int:
    """How many places are taken or held, their guests' included: one query."""
    rows = EventInvitation.objects.filter(event=event, state__in=SEATED)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.aggregate(people=Sum(F("guests") + 1))["people"] or 0


def free(event: Event, *, but: EventInvitation | None = None) -> int | None:
    """How many places are free; None where there are as many as one likes."""
    if event.capacity is None:
        return None
    return max(event.capacity - taken(event, but=but), 0)


def happened(
    invitation: EventInvitation,
    act: Act,
    state: State,
    *,
    by: Actor,
    at: datetime,
    guests: int | None = None,
    note: str = "",
    message: Message | None = None,
) -> None:
    """Put the invitation into a state and write down what led there. The ledger comes last."""
    before = State(invitation.state)
    if state != before:
        invitation.state, invitation.state_since = state, max(at, invitation.created_at)
    invitation.version += 1
    invitation.save()
    InvitationEvent.objects.create(
        invitation=invitation,
        act=act,
        at=at,
        actor=by.user,
        link=by.link,
        message=message,
        guests=guests,
        note=note[:NOTE_MAX],
    )
    event = invitation.event
    brand = event.campaign.brand
    if (before in _TIES) != (state in _TIES):
        creator = invitation.relationship.creator_id
        facts.mark_changed(brand=brand, creator_ids=[creator], cause="campaigns.event")
    data: dict[str, Any] = {
        "campaign": event.campaign.key,
        "event": event.pk,
        "state": [before.value, state.value],
    }
    if by.link is not None:
        data["link"] = by.link.pk
    audit.record(
        brand=brand,
        verb=f"campaigns.invitation.{act}",
        target=invitation,
        actor=by.user,
        at=at,
        data=data,
        label=event.name,
    )


def page_of(event: Event) -> str:
    """Where the event is looked after."""
    campaign = event.campaign
    return reverse("campaigns:event", args=[campaign.brand.slug, campaign.key, event.pk])


def note_of(note: str) -> str:
    """A note as it is kept. Raises CampaignRefused where it is too long."""
    note = note.replace("\0", "").strip()
    if len(note) > NOTE_MAX:
        raise CampaignRefused(f"{NOTE_MAX:,} characters are the most.", field="note")
    return note
