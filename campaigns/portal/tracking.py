"""What the creator's own pages say of their links and codes: to copy, and how they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from campaigns.guests import Entry, Part
from campaigns.models import GuestLink
from campaigns.selectors.tracking import Base, of_relationship
from campaigns.services.days import today_of


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """Their link and their code in the campaign: five queries, none of them by row."""
    place = link.engagement
    if place is None:
        return []
    base = Base.of(link.brand, settings.RAPPORT_URL)
    today = today_of(link.brand, at)
    links, codes = of_relationship(place.relationship, base, today, place.campaign)
    url = reverse("guest:tracking", args=[token])
    return [
        *(
            Entry(
                "Your link" if not one.link.variant else f"Your link: {one.link.variant}",
                f"Followed {one.clicks.people} time{'' if one.clicks.people == 1 else 's'} so far.",
                url,
            )
            for one in links
        ),
        *(
            Entry(
                f"Your code: {one.code.code}",
                one.code.terms or "Buyers type it in our shop.",
                url,
            )
            for one in codes
            if not one.has_ended
        ),
    ]


PART = Part("Your links and codes", entries)
