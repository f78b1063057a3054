"""Who can be enrolled in which sequence, and what a sequence is made of."""

from __future__ import annotations

import pytest

from crm.choices import Stage, StepAction, StopReason, SuppressionOrigin, SuppressionReason
from crm.models import Enrolment, Message
from crm.services.outreach import suppressions
from crm.services.outreach.advancing import advance
from crm.services.outreach.enrolling import EnrolRefused, candidates, enrol
from crm.services.outreach.sequences import (
    SequenceRefused,
    Step,
    archive_sequence,
    change_sequence,
    make_sequence,
    newest_steps,
)
from crm.services.outreach.templates import change_template
from tests.crm.outreach.sequences.worlds import DAY, enrolled, started
from tests.crm.outreach.worlds import (
    MONDAY,
    known_creator,
    mail,
    sequence_of,
    steps_of,
    templates_of,
)

pytestmark = pytest.mark.django_db


def test_who_is_enrolled_keeps_the_steps_of_that_day(enrolment, ana, sequence):
    started(enrolment, ana)
    first, nudge = (step.mail.template for step in newest_steps(sequence)[:2])
    change_template(
        template_id=nudge.pk, about={}, subject="New", body="Other words", at=MONDAY, actor=ana
    )
    change_sequence(
        sequence_id=sequence.pk, about={}, steps=steps_of(first, nudge)[:1], at=MONDAY, actor=ana
    )
    assert [step.position for step in newest_steps(sequence)] == [1]
    advance(at=MONDAY + 3 * DAY)
    assert Message.objects.get(purpose="follow_up").subject == "Still there?"


def test_archiving_stops_everybody(enrolment, ana, sequence, maya, mailbox):
    archive_sequence(sequence_id=sequence.pk, at=MONDAY, actor=ana)
    enrolment.refresh_from_db()
    assert enrolment.stop_reason == StopReason.ARCHIVED
    with pytest.raises(EnrolRefused, match="archived"):
        enrolled(sequence, maya, mailbox, ana)


@pytest.mark.parametrize(
    ("make", "words", "field", "step"),
    [
        (lambda _first, _nudge: [], "begins with a first mail", "steps", 0),
        (
            lambda first, _nudge: [Step(StepAction.MAIL, 0, first.pk)],
            "never sent by itself",
            "action",
            1,
        ),
        (
            lambda _first, nudge: [Step(template_id=nudge.pk)],
            "a template for: follow-up",
            "template_id",
            1,
        ),
        (
            lambda _first, _nudge: [Step(template_id=2**40)],
            "has no such template",
            "template_id",
            1,
        ),
        (lambda _first, _nudge: [Step()], "Choose the template", "template_id", 1),
        (
            lambda first, nudge: [Step(template_id=first.pk), Step(StepAction.MAIL, 0, nudge.pk)],
            "1 to 90",
            "delay_days",
            2,
        ),
        (
            lambda first, _nudge: [Step(template_id=first.pk), Step(StepAction.REMIND, 3)],
            "Say what to remind of",
            "reminder",
            2,
        ),
        (
            lambda first, nudge: steps_of(first, nudge) + [Step(StepAction.MAIL, 3, nudge.pk)] * 6,
            "at most 8",
            "steps",
            0,
        ),
    ],
)
def test_steps_that_make_no_sense_are_refused(brand, make, words, field, step):
    templates = templates_of(brand)
    with pytest.raises(SequenceRefused) as refusal:
        make_sequence(
            brand=brand, about={"name": "S"}, steps=make(*templates), at=MONDAY, actor=None
        )
    assert words in str(refusal.value)
    assert (refusal.value.field, refusal.value.step) == (field, step)
    assert not brand.sequences.exists()


def test_nobody_is_in_two_sequences(enrolment, sequence, maya, mailbox, ana):
    [found] = candidates(sequence, [maya.pk], at=MONDAY)
    assert found.problem == "Is in “Spring”."
    done = enrol(
        sequence_id=sequence.pk, relationships=[maya.pk], mailbox=mailbox, actor=ana, at=MONDAY
    )
    assert (done.enrolments, len(done.refused)) == ((), 1)
    assert Enrolment.objects.count() == 1


def test_who_cannot_be_enrolled_and_why_at_the_cost_of_one(
    brand, sequence, mailbox, ana, django_assert_num_queries
):
    names = {
        name: known_creator(brand, name=name, address=f"{name.lower()}@example.com", **options)
        for name, options in {
            "Fine": {},
            "Gone": {"stage": Stage.DECLINED},
            "German": {"country": "DE"},
            "Left": {},
            "Wrote": {},
            "Asked": {},
        }.items()
    }
    names["Mute"] = known_creator(brand, name="Mute", address="")
    suppressions.suppress_address(
        brand=brand,
        address="left@example.com",
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.PERSON,
        at=MONDAY,
    )
    thread = mail(names["Wrote"], mailbox, at=MONDAY - 40 * DAY).thread
    thread.reply_waiting_since = MONDAY
    thread.save()
    mail(names["Asked"], mailbox, at=MONDAY - 3 * DAY)
    with django_assert_num_queries(10):
        found = candidates(sequence, [row.pk for row in names.values()], at=MONDAY)
    assert {one.relationship.creator.name: one.problem for one in found} == {
        "Asked": "Somebody wrote on 20 November; nobody else does within 30 days.",
        "Fine": "",
        "German": "In Germany, UWG section 7 asks for consent beforehand, from companies too. Note "
        "the consent with the address, or write to the creator another way.",
        "Gone": "Has declined.",
        "Left": "On the suppression list: opted out.",
        "Mute": "No e-mail address that may be used.",
        "Wrote": "Wrote to you and waits for an answer.",
    }


def test_too_many_at_once_are_refused(sequence, maya):
    with pytest.raises(EnrolRefused, match="at most 500"):
        candidates(sequence, range(1, 502), at=MONDAY)


def test_a_sequence_can_be_for_one_stage(brand, maya, mailbox):
    core = sequence_of(brand, stage=Stage.CORE)
    [found] = candidates(core, [maya.pk], at=MONDAY)
    assert found.problem == "Is prospect; this is for: core partner."
