"""Who was there: one tap on the day. Places are not counted: the door sees who fits in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import EventInvitation
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.record import happened, held_invitation
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User

# So long before it begins the first ones arrive.
EARLY = timedelta(hours=12)


@transaction.atomic
def check_in(
    *,
    invitation_id: int,
    brand: Brand,
    act: Act,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> EventInvitation:
    """They were there, did not come, or that was a slip of the finger. Raises CampaignRefused."""
    row = held_invitation(invitation_id, brand, act, expected_version)
    event, before = row.event, row.state
    if act == Act.UNDO:
        state = State(row.before_check_in)
        row.before_check_in = ""
    elif act == Act.CHECK_IN:
        if at < event.starts_at - EARLY:
            raise CampaignRefused(_too_early(row), code="too_early")
        state, row.before_check_in = State.ATTENDED, before
    elif act == Act.MISS:
        if at < event.starts_at:
            raise CampaignRefused(f"{event} has not begun yet.", code="too_early")
        state, row.before_check_in = State.ABSENT, before
    else:
        raise CampaignRefused("That is nothing that happens at the door.", code="not_in_this_state")
    happened(row, act, state, by=Actor(actor), at=at)
    return row


def _too_early(row: EventInvitation) -> str:
    event = row.event
    return f"{event} begins on {event.begins:%-d %B %Y at %H:%M}: it is too early to check in."
