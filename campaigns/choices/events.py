"""Events of a campaign: closed lists."""

from __future__ import annotations

from django.db import models


class InvitationState(models.TextChoices):
    """How an invitation stands."""

    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Comes"
    DECLINED = "declined", "Does not come"
    WAITING = "waiting", "On the waiting list"
    OFFERED = "offered", "Was offered a free place"
    WITHDRAWN = "withdrawn", "Taken back"
    ATTENDED = "attended", "Was there"
    ABSENT = "absent", "Did not come"


class InvitationAct(models.TextChoices):
    """What happens to an invitation."""

    INVITE = "invite", "Invite"
    SEND = "send", "Sent the invitation"
    ACCEPT = "accept", "Comes"
    DECLINE = "decline", "Does not come"
    WAIT = "wait", "Put on the waiting list"
    OFFER = "offer", "Offer the free place"
    WITHDRAW = "withdraw", "Take back"
    CHECK_IN = "check_in", "Was there"
    MISS = "miss", "Did not come"
    # A tap on the wrong line on the day: back to what it was before.
    UNDO = "undo", "Undo the check-in"


class EventPart(models.TextChoices):
    """Whether a post is one of those that an event brought about."""

    YES = "yes", "From the event"
    NO = "no", "Not from the event"
