"""A person says of a post whether the event brought it about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import EventPart, InvitationState
from campaigns.models import EventInvitation, EventPost
from campaigns.services.events.record import held
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Post, User


@transaction.atomic
def say(
    *,
    event_id: int,
    post_id: int,
    brand: Brand,
    verdict: EventPart | None,
    actor: User,
    at: datetime,
) -> None:
    """Count a post as coverage, or not; None takes back what was said.

    Raises CampaignRefused; Event.DoesNotExist, Post.DoesNotExist, EventInvitation.DoesNotExist.
    """
    event = held(event_id, brand)
    post = Post.objects.get(pk=post_id)
    invitation = EventInvitation.objects.get(event=event, relationship__creator=post.creator_id)
    if verdict == EventPart.YES and invitation.state in {
        InvitationState.WITHDRAWN,
        InvitationState.DECLINED,
        InvitationState.ABSENT,
    }:
        raise CampaignRefused(
            f"Nobody of that account was there: “{invitation.get_state_display().lower()}”. Check "
            "them in first, if they were."
        )
    rows = EventPost.objects.filter(invitation=invitation, post=post)
    if verdict is None:
        if not rows.delete()[0]:
            return
    else:
        rows.update_or_create(
            invitation=invitation,
            post=post,
            defaults={"verdict": verdict, "by": actor, "at": at},
        )
    audit.record(
        brand=brand,
        verb="campaigns.event.post",
        target=event,
        actor=actor,
        at=at,
        data={"campaign": event.campaign.key, "post": post.pk, "verdict": verdict or ""},
        label=event.name,
    )
