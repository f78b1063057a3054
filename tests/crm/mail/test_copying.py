"""Copies of sent mail in the mailbox's own folder, on a real IMAP server; nothing leaves twice."""

from __future__ import annotations

import email.policy
from datetime import timedelta
from email.parser import BytesParser

import pytest
from django.urls import reverse

from crm.choices import MailSecurity, MailStatus
from crm.models import Mailbox, Message
from crm.outreach import imap as imaps
from crm.outreach.servers import imap_of
from crm.services.mail import copying, fetching, sending
from tests.crm.mail.servers import HOST
from tests.crm.mail.world import creator_of, mail, mailbox_of, queued
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def box(brand, smtp, imap) -> Mailbox:
    imap.deliver(mail("Old", message_id="<old@example.com>"), folder="Sent")
    return mailbox_of(
        brand, smtp=smtp, imap=imap, imap_sent_folder="Sent", copies_sent=True, signature="Ana"
    )


@pytest.fixture
def sent(box, brand, manager) -> Message:
    message = queued(box, creator_of(brand), manager)
    sending.send_due(at=NOW)
    message.refresh_from_db()
    return message


def copies(box):
    """The mails in the folder of sent mail but the one that was there."""
    with imaps.connection(imap_of(box)) as folders:
        folders.open("Sent")
        raws = [one.raw for one in folders.fetch(folders.numbers_after(0))]
    read = BytesParser(policy=email.policy.default).parsebytes
    return [found for found in map(read, raws) if found["Message-ID"] != "<old@example.com>"]


def copy(box, at=NOW + MINUTE):
    return copying.copy_sent(mailbox_id=box.pk, at=at)


def test_a_copy_lies_in_the_folder_as_it_was_sent(box, sent, smtp, imap):
    assert (sent.status, sent.copy_due_at) == (MailStatus.SENT, NOW)
    assert copy(box) == 1
    [there] = copies(box)
    [left] = smtp.mails
    assert {name: there[name] for name in ("From", "To", "Subject", "Date", "Message-ID")} == {
        name: left[name] for name in ("From", "To", "Subject", "Date", "Message-ID")
    }
    assert there.get_content().strip() == left.get_content().strip()
    assert "Ana" in there.get_content()
    assert len(imap.seen("Sent")) == 1
    sent.refresh_from_db()
    assert (sent.copy_due_at, sent.copy_problem) == (None, "")


def test_there_is_one_copy_and_one_mail_however_often_it_is_asked(box, sent, smtp):
    assert [copy(box), copy(box, NOW + 2 * MINUTE)] == [1, 0]
    # The worker died before it could say that it was done; or the provider had laid one.
    Message.objects.update(copy_due_at=NOW)
    assert copy(box) == 1
    assert len(copies(box)) == 1
    # What is read from the folder is known by its Message-ID.
    fetching.fetch(mailbox_id=box.pk, at=NOW + 3 * MINUTE)
    assert Message.objects.count() == 1
    assert len(smtp.mails) == 1


def test_a_worker_keeps_others_away_until_its_lease_is_over(box, sent):
    assert copying._claim(box.pk, NOW) == [sent.pk]
    assert copy(box) == 0
    assert copy(box, NOW + copying.LEASE) == 1


def test_a_server_that_is_away_is_asked_again_for_a_day_and_nothing_is_sent_again(
    box, sent, smtp, imap
):
    Mailbox.objects.update(imap_port=1)
    assert copy(box) == 0
    sent.refresh_from_db()
    assert sent.copy_problem == f"{HOST}:1 refuses connections on this port."
    assert (sent.status, sent.copy_due_at) == (MailStatus.SENT, NOW + MINUTE + copying.AGAIN)
    Mailbox.objects.update(imap_port=imap.port)
    assert copy(box, sent.copy_due_at) == 1
    sent.refresh_from_db()
    assert (sent.copy_problem, sent.copy_due_at) == ("", None)
    Message.objects.update(copy_due_at=NOW)
    Mailbox.objects.update(imap_port=1)
    assert copy(box, NOW + copying.GIVE_UP) == 0
    sent.refresh_from_db()
    assert (sent.copy_due_at, bool(sent.copy_problem)) == (None, True)
    sending.send_due(at=NOW + 2 * copying.GIVE_UP)
    assert len(smtp.mails) == 1


def test_what_is_wrong_stands_at_the_mail(box, sent, manager_client):
    Mailbox.objects.update(imap_sent_folder="Gesendet")
    copy(box)
    page = manager_client.get(reverse("crm:thread", args=["acme", sent.thread_id]))
    assert "no copy in the folder of sent mail yet" in page.content.decode()
    assert "There is no folder “Gesendet”" in page.content.decode()


def test_without_the_setting_nothing_is_copied(box, brand, manager):
    Mailbox.objects.update(copies_sent=False)
    message = queued(box, creator_of(brand), manager)
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert (message.status, message.copy_due_at) == (MailStatus.SENT, None)
    # Switched off while one was due.
    Message.objects.update(copy_due_at=NOW)
    assert copy(box) == 0
    assert copies(box) == []
    assert not Message.objects.exclude(copy_due_at=None).exists()


def test_a_copy_of_the_database_writes_into_nobody_s_folders(box, sent, settings):
    settings.MAIL_DELIVERY = False
    assert copy(box) == 0
    assert copies(box) == []
    sent.refresh_from_db()
    assert (sent.copy_due_at, sent.copy_problem) == (NOW, "")


def test_copies_need_a_folder(box, manager_client, admin_user_client):
    given = {
        "address": box.address, "name": "Ana", "daily_cap": 200, "daily_new_cap": 30,
        "smtp_port": 465, "smtp_security": MailSecurity.TLS.value, "imap_port": 993,
        "imap_security": MailSecurity.TLS.value, "imap_folder": "INBOX", "copies_sent": "on",
    }  # fmt: skip
    Mailbox.objects.update(smtp_secret="", imap_secret="", copies_sent=False)
    address = reverse("crm:mailbox", args=["acme", box.pk])
    answer = admin_user_client.post(address, given)
    assert answer.status_code == 422
    assert "or leave copies out" in answer.content.decode()
    box.refresh_from_db()
    assert (box.copies_sent, box.imap_sent_folder) == (False, "Sent")
    whole = given | {"imap_host": HOST, "imap_sent_folder": "Sent"}
    assert admin_user_client.post(address, whole).status_code == 302
    box.refresh_from_db()
    assert box.copies_sent is True
