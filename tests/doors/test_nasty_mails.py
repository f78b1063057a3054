"""Names that would begin another header of a mail: none does, and nobody's mail waits for it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from crm.choices import NotificationKind, Role
from crm.models import Notification, OutreachPolicy
from crm.outreach import writing
from crm.outreach.headers import SUBJECT_MAX, in_header
from crm.services.applications import confirming
from crm.services.ledger import checkpoints
from crm.services.notification_mail import send_notification_mails
from segmentation.services import notices
from tests.crm.applications.worlds import applied
from tests.crm.mail.world import creator_of, mailbox_of, queued
from tests.factories import NOW
from tests.people import person

EVIL = "evil@elsewhere.example"
NASTY = [
    f"Noa\r\nBcc: {EVIL}",
    f"Noa\nBcc: {EVIL}\n\nAnother body",
    f"Noa\rBcc: {EVIL}",
    f"Noa\u2028Bcc: {EVIL}\x85Cc: {EVIL}",
    f"Noa\x0b\x0cBcc: {EVIL}",
    f"=?utf-8?q?Noa=0D=0ABcc:_{EVIL}?=",
    f'" <{EVIL}>, "',
    "N" * 4_000,
    "\u202egnp.exe \U0001f468\u200d\U0001f469\u200d\U0001f467 \ufdfd",
    "{{ 7|add:7 }} %s {0} ${7*7}",
]
pytestmark = pytest.mark.django_db


def assert_tame(raw: bytes, to: str) -> EmailMessage:
    """As the next server reads it: to whom it goes, one of each header, and nobody else."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert [address.addr_spec for address in mail["To"].addresses] == [to]
    assert (mail["Bcc"], mail["Cc"], mail.defects) == (None, None, [])
    assert len(mail.get_all("Subject")) == 1
    assert len(mail["From"].addresses) == 1
    assert mail["From"].addresses[0].addr_spec != EVIL
    assert all(line.isascii() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    return mail


@pytest.mark.parametrize("text", NASTY)
def test_a_header_is_one_line(text):
    line = in_header(text)
    assert len(line.splitlines()) == 1
    assert len(line) <= SUBJECT_MAX


@pytest.mark.parametrize("text", NASTY)
def test_notifications_go_to_everybody_whatever_one_says(
    brand, manager, strategist, mailoutbox, text
):
    for user, words in ((manager, text), (strategist, "All is well.")):
        Notification.objects.create(
            user=user, brand=brand, kind=NotificationKind.TASK, text=words[:300], created_at=NOW
        )
    assert send_notification_mails(at=NOW) == 2
    assert sorted(mail.to for mail in mailoutbox) == sorted([[manager.email], [strategist.email]])
    for mail in mailoutbox:
        assert_tame(mail.message().as_bytes(linesep="\r\n"), mail.to[0])


@pytest.mark.parametrize("text", NASTY)
def test_what_we_send_in_the_brands_name(brand, admin_user, mailoutbox, text):
    type(brand).objects.filter(pk=brand.pk).update(name=text[:80])
    brand.refresh_from_db()
    notices._send(["a@acme.example"], f"{brand}: {text}", [text])
    checkpoints.set_address(brand=brand, address="b@acme.example", actor=admin_user, at=NOW)
    assert checkpoints.mail(checkpoints.make(brand=brand, at=NOW))
    for mail in mailoutbox:
        assert_tame(mail.message().as_bytes(linesep="\r\n"), mail.to[0])
    assert len(mailoutbox) == 2
    mailbox = mailbox_of(brand, name=text[:80])
    applicant = applied(brand, name=text[:80], email="ida@holm.example")
    made = confirming._mail(applicant, mailbox, NOW)
    assert_tame(made.as_bytes(policy=policy.SMTP), "ida@holm.example")


@pytest.mark.parametrize("text", NASTY)
def test_what_people_write_to_creators(brand, text):
    author = person(brand, Role.MANAGER)
    OutreachPolicy.objects.create(brand=brand, sender_name=text[:80], postal_address="Torvet 1")
    mailbox = mailbox_of(brand, name=text[:80])
    message = queued(mailbox, creator_of(brand), author, subject=text[:150], text=text)
    raw = writing.raw(message, text=text, headers={}, at=NOW)
    mail = assert_tame(raw, "mia@example.com")
    assert EVIL not in (mail["From"].addresses[0].addr_spec, *mail["To"])
