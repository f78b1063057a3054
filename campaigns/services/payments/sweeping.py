"""The worker's round: contracts that have no amounts yet, and milestones that were reached."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import PayState, PayTrigger
from campaigns.models import Payable
from campaigns.services.payments.milestones import BATCH, look_at
from campaigns.services.payments.planning import catch_up
from crm.models import Brand


def sweep(brand: Brand, *, at: datetime) -> int:
    """Move all of a brand that has reached its milestone; how many."""
    catch_up(brand, at=at)
    moved, after = 0, 0
    while True:
        waiting = (
            Payable.objects.filter(brand=brand, state=PayState.COMMITTED, pk__gt=after)
            .exclude(trigger=PayTrigger.HAND)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        ids = list(waiting)
        if not ids:
            return moved
        moved += look_at(Payable.objects.filter(pk__in=ids), brand=brand, at=at)
        after = ids[-1]


def sweep_all(*, at: datetime) -> int:
    """Of every brand."""
    return sum(sweep(brand, at=at) for brand in Brand.objects.order_by("pk"))
