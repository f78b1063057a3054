"""What a brand still does with somebody: no advertising, no sorting, nothing but keeping."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import RequestKind, SuppressionOrigin, SuppressionReason
from crm.models import Relationship, User
from crm.services.facts import mark_changed
from crm.services.outreach.suppressions import suppress_creator
from crm.services.privacy.refusals import PrivacyRefused

BECAUSE_MAX = 300


@transaction.atomic
def leave_alone(
    *, relationship: Relationship, kind: RequestKind, actor: User | None, at: datetime
) -> None:
    """Carry an objection or a restriction out; twice is once. Raises PrivacyRefused.

    Advertising: on the suppression list, and every sequence stops. Profiling: no rule of a segment
    reads them any more. Restriction: both, and nobody writes to them in any other way either.
    """
    row = Relationship.objects.select_for_update(no_key=True, of=("self",)).get(pk=relationship.pk)
    if row.erased_at is not None:
        raise PrivacyRefused("They were erased.", code="erased_already")
    if kind in {RequestKind.MARKETING, RequestKind.RESTRICTION}:
        suppress_creator(
            brand=relationship.brand,
            creator=relationship.creator,
            reason=SuppressionReason.OPT_OUT,
            origin=SuppressionOrigin.PERSON,
            at=at,
            actor=actor,
        )
    if kind in {RequestKind.PROFILING, RequestKind.RESTRICTION}:
        row.unprofiled_at = row.unprofiled_at or at
        if kind == RequestKind.RESTRICTION:
            row.restricted_at = row.restricted_at or at
        row.save(update_fields=["unprofiled_at", "restricted_at"])
        mark_changed(brand=relationship.brand, creator_ids=[row.creator_id], cause="privacy")
    audit.record(
        brand=relationship.brand,
        verb="crm.privacy.left_alone",
        target=relationship,
        actor=actor,
        at=at,
        data={"kind": RequestKind(kind)},
        label=relationship.creator.name,
    )


@transaction.atomic
def lift(*, relationship: Relationship, because: str, actor: User, at: datetime) -> None:
    """Take a restriction or an objection to profiling back: they said so. Raises PrivacyRefused.

    The suppression list has a way of its own.
    """
    because = " ".join(because.split())[:BECAUSE_MAX]
    if not because:
        raise PrivacyRefused("Say why it is lifted: it is kept in the ledger.", "because")
    row = Relationship.objects.select_for_update(no_key=True, of=("self",)).get(pk=relationship.pk)
    if row.erased_at is not None:
        raise PrivacyRefused("They were erased.", code="erased_already")
    if row.unprofiled_at is None:
        raise PrivacyRefused("Nothing is restricted.")
    row.unprofiled_at = row.restricted_at = None
    row.save(update_fields=["unprofiled_at", "restricted_at"])
    mark_changed(brand=relationship.brand, creator_ids=[row.creator_id], cause="privacy")
    audit.record(
        brand=relationship.brand,
        verb="crm.privacy.lifted",
        target=relationship,
        actor=actor,
        at=at,
        text={"because": because},
        label=relationship.creator.name,
    )
