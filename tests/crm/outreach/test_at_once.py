"""Several people and several workers at once: one sequence for a creator, each step once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import AuditEntry, Enrolment, EnrolmentStep, Message, Suppression
from crm.outreach import unsubscribing
from crm.services.outreach.advancing import advance
from crm.services.outreach.approving import approve, draft_of, waiting
from crm.services.outreach.enrolling import enrol
from crm.services.outreach.suppressions import opt_out
from tests.crm.outreach.worlds import (
    LINE,
    MONDAY,
    known_creator,
    mailbox_of,
    policy_of,
    sent,
    sequence_of,
)
from tests.crm.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_enrolled_begun_and_left_at_once(brand, manager, settings):
    settings.RAPPORT_URL = "https://crm.example.com"
    policy_of(brand)
    maya, box = known_creator(brand), mailbox_of(brand)
    sequence = sequence_of(brand)
    done = at_once(
        *[
            lambda: enrol(
                sequence_id=sequence.pk,
                relationships=[maya.pk],
                mailbox=box,
                actor=manager,
                at=MONDAY,
            )
        ]
        * 2
    )
    assert sorted(len(one.enrolments) for one in done) == [0, 1]
    step = waiting().get()
    draft = draft_of(step, sender=manager, at=MONDAY)
    message = approve(
        step_id=step.pk,
        subject=draft.subject,
        text=draft.text,
        personal_line=LINE,
        actor=manager,
        at=MONDAY,
    )
    sent(message, MONDAY)
    advance(at=MONDAY)
    counts = at_once(*[lambda: advance(at=MONDAY + timedelta(days=3))] * 3)
    assert sum(counter["mailed"] for counter in counts) == 1
    assert EnrolmentStep.objects.count() == Message.objects.count() == 2
    token = unsubscribing.token(
        brand_id=brand.pk, creator_id=maya.creator_id, to="maya@example.com"
    )
    at_once(*[lambda: opt_out(token=token, at=MONDAY + timedelta(days=3))] * 3)
    assert Suppression.objects.count() == 1
    assert Enrolment.objects.get().stop_reason == "opt_out"
    verbs = AuditEntry.objects.filter(verb__startswith="crm.outreach.").values_list("verb")
    assert sorted(verb for (verb,) in verbs) == [
        "crm.outreach.enrolled",
        "crm.outreach.stopped",
        "crm.outreach.suppressed",
    ]
