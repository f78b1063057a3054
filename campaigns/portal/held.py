"""The way to what is held about the creator, among their own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.guests import Entry, Part
from campaigns.models import GuestLink


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """Always there."""
    text = f"What {link.brand} knows of you, and where it came from."
    return [Entry("Data about you", text, reverse("guest:my_data", args=[token]))]


PART = Part("Your data", entries)
