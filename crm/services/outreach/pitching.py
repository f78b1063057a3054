"""Ask somebody else whether a creator may be pitched, and answer (F168)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from crm import audit
from crm.choices import NotificationKind, PitchDepth, PitchStatus, Role
from crm.models import Brand, PitchApproval, Relationship, User, UserRole
from crm.outreach.parts import OBJECTIONS
from crm.outreach.pitches import WHO, approval_of, care_of
from crm.services.notifications import notify_all

TEXT_MAX = 500
# For so long a yes holds: then what it was given for has changed.
HOLDS = timedelta(days=180)
# Who answers which depth. Roles that may write to creators; a test holds them against the table.
DECIDING: Mapping[PitchDepth, frozenset[Role]] = {
    PitchDepth.COLLEAGUE: frozenset({Role.STRATEGIST, Role.MANAGER, Role.ADMIN}),
    PitchDepth.STRATEGIST: frozenset({Role.STRATEGIST, Role.ADMIN}),
}


class PitchRefused(Exception):
    """Nothing was asked or answered; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


@transaction.atomic
def ask(*, relationship: Relationship, reason: str, actor: User, at: datetime) -> PitchApproval:
    """Ask whether a creator may be pitched. Raises PitchRefused."""
    brand, creator = relationship.brand, relationship.creator
    # One at a time waits for a creator: whoever asks meanwhile finds this one.
    Relationship.objects.select_for_update(no_key=True).get(pk=relationship.pk)
    _refuse_objected(relationship, at)
    care = care_of(relationship, at)
    if care is None:
        raise PitchRefused(
            f"Nobody has to be asked: no playbook says that a mistake with {creator} costs much.",
            code="not_needed",
        )
    if approval_of(relationship, care, at) is not None:
        raise PitchRefused(f"{creator} may be pitched: somebody said yes.", code="not_needed")
    if PitchApproval.objects.waiting().filter(relationship=relationship).exists():
        raise PitchRefused(
            f"Somebody asked already whether {creator} may be pitched.", code="already_open"
        )
    asked = PitchApproval.objects.create(
        brand=brand,
        relationship=relationship,
        depth=care.depth,
        segment=care.segment[:200],
        reason=_text(reason, "reason", "Say why you want to pitch them, and with what."),
        asked_by=actor,
        asked_at=at,
    )
    audit.record(
        brand=brand,
        verb="crm.pitch.asked",
        target=asked,
        actor=actor,
        at=at,
        data={"depth": asked.depth, "segment": asked.segment, "reason": asked.reason},
        label=creator.name,
    )
    notify_all(
        users=list(_deciding(brand, care.depth).exclude(pk=actor.pk).order_by("pk")),
        brand=brand,
        kind=NotificationKind.OUTREACH,
        text=f"{actor.display_name} asks whether {creator} may be pitched",
        url=reverse("crm:pitches", args=[brand.slug]),
        at=at,
    )
    return asked


@transaction.atomic
def decide(
    *, approval_id: int, brand: Brand, is_yes: bool, note: str, actor: User, at: datetime
) -> PitchApproval:
    """Say yes, which holds for HOLDS, or no with a reason.

    Raises PitchRefused, PitchApproval.DoesNotExist.
    """
    rows = PitchApproval.objects.select_for_update(no_key=True, of=("self",))
    asked = rows.select_related(
        "brand", "relationship__brand", "relationship__creator", "asked_by"
    ).get(pk=approval_id, brand=brand)
    if asked.status != PitchStatus.WAITING:
        raise PitchRefused("It was answered already.", code="closed")
    if is_yes:
        _refuse_objected(asked.relationship, at)
        care = care_of(asked.relationship, at)
        # Playbooks may have changed since: a yes that is not deep enough now would allow nothing.
        if care is not None and care.depth == PitchDepth.STRATEGIST:
            asked.depth, asked.segment = care.depth, care.segment[:200]
    if why_not := may_decide(asked, actor):
        raise PitchRefused(why_not, code="not_yours")
    wanted = "Say why not: whoever asked learns from it."
    asked.note = _text(note, "note", "" if is_yes else wanted)
    asked.status = PitchStatus.APPROVED if is_yes else PitchStatus.REFUSED
    asked.decided_by, asked.decided_at = actor, at
    asked.until = at + HOLDS if is_yes else None
    asked.save()
    creator = asked.relationship.creator
    audit.record(
        brand=brand,
        verb="crm.pitch.approved" if is_yes else "crm.pitch.refused",
        target=asked,
        actor=actor,
        at=at,
        data={"depth": asked.depth, "note": asked.note, "own": asked.asked_by_id == actor.pk},
        label=creator.name,
    )
    if asked.asked_by is not None and asked.asked_by != actor:
        notify_all(
            users=[asked.asked_by],
            brand=brand,
            kind=NotificationKind.OUTREACH,
            text=f"{creator} {'may' if is_yes else 'is not to'} be pitched, says "
            f"{actor.display_name}",
            url=reverse("crm:creator", args=[brand.slug, creator.uid]),
            at=at,
        )
    return asked


def may_decide(asked: PitchApproval, user: User) -> str:
    """Why `user` cannot answer, fit for the user; empty where they can.

    Whoever asks does not answer, unless nobody else of the brand could.
    """
    depth = PitchDepth(asked.depth)
    people = _deciding(asked.brand, depth)
    if not people.filter(pk=user.pk).exists():
        return f"{WHO[depth].capitalize()} answers this."
    if asked.asked_by_id == user.pk and people.exclude(pk=user.pk).exists():
        return "You asked: somebody else answers."
    return ""


def _refuse_objected(relationship: Relationship, at: datetime) -> None:
    creator = relationship.creator
    for objection in OBJECTIONS:
        if why := objection.of(relationship.brand, [creator.pk], at).get(creator.pk):
            raise PitchRefused(f"{creator} is not to be pitched: no yes changes that. {why}")


def _deciding(brand: Brand, depth: PitchDepth) -> QuerySet[User]:
    roles = UserRole.objects.filter(brand=brand, role__in=DECIDING[depth])
    return User.objects.filter(is_active=True, pk__in=roles.values("user"))


def _text(text: str, field: str, needed: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if needed and not text:
        raise PitchRefused(needed, field)
    if len(text) > TEXT_MAX:
        raise PitchRefused(f"{TEXT_MAX} characters are the most.", field)
    return text
