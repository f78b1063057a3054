"""The mails that wait for a person: written for one creator, read, changed, sent or left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from crm import audit
from crm.choices import EnrolmentStatus, MailPurpose, StepOutcome
from crm.models import Enrolment, EnrolmentStep, Message, SequenceStep, Thread, User
from crm.models.sequences import LINE_MAX
from crm.outreach import merge_fields
from crm.outreach.guard import may_send
from crm.outreach.merge_fields import PERSONAL_LINE, MergeField
from crm.outreach.verdicts import Verdict
from crm.services.mail.composing import MailRefused, address_of, compose, queue
from crm.services.outreach.stopping import locked
from crm.services.outreach.templates import render
from crm.services.outreach.values import fields_of, values_of

# Fewer words say nothing about anybody.
LINE_MIN = 15
TAG = "{{" + PERSONAL_LINE + "}}"
# When nobody answers for so long after the last step, it is over.
FINISH_AFTER = timedelta(days=14)


class ApprovalRefused(Exception):
    """Nothing was sent; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Draft:
    """A mail as it would be: the place of the personal line is still its tag."""

    step: EnrolmentStep
    subject: str
    text: str
    missing: tuple[MergeField, ...]
    to: str
    # Why there is nobody to write to; empty where there is.
    problem: str
    verdict: Verdict

    @property
    def purpose(self) -> MailPurpose:
        """First mail or follow-up."""
        return purpose_of(self.step.step)

    @property
    def needs_line(self) -> bool:
        """Whether there is a place for a personal line."""
        return TAG in self.text


def purpose_of(step: SequenceStep) -> MailPurpose:
    """The first step is the first mail."""
    return MailPurpose.FIRST if step.position == 1 else MailPurpose.FOLLOW_UP


def waiting() -> QuerySet[EnrolmentStep]:
    """What waits for a person, with what is needed to show and to send it, oldest first."""
    return (
        EnrolmentStep.objects.filter(
            outcome=StepOutcome.WAITING,
            enrolment__status__in=[EnrolmentStatus.WAITING, EnrolmentStatus.ACTIVE],
        )
        .select_related(
            "step__mail__template",
            "step__version__sequence",
            "enrolment__relationship__creator",
            "enrolment__relationship__brand",
            "enrolment__mailbox",
            "enrolment__owner",
        )
        .order_by("created_at", "pk")
    )


def draft_of(step: EnrolmentStep, *, sender: User | None, at: datetime) -> Draft:
    """What would be sent, and what is against it. `step` is one of `waiting`."""
    enrolment = step.enrolment
    relationship = enrolment.relationship
    mail = step.step.mail
    if mail is None:
        raise ApprovalRefused("This step is no mail.")
    keys = merge_fields.used(f"{mail.subject}\n{mail.body}")
    values = values_of(
        [relationship.pk],
        brand=relationship.brand,
        sender=sender,
        keys=keys,
        at=at,
        mailbox=enrolment.mailbox,
    )[relationship.pk]
    rendered = render(mail, {**values, PERSONAL_LINE: TAG}, fields_of(relationship.brand))
    to, problem, verdict = "", "", Verdict()
    if enrolment.mailbox is None:
        problem = "The mailbox of this sequence is gone: enrol the creator again from another."
    else:
        try:
            to = address_of(relationship)
        except MailRefused as refusal:
            problem = str(refusal)
        else:
            verdict = may_send(
                relationship=relationship,
                mailbox=enrolment.mailbox,
                to=to,
                purpose=purpose_of(step.step),
                at=at,
                message=_last_mail(enrolment),
            )
    return Draft(step, rendered.subject, rendered.body, rendered.missing, to, problem, verdict)


@transaction.atomic
def approve(
    *,
    step_id: int,
    subject: str,
    text: str,
    personal_line: str,
    actor: User,
    at: datetime,
) -> Message:
    """Send what somebody has read, as they read it. Raises ApprovalRefused.

    `text` has the tag {{personal_line}} where the line goes. What only waiting can change, such as
    the hour, does not refuse: the mail leaves when it may.
    """
    step = _locked(step_id)
    enrolment = step.enrolment
    personal_line = " ".join(personal_line.split())
    if step.step.position == 1 or TAG in text:
        _check_line(enrolment, personal_line, text)
        text = text.replace(TAG, personal_line)
    left = merge_fields.used(f"{subject}\n{text}")
    if left:
        tags = ", ".join("{{" + key + "}}" for key in left)
        raise ApprovalRefused(f"Not filled in yet: {tags}. Write what it should say.", "text")
    draft = draft_of(step, sender=actor, at=at)
    if draft.problem:
        raise ApprovalRefused(draft.problem)
    if not draft.verdict.allowed and draft.verdict.retry_at is None:
        raise ApprovalRefused(draft.verdict.words)
    message = write(enrolment, step.step, author=actor, subject=subject, text=text, at=at)
    step.message, step.outcome, step.note = message, StepOutcome.MAILED, ""
    step.done_at, step.done_by = at, actor
    step.save(update_fields=["message", "outcome", "note", "done_at", "done_by"])
    enrolment.status, enrolment.due_at = EnrolmentStatus.ACTIVE, None
    enrolment.position = step.step.position
    if step.step.position == 1:
        enrolment.personal_line = personal_line
    enrolment.save(update_fields=["status", "due_at", "position", "personal_line"])
    return message


