"""How a brand reaches a creator, with where each piece comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.models import ContactPoint, PostalAddress, Relationship, Representation


@dataclass(frozen=True)
class Reached:
    """Addresses and numbers, who speaks for them, where parcels go."""

    contacts: Sequence[ContactPoint]
    agents: Sequence[Representation]
    address: PostalAddress | None


def reached(relationship: Relationship) -> Reached:
    """Three queries."""
    of_brand = {"brand": relationship.brand, "creator": relationship.creator_id}
    return Reached(
        contacts=list(
            ContactPoint.objects.filter(**of_brand)
            .select_related("author", "import_batch", "barred_by")
            .order_by("kind", "value")
        ),
        agents=list(
            Representation.objects.filter(
                agent__brand=relationship.brand, creator=relationship.creator_id
            )
            .select_related("agent", "author")
            .order_by("agent__name", "pk")
        ),
        address=PostalAddress.objects.filter(**of_brand).select_related("author").first(),
    )
