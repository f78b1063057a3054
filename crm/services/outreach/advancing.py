"""What moves sequences on by themselves: each minute, what is due and nothing has stopped.

A step is begun in one transaction, with a row that there can be only once; whoever is killed leaves
either nothing or all of it. Whether the mail then leaves, the sender asks the guard.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection, transaction
from django.urls import reverse

from crm.choices import (
    EnrolmentStatus,
    MailDirection,
    MailKind,
    MailStatus,
    NotificationKind,
    StepAction,
    StepOutcome,
    StopReason,
)
from crm.models import Enrolment, EnrolmentStep, Message, SequenceStep
from crm.outreach.guard import may_send
from crm.outreach.merge_fields import used
from crm.services.notifications import notify
from crm.services.outreach import stopping
from crm.services.outreach.approving import FINISH_AFTER, ApprovalRefused, wait_after, write
from crm.services.outreach.templates import render
from crm.services.outreach.values import fields_of, values_of

BATCH = 200
# A refusal of the guard that no person is going to change by sending again.
_ENDS = {
    "suppressed": StopReason.SUPPRESSED,
    "declined": StopReason.STAGE,
    "do_not_pitch": StopReason.DO_NOT_PITCH,
    "no_lawful_basis": StopReason.NOT_ALLOWED,
    "address_barred": StopReason.NOT_ALLOWED,
    "reply_waits": StopReason.REPLY,
}
# The mail has left: from now on the days until the next step count.
_LEFT = """
UPDATE crm_enrolment e
SET due_at = m.sent_at + make_interval(days => coalesce(n.delay_days, %s))
FROM crm_enrolmentstep s
JOIN crm_sequencestep p ON p.id = s.step_id
JOIN crm_message m ON m.id = s.message_id
LEFT JOIN crm_sequencestep n ON n.version_id = p.version_id AND n.position = p.position + 1
WHERE s.enrolment_id = e.id AND p.position = e.position AND e.status = 'active'
  AND e.due_at IS NULL AND m.status = 'sent'"""


def advance(*, at: datetime, limit: int = BATCH) -> Counter[str]:
    """Do what is due, at most `limit` steps; returns how many of each kind."""
    done: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [FINISH_AFTER.days])
        done["left"] = cursor.rowcount
    done["refused"] = _look_at_refused(at)
    for _ in range(limit):
        kind = _next(at)
        if kind is None:
            break
        done[kind] += 1
    return done


@transaction.atomic
def _next(at: datetime) -> str | None:
    """Take the enrolment that has been due longest, and begin its step; None: none is due."""
    enrolment = (
        Enrolment.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related(
            "brand",
            "relationship__brand",
            "relationship__creator",
            "version__sequence",
            "owner",
            "mailbox",
        )
        .filter(status=EnrolmentStatus.ACTIVE, due_at__lte=at)
        .order_by("due_at", "pk")
        .first()
    )
    if enrolment is None:
        return None
    reason = _why_stop(enrolment)
    if reason is not None:
        stopping.stop(enrolment_id=enrolment.pk, reason=reason, at=at)
        return "stopped"
    step = (
        SequenceStep.objects.select_related("mail")
        .filter(version=enrolment.version_id, position=enrolment.position + 1)
        .first()
    )
    if step is None:
        stopping.finish(enrolment, at)
        return "finished"
    return _begin(enrolment, step, at)


def _why_stop(enrolment: Enrolment) -> StopReason | None:
    """What ends it, in case nobody said so when it happened."""
    if (
        enrolment.version.sequence.stops_on_stage_change
        and enrolment.relationship.stage != enrolment.stage_at_start
    ):
        return StopReason.STAGE
    answered = Message.objects.filter(
        thread__relationship=enrolment.relationship_id,
        direction=MailDirection.IN,
        kind=MailKind.PERSONAL,
        at__gte=enrolment.started_at,
    )
    return StopReason.REPLY if answered.exists() else None


def _begin(enrolment: Enrolment, step: SequenceStep, at: datetime) -> str:
    row = EnrolmentStep(enrolment=enrolment, brand=enrolment.brand, step=step, created_at=at)
    enrolment.position, enrolment.due_at = step.position, None
    match StepAction(step.action):
        case StepAction.REMIND:
            row.outcome, row.done_at = StepOutcome.REMINDED, at
            enrolment.due_at = at + wait_after(step)
            name, sequence = enrolment.relationship.creator.name, enrolment.version.sequence
            stopping.tell_owner(
                enrolment,
                kind=NotificationKind.REMINDER,
                text=f"{name}: {step.reminder} (“{sequence}”)",
                at=at,
                key=f"enrolment:{enrolment.pk}:step:{step.position}",
            )
        case StepAction.DRAFT:
            _let_wait(row, "", at)
        case StepAction.MAIL:
            problem = _mail(row, enrolment, step, at)
            if problem:
                _let_wait(row, problem, at)
    row.save()
    enrolment.save(update_fields=["position", "due_at"])
    return str(row.outcome)


def _mail(row: EnrolmentStep, enrolment: Enrolment, step: SequenceStep, at: datetime) -> str:
    """Write and queue the mail of a step; or why a person has to look at it first."""
    if step.mail is None:
        return "The text of this step is gone."
    relationship = enrolment.relationship
    values = values_of(
        [relationship.pk],
        brand=enrolment.brand,
        sender=enrolment.owner,
        keys=_keys(step),
        at=at,
        mailbox=enrolment.mailbox,
    )[relationship.pk]
    values["personal_line"] = enrolment.personal_line
    mail = render(step.mail, values, fields_of(enrolment.brand))
    if mail.missing:
        return mail.problem
    try:
        # Within: what is refused leaves nothing behind.
        with transaction.atomic():
            row.message = write(
                enrolment,
                step,
                author=enrolment.owner,
                subject=mail.subject,
                text=mail.body,
                at=at,
            )
    except ApprovalRefused as refusal:
        return str(refusal)
    row.outcome, row.done_at = StepOutcome.MAILED, at
    return ""


def _keys(step: SequenceStep) -> list[str]:
    return used(f"{step.mail.subject}\n{step.mail.body}") if step.mail else []


def _let_wait(row: EnrolmentStep, note: str, at: datetime) -> None:
    row.outcome, row.note = StepOutcome.WAITING, note[:500]
    enrolment = row.enrolment
    if enrolment.owner is None:
        return
    notify(
        user=enrolment.owner,
        brand=enrolment.brand,
        kind=NotificationKind.OUTREACH,
        text=f"A follow-up to {enrolment.relationship.creator} waits for you. {note}".strip(),
        url=reverse("crm:outreach_approve", args=[enrolment.brand.slug]),
        at=at,
        key=f"enrolment:{enrolment.pk}:step:{row.step.position}",
    )


def _look_at_refused(at: datetime) -> int:
    """Mails that were not let go: some refusals end the sequence, the rest are told once."""
    refused = (
        EnrolmentStep.objects.filter(
            outcome=StepOutcome.MAILED,
            note="",
            enrolment__status=EnrolmentStatus.ACTIVE,
            message__status__in=[MailStatus.REFUSED, MailStatus.FAILED],
        )
        .select_related(
            "message__mailbox",
            "step",
            "enrolment__brand",
            "enrolment__owner",
            "enrolment__relationship__brand",
            "enrolment__relationship__creator",
        )
        .order_by("pk")[:BATCH]
    )
    found = list(refused)
    for row in found:
        _settle_refused(row, at)
    return len(found)


@transaction.atomic
def _settle_refused(row: EnrolmentStep, at: datetime) -> None:
    message, enrolment = row.message, row.enrolment
    if message is None or message.mailbox is None:
        return
    row.note = message.reason or MailStatus(message.status).label
    row.save(update_fields=["note"])
    verdict = may_send(
        relationship=enrolment.relationship,
        mailbox=message.mailbox,
        to=message.to[0],
        purpose=message.purpose,
        at=at,
        message=message,
    )
    for code, reason in _ENDS.items():
        if verdict.says(code):
            stopping.stop(enrolment_id=enrolment.pk, reason=reason, at=at, note=row.note[:300])
            return
    stopping.tell_owner(
        enrolment,
        kind=NotificationKind.OUTREACH,
        text=f"The mail to {enrolment.relationship.creator} was not sent: {row.note}",
        at=at,
        key=f"enrolment:{enrolment.pk}:step:{row.step.position}:refused",
    )
