"""Policies among the creator's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.guests import Entry, Part
from campaigns.models import GuestLink
from campaigns.selectors.policies import asked_of


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """Each policy that is for creators, with whether it waits to be accepted."""
    if link.engagement is None:
        return []
    return [
        Entry(
            asked.version.policy.title,
            f"You accepted it on {asked.acceptance.at:%-d %B %Y}."
            if asked.acceptance
            else "Read it once and accept it; it holds for all we do together.",
            reverse("guest:policy", args=[token, asked.version.policy_id]),
            is_due=asked.acceptance is None,
        )
        for asked in asked_of(link.engagement)
    ]


PART = Part("How we work together", entries)
