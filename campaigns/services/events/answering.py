"""Invitations and their answers. Places are counted while the event is held: nobody sits twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import Engagement, Event, EventInvitation
from campaigns.models.engagements import LEFT
from campaigns.models.events import SEATED
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.places import offer_free_places
from campaigns.services.events.record import free, happened, held, held_invitation, note_of
from campaigns.services.holds import why_held
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, Relationship, User

# So many at a time.
INVITE_MAX = 500


@transaction.atomic
def invite(
    *, event_id: int, brand: Brand, relationships: Collection[int], actor: User, at: datetime
) -> list[EventInvitation]:
    """Put creators on the list; who is on it already stays as they are. Returns the new ones.

    Nothing is sent. Who has a place in the campaign is invited as such. Raises CampaignRefused.
    """
    event = held(event_id, brand)
    _refuse_over(event, at)
    if not event.campaign.is_open:
        raise CampaignRefused(
            f"{event.campaign} is {event.campaign.get_status_display().lower()}: nobody is invited "
            "any more.",
            code="campaign_closed",
        )
    if len(relationships) > INVITE_MAX:
        raise CampaignRefused(f"Up to {INVITE_MAX} at a time.", code="too_many")
    if words := why_held(brand, campaign=event.campaign, at=at):
        raise CampaignRefused(words, code="paused")
    there = EventInvitation.objects.filter(event=event).values("relationship")
    found = (
        Relationship.objects.filter(brand=brand, pk__in=relationships)
        .exclude(pk__in=there)
        .select_related("creator", "brand")
        .order_by("pk")
    )
    places = {
        row.relationship_id: row
        for row in Engagement.objects.filter(
            campaign=event.campaign_id, relationship__in=relationships
        ).exclude(stage__in=LEFT)
    }
    by, made = Actor(actor), []
    for relationship in found:
        row = EventInvitation(
            event=event,
            relationship=relationship,
            engagement=places.get(relationship.pk),
            state_since=at,
            created_at=at,
            version=0,
        )
        happened(row, Act.INVITE, State.INVITED, by=by, at=at)
        made.append(row)
    return made


@transaction.atomic
def answer(
    *,
    invitation_id: int,
    brand: Brand,
    act: Act,
    by: Actor,
    at: datetime,
    expected_version: int | None,
    guests: int | None = None,
    note: str = "",
) -> EventInvitation:
    """Write down what a creator says, or what the team does with an invitation.

    Who accepts where there is no room is put on the waiting list: the answer says so. Raises
    CampaignRefused, EventInvitation.DoesNotExist.
    """
    row = held_invitation(invitation_id, brand, act, expected_version)
    event, note = row.event, note_of(note)
    if by.link is not None:
        _refuse_late(event, at)
    if act in {Act.ACCEPT, Act.DECLINE, Act.WAIT, Act.INVITE}:
        _refuse_over(event, at)
    had_place = row.state in SEATED
    if act == Act.ACCEPT:
        _accept(row, row.guests if guests is None else guests, by=by, at=at, note=note)
    elif act == Act.DECLINE:
        row.waiting_since = None
        happened(row, act, State.DECLINED, by=by, at=at, note=note)
    elif act == Act.WITHDRAW:
        row.waiting_since = None
        happened(row, act, State.WITHDRAWN, by=by, at=at, note=note)
    elif act == Act.INVITE:
        row.guests = 0
        happened(row, act, State.INVITED, by=by, at=at, note=note)
    elif act == Act.WAIT:
        row.waiting_since = at
        happened(row, act, State.WAITING, by=by, at=at, note=note)
    else:
        raise CampaignRefused("That is no answer to an invitation.", code="not_in_this_state")
    if had_place:
        offer_free_places(event, at)
    return row


def _accept(row: EventInvitation, guests: int, *, by: Actor, at: datetime, note: str) -> None:
    event = row.event
    if not 0 <= guests <= event.guests_max:
        most = f"up to {event.guests_max}" if event.guests_max else "nobody"
        raise CampaignRefused(f"They can bring {most}.", field="guests")
    room = free(event, but=row)
    if room is None or guests + 1 <= room:
        row.guests, row.waiting_since = guests, None
        happened(row, Act.ACCEPT, State.ACCEPTED, by=by, at=at, guests=guests, note=note)
        return
    if row.state in SEATED:
        bring = room - 1
        raise CampaignRefused(
            f"There is room for {bring} guest{'s'[: bring != 1]} of theirs, not for {guests}.",
            field="guests",
        )
    row.guests = guests
    row.waiting_since = row.waiting_since or at
    happened(row, Act.WAIT, State.WAITING, by=by, at=at, guests=guests, note=note)


def is_late(event: Event, at: datetime) -> bool:
    """Whether creators can answer no more."""
    last = event.answer_by
    return event.ends_at <= at or (last is not None and at.astimezone(event.tz).date() > last)


def _refuse_late(event: Event, at: datetime) -> None:
    _refuse_over(event, at)
    if is_late(event, at):
        raise CampaignRefused(
            f"Answers were due by {event.answer_by:%-d %B %Y}. Write to {event.campaign.brand}: "
            "there may be a place all the same.",
            code="too_late",
        )


def _refuse_over(event: Event, at: datetime) -> None:
    if event.cancelled_at is not None:
        raise CampaignRefused(f"{event} was called off.", code="cancelled")
    if event.ends_at <= at:
        raise CampaignRefused(f"{event} is over.", code="over")
