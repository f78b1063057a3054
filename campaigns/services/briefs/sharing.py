"""Bringing a brief to creators: links to their own pages for all who need one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from campaigns.selectors.briefs import readers_of
from campaigns.services.guests import make_link
from crm.models import User


@transaction.atomic
def make_missing_links(*, campaign: Campaign, actor: User | None, at: datetime) -> int:
    """A link for each creator who has not accepted their brief and has none; how many were made."""
    made = 0
    for reader in readers_of(campaign, at):
        if reader.acceptance is None and reader.link is None:
            creator = reader.engagement.relationship.creator
            make_link(target=reader.engagement, name=creator.name, actor=actor, at=at)
            made += 1
    return made
