"""The brief among the creator's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.guests import Entry, Part
from campaigns.models import GuestLink
from campaigns.selectors.briefs import acceptances_of, version_for


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """The brief that holds for the creator, with what is to be done about it."""
    if link.engagement is None:
        return []
    version = version_for(link.engagement)
    if version is None:
        return []
    numbers = {row.version_id: row for row in acceptances_of(link.engagement)}
    given = numbers.get(version.pk)
    if given is not None:
        text = f"You accepted it on {given.at:%-d %B %Y}."
    elif numbers:
        text = "There is a new version: read what changed, and accept it."
    else:
        text = "Read what we ask for, and accept it."
    return [Entry("Brief", text, reverse("guest:brief", args=[token]), is_due=given is None)]


PART = Part("What we ask for", entries)
