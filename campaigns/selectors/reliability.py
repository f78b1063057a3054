"""How reliable creators were, as it was last computed."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import ReliabilityReading
from crm.models import Brand, Relationship

HISTORY = 10


def current_of(relationship: Relationship) -> ReliabilityReading | None:
    """The newest reading; None where there is none, or the creator does not want to be scored."""
    if relationship.unprofiled_at is not None:
        return None
    return ReliabilityReading.objects.current().filter(relationship=relationship).first()


def for_list(brand: Brand) -> QuerySet[ReliabilityReading]:
    """The newest reading of each creator; without those who do not want to be scored."""
    return (
        ReliabilityReading.objects.current()
        .filter(brand=brand, relationship__unprofiled_at=None)
        .select_related("relationship__creator")
    )
