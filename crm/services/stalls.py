"""After how many days without anything planned a card stalls: the brand's rule for each stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import Stage
from crm.models import Brand, StageLimit, User

# Where a brand said nothing. Who lapsed or declined does not stall.
DEFAULTS: Mapping[Stage, int | None] = {
    Stage.PROSPECT: 30,
    Stage.FIRST_TIME: 45,
    Stage.CORE: 90,
    Stage.ADVOCATE: 180,
}
DAYS_MAX = 3_650


class LimitRefused(Exception):
    """The limit cannot be; the message is fit for the user, `field` says of which stage."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def limits_of(brand: Brand) -> dict[Stage, int | None]:
    """The days of each stage on the path; None where cards never stall."""
    said = dict(StageLimit.objects.filter(brand=brand).values_list("stage", "days"))
    return {stage: said.get(stage.value, days) for stage, days in DEFAULTS.items()}


@transaction.atomic
def set_limits(
    *, brand: Brand, limits: Mapping[Stage, int | None], actor: User, at: datetime
) -> None:
    """Say after how many days cards stall in each stage. Raises LimitRefused."""
    # One change at a time: the ledger says what was before.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    before = limits_of(brand)
    moved: dict[str, object] = {}
    for stage, days in limits.items():
        if stage not in DEFAULTS:
            raise LimitRefused(f"Nobody stalls in “{stage.label}”.", stage.value)
        if days is not None and not 1 <= days <= DAYS_MAX:
            raise LimitRefused(f"From 1 to {DAYS_MAX:,} days, or nothing.", stage.value)
        if before[stage] != days:
            StageLimit.objects.update_or_create(brand=brand, stage=stage, defaults={"days": days})
            moved[stage.value] = [before[stage], days]
    if moved:
        audit.record(
            brand=brand, verb="crm.stage_limits.set", target=brand, actor=actor, at=at, data=moved
        )
