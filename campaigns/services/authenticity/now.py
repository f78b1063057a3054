"""What comes every night, for one creator at once: signs, what comments say, and the score."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.services.authenticity.circles import look_at_comments_of
from campaigns.services.authenticity.looking import look_at
from campaigns.services.authenticity.scoring import score_some
from crm.models import Relationship


@transaction.atomic
def look_now(*, relationship: Relationship, at: datetime) -> None:
    """Look at the creator's accounts. Who does not want to be scored is left alone."""
    if relationship.unprofiled_at is not None:
        return
    creators = [relationship.creator_id]
    look_at(creators, at=at)
    look_at_comments_of(brand=relationship.brand, creators=creators, at=at)
    score_some(brand=relationship.brand, relationships=[relationship], at=at)
