"""That a creator is in segments, for what they are shown of their own data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crm.models import Relationship
from crm.services.held import Held
from segmentation.models import Membership


def held(relationship: Relationship, at: datetime) -> Iterator[Held]:
    """In how many groups the creator is: which ones, people tell who ask."""
    number = (
        Membership.objects.as_of(at)
        .filter(creator=relationship.creator_id, segment__brand=relationship.brand_id)
        .count()
    )
    if number:
        source = "rules over the data above; ask us which"
        yield Held("Groups that we plan by", f"{number:,}", source)
