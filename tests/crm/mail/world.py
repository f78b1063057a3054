"""What mail tests begin with: a mailbox on the local servers, and creators with addresses."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from crm.choices import MailPurpose, MailSecurity
from crm.models import Brand, Mailbox, Message, Relationship, User
from crm.outreach import secrets
from crm.services.mail.composing import compose, queue
from tests.crm.mail.servers import HOST, PASSWORD, Imap, Smtp
from tests.factories import NOW, ContactPointFactory, CreatorFactory, RelationshipFactory


def mailbox_of(
    brand: Brand, *, smtp: Smtp | None = None, imap: Imap | None = None, **values: Any
) -> Mailbox:
    """A shared mailbox of `brand`, as though it had been added a day ago."""
    secret = secrets.encrypt(PASSWORD)
    given: dict[str, Any] = {"address": "ana@acme.example", "name": "Ana of Acme"}
    if smtp:
        given |= {"smtp_host": HOST, "smtp_port": smtp.port, "smtp_user": "ana"}
        given |= {"smtp_security": MailSecurity.NONE, "smtp_secret": secret}
    if imap:
        given |= {"imap_host": HOST, "imap_port": imap.port, "imap_user": imap.USER}
        given |= {"imap_security": MailSecurity.NONE, "imap_secret": secret}
    return Mailbox.objects.create(
        brand=brand, created_at=datetime(2020, 1, 1, tzinfo=NOW.tzinfo), **(given | values)
    )


def creator_of(brand: Brand, name: str = "Mia", address: str = "mia@example.com") -> Relationship:
    """A creator of `brand` with an e-mail address."""
    relationship = RelationshipFactory(brand=brand, creator=CreatorFactory(name=name))
    ContactPointFactory(brand=brand, creator=relationship.creator, value=address)
    return relationship


def queued(mailbox: Mailbox, relationship: Relationship, author: User, **values: Any) -> Message:
    """A mail that waits to be sent: an answer, of which the guard asks little."""
    given = {"subject": "Our idea", "text": "Hello Mia", "purpose": MailPurpose.REPLY} | values
    message = compose(relationship=relationship, mailbox=mailbox, author=author, at=NOW, **given)
    return queue(message_id=message.pk, actor=author, at=NOW)


def mail(
    text: str = "Yes!",
    *,
    sender: str = "Mia <mia@example.com>",
    to: str = "ana@acme.example",
    subject: str = "Re: Our idea",
    message_id: str = "<reply-1@example.com>",
    at: datetime = NOW,
    **headers: str,
) -> EmailMessage:
    """A mail as another programme writes it; `in_reply_to` is In-Reply-To, and so on."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(at)
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-").title()] = value
    made.set_content(text)
    return made
