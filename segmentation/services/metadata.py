"""What a segment is for and whose it is: everything about it but its rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm import audit
from crm.models import User, UserRole
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.services import ledger
from segmentation.services.edits import EditRefused, refuse_outdated, set_values

FIELDS = ("name", "purpose", "definition", "primary_kpi", "kpis", "owner")


@transaction.atomic
def change_segment(
    *,
    segment_id: int,
    changes: Mapping[str, Any],
    at: datetime,
    actor: User | None,
    seen: str | None = None,
) -> Segment:
    """Set some of FIELDS; what stays the same leaves no trace.

    `seen` is the stamp of the values that the person had before them. Raises EditRefused.
    """
    segment = Segment.objects.select_related("brand").get(pk=segment_id)
    ledger.lock_for_edit(segment.brand)
    segment.refresh_from_db()
    if segment.status == SegmentStatus.ARCHIVED:
        raise EditRefused(f"{segment} is archived; it stays as it was.", code="archived")
    refuse_outdated(segment, FIELDS, seen)
    _check(segment, changes)
    changed = set_values(segment, {name: changes[name] for name in FIELDS if name in changes})
    if not changed:
        return segment
    segment.save(update_fields=list(changed))
    audit.record(
        brand=segment.brand,
        verb="segmentation.segment.changed",
        target=segment,
        actor=actor,
        at=at,
        data=changed,
    )
    return segment


def _check(segment: Segment, changes: Mapping[str, Any]) -> None:
    if "name" in changes and not str(changes["name"]).strip():
        raise EditRefused("Give the segment a name.", code="name_needed", field="name")
    if "purpose" in changes and not str(changes["purpose"]).strip() and segment.purpose:
        raise EditRefused(
            "Say what the segment is for: without a purpose nobody knows when to use it.",
            code="purpose_needed",
            field="purpose",
        )
    owner: User | None = changes.get("owner")
    if (
        owner is not None
        and not UserRole.objects.filter(user=owner, brand=segment.brand_id).exists()
    ):
        raise EditRefused(
            f"{owner} has no role in {segment.brand}.", code="unknown_user", field="owner"
        )
