"""What a person approves of a sequence before it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import EnrolmentStatus, MailStatus
from crm.models import Message
from crm.services.outreach.approving import ApprovalRefused, approve, draft_of, waiting
from tests.crm.outreach.sequences.worlds import approved, enrolled
from tests.crm.outreach.worlds import LINE, MONDAY, known_creator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "words", "field"),
    [
        ({"line": ""}, "Write a line for Maya Lindholm alone", "personal_line"),
        ({"line": "Great posts!"}, "at least 15 characters", "personal_line"),
        ({"line": "x" * 501}, "more than 500", "personal_line"),
        ({"text": "Hi Maya"}, "no longer says where the personal line goes", "text"),
        ({"text": "{{personal_line}} {{handle}}"}, "Not filled in yet: {{handle}}", "text"),
        ({"subject": " "}, "Write a subject", "subject"),
    ],
)
def test_what_cannot_be_approved(enrolment, ana, change, words, field):
    with pytest.raises(ApprovalRefused) as refusal:
        approved(ana, **change)
    assert words in str(refusal.value)
    assert refusal.value.field == field
    assert not Message.objects.exists()
    enrolment.refresh_from_db()
    assert enrolment.status == EnrolmentStatus.WAITING


def test_one_line_is_for_one_creator(enrolment, ana, brand, mailbox, sequence):
    approved(ana)
    bo = known_creator(brand, name="Bo Berg", address="bo@example.com")
    enrolled(sequence, bo, mailbox, ana)
    with pytest.raises(ApprovalRefused, match="Maya Lindholm got the same line"):
        approved(ana, line=LINE.upper())
    assert Message.objects.count() == 1


def test_what_the_guard_forbids_for_good_cannot_be_approved(enrolment, ana, brand):
    brand.outreach_policy.postal_address = ""
    brand.outreach_policy.save()
    with pytest.raises(ApprovalRefused, match="postal address"):
        approved(ana)
    # The hour is no obstacle: it leaves in the morning.
    brand.outreach_policy.postal_address = "Here 1"
    brand.outreach_policy.save()
    assert approved(ana, at=MONDAY + timedelta(hours=12)).status == MailStatus.QUEUED


def test_a_mail_is_approved_once(enrolment, ana):
    step = waiting().get()
    approved(ana)
    with pytest.raises(ApprovalRefused, match="mail written and queued by Ana Torres"):
        approve(
            step_id=step.pk, subject="S", text="{{personal_line}}", personal_line=LINE + "!",
            actor=ana, at=MONDAY,
        )  # fmt: skip
    assert Message.objects.count() == 1


def test_who_has_no_name_is_called_as_the_mailbox_is(enrolment, brand):
    draft = draft_of(waiting().get(), sender=None, at=MONDAY)
    assert draft.text.endswith("Shall we talk?\nAna")
    brand.mailboxes.update(name="ACME")
    draft = draft_of(waiting().get(), sender=None, at=MONDAY)
    assert [field.key for field in draft.missing] == ["sender_first_name"]
