"""How a brand stands with a creator in the eyes of the guard: what was said, agreed and refused."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from crm.choices import ContactKind, MailDirection, MailKind, Stage
from crm.models import (
    Agent,
    ContactPoint,
    Message,
    Relationship,
    StageChange,
    SuppressedAddress,
    Suppression,
)
from crm.outreach import addresses, countries

# Stages of work together.
PARTNERS = (Stage.FIRST_TIME, Stage.CORE, Stage.ADVOCATE)


def standing(relationship: Relationship, to: str, at: datetime) -> countries.Standing:
    """What the brand can point to when it writes to this address: three queries."""
    contact = contact_of(relationship, to)
    return countries.Standing(
        basis=contact.basis if contact else "",
        is_company=Agent.objects.filter(
            brand=relationship.brand_id,
            emails__contains=[to],
            representations__creator=relationship.creator_id,
        ).exists(),
        worked_together_at=_worked_together_at(relationship, at),
        wrote_at=wrote_at(relationship),
    )


def suppression_of(relationship: Relationship, to: str) -> Suppression | None:
    """The suppression in force that covers the creator or this address, the newest."""
    hashed = addresses.digest(relationship.brand_id, to)
    by_address = SuppressedAddress.objects.filter(brand=relationship.brand_id, digest=hashed)
    return (
        Suppression.objects.in_force()
        .filter(
            Q(is_person=True, creator=relationship.creator_id)
            | Q(pk__in=by_address.values("suppression")),
            brand=relationship.brand_id,
        )
        .order_by("-at", "-pk")
        .first()
    )


def contact_of(relationship: Relationship, to: str) -> ContactPoint | None:
    """The address as the brand has it in the creator's file; None where it is an agent's."""
    return ContactPoint.objects.filter(
        brand=relationship.brand_id,
        creator=relationship.creator_id,
        kind=ContactKind.EMAIL,
        value=to,
    ).first()


def _worked_together_at(relationship: Relationship, at: datetime) -> datetime | None:
    """The end of the last stay in a stage of work together; now, if it goes on."""
    stay = (
        StageChange.objects.filter(relationship=relationship, stage__in=PARTNERS)
        .order_by("-entered_at", "-pk")
        .first()
    )
    return (stay.left_at or at) if stay else None


def wrote_at(relationship: Relationship) -> datetime | None:
    """When the creator last wrote; automatic answers are not writing."""
    return (
        Message.objects.filter(
            thread__relationship=relationship,
            direction=MailDirection.IN,
            kind=MailKind.PERSONAL,
        )
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )
