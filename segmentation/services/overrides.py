"""What people decide about a creator and a segment: forced in or out, whatever the rule says.

A decision has a reason, an author and, if wanted, an end. Evaluation reads those in force; here
they are made, withdrawn, and the creators whose decision came to its end are looked at anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from crm import audit
from crm.models import Brand, Creator, FactChange, Relationship, User
from crm.services.facts import mark_changed
from segmentation.choices import OverrideKind, RunStatus, SegmentStatus
from segmentation.models import CreatorFacts, Override, Run, Segment
from segmentation.services import ledger

REASON_MAX = 300
CAUSE = "override"


class OverrideRefused(Exception):
    """The decision cannot be made or taken back; the message is fit for the user.

    `field` names the input that is at fault, empty where it is none of them.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@transaction.atomic
def force(
    *,
    segment_id: int,
    creator_id: int,
    kind: OverrideKind,
    reason: str,
    at: datetime,
    actor: User | None,
    until: datetime | None = None,
) -> Override:
    """Keep the creator in the segment, or out of it, from `at` on and up to `until` (None: open).

    A decision that is in force for the two ends where the new one begins. The creator is evaluated
    anew soon after the commit. Raises OverrideRefused.
    """
    segment = Segment.objects.select_related("brand").get(pk=segment_id)
    ledger.lock_for_edit(segment.brand)
    segment.refresh_from_db(fields=["status"])
    creator = Creator.objects.get(pk=creator_id)
    reason = reason.strip()
    _check(segment, creator, reason, at, until)
    before = _end_former(segment, creator, at, actor)
    override = Override.objects.create(
        segment=segment,
        creator=creator,
        kind=kind,
        reason=reason,
        author=actor,
        starts_at=at,
        ends_at=until,
    )
    mark_changed(brand=segment.brand, creator_ids=[creator.pk], cause=CAUSE)
    audit.record(
        brand=segment.brand,
        verb="segmentation.override.set",
        target=segment,
        actor=actor,
        at=at,
        data={
            "creator": str(creator.uid),
            "kind": [before, kind.value],
            "reason": reason,
            "until": until,
        },
    )
    return override


def _check(
    segment: Segment, creator: Creator, reason: str, at: datetime, until: datetime | None
) -> None:
    if segment.status == SegmentStatus.ARCHIVED:
        raise OverrideRefused(
            f"{segment} is archived: nobody joins or leaves it any more.", code="archived"
        )
    if not Relationship.objects.filter(brand=segment.brand_id, creator=creator).exists():
        raise OverrideRefused(
            f"{segment.brand} does not know {creator}.", code="unknown_creator", field="creator"
        )
    if not reason:
        raise OverrideRefused(
            "Say why: whoever finds the creator here will want to know.",
            code="reason_needed",
            field="reason",
        )
    if len(reason) > REASON_MAX:
        raise OverrideRefused(
            f"Say it in {REASON_MAX} characters; it has {len(reason)}.",
            code="reason_too_long",
            field="reason",
        )
    if until is not None and until <= at:
        raise OverrideRefused(
            "The decision must end in the future, or leave the end open.",
            code="ends_too_early",
            field="until",
        )


def _end_former(segment: Segment, creator: Creator, at: datetime, actor: User | None) -> str | None:
    """End the decision that is in force; returns its kind, or None where there is none."""
    former = Override.objects.filter(segment=segment, creator=creator).in_force(at).first()
    if former is None:
        return None
    _end(former, at, actor)
    return former.kind


def _end(override: Override, at: datetime, actor: User | None) -> None:
    """From `at` on it holds no more; one that never held for any time goes without a trace."""
    if override.starts_at >= at:
        override.delete()
        return
    override.ends_at = at
    override.withdrawn_by = actor
    override.save(update_fields=["ends_at", "withdrawn_by"])


@transaction.atomic
def withdraw(*, override_id: int, at: datetime, actor: User | None) -> Override:
    """Let the rule decide again. Raises OverrideRefused where the decision has ended already."""
    override = Override.objects.select_related("segment__brand", "creator").get(pk=override_id)
    segment = override.segment
    ledger.lock_for_edit(segment.brand)
    override.refresh_from_db(fields=["ends_at"])
    if override.ends_at is not None and override.ends_at <= at:
        raise OverrideRefused(
            "This decision has ended already; the rule decides about the creator.", code="ended"
        )
    _end(override, at, actor)
    mark_changed(brand=segment.brand, creator_ids=[override.creator_id], cause=CAUSE)
    audit.record(
        brand=segment.brand,
        verb="segmentation.override.withdrawn",
        target=segment,
        actor=actor,
        at=at,
        data={"creator": str(override.creator.uid), "kind": [override.kind, None]},
    )
    return override


@transaction.atomic
def mark_ended(*, at: datetime) -> int:
    """Have the creators evaluated whose decision has come to its end; returns how many.

    They are those who were looked at last while it was in force, so that a beat which was down
    loses nothing and nobody is looked at twice.
    """
    last_look = CreatorFacts.objects.filter(
        brand=OuterRef("segment__brand"), creator=OuterRef("creator"), as_of__lt=OuterRef("ends_at")
    )
    waiting = FactChange.objects.filter(
        brand=OuterRef("segment__brand"), creator=OuterRef("creator")
    )
    # Before a brand's first run nobody is in any segment.
    applied = Run.objects.filter(brand=OuterRef("segment__brand"), status=RunStatus.APPLIED)
    ended = (
        Override.objects.filter(Exists(last_look), ~Exists(waiting), Exists(applied))
        .filter(ends_at__lte=at, starts_at__lt=F("ends_at"))
        .values_list("segment__brand", "creator")
        .distinct()
        .order_by("segment__brand", "creator")
    )
    by_brand: dict[int, list[int]] = {}
    for brand_id, creator_id in ended:
        by_brand.setdefault(brand_id, []).append(creator_id)
    for brand in Brand.objects.filter(pk__in=by_brand).order_by("pk"):
        mark_changed(brand=brand, creator_ids=by_brand[brand.pk], cause=CAUSE)
    return sum(len(creators) for creators in by_brand.values())
