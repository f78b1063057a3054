"""Two workers at once, and one that is killed: nothing is sent twice."""

from __future__ import annotations

import pytest

from crm.choices import MailStatus
from crm.models import Mailbox, Message
from crm.services.mail import fetching, sending
from tests.crm.mail.world import creator_of, mail, mailbox_of, queued
from tests.crm.test_at_once import at_once
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_several_workers_send_each_mail_once_and_keep_the_cap(brand, manager, smtp):
    box = mailbox_of(brand, smtp=smtp, daily_cap=5)
    for number in range(7):
        creator = creator_of(brand, f"C{number}", f"c{number}@example.com")
        queued(box, creator, manager)
    done = at_once(*[lambda: sending.send_due(at=NOW)] * 3)
    assert sum(counter["sent"] for counter in done) == 5
    assert len({message["Message-ID"] for message in smtp.mails}) == len(smtp.mails) == 5
    assert Message.objects.filter(status=MailStatus.SENT).count() == 5
    waiting = Message.objects.filter(status=MailStatus.QUEUED)
    assert [message.send_after > NOW for message in waiting] == [True, True]


def test_two_mailboxes_that_get_the_same_mail_file_it_once(brand, imap):
    creator_of(brand)
    first = mailbox_of(brand, imap=imap)
    second = mailbox_of(brand, imap=imap, address="team@acme.example")
    imap.deliver(mail())
    counts = at_once(
        lambda: fetching.fetch(mailbox_id=first.pk, at=NOW),
        lambda: fetching.fetch(mailbox_id=second.pk, at=NOW),
    )
    assert counts == [1, 1]
    assert Message.objects.count() == 1
    assert not Mailbox.objects.exclude(imap_problem="").exists()
