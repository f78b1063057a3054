"""A manager runs a sequence until an answer stops it: real pages, real SMTP and IMAP."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.models import Enrolment
from crm.services.mail import fetching, sending
from crm.services.outreach.advancing import advance
from tests.crm.mail.world import mail, mailbox_of
from tests.crm.outreach.worlds import LINE, known_creator, policy_of, sequence_of


@pytest.fixture(autouse=True)
def _public(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


def test_a_sequence_runs_to_the_answer_that_stops_it(
    brand, smtp, imap, manager, log_in, visit, assert_accessible
):
    policy_of(brand, weekdays="1234567", window_from=time(0), window_until=time(23, 59, 59))
    box = mailbox_of(brand, smtp=smtp, imap=imap)
    maya = known_creator(brand)
    manager.first_name = "Ana"
    manager.save()
    sequence_of(brand)
    log_in(manager)
    page = visit(f"/acme/outreach/enrol/?creator={maya.creator.uid}")
    assert_accessible(page)
    page.get_by_role("button", name="Enrol", exact=True).click()
    expect(page.get_by_text("1 creator enrolled in “Spring”.")).to_be_visible()
    page = visit("/acme/outreach/approve/")
    assert_accessible(page)
    # The cursor is where the one thing is missing; one key sends.
    page.keyboard.type(LINE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing waits")).to_be_visible()

    now = timezone.now()
    assert sending.send_due(at=now) == {"sent": 1}
    advance(at=now)
    assert advance(at=now + timedelta(days=3, minutes=1))["mailed"] == 1
    assert sending.send_due(at=now + timedelta(days=3, minutes=1)) == {"sent": 1}
    first, second = smtp.mails
    assert LINE in first.get_body().get_content()
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert second["In-Reply-To"] == first["Message-ID"]
    answer = mail(
        sender="Maya <maya@example.com>",
        in_reply_to=second["Message-ID"],
        at=now + timedelta(days=4),
    )
    imap.deliver(answer)
    assert fetching.fetch(mailbox_id=box.pk, at=now + timedelta(days=4)) == 1

    enrolment = Enrolment.objects.get()
    assert (enrolment.status, enrolment.stop_reason) == ("stopped", "reply")
    page = visit("/acme/outreach/")
    expect(page.get_by_text("The creator answered")).to_be_visible()
    assert_accessible(page)
    for path in ("sequences/new", "templates/new", "suppressions", "rules"):
        assert_accessible(visit(f"/acme/outreach/{path}/"))
