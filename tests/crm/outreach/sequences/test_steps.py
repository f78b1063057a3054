"""A sequence from its first mail to its end, and everything that ends it before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import (
    EnrolmentStatus,
    MailDirection,
    MailKind,
    MailStatus,
    Stage,
    StepAction,
    StepOutcome,
    StopReason,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import AuditEntry, EnrolmentStep, Message, Notification
from crm.services.outreach import stopping, suppressions
from crm.services.outreach.advancing import advance
from crm.services.outreach.approving import ApprovalRefused, approve, draft_of, skip, waiting
from crm.services.outreach.sequences import Step, make_sequence
from crm.services.relationships import move_stage
from tests.crm.outreach.sequences.worlds import DAY, approved, enrolled, started
from tests.crm.outreach.worlds import FIRST, LINE, MONDAY, known_creator, mail, sent, templates_of

pytestmark = pytest.mark.django_db


def test_from_the_first_mail_to_the_end_without_an_answer(enrolment, ana):
    assert enrolment.status == EnrolmentStatus.WAITING
    draft = draft_of(waiting().get(), sender=ana, at=MONDAY)
    assert (draft.subject, draft.to, draft.problem) == (FIRST[0], "maya@example.com", "")
    assert draft.text == "Hi Maya,\n\n{{personal_line}}\n\nShall we talk?\nAna"
    assert draft.verdict.allowed
    first = approved(ana)
    assert (first.status, first.purpose, first.author) == (MailStatus.QUEUED, "first", ana)
    assert first.text == f"Hi Maya,\n\n{LINE}\n\nShall we talk?\nAna"
    # Nothing counts before the mail has left.
    assert advance(at=MONDAY + 9 * DAY) == {"left": 0, "refused": 0}
    sent(first, MONDAY + timedelta(hours=1))
    assert advance(at=MONDAY + DAY)["left"] == 1
    enrolment.refresh_from_db()
    assert enrolment.due_at == MONDAY + timedelta(days=3, hours=1)
    assert "mailed" not in advance(at=MONDAY + 3 * DAY)
    # The second is written by itself, in the same conversation, once.
    for _ in range(2):
        advance(at=MONDAY + timedelta(days=3, hours=1))
    second = Message.objects.exclude(pk=first.pk).get()
    assert (second.status, second.purpose) == (MailStatus.QUEUED, "follow_up")
    assert second.text == "Hi Maya, did you see my mail?\nAna"
    assert (second.thread, second.in_reply_to) == (first.thread, first.message_id)
    sent(second, MONDAY + 4 * DAY)
    assert advance(at=MONDAY + 8 * DAY) == {"left": 1, "refused": 0, "waiting": 1}
    # The third waits for somebody, who is told.
    told = Notification.objects.get()
    assert (told.user, told.text) == (ana, "A follow-up to Maya Lindholm waits for you.")
    third = approved(ana, at=MONDAY + 8 * DAY)
    sent(third, MONDAY + 8 * DAY)
    assert advance(at=MONDAY + 21 * DAY) == {"left": 1, "refused": 0}
    assert advance(at=MONDAY + 22 * DAY) == {"left": 0, "refused": 0, "finished": 1}
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.stop_reason) == (EnrolmentStatus.FINISHED, "")
    verbs = AuditEntry.objects.filter(target_type="crm.relationship").order_by("number")
    assert list(verbs.values_list("verb", flat=True)) == [
        "crm.outreach.enrolled",
        "crm.mail.queued",
        "crm.mail.queued",
        "crm.mail.queued",
        "crm.outreach.finished",
    ]


def test_a_reply_stops_it_and_the_owner_is_told(enrolment, ana, maya, mailbox):
    first = started(enrolment, ana)
    at = MONDAY + DAY
    reply = mail(maya, mailbox, at=at, direction=MailDirection.IN, thread=first.thread)
    assert stopping.on_reply(reply) == 1
    assert stopping.on_reply(reply) == 0
    enrolment.refresh_from_db()
    assert (enrolment.stop_reason, enrolment.ended_at) == (StopReason.REPLY, at)
    told = Notification.objects.get()
    assert told.text == "Maya Lindholm: “Spring” stopped. The creator answered."
    assert advance(at=MONDAY + 30 * DAY) == {"left": 0, "refused": 0}


def test_an_automatic_answer_stops_nothing(enrolment, ana, maya, mailbox):
    first = started(enrolment, ana)
    away = mail(
        maya,
        mailbox,
        at=MONDAY + DAY,
        direction=MailDirection.IN,
        thread=first.thread,
        kind=MailKind.AUTOMATIC,
    )
    assert stopping.on_reply(away) == 0
    assert advance(at=MONDAY + 3 * DAY)["mailed"] == 1


def test_a_reply_that_nobody_reported_stops_it_when_the_next_is_due(enrolment, ana, maya, mailbox):
    started(enrolment, ana)
    mail(maya, mailbox, at=MONDAY + DAY, direction=MailDirection.IN)
    assert advance(at=MONDAY + 3 * DAY)["stopped"] == 1
    assert Message.objects.filter(direction=MailDirection.OUT).count() == 1


def test_a_mail_that_waits_is_thrown_away_when_it_stops(enrolment, ana):
    started(enrolment, ana)
    advance(at=MONDAY + 3 * DAY)
    assert Message.objects.filter(status=MailStatus.QUEUED).count() == 1
    stopping.stop(enrolment_id=enrolment.pk, reason=StopReason.BY_HAND, at=MONDAY + 3 * DAY)
    assert not Message.objects.filter(status=MailStatus.QUEUED).exists()
    assert Message.objects.count() == 1


def test_what_waits_for_approval_is_cancelled_when_it_stops(enrolment, ana):
    stopping.stop(
        enrolment_id=enrolment.pk, reason=StopReason.BY_HAND, at=MONDAY, actor=ana, note="Later"
    )
    row = EnrolmentStep.objects.get()
    assert (row.outcome, row.note) == (StepOutcome.CANCELLED, "Stopped by somebody.")
    with pytest.raises(ApprovalRefused, match="does not wait any more: cancelled by Ana Torres"):
        approve(
            step_id=row.pk, subject="S", text="{{personal_line}}", personal_line=LINE, actor=ana,
            at=MONDAY,
        )  # fmt: skip
    assert not Message.objects.exists()
    assert not Notification.objects.exists()


def test_moving_the_stage_stops_it(enrolment, ana, maya):
    started(enrolment, ana)
    move_stage(
        relationship_id=maya.pk,
        to=Stage.FIRST_TIME,
        actor=ana,
        at=MONDAY + DAY,
        expected_version=None,
    )
    enrolment.refresh_from_db()
    assert enrolment.stop_reason == StopReason.STAGE


def test_opting_out_stops_it(enrolment, ana, maya, brand):
    started(enrolment, ana)
    suppressions.suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.LINK,
        at=MONDAY + DAY,
    )
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.stop_reason) == ("stopped", "opt_out")


def test_a_bounce_stops_it(enrolment, ana):
    message = started(enrolment, ana)
    message.reason = "550 no such user"
    assert stopping.on_bounce(message, at=MONDAY) == 1
    enrolment.refresh_from_db()
    assert (enrolment.stop_reason, enrolment.stop_note) == ("bounce", "550 no such user")


def test_what_the_guard_refused_for_good_ends_it_the_rest_is_told(
    enrolment, ana, maya, mailbox, sequence, brand
):
    bo = known_creator(brand, name="Bo Berg", address="bo@example.com")
    other = enrolled(sequence, bo, mailbox, ana)
    for step in list(waiting()):
        draft = draft_of(step, sender=ana, at=MONDAY)
        approve(
            step_id=step.pk,
            subject=draft.subject,
            text=draft.text,
            personal_line=f"{LINE} {step.pk}",
            actor=ana,
            at=MONDAY,
        )
    Message.objects.update(status=MailStatus.REFUSED, reason="No.")
    maya.stage = Stage.DECLINED
    maya.save()
    assert advance(at=MONDAY)["refused"] == 2
    assert advance(at=MONDAY)["refused"] == 0
    enrolment.refresh_from_db()
    other.refresh_from_db()
    assert (enrolment.status, enrolment.stop_note) == ("stopped", "No.")
    assert other.status == "active"
    texts = set(Notification.objects.values_list("text", flat=True))
    assert texts == {
        "Maya Lindholm: “Spring” stopped. The stage changed.",
        "The mail to Bo Berg was not sent: No.",
    }


def test_a_paused_one_does_nothing_until_it_goes_on(enrolment, ana):
    started(enrolment, ana)
    stopping.pause(enrolment_id=enrolment.pk, actor=ana, at=MONDAY)
    assert advance(at=MONDAY + 5 * DAY) == {"left": 0, "refused": 0}
    with pytest.raises(stopping.EnrolmentRefused, match="cannot be paused: paused"):
        stopping.pause(enrolment_id=enrolment.pk, actor=ana, at=MONDAY)
    stopping.resume(enrolment_id=enrolment.pk, actor=ana, at=MONDAY + 5 * DAY)
    assert advance(at=MONDAY + 5 * DAY)["mailed"] == 1


def test_paused_before_the_first_mail_it_waits_again(enrolment, ana):
    stopping.pause(enrolment_id=enrolment.pk, actor=ana, at=MONDAY)
    assert not waiting().exists()
    resumed = stopping.resume(enrolment_id=enrolment.pk, actor=ana, at=MONDAY)
    assert resumed.status == EnrolmentStatus.WAITING
    assert waiting().count() == 1


def test_a_follow_up_with_an_empty_field_waits_for_a_person(enrolment, ana, maya):
    started(enrolment, ana)
    maya.creator.name = "maya.makes"
    maya.creator.save()
    assert advance(at=MONDAY + 3 * DAY)["waiting"] == 1
    row = waiting().get()
    assert row.note == (
        "“First name” is empty: no first name can be told from the name: correct the name, or "
        "write it into the mail."
    )
    assert Message.objects.count() == 1
    with pytest.raises(ApprovalRefused, match=r"Not filled in yet: \{\{first_name\}\}"):
        approved(ana, at=MONDAY + 3 * DAY)
    assert approved(ana, at=MONDAY + 3 * DAY, text="Hi Maya, still there?").status == "queued"


def test_a_follow_up_can_be_left_out_the_first_mail_cannot(enrolment, ana):
    with pytest.raises(ApprovalRefused, match="cannot be left out"):
        skip(step_id=waiting().get().pk, actor=ana, at=MONDAY)
    started(enrolment, ana)
    sent(Message.objects.get(), MONDAY)
    advance(at=MONDAY + 3 * DAY)
    sent(Message.objects.get(purpose="follow_up"), MONDAY + 3 * DAY)
    advance(at=MONDAY + 7 * DAY)
    done = skip(step_id=waiting().get().pk, actor=ana, at=MONDAY + 8 * DAY, note="She is away")
    assert done.due_at == MONDAY + 22 * DAY
    assert advance(at=MONDAY + 22 * DAY)["finished"] == 1


def test_a_reminder_is_a_step(brand, maya, mailbox, ana):
    first, _nudge = templates_of(brand)
    steps = [Step(template_id=first.pk), Step(StepAction.REMIND, 2, reminder="Call her")]
    sequence = make_sequence(
        brand=brand, about={"name": "Call"}, steps=steps, at=MONDAY, actor=None
    )
    enrolment = enrolled(sequence, maya, mailbox, ana)
    started(enrolment, ana)
    assert advance(at=MONDAY + 2 * DAY)["reminded"] == 1
    assert Notification.objects.get().text == "Maya Lindholm: Call her (“Call”)"
    assert advance(at=MONDAY + 16 * DAY)["finished"] == 1
