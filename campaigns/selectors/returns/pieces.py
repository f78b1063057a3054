"""What was published in a time, of all campaigns of a brand: each piece with its share of the cost.

By the formulas of a campaign's returns: a creator's whole cost in a campaign is spread evenly over
their pieces there that were not called off, and a piece costs when it is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from campaigns.choices import DeliverableState
from campaigns.models import Deliverable, Engagement
from campaigns.models.engagements import BOUND
from campaigns.selectors.returns.costs import costs_of_places
from crm.models import Brand, Relationship
from crm.services.post_counts import COUNTS


@dataclass(frozen=True)
class PaidPiece:
    """A published piece; a count or a cost that is None is not known."""

    creator: int
    engagement: int
    published_at: datetime
    source: str
    platform: str
    form: str
    cost: Decimal | None
    counts: Mapping[str, int | None]


def paid_pieces(
    brand: Brand, *, start: datetime, until: datetime, relationship: Relationship | None = None
) -> Sequence[PaidPiece]:
    """Pieces of creators under contract, or of one, as known at `until`: six queries at most."""
    asked = Deliverable.objects.all()
    if relationship is not None:
        asked = asked.filter(engagement__relationship=relationship)
    rows = list(
        asked.filter(
            engagement__campaign__brand=brand,
            engagement__stage__in=BOUND,
            state=DeliverableState.PUBLISHED,
            published_at__gte=start,
            published_at__lt=until,
        )
        .order_by("pk")
        .values(
            "engagement", "engagement__relationship__creator", "published_at", "platform", "form",
            "post__metrics_source", *(f"post__{name}" for name in COUNTS),
        )
    )  # fmt: skip
    places = {row["engagement"] for row in rows}
    if not places:
        return []
    agreed = {
        pk: (cost, currency)
        for pk, cost, currency in Engagement.objects.filter(pk__in=places).values_list(
            "pk", "agreed_cost", "campaign__currency"
        )
    }
    costs = costs_of_places(brand, agreed, until)
    planned = dict(
        Deliverable.objects.filter(engagement__in=places)
        .exclude(state=DeliverableState.CANCELLED)
        .order_by()
        .values("engagement")
        .annotate(number=Count("pk"))
        .values_list("engagement", "number")
    )
    found = []
    for row in rows:
        whole = costs[row["engagement"]]
        found.append(
            PaidPiece(
                creator=row["engagement__relationship__creator"],
                engagement=row["engagement"],
                published_at=row["published_at"],
                source=row["post__metrics_source"] or "measured",
                platform=row["platform"] or "",
                form=row["form"] or "",
                cost=None if whole is None else whole / planned[row["engagement"]],
                counts={name: row[f"post__{name}"] for name in COUNTS},
            )
        )
    return found
