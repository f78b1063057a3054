"""What the creator's own pages say of where they are: the form is always there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.guests import Entry, Part
from campaigns.models import GuestLink, Whereabouts
from campaigns.services.days import today_of


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """One line: one query."""
    if link.engagement is None:
        return []
    last = (
        Whereabouts.objects.on(today_of(link.brand, at))
        .filter(relationship=link.engagement.relationship_id)
        .order_by("-said_at", "-pk")
        .first()
    )
    if last is None:
        words = "Say it if you like to be asked at short notice. You need not."
    else:
        words = f"You are at {last.place or last.country or 'any place'}, as was said on "
        words += f"{last.said_at:%-d %B %Y}."
    return [
        Entry("Where am I, when can I post?", words, reverse("guest:whereabouts", args=[token]))
    ]


PART = Part("At short notice", entries)
