"""What a brand calls too long and too many in a stage: when cards stall, and how many are a lot.

Both are hints: nobody is moved by them, and nobody is kept from a move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from crm import audit
from crm.choices import Stage
from crm.models import Brand, Message, Note, Relationship, StageLimit, Task, User

# Where a brand said nothing. Who lapsed or declined does not stall.
DEFAULTS: Mapping[Stage, int | None] = {
    Stage.PROSPECT: 30,
    Stage.FIRST_TIME: 45,
    Stage.CORE: 90,
    Stage.ADVOCATE: 180,
}
DAYS_MAX = 3_650
CARDS_MAX = 1_000_000


class LimitRefused(Exception):
    """The limit cannot be; the message is fit for the user, `field` says of which stage."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Limits:
    """Of a stage: None where cards never stall, or where any number of them is fine."""

    days: int | None
    cards: int | None = None


def stage_limits(brand: Brand) -> dict[Stage, Limits]:
    """What holds in each stage on the path."""
    rows = StageLimit.objects.filter(brand=brand).values_list("stage", "days", "cards")
    said = {stage: Limits(days, cards) for stage, days, cards in rows}
    return {stage: said.get(stage.value, Limits(days)) for stage, days in DEFAULTS.items()}


def limits_of(brand: Brand) -> dict[Stage, int | None]:
    """The days of each stage on the path; None where cards never stall."""
    return {stage: limits.days for stage, limits in stage_limits(brand).items()}


def standing_still(rows: QuerySet[Relationship], since: datetime) -> QuerySet[Relationship]:
    """Those of `rows` with an owner for whom nothing is planned, nor was said since `since`."""
    here = OuterRef("pk")
    return rows.filter(
        ~Exists(Task.objects.open().filter(relationship=here)),
        ~Exists(Note.objects.standing().filter(relationship=here, created_at__gte=since)),
        ~Exists(Message.objects.filter(thread__relationship=here, at__gte=since)),
        stage_since__lt=since,
        owner__isnull=False,
        next_step="",
    )


def stalled(ids: list[int], limits: Mapping[Stage, Limits], at: datetime) -> dict[int, int]:
    """Which of these relationships are stalled, with the days after which that is said."""
    held = [(stage, one.days) for stage, one in limits.items() if one.days is not None]
    rows = Relationship.objects.filter(pk__in=ids)
    found = rows.none()
    for stage, days in held:
        found = found | standing_still(rows.filter(stage=stage), at - timedelta(days=days))
    days_of = {stage.value: days for stage, days in held}
    return {pk: days_of[stage] for pk, stage in found.values_list("pk", "stage")}


@transaction.atomic
def set_limits(*, brand: Brand, limits: Mapping[Stage, Limits], actor: User, at: datetime) -> None:
    """Say what is too long and too many in each stage. Raises LimitRefused."""
    # One change at a time: the ledger says what was before.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    before = stage_limits(brand)
    moved: dict[str, object] = {}
    for stage, wanted in limits.items():
        _check(stage, wanted)
        if before[stage] == wanted:
            continue
        StageLimit.objects.update_or_create(
            brand=brand, stage=stage, defaults={"days": wanted.days, "cards": wanted.cards}
        )
        if before[stage].days != wanted.days:
            moved[stage.value] = [before[stage].days, wanted.days]
        if before[stage].cards != wanted.cards:
            moved[f"{stage.value}_cards"] = [before[stage].cards, wanted.cards]
    if moved:
        audit.record(
            brand=brand, verb="crm.stage_limits.set", target=brand, actor=actor, at=at, data=moved
        )


def _check(stage: Stage, wanted: Limits) -> None:
    if stage not in DEFAULTS:
        raise LimitRefused(f"Nobody stalls in “{stage.label}”.", stage.value)
    if wanted.days is not None and not 1 <= wanted.days <= DAYS_MAX:
        raise LimitRefused(f"From 1 to {DAYS_MAX:,} days, or nothing.", stage.value)
    if wanted.cards is not None and not 1 <= wanted.cards <= CARDS_MAX:
        raise LimitRefused(f"From 1 to {CARDS_MAX:,} cards, or nothing.", f"{stage.value}_cards")
