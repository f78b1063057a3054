"""What comes in, over a real IMAP server: each mail once, in its thread, with what follows."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from crm.choices import FolderKind, MailKind, MailStatus, SuppressionReason
from crm.models import (
    Agent,
    Attachment,
    ContactPoint,
    Mailbox,
    MailFolder,
    Message,
    Notification,
    Representation,
    Suppression,
    Thread,
)
from crm.services.mail import fetching, sending, threads
from crm.services.mail.composing import MailRefused
from tests.crm.mail.world import creator_of, mail, mailbox_of, queued
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def box(brand, smtp, imap) -> Mailbox:
    return mailbox_of(brand, smtp=smtp, imap=imap)


@pytest.fixture
def mia(brand):
    return creator_of(brand)


@pytest.fixture
def sent(box, mia, manager) -> Message:
    """A mail to Mia that has left."""
    message = queued(box, mia, manager)
    sending.send_due(at=NOW)
    return message


def fetch(box: Mailbox, at=LATER) -> int:
    count = fetching.fetch(mailbox_id=box.pk, at=at)
    box.refresh_from_db()
    assert (box.imap_problem, box.fetching_since) == ("", None)
    return count


def test_an_answer_lands_in_its_thread_and_waits(box, mia, manager, sent, imap):
    text = "Gern!\n\nAm 22.11.2026 um 13:00 schrieb Ana <ana@acme.example>:\n> Hello Mia\n"
    imap.deliver(mail(text, in_reply_to=sent.message_id, at=NOW + timedelta(minutes=5)))
    assert fetch(box) == 1
    reply = Message.objects.get(status=MailStatus.RECEIVED)
    assert reply.thread == sent.thread
    assert (reply.from_address, reply.from_name) == ("mia@example.com", "Mia")
    assert reply.text == "Gern!"
    assert reply.quoted.startswith("Am 22.11.2026")
    thread = Thread.objects.get()
    assert thread.reply_waiting_since == thread.last_at == NOW + timedelta(minutes=5)
    told = Notification.objects.get()
    assert (told.user, told.text) == (manager, f"{mia.creator} wrote: Re: Our idea")
    assert imap.seen() == []  # it stays unread for those who look into the mailbox


def test_fetched_twice_is_there_once(box, sent, imap):
    imap.deliver(mail(in_reply_to=sent.message_id))
    assert fetch(box) == 1
    assert fetch(box) == 0
    MailFolder.objects.update(last_uid=0)  # as after a crash between two mails
    assert fetch(box) == 1
    assert Message.objects.filter(status=MailStatus.RECEIVED).count() == 1
    assert Notification.objects.count() == 1


def test_another_uidvalidity_reads_anew_and_knows_what_is_there(box, sent, imap):
    imap.deliver(mail(in_reply_to=sent.message_id))
    fetch(box)
    before = MailFolder.objects.get().uidvalidity
    imap.reset()
    imap.deliver(mail(in_reply_to=sent.message_id))
    imap.deliver(mail("And", message_id="<reply-2@example.com>", in_reply_to=sent.message_id))
    assert fetch(box) == 2
    assert MailFolder.objects.get().uidvalidity != before
    assert Message.objects.filter(status=MailStatus.RECEIVED).count() == 2


def test_many_mails_are_fetched_in_parts_in_order(box, sent, imap):
    for number in range(5):
        imap.deliver(mail(f"{number}", message_id=f"<r{number}@example.com>"))
    assert fetching.fetch(mailbox_id=box.pk, at=LATER, limit=3) == 3
    assert fetching.fetch(mailbox_id=box.pk, at=LATER, limit=3) == 2
    received = Message.objects.filter(status=MailStatus.RECEIVED).order_by("pk")
    assert [message.text for message in received] == ["0", "1", "2", "3", "4"]


def test_a_server_that_goes_away_is_told_and_taken_up_again(box, sent, imap):
    imap.deliver(mail(in_reply_to=sent.message_id))
    Mailbox.objects.update(imap_port=1)
    assert fetching.fetch(mailbox_id=box.pk, at=LATER) == 0
    box.refresh_from_db()
    assert box.imap_problem == "127.0.0.1:1 refuses connections on this port."
    assert box.fetched_at is None
    Mailbox.objects.update(imap_port=imap.port)
    assert fetch(box) == 1


def test_whoever_fetches_already_is_left_alone_until_long_gone(box, imap):
    imap.deliver(mail())
    Mailbox.objects.update(fetching_since=LATER)
    assert fetching.fetch(mailbox_id=box.pk, at=LATER + timedelta(minutes=1)) == 0
    assert fetching.due(at=LATER + timedelta(minutes=1)) == []
    assert fetching.due(at=LATER + fetching.LEASE + timedelta(seconds=1)) == [box.pk]
    assert fetching.fetch(mailbox_id=box.pk, at=LATER + timedelta(minutes=16)) == 1


def test_a_missing_folder_is_told_with_those_there_are(box):
    Mailbox.objects.update(imap_folder="Creators")
    fetching.fetch(mailbox_id=box.pk, at=LATER)
    box.refresh_from_db()
    assert box.imap_problem == "There is no folder “Creators”. The server has: INBOX."


def test_a_new_mail_finds_its_creator_by_address(box, mia, imap):
    imap.deliver(mail(subject="Hi there"))
    fetch(box)
    thread = Thread.objects.get()
    assert (thread.relationship, thread.subject) == (mia, "Hi there")


def test_the_same_subject_goes_on_in_the_same_thread(box, sent, imap):
    imap.deliver(mail(subject="AW: Re: our  idea"))
    fetch(box)
    assert Thread.objects.count() == 1


def test_a_strangers_mail_waits_for_a_person(box, mia, manager, imap):
    imap.deliver(mail(sender="who@example.org"))
    fetch(box)
    [thread] = Thread.objects.unmatched()
    assert thread.relationship is None
    assert not Notification.objects.exists()
    threads.assign(thread_id=thread.pk, relationship=mia, remember=True, actor=manager, at=LATER)
    thread.refresh_from_db()
    assert (thread.relationship, thread.reply_waiting_since) == (mia, NOW)
    assert ContactPoint.objects.filter(creator=mia.creator, value="who@example.org").exists()
    imap.deliver(mail(sender="who@example.org", subject="2", message_id="<s2@example.org>"))
    fetch(box)
    assert Thread.objects.filter(relationship=mia).count() == 2


def test_a_strangers_mail_can_be_passed_over(box, imap):
    Mailbox.objects.update(keeps_unmatched=False)
    imap.deliver(mail(sender="who@example.org"))
    assert fetch(box) == 1
    assert not Message.objects.exists()


def test_an_agent_of_several_creators_is_asked_about_unless_one_is_in_copy(brand, box, mia, imap):
    noa = creator_of(brand, "Noa", "noa@example.com")
    agent = Agent.objects.create(brand=brand, name="Kim", emails=["kim@agency.example"])
    for relationship in (mia, noa):
        Representation.objects.create(agent=agent, creator=relationship.creator)
    imap.deliver(mail(sender="kim@agency.example", subject="A", message_id="<a@x.example>"))
    copied = mail(sender="kim@agency.example", subject="B", message_id="<b@x.example>")
    copied["Cc"] = "noa@example.com"
    imap.deliver(copied)
    fetch(box)
    assert Thread.objects.get(subject="A").relationship is None
    assert Thread.objects.get(subject="B").relationship == noa


def test_another_brands_creators_and_threads_are_not_known_here(other_brand, box, sent, imap):
    creator_of(other_brand, "Ola", "ola@example.com")
    imap.deliver(mail(sender="ola@example.com", subject="Hej"))
    fetch(box)
    assert Thread.objects.get(subject="Hej").relationship is None


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"x_autoreply": "yes"},
        {"precedence": "bulk"},
        {"subject": "Out of Office: Re: Our idea"},
        {"subject": "Abwesenheitsnotiz"},
    ],
)
def test_automatic_answers_do_not_count(box, sent, imap, headers):
    imap.deliver(mail("I am away", in_reply_to=sent.message_id, **headers))
    fetch(box)
    assert Message.objects.get(status=MailStatus.RECEIVED).kind == MailKind.AUTOMATIC
    assert Thread.objects.get().reply_waiting_since is None
    assert not Notification.objects.exists()


def report(message: Message, *, status: str = "5.1.1", action: str = "failed") -> EmailMessage:
    """What a mail server writes when it cannot deliver `message`."""
    return (
        "From: MAILER-DAEMON@mx.example.com\r\nTo: ana@acme.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn@mx.example.com>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;"
        ' boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nCould not deliver.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com"
        "\r\n\r\nFinal-Recipient: rfc822; mia@example.com\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no\r\n\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {message.message_id}\r\nSubject: Our idea\r\n\r\nHello\r\n--B--\r\n"
    ).encode()


def test_a_mail_that_comes_back_is_told_and_the_address_written_to_no_more(box, sent, imap):
    imap.deliver(report(sent))
    fetch(box)
    sent.refresh_from_db()
    assert sent.status == MailStatus.BOUNCED
    assert sent.reason == "mia@example.com: smtp; 550 5.1.1 no"
    assert Suppression.objects.get().reason == SuppressionReason.BOUNCE
    assert Message.objects.get(kind=MailKind.BOUNCE).thread == sent.thread
    assert Thread.objects.get().reply_waiting_since is None


def test_a_full_mailbox_is_no_dead_address(box, sent, imap):
    imap.deliver(report(sent, status="5.2.2"))
    fetch(box)
    sent.refresh_from_db()
    assert sent.status == MailStatus.BOUNCED
    assert not Suppression.objects.exists()


def test_a_delay_is_no_bounce(box, sent, imap):
    imap.deliver(report(sent, status="4.4.1", action="delayed"))
    fetch(box)
    sent.refresh_from_db()
    assert (sent.status, sent.reason[:8]) == (MailStatus.SENT, "Delayed:")


def test_a_report_about_somebody_elses_mail_is_not_kept(box, sent, imap):
    sent.message_id = "<unknown@example.com>"
    imap.deliver(report(sent))
    fetch(box)
    assert Message.objects.count() == 1


def test_what_was_sent_with_another_programme_is_filed_and_answers(box, mia, sent, imap):
    Mailbox.objects.update(imap_sent_folder="Sent")
    imap.deliver(mail(in_reply_to=sent.message_id, at=NOW + timedelta(minutes=1)))
    elsewhere = mail(
        "From my phone",
        sender="ana@acme.example",
        to="mia@example.com",
        message_id="<phone@acme.example>",
        at=NOW + timedelta(minutes=2),
    )
    imap.deliver(elsewhere, folder="Sent")
    imap.deliver(mail(sender="ana@acme.example", to="mum@example.org", message_id="<p@a.example>",
                      subject="Dinner"), folder="Sent")  # fmt: skip
    assert fetch(box) == 3
    assert Message.objects.filter(text="From my phone").get().status == MailStatus.SENT
    assert not Message.objects.filter(subject="Dinner").exists()  # none of our business
    assert Thread.objects.get().reply_waiting_since is None


def test_a_blind_copy_to_the_drop_box_is_filed_as_sent(box, mia, manager, imap):
    Mailbox.objects.update(dropbox_address="ana+rapport@acme.example")
    blind = mail(sender=f"M <{manager.email}>", to="mia@example.com", subject="By hand")
    blind["Delivered-To"] = "ana+rapport@acme.example"
    imap.deliver(blind)
    fetch(box)
    message = Message.objects.get()
    assert (message.status, message.author) == (MailStatus.SENT, manager)
    assert message.thread.relationship == mia


def test_a_stranger_cannot_write_in_our_name_to_the_drop_box(box, mia, imap):
    Mailbox.objects.update(dropbox_address="ana+rapport@acme.example")
    forged = mail(sender="x@example.org", to="mia@example.com")
    forged["Delivered-To"] = "ana+rapport@acme.example"
    imap.deliver(forged)
    fetch(box)
    message = Message.objects.get()
    assert message.status == MailStatus.RECEIVED
    assert message.thread.relationship is None


def test_the_folder_of_sent_mail_settles_what_nobody_knew(box, mia, manager, smtp, imap):
    Mailbox.objects.update(imap_sent_folder="Sent")
    smtp.dies = True
    message = queued(box, mia, manager)
    sending.send_due(at=NOW)
    copy = mail(sender="ana@acme.example", to="mia@example.com", message_id=message.message_id)
    imap.deliver(copy, folder="Sent")
    assert fetching.look_for_unknown(mailbox_id=box.pk, at=LATER) == 1
    message.refresh_from_db()
    assert (message.status, message.sent_at, message.reason) == (MailStatus.SENT, NOW, "")


def test_a_person_settles_what_nobody_knows(box, mia, manager, smtp):
    smtp.dies = True
    message = queued(box, mia, manager)
    sending.send_due(at=NOW)
    threads.decide_unknown(message_id=message.pk, has_left=False, actor=manager, at=LATER)
    message.refresh_from_db()
    assert message.status == MailStatus.DRAFT
    with pytest.raises(MailRefused, match="settled: draft"):
        threads.decide_unknown(message_id=message.pk, has_left=True, actor=manager, at=LATER)


def test_files_are_known_by_their_content(box, sent, imap, settings, tmp_path):
    made = mail("See this", in_reply_to=sent.message_id)
    made.add_attachment(
        b"MZ\x90\0 made up", maintype="image", subtype="png", filename="..\\..\\holiday.png"
    )
    made.add_attachment(b"%PDF-1.4 made up", maintype="application", subtype="pdf", filename="")
    imap.deliver(made)
    fetch(box)
    program, paper = Attachment.objects.order_by("pk")
    assert (program.name, program.is_risky) == ("holiday.png", True)
    assert (paper.name, paper.content_type) == ("application-3.pdf", "application/pdf")
    assert (paper.is_risky, paper.is_kept, paper.size) == (False, True, 16)


def test_a_mail_nobody_can_read_holds_up_no_other(box, sent, imap, monkeypatch):
    imap.deliver(b"\xff\xfe\0\0 From nobody\r\n\r\n\x80\x81")
    imap.deliver(mail(in_reply_to=sent.message_id))
    assert fetch(box) == 2
    assert Message.objects.filter(text="Yes!").count() == 1
    assert MailFolder.objects.get(kind=FolderKind.INBOX).last_uid > 0
