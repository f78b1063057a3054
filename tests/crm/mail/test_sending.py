"""What leaves the house, over a real SMTP server: once, or not known, never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.choices import MailPurpose, MailStatus, SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, Mailbox, Message, Suppression, Thread
from crm.outreach import attachments, secrets
from crm.outreach.parsing import File
from crm.services.mail import sending
from crm.services.mail.composing import MailRefused, compose, discard, queue, take_back
from crm.services.outreach.suppressions import suppress_address
from tests.crm.mail.world import creator_of, mailbox_of, queued
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(brand, smtp) -> Mailbox:
    return mailbox_of(brand, smtp=smtp, signature="Ana\nAcme")


@pytest.fixture
def mia(brand):
    return creator_of(brand)


def test_a_mail_arrives_as_it_was_written(box, mia, manager, smtp):
    message = queued(box, mia, manager, text="Grüße, Mia", cc=["agent@example.com"])
    attachments.keep(
        brand=mia.brand, message=message, file=File("brief.pdf", "", b"%PDF-1.4 made up")
    )

    assert sending.send_due(at=NOW) == {"sent": 1}

    [sent] = smtp.mails
    assert smtp.envelopes == [("ana@acme.example", ["mia@example.com", "agent@example.com"])]
    assert sent["From"] == "Ana of Acme <ana@acme.example>"
    assert (sent["To"], sent["Cc"]) == ("mia@example.com", "agent@example.com")
    assert (sent["Subject"], sent["Message-ID"]) == ("Our idea", message.message_id)
    text = sent.get_body().get_content().replace("\r\n", "\n")
    assert text.startswith("Grüße, Mia\n\n-- \nAna\nAcme\n")
    [file] = sent.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("brief.pdf", b"%PDF-1.4 made up")
    message.refresh_from_db()
    assert (message.status, message.sent_at, message.reason) == (MailStatus.SENT, NOW, "")
    assert message.closing.startswith("-- \nAna\nAcme")


def test_nothing_is_sent_twice(box, mia, manager, smtp):
    queued(box, mia, manager)
    sending.send_due(at=NOW)
    assert sending.send_due(at=NOW) == {}
    assert len(smtp.mails) == 1


def test_an_answer_says_what_it_answers(box, mia, manager, smtp):
    first = queued(box, mia, manager)
    sending.send_due(at=NOW)
    second = queued(box, mia, manager, thread=first.thread, subject="Re: Our idea")
    sending.send_due(at=NOW + timedelta(minutes=1))
    assert second.in_reply_to == first.message_id
    assert smtp.mails[1]["In-Reply-To"] == smtp.mails[0]["Message-ID"]
    assert smtp.mails[1]["References"] == first.message_id


def test_long_references_stay_whole(box, mia, manager, smtp):
    first = queued(box, mia, manager)
    sending.send_due(at=NOW)
    chain = [f"<{'x' * 90}{number}@long.example.com>" for number in range(15)]
    Message.objects.filter(pk=first.pk).update(references=chain)
    queued(box, mia, manager, thread=first.thread)
    sending.send_due(at=NOW + timedelta(minutes=1))
    references = smtp.mails[1]["References"].split()
    assert references[0] == chain[0]
    assert references[-2:] == [chain[-1], first.message_id]
    assert set(references) < {*chain, first.message_id}


def test_what_the_guard_refuses_does_not_leave(box, mia, manager, smtp):
    message = queued(box, mia, manager, purpose=MailPurpose.FIRST)  # no postal address is set
    assert sending.send_due(at=NOW) == {"refused": 1}
    message.refresh_from_db()
    assert message.status == MailStatus.REFUSED
    assert "postal address" in message.reason
    assert smtp.mails == []


def test_one_recipient_who_may_not_be_written_to_stops_the_mail(box, mia, manager, smtp):
    message = queued(box, mia, manager, cc=["agent@example.com"])
    suppress_address(
        brand=mia.brand,
        address="agent@example.com",
        reason=SuppressionReason.COMPLAINT,
        origin=SuppressionOrigin.PERSON,
        at=NOW,
    )
    assert sending.send_due(at=NOW) == {"refused": 1}
    message.refresh_from_db()
    assert message.status == MailStatus.REFUSED
    assert smtp.mails == []


def test_what_waits_for_its_hour_stays(box, mia, manager, smtp):
    message = compose(
        relationship=mia, mailbox=box, author=manager, subject="Later", text="Hi",
        purpose=MailPurpose.REPLY, at=NOW,
    )  # fmt: skip
    later = NOW + timedelta(hours=2)
    queue(message_id=message.pk, actor=manager, at=NOW, send_after=later)
    assert sending.send_due(at=later - timedelta(seconds=1)) == {}
    assert sending.send_due(at=later) == {"sent": 1}


def test_a_broken_connection_while_the_text_is_handed_over_is_not_known(box, mia, manager, smtp):
    smtp.dies = True
    message = queued(box, mia, manager)
    assert sending.send_due(at=NOW) == {"unknown": 1}
    message.refresh_from_db()
    assert message.status == MailStatus.UNKNOWN
    assert message.sent_at is None
    assert message.reason.endswith("closed the connection.")
    smtp.dies = False
    assert sending.send_due(at=NOW + timedelta(days=1)) == {}
    assert len(smtp.mails) == 1  # it had arrived after all


def test_a_worker_that_dies_leaves_a_mail_of_which_nobody_knows(box, mia, manager, smtp):
    message = queued(box, mia, manager)
    assert isinstance(sending.take(message_id=message.pk, at=NOW), sending.Ready)
    # ... and here it is killed. Others leave the mail alone.
    assert sending.send_due(at=NOW + timedelta(minutes=5)) == {}
    assert sending.sweep(at=NOW + timedelta(minutes=5)) == 0
    assert sending.sweep(at=NOW + sending.LEASE + timedelta(seconds=1)) == 1
    message.refresh_from_db()
    assert message.status == MailStatus.UNKNOWN
    assert smtp.mails == []


def test_later_is_later_and_five_times_later_is_failed(box, mia, manager, smtp):
    smtp.answer = "451 Try again later"
    message = queued(box, mia, manager)
    at = NOW
    for attempt, pause in enumerate(sending.BACK_OFF, start=1):
        assert sending.send_due(at=at) == {"temporary": 1}
        message.refresh_from_db()
        assert (message.status, message.attempts) == (MailStatus.QUEUED, attempt)
        assert message.send_after == at + pause
        assert message.reason == "451 Try again later"
        at = message.send_after
    sending.send_due(at=at)
    message.refresh_from_db()
    assert message.status == MailStatus.FAILED
    assert not Suppression.objects.exists()


def test_an_address_that_does_not_exist_is_written_to_no_more(box, mia, manager, smtp):
    smtp.refused["mia@example.com"] = "550 5.1.1 No such user"
    message = queued(box, mia, manager)
    assert sending.send_due(at=NOW) == {"permanent": 1}
    message.refresh_from_db()
    assert message.status == MailStatus.FAILED
    assert message.reason == "mia@example.com: 550 5.1.1 No such user"
    assert Suppression.objects.get().reason == SuppressionReason.BOUNCE
    assert smtp.mails == []


def test_a_policy_of_the_server_says_nothing_about_the_address(box, mia, manager, smtp):
    smtp.refused["mia@example.com"] = "550 5.7.1 Rejected as spam"
    queued(box, mia, manager)
    assert sending.send_due(at=NOW) == {"permanent": 1}
    assert not Suppression.objects.exists()


def test_who_is_in_copy_and_not_reached_is_named(box, mia, manager, smtp):
    smtp.refused["agent@example.com"] = "550 5.7.1 No"
    message = queued(box, mia, manager, cc=["agent@example.com"])
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert message.status == MailStatus.SENT
    assert message.reason == "Not delivered to: agent@example.com (550 5.7.1 No)"


def test_a_server_that_is_away_costs_the_mail_nothing(brand, box, mia, manager):
    Mailbox.objects.update(smtp_port=1)
    first, second = queued(box, mia, manager), queued(box, mia, manager)
    assert sending.send_due(at=NOW) == {"queued": 1}
    first.refresh_from_db()
    assert (first.status, first.attempts) == (MailStatus.QUEUED, 0)
    assert first.send_after == NOW + sending.NO_SERVER
    second.refresh_from_db()
    assert second.send_after == first.send_after  # the server is not asked for each
    box.refresh_from_db()
    assert box.smtp_problem == "127.0.0.1:1 refuses connections on this port."


def test_a_wrong_password_is_told_in_words(box, mia, manager, smtp):
    Mailbox.objects.update(smtp_secret="")
    queued(box, mia, manager)
    Mailbox.objects.filter(pk=box.pk).update(smtp_secret=_other_secret())
    sending.send_due(at=NOW)
    box.refresh_from_db()
    assert box.smtp_problem.endswith("does not accept the user name and password.")


def test_nothing_leaves_where_sending_is_off(settings, box, mia, manager, smtp):
    settings.MAIL_DELIVERY = False
    message = queued(box, mia, manager)
    assert sending.send_due(at=NOW) == {}
    message.refresh_from_db()
    assert message.status == MailStatus.QUEUED
    assert smtp.mails == []


def test_a_paused_mailbox_keeps_its_mail(box, mia, manager, smtp):
    queued(box, mia, manager)
    Mailbox.objects.update(is_paused=True)
    assert sending.send_due(at=NOW) == {}
    Mailbox.objects.update(is_paused=False)
    assert sending.send_due(at=NOW) == {"sent": 1}


def test_a_queued_mail_can_be_taken_back_until_it_is_on_its_way(box, mia, manager):
    message = queued(box, mia, manager)
    take_back(message_id=message.pk, actor=manager, at=NOW)
    assert Message.objects.get().status == MailStatus.DRAFT
    queue(message_id=message.pk, actor=manager, at=NOW)
    sending.take(message_id=message.pk, at=NOW)
    with pytest.raises(MailRefused, match="too late: being sent"):
        take_back(message_id=message.pk, actor=manager, at=NOW)
    with pytest.raises(MailRefused, match="cannot be thrown away"):
        discard(message_id=message.pk)
    verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["crm.mail.queued", "crm.mail.taken_back", "crm.mail.queued"]


def test_the_ledger_holds_no_word_of_a_mail(box, mia, manager):
    queued(box, mia, manager, subject="Secret subject", text="Secret text")
    entry = AuditEntry.objects.get()
    assert "ecret" not in str(entry.data)
    assert "example.com" not in str(entry.data)


def test_a_discarded_first_draft_leaves_no_empty_thread(box, mia, manager):
    message = compose(
        relationship=mia, mailbox=box, author=manager, subject="A", text="B",
        purpose=MailPurpose.FIRST, at=NOW,
    )  # fmt: skip
    discard(message_id=message.pk)
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"subject": " \n"}, "subject", "Write a subject"),
        ({"text": ""}, "text", "The mail is empty"),
        ({"to": ["mia"]}, "to", "is not an e-mail address"),
        ({"cc": ["a@b.example\r\nBcc: c@d.example"]}, "cc", "is not an e-mail address"),
        ({"subject": "x" * 401}, "subject", "401 characters"),
    ],
)
def test_what_cannot_be_sent_is_not_written(box, mia, manager, values, field, words):
    given = {"subject": "A", "text": "B"} | values
    with pytest.raises(MailRefused, match=words) as refusal:
        compose(
            relationship=mia, mailbox=box, author=manager, purpose=MailPurpose.REPLY, at=NOW,
            **given,
        )  # fmt: skip
    assert refusal.value.field == field
    assert not Message.objects.exists()
    assert not Thread.objects.exists()


def test_nobody_writes_from_a_colleagues_own_mailbox(brand, smtp, mia, manager, admin_user):
    own = mailbox_of(brand, smtp=smtp, owner=admin_user)
    with pytest.raises(MailRefused, match="the own mailbox of"):
        queued(own, mia, manager)


def _other_secret() -> str:
    return secrets.encrypt("wrong")


def test_a_mail_that_cannot_be_written_holds_up_no_other(box, mia, manager, smtp):
    bad = queued(box, mia, manager, headers={"X-Two": "a\nb"})
    queued(box, mia, manager, thread=bad.thread)
    assert sending.send_due(at=NOW) == {"failed": 1, "sent": 1}
    bad.refresh_from_db()
    assert bad.reason.startswith("It cannot be written")


def test_who_left_the_brand_writes_no_more_from_their_mailbox(brand, smtp, mia, manager):
    own = mailbox_of(brand, smtp=smtp, owner=manager)
    message = queued(own, mia, manager)
    manager.roles.all().delete()
    assert sending.send_due(at=NOW) == {}
    message.refresh_from_db()
    assert message.status == MailStatus.QUEUED


def test_files_of_mails_that_are_gone_are_deleted(brand, box, mia, manager):
    message = queued(box, mia, manager)
    for name, content in (("a.txt", b"kept"), ("b.txt", b"gone")):
        attachments.keep(brand=brand, message=message, file=File(name, "", content))
    kept, gone = message.attachments.order_by("pk")
    gone.delete()
    now = timezone.now()
    assert attachments.remove_orphans(brand, at=now) == 0  # too young
    assert attachments.remove_orphans(brand, at=now + timedelta(days=2)) == 1
    assert attachments.content_of(kept) == b"kept"
