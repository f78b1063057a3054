"""A sequence with one creator in it, and its first mail approved or sent."""

from __future__ import annotations

from datetime import timedelta

from crm.services.outreach.advancing import advance
from crm.services.outreach.approving import approve, draft_of, waiting
from crm.services.outreach.enrolling import enrol
from tests.crm.outreach.worlds import LINE, MONDAY, sent

DAY = timedelta(days=1)


def enrolled(sequence, maya, mailbox, ana):
    done = enrol(
        sequence_id=sequence.pk, relationships=[maya.pk], mailbox=mailbox, actor=ana, at=MONDAY
    )
    assert done.refused == ()
    return done.enrolments[0]


def approved(ana, *, at=MONDAY, line=LINE, **changes):
    step = waiting().get()
    draft = draft_of(step, sender=ana, at=at)
    given = {"subject": draft.subject, "text": draft.text, "personal_line": line}
    return approve(step_id=step.pk, actor=ana, at=at, **{**given, **changes})


def started(enrolment, ana):
    message = sent(approved(ana), MONDAY)
    assert advance(at=MONDAY)["left"] == 1
    return message
