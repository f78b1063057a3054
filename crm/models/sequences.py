"""Sequences of mails, who is in them, and what became of each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator
from django.db import models

from crm.choices import EnrolmentStatus, Stage, StepAction, StepOutcome, StopReason
from crm.models.brands import Brand, User
from crm.models.mail import Mailbox, Message
from crm.models.mail_templates import MailTemplateVersion
from crm.models.relationships import Relationship
from crm.models.written import Version, Written, WrittenQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# A creator can be in one sequence at a time.
LIVE = (EnrolmentStatus.WAITING, EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED)
LINE_MAX = 500
DELAY_MAX = 90


class SequenceQuerySet(WrittenQuerySet["Sequence"]):
    """Sequences of a brand."""


class Sequence(Written):
    """A first mail and what follows it while nobody answers."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="sequences"
    )
    stops_on_stage_change = models.BooleanField(default=True)

    objects = SequenceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = Written.rules("crm_sequence")


class SequenceVersion(Version):
    """The steps as they were from then on. Who is enrolled keeps the steps of that day."""

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ["sequence", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "number"], name="crm_sequence_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id} version {self.number}"


class SequenceStep(models.Model):
    """What is done, and how many days after the mail before, if nothing has stopped it."""

    version = models.ForeignKey(SequenceVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    delay_days = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(DELAY_MAX)]
    )
    action = models.CharField(max_length=20, choices=StepAction.choices)
    # The very words: a newer version of the template changes nothing that was approved.
    mail = models.ForeignKey(
        MailTemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminder = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="crm_step_once"),
            models.CheckConstraint(
                name="crm_step_action_valid", condition=models.Q(action__in=StepAction.values)
            ),
            # The first mail is never sent without a person, and there is nothing to wait for.
            models.CheckConstraint(
                name="crm_step_first_is_draft",
                condition=models.Q(position__gt=1)
                | models.Q(position=1, action=StepAction.DRAFT, delay_days=0),
            ),
            models.CheckConstraint(
                name="crm_step_later_waits",
                condition=models.Q(position=1)
                | models.Q(position__gt=1, delay_days__range=(1, DELAY_MAX)),
            ),
            models.CheckConstraint(
                name="crm_step_mail_or_reminder",
                condition=models.Q(action=StepAction.REMIND, mail=None) & ~models.Q(reminder="")
                | ~models.Q(action=StepAction.REMIND) & models.Q(mail__isnull=False, reminder=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} step {self.position}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Enrolments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def live(self) -> Self:
        """Those that have not ended."""
        return self.filter(status__in=LIVE)


class Enrolment(models.Model):
    """A creator in a sequence. The step whose turn it is has a row of its own once it is due."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    version = models.ForeignKey(
        SequenceVersion, on_delete=models.PROTECT, related_name="enrolments"
    )
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, related_name="enrolments"
    )
    # From where its mails are sent; null after the mailbox is gone, and then nothing is.
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, null=True, related_name="+")
    # Who leads it: the sender's person, who is reminded and told.
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(
        max_length=20, choices=EnrolmentStatus.choices, default=EnrolmentStatus.WAITING
    )
    # What is said to this creator alone; each first mail needs one.
    personal_line = models.CharField(max_length=LINE_MAX, blank=True, default="")
    stage_at_start = models.CharField(max_length=20, choices=Stage.choices)
    # The last step that was begun, and when the next one is due: null until the mail before it has
    # left, and at the end.
    position = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(
        max_length=20, choices=StopReason.choices, blank=True, default=""
    )
    stop_note = models.CharField(max_length=300, blank=True, default="")
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            # Nobody is in two sequences at once, even if two colleagues enrol her at once.
            models.UniqueConstraint(
                fields=["relationship"],
                condition=models.Q(status__in=LIVE),
                name="crm_enrolment_one_live",
            ),
            models.CheckConstraint(
                name="crm_enrolment_status_valid",
                condition=models.Q(status__in=EnrolmentStatus.values),
            ),
            models.CheckConstraint(
                name="crm_enrolment_stop_valid",
                condition=models.Q(stop_reason__in=["", *StopReason.values]),
            ),
            # Every stop says why, and nothing else does.
            models.CheckConstraint(
                name="crm_enrolment_stop_has_reason",
                condition=models.Q(status=EnrolmentStatus.STOPPED) & ~models.Q(stop_reason="")
                | ~models.Q(status=EnrolmentStatus.STOPPED) & models.Q(stop_reason=""),
            ),
            models.CheckConstraint(
                name="crm_enrolment_end_dated",
                condition=models.Q(status__in=LIVE, ended_at=None)
                | ~models.Q(status__in=LIVE) & models.Q(ended_at__isnull=False, due_at=None),
            ),
        ]
        indexes = [
            # What is due now, asked every minute.
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(due_at__isnull=False),
                name="crm_enrolment_due",
            ),
            # A brand's enrolments by status, newest first.
            models.Index(
                fields=["brand", "status", "-started_at", "-id"], name="crm_enrolment_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} in {self.version_id}"


class EnrolmentStep(models.Model):
    """What became of one step for one creator. There is one row, whoever works it off."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="steps")
    # The enrolment's, for the queue of what waits.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    step = models.ForeignKey(SequenceStep, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=20, choices=StepOutcome.choices, default=StepOutcome.WAITING
    )
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="enrolment_step"
    )
    # Why it waits, or was skipped or cancelled.
    note = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["enrolment", "step"]
        constraints = [
            # However often the task runs, a step is begun once.
            models.UniqueConstraint(fields=["enrolment", "step"], name="crm_enrolment_step_once"),
            models.CheckConstraint(
                name="crm_enrolment_step_outcome_valid",
                condition=models.Q(outcome__in=StepOutcome.values),
            ),
            models.CheckConstraint(
                name="crm_enrolment_step_done_dated",
                condition=models.Q(outcome=StepOutcome.WAITING, done_at=None)
                | ~models.Q(outcome=StepOutcome.WAITING) & models.Q(done_at__isnull=False),
            ),
        ]
        indexes = [
            # The approval queue, oldest first.
            models.Index(
                fields=["brand", "created_at", "id"],
                condition=models.Q(outcome=StepOutcome.WAITING),
                name="crm_enrolment_step_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.step_id} {self.outcome}"
