"""Ends of sequences: pause, resume, stop, and what stops them by itself. Every stop says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.choices import (
    EnrolmentStatus,
    MailKind,
    MailStatus,
    NotificationKind,
    StepOutcome,
    StopReason,
)
from crm.models import Enrolment, EnrolmentStep, Message, Relationship, User
from crm.services.mail.composing import MailRefused, discard, take_back
from crm.services.notifications import notify

NOTE_MAX = 300


class EnrolmentRefused(Exception):
    """Nothing was changed; the message is fit for the user."""


def locked(enrolment_id: int) -> Enrolment:
    """The enrolment, for this transaction alone."""
    return (
        Enrolment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "version__sequence", "owner")
        .get(pk=enrolment_id)
    )


@transaction.atomic
def stop(
    *,
    enrolment_id: int,
    reason: StopReason,
    at: datetime,
    actor: User | None = None,
    note: str = "",
) -> Enrolment:
    """End a sequence for one creator: nothing more of it is sent. Ended already: stays as it is.

    A mail that waits to be sent is thrown away; one that is on its way cannot be called back.
    """
    enrolment = locked(enrolment_id)
    if enrolment.ended_at is not None:
        return enrolment
    enrolment.status, enrolment.stop_reason = EnrolmentStatus.STOPPED, reason
    enrolment.stop_note = note.strip()[:NOTE_MAX]
    _end(enrolment, at, actor)
    label = reason.label
    EnrolmentStep.objects.filter(enrolment=enrolment, outcome=StepOutcome.WAITING).update(
        outcome=StepOutcome.CANCELLED, note=f"{label}.", done_at=at, done_by=actor
    )
    queued = Message.objects.filter(
        enrolment_step__enrolment=enrolment, status=MailStatus.QUEUED
    ).values_list("pk", flat=True)
    for pk in list(queued):
        _unsend(pk, at, actor)
    audit.record(
        brand=enrolment.brand,
        verb="crm.outreach.stopped",
        target=enrolment.relationship,
        actor=actor,
        at=at,
        data={
            "enrolment": enrolment.pk,
            "sequence": enrolment.version.sequence.name,
            "reason": reason.value,
        },
        label=enrolment.relationship.creator.name,
    )
    if enrolment.owner and enrolment.owner != actor:
        tell_owner(
            enrolment,
            kind=NotificationKind.REPLY
            if reason == StopReason.REPLY
            else NotificationKind.OUTREACH,
            text=f"{enrolment.relationship.creator}: “{enrolment.version.sequence}” stopped. "
            f"{label}.",
            at=at,
            key=f"enrolment:{enrolment.pk}:stopped",
        )
    return enrolment


def finish(enrolment: Enrolment, at: datetime) -> None:
    """The last step is done and nobody answered. `enrolment` is locked."""
    enrolment.status = EnrolmentStatus.FINISHED
    _end(enrolment, at, None)
    audit.record(
        brand=enrolment.brand,
        verb="crm.outreach.finished",
        target=enrolment.relationship,
        at=at,
        data={"enrolment": enrolment.pk, "sequence": enrolment.version.sequence.name},
        label=enrolment.relationship.creator.name,
    )


def _end(enrolment: Enrolment, at: datetime, actor: User | None) -> None:
    enrolment.ended_at, enrolment.ended_by, enrolment.due_at = at, actor, None
    enrolment.save(
        update_fields=["status", "stop_reason", "stop_note", "ended_at", "ended_by", "due_at"]
    )


def _unsend(message_id: int, at: datetime, actor: User | None) -> None:
    try:
        take_back(message_id=message_id, actor=actor, at=at)
        discard(message_id=message_id)
    except MailRefused:
        return  # it left meanwhile


@transaction.atomic
def pause(*, enrolment_id: int, actor: User, at: datetime) -> Enrolment:
    """Nothing of it is sent until somebody lets it go on. Raises EnrolmentRefused."""
    enrolment = locked(enrolment_id)
    if enrolment.status not in {EnrolmentStatus.WAITING, EnrolmentStatus.ACTIVE}:
        raise EnrolmentRefused(f"It cannot be paused: {_standing(enrolment)}.")
    enrolment.status = EnrolmentStatus.PAUSED
    enrolment.save(update_fields=["status"])
    _record(enrolment, "crm.outreach.paused", actor, at)
    return enrolment


@transaction.atomic
def resume(*, enrolment_id: int, actor: User, at: datetime) -> Enrolment:
    """Go on where it stood; what became due meanwhile is due now. Raises EnrolmentRefused."""
    enrolment = locked(enrolment_id)
    if enrolment.status != EnrolmentStatus.PAUSED:
        raise EnrolmentRefused(f"It is not paused: {_standing(enrolment)}.")
    first_waits = EnrolmentStep.objects.filter(
        enrolment=enrolment, step__position=1, outcome=StepOutcome.WAITING
    ).exists()
    enrolment.status = EnrolmentStatus.WAITING if first_waits else EnrolmentStatus.ACTIVE
    enrolment.save(update_fields=["status"])
    _record(enrolment, "crm.outreach.resumed", actor, at)
    return enrolment


def stop_for(
    relationships: Iterable[int],
    *,
    reason: StopReason,
    at: datetime,
    actor: User | None = None,
    note: str = "",
) -> int:
    """Stop whatever runs for these relationships; returns how many."""
    running = Enrolment.objects.live().filter(relationship__in=list(relationships))
    found = list(running.order_by("pk").values_list("pk", flat=True))
    for pk in found:
        stop(enrolment_id=pk, reason=reason, at=at, actor=actor, note=note)
    return len(found)


def on_reply(message: Message) -> int:
    """A creator wrote: whatever runs for them stops. Automatic answers and reports do not count."""
    relationship_id = message.thread.relationship_id
    if relationship_id is None or message.kind != MailKind.PERSONAL:
        return 0
    return stop_for([relationship_id], reason=StopReason.REPLY, at=message.at)


def on_bounce(message: Message, *, at: datetime) -> int:
    """A mail of ours came back: the sequence that sent it stops."""
    found = (
        Enrolment.objects.live()
        .filter(steps__message=message)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for pk in list(found):
        stop(enrolment_id=pk, reason=StopReason.BOUNCE, at=at, note=message.reason)
    return len(found)


def on_stage_change(relationship: Relationship, *, at: datetime) -> int:
    """The stage is another one than when the sequence began: most sequences stop then."""
    found = (
        Enrolment.objects.live()
        .filter(relationship=relationship, version__sequence__stops_on_stage_change=True)
        .exclude(stage_at_start=relationship.stage)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for pk in list(found):
        stop(enrolment_id=pk, reason=StopReason.STAGE, at=at)
    return len(found)


def tell_owner(
    enrolment: Enrolment, *, kind: NotificationKind, text: str, at: datetime, key: str
) -> None:
    """One line for the person who leads the sequence, with the creator's page behind it."""
    if enrolment.owner is None:
        return
    creator = enrolment.relationship.creator
    notify(
        user=enrolment.owner,
        brand=enrolment.brand,
        kind=kind,
        text=text,
        url=reverse("crm:creator", args=[enrolment.brand.slug, creator.uid]),
        at=at,
        key=key,
    )


def _record(enrolment: Enrolment, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=enrolment.brand,
        verb=verb,
        target=enrolment.relationship,
        actor=actor,
        at=at,
        data={"enrolment": enrolment.pk, "sequence": enrolment.version.sequence.name},
        label=enrolment.relationship.creator.name,
    )


def _standing(enrolment: Enrolment) -> str:
    status = EnrolmentStatus(enrolment.status).label.lower()
    why = StopReason(enrolment.stop_reason).label.lower() if enrolment.stop_reason else ""
    return f"{status} ({why})" if why else status
