"""What the creator's own pages say of disclosures that are to be put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from campaigns.choices import RemediationState
from campaigns.guests import Entry, Part
from campaigns.models import GuestLink, Remediation
from campaigns.models.remediations import WAITING_FOR_CREATOR

_SHOWN = (*WAITING_FOR_CREATOR, RemediationState.ANSWERED)


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """What the creator was asked and has not been seen to be right: one query."""
    zone = ZoneInfo(link.brand.timezone)
    rows = Remediation.objects.filter(
        deliverable__engagement=link.engagement_id, state__in=_SHOWN
    ).select_related("deliverable")
    return [_entry(one, token, zone) for one in rows.order_by("due_at", "pk")]


def _entry(one: Remediation, token: str, zone: ZoneInfo) -> Entry:
    url = reverse("guest:remediation", args=[token, one.pk])
    due_on = one.due_at.astimezone(zone).date()
    if one.state == RemediationState.ANSWERED:
        return Entry(one.deliverable.title, "You said that it is done: we look at it.", url)
    return Entry(
        one.deliverable.title,
        f"Its label for advertising is to be changed by {due_on:%-d %B %Y}.",
        url,
        is_due=True,
        due_on=due_on,
    )


PART = Part("To put right", entries)