@transaction.atomic
def skip(*, step_id: int, actor: User, at: datetime, note: str = "") -> Enrolment:
    """Leave a follow-up out; the next step counts from now. Raises ApprovalRefused."""
    step = _locked(step_id)
    enrolment = step.enrolment
    if step.step.position == 1:
        raise ApprovalRefused(
            "The first mail cannot be left out: take the creator out of the sequence instead."
        )
    step.outcome, step.note = StepOutcome.SKIPPED, note.strip()[:500]
    step.done_at, step.done_by = at, actor
    step.save(update_fields=["outcome", "note", "done_at", "done_by"])
    enrolment.position = step.step.position
    enrolment.due_at = at + wait_after(step.step)
    enrolment.save(update_fields=["position", "due_at"])
    audit.record(
        brand=enrolment.brand,
        verb="crm.outreach.step_skipped",
        target=enrolment.relationship,
        actor=actor,
        at=at,
        data={"enrolment": enrolment.pk, "step": step.step.position},
        label=enrolment.relationship.creator.name,
    )
    return enrolment


def write(
    enrolment: Enrolment,
    step: SequenceStep,
    *,
    author: User | None,
    subject: str,
    text: str,
    at: datetime,
) -> Message:
    """Compose a mail of a sequence and queue it; follow-ups stay in one conversation."""
    if enrolment.mailbox is None:
        raise ApprovalRefused("The mailbox of this sequence is gone.")
    last = _last_mail(enrolment)
    thread: Thread | None = last.thread if last else None
    try:
        message = compose(
            relationship=enrolment.relationship,
            mailbox=enrolment.mailbox,
            author=author,
            subject=subject,
            text=text,
            purpose=purpose_of(step),
            at=at,
            thread=thread,
        )
        return queue(message_id=message.pk, actor=author, at=at)
    except MailRefused as refusal:
        raise ApprovalRefused(str(refusal), refusal.field) from refusal


def wait_after(step: SequenceStep) -> timedelta:
    """How long after this step the next one is due; after the last, until it is over."""
    following = SequenceStep.objects.filter(version=step.version_id, position=step.position + 1)
    days = following.values_list("delay_days", flat=True).first()
    return FINISH_AFTER if days is None else timedelta(days=days)


def _last_mail(enrolment: Enrolment) -> Message | None:
    """The newest mail of the sequence to this creator."""
    mails = Message.objects.filter(enrolment_step__enrolment=enrolment).select_related("thread")
    return mails.order_by("-enrolment_step__step__position").first()


def _locked(step_id: int) -> EnrolmentStep:
    enrolment_id = EnrolmentStep.objects.values_list("enrolment", flat=True).get(pk=step_id)
    enrolment = locked(enrolment_id)
    step = (
        EnrolmentStep.objects.select_related(
            "step__mail", "enrolment__relationship__brand", "enrolment__relationship__creator"
        )
        .select_related("enrolment__mailbox", "enrolment__brand")
        .get(pk=step_id)
    )
    if step.outcome != StepOutcome.WAITING:
        label = StepOutcome(step.outcome).label.lower()
        who = f" by {step.done_by.display_name}" if step.done_by else ""
        raise ApprovalRefused(f"This mail does not wait any more: {label}{who}.")
    if enrolment.status == EnrolmentStatus.PAUSED:
        raise ApprovalRefused("The sequence is paused for this creator. Let it go on first.")
    return step


def _check_line(enrolment: Enrolment, line: str, text: str) -> None:
    name = enrolment.relationship.creator.name
    if TAG not in text:
        raise ApprovalRefused(
            f"Your text no longer says where the personal line goes. Put {TAG} back.", "text"
        )
    if len(line) < LINE_MIN:
        raise ApprovalRefused(
            f"Write a line for {name} alone, of at least {LINE_MIN} characters: what you saw of "
            "their work.",
            PERSONAL_LINE,
        )
    if len(line) > LINE_MAX:
        raise ApprovalRefused(f"The line has more than {LINE_MAX} characters.", PERSONAL_LINE)
    same = (
        Enrolment.objects.filter(brand=enrolment.brand)
        .exclude(relationship=enrolment.relationship)
        .alias(lower=Lower("personal_line"))
        .filter(lower=line.lower())
        .select_related("relationship__creator")
        .first()
    )
    if same is not None:
        raise ApprovalRefused(
            f"{same.relationship.creator} got the same line. Write one for {name} alone.",
            PERSONAL_LINE,
        )
