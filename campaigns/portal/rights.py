"""What the creator has allowed the brand to use, until when, for their overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.choices import StartTrigger
from campaigns.guests import Entry, Part
from campaigns.models import GuestLink, UsageRight
from campaigns.models.rights import USES
from campaigns.selectors.rights import of_engagement
from campaigns.services.days import today_of
from campaigns.services.rights.channels import channels
from campaigns.services.rights.questions import spell_of
from campaigns.services.rights.telling import in_words


def allowed(link: GuestLink) -> list[tuple[UsageRight, str]]:
    """The rights of the link's creator in its campaign, each in words."""
    if link.engagement_id is None:
        return []
    names = channels()
    return [(right, in_words(right, names)) for right in of_engagement(link.engagement_id)]


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """One line: how many hold now, and where all of them can be read."""
    found = allowed(link)
    if not found:
        return []
    today = today_of(link.brand, at)
    now = [
        right
        for right, _ in found
        if (days := spell_of(right)) is not None and days[0] <= today <= days[1]
    ]
    waiting = [
        right
        for right, _ in found
        if right.starts_on is None
        and right.revoked_on is None
        and right.trigger == StartTrigger.PUBLICATION
    ]
    uses = " and ".join(sorted({USES[right.usage] for right in now}))
    text = f"In force today: {uses}." if now else "Nothing is in force today."
    if waiting and not now:
        text = "It begins when your content is published."
    return [Entry("What we may use", text, reverse("guest:rights", args=[token]))]


PART = Part("What you have allowed us to use", entries)
