"""Sequences: make one, give it other steps, take it out of use."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import MailPurpose, Stage, StepAction, StopReason
from crm.models import (
    Brand,
    Enrolment,
    MailTemplate,
    Sequence,
    SequenceStep,
    SequenceVersion,
    User,
)
from crm.models.sequences import DELAY_MAX
from crm.services.outreach import stopping, templates
from crm.services.outreach.templates import check_audience

NAME_MAX = 120
DESCRIPTION_MAX = 300
REMINDER_MAX = 200
STEPS_MAX = 8


class SequenceRefused(Exception):
    """Nothing is saved; the message is fit for the user, `code` for a program.

    `step` counts from 1 (0: none).
    """

    def __init__(self, message: str, field: str = "", step: int = 0, code: str = "invalid") -> None:
        super().__init__(message)
        self.field, self.step, self.code = field, step, code


class About(TypedDict, total=False):
    """What a sequence is for; what is left out stays as it is."""

    name: str
    description: str
    stage: Stage | str
    audience: str
    stops_on_stage_change: bool


@dataclass(frozen=True)
class Step:
    """A step as somebody asks for it. The first one needs a template and nothing else."""

    action: StepAction = StepAction.DRAFT
    delay_days: int = 0
    template_id: int | None = None
    reminder: str = ""


@transaction.atomic
def make_sequence(
    *, brand: Brand, about: About, steps: Many[Step], at: datetime, actor: User | None
) -> Sequence:
    """A new sequence with its first steps. Raises SequenceRefused."""
    sequence = Sequence(brand=brand, created_at=at)
    _describe(sequence, about)
    _save(sequence)
    version = _add_version(sequence, steps, at, actor)
    _record(sequence, "crm.sequence.made", at, actor, {"version": version.number})
    return sequence


@transaction.atomic
def change_sequence(
    *, sequence_id: int, about: About, steps: Many[Step], at: datetime, actor: User | None
) -> Sequence:
    """Other steps are a new version: who is enrolled already goes on with theirs.

    Saved with the same steps, a sequence takes the newest text of each template.
    """
    sequence = _locked(sequence_id)
    before = {name: getattr(sequence, name) for name in About.__annotations__}
    _describe(sequence, about)
    _save(sequence)
    changes: dict[str, object] = {
        name: [value, getattr(sequence, name)]
        for name, value in before.items()
        if value != getattr(sequence, name)
    }
    newest = newest_steps(sequence)
    rows = _rows(sequence.brand, steps)
    if [_content(row) for row in rows] != [_content(row) for row in newest]:
        version = _add_version(sequence, steps, at, actor)
        changes["version"] = [newest[0].version.number, version.number]
    if changes:
        _record(sequence, "crm.sequence.changed", at, actor, changes)
    return sequence


@transaction.atomic
def archive_sequence(*, sequence_id: int, at: datetime, actor: User | None) -> Sequence:
    """Take it out of use; it stops for everybody who is in it."""
    sequence = _locked(sequence_id)
    if sequence.archived_at is not None:
        return sequence
    sequence.archived_at = at
    sequence.save(update_fields=["archived_at"])
    running = Enrolment.objects.live().filter(version__sequence=sequence)
    for pk in list(running.order_by("pk").values_list("pk", flat=True)):
        stopping.stop(enrolment_id=pk, reason=StopReason.ARCHIVED, at=at, actor=actor)
    _record(sequence, "crm.sequence.archived", at, actor, {})
    return sequence


@transaction.atomic
def restore_sequence(*, sequence_id: int, at: datetime, actor: User | None) -> Sequence:
    """Bring it back; nobody is in it. Raises SequenceRefused where its name is taken."""
    sequence = _locked(sequence_id)
    if sequence.archived_at is not None:
        sequence.archived_at = None
        _save(sequence)
        _record(sequence, "crm.sequence.restored", at, actor, {})
    return sequence


def newest_version(sequence: Sequence) -> SequenceVersion:
    """The steps by which creators are enrolled now."""
    return sequence.versions.order_by("-number")[0]


def newest_steps(sequence: Sequence) -> list[SequenceStep]:
    """The same as rows, with their mails."""
    rows = SequenceStep.objects.filter(version=newest_version(sequence))
    return list(rows.select_related("version", "mail__template").order_by("position"))


def _content(step: SequenceStep) -> tuple[object, ...]:
    return step.position, step.action, step.delay_days, step.mail_id, step.reminder


def _rows(brand: Brand, steps: Many[Step]) -> list[SequenceStep]:
    """The steps as rows without a version. Raises SequenceRefused."""
    if not steps:
        raise SequenceRefused("A sequence begins with a first mail. Choose its template.", "steps")
    if len(steps) > STEPS_MAX:
        raise SequenceRefused(
            f"A sequence has at most {STEPS_MAX} steps. Who did not answer by then will not.",
            "steps",
        )
    wanted = {step.template_id for step in steps if step.template_id is not None}
    found = {
        template.pk: template
        for template in MailTemplate.objects.filter(brand=brand, pk__in=wanted)
    }
    return [
        _row(position, step, found.get(step.template_id or 0))
        for position, step in enumerate(steps, start=1)
    ]


def _row(position: int, step: Step, template: MailTemplate | None) -> SequenceStep:
    if position == 1:
        if step.action != StepAction.DRAFT:
            raise SequenceRefused(
                "The first mail is never sent by itself: somebody reads and approves it.",
                "action",
                position,
            )
        if step.delay_days:
            raise SequenceRefused("The first mail waits for nothing.", "delay_days", position)
    elif not 1 <= step.delay_days <= DELAY_MAX:
        raise SequenceRefused(f"Say after how many days, 1 to {DELAY_MAX}.", "delay_days", position)
    reminder = " ".join(step.reminder.split())
    if step.action == StepAction.REMIND:
        if not reminder or len(reminder) > REMINDER_MAX:
            raise SequenceRefused(
                f"Say what to remind of, in at most {REMINDER_MAX} characters.",
                "reminder",
                position,
            )
        return SequenceStep(
            position=position,
            action=step.action,
            delay_days=step.delay_days,
            reminder=reminder,
        )
    if template is None and step.template_id is not None:
        words = "The brand has no such template."
        raise SequenceRefused(words, "template_id", position, "unknown_template")
    if template is None:
        raise SequenceRefused("Choose the template of this mail.", "template_id", position)
    purpose = MailPurpose.FIRST if position == 1 else MailPurpose.FOLLOW_UP
    if template.purpose != purpose:
        raise SequenceRefused(
            f"“{template}” is a template for: {MailPurpose(template.purpose).label.lower()}. "
            f"This step takes one for: {purpose.label.lower()}.",
            "template_id",
            position,
        )
    return SequenceStep(
        position=position,
        action=step.action,
        delay_days=step.delay_days,
        mail=templates.newest_version(template),
    )


def _add_version(
    sequence: Sequence, steps: Many[Step], at: datetime, actor: User | None
) -> SequenceVersion:
    rows = _rows(sequence.brand, steps)
    last = sequence.versions.order_by("-number").first()
    version = SequenceVersion.objects.create(
        sequence=sequence, number=last.number + 1 if last else 1, author=actor, created_at=at
    )
    for row in rows:
        row.version = version
    SequenceStep.objects.bulk_create(rows)
    return version


def _describe(sequence: Sequence, about: About) -> None:
    sequence.name = " ".join(about.get("name", sequence.name).split())
    sequence.description = " ".join(about.get("description", sequence.description).split())
    sequence.stage = about.get("stage", sequence.stage)
    sequence.stops_on_stage_change = about.get(
        "stops_on_stage_change", sequence.stops_on_stage_change
    )
    if not sequence.name or len(sequence.name) > NAME_MAX:
        raise SequenceRefused(f"Give it a name of at most {NAME_MAX} characters.", "name")
    if len(sequence.description) > DESCRIPTION_MAX:
        raise SequenceRefused(
            f"The description has more than {DESCRIPTION_MAX} characters.", "description"
        )
    audience = about.get("audience", sequence.audience)
    if audience != sequence.audience and (problem := check_audience(audience, sequence.brand)):
        raise SequenceRefused(problem, "audience")
    sequence.audience = audience


def _save(sequence: Sequence) -> None:
    try:
        with transaction.atomic():
            sequence.save()
    except IntegrityError as error:
        if "crm_sequence_name_once" not in str(error):
            raise
        raise SequenceRefused(f"There is a sequence “{sequence.name}” already.", "name") from error


def _locked(sequence_id: int) -> Sequence:
    return (
        Sequence.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=sequence_id)
    )


def _record(
    sequence: Sequence, verb: str, at: datetime, actor: User | None, data: dict[str, object]
) -> None:
    audit.record(brand=sequence.brand, verb=verb, target=sequence, actor=actor, at=at, data=data)
