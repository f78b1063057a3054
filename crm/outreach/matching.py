"""Whose mail is this? By the mails that it answers, then by the address of who wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.choices import ContactKind
from crm.models import (
    Agent,
    Brand,
    ContactPoint,
    Mailbox,
    Message,
    Relationship,
    Thread,
    User,
)
from crm.outreach.parsing import Received

# A new mail about the same subject belongs to a conversation that is not older.
SAME_THREAD = timedelta(days=60)
_PREFIX = re.compile(
    r"^\s*(?:re|fwd?|aw|wg|sv|vs|tr|rv|r|antw|odp|enc)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Place:
    """Where a mail belongs: a thread there is, else a creator; neither: a person has to say."""

    thread: Thread | None = None
    relationship: Relationship | None = None


def place(*, brand: Brand, mail: Received, is_ours: bool, mailbox: Mailbox, at: datetime) -> Place:
    """Where `mail` belongs. `is_ours`: somebody of the brand wrote it, so the recipients count."""
    answered = thread_of(brand, (mail.in_reply_to, *reversed(mail.references)))
    if answered:
        return Place(answered, answered.relationship)
    found = known(brand, mail.recipients if is_ours else (mail.from_address,))
    if len(found) > 1 and not is_ours:
        # An agent writes for one of several creators, who is in copy.
        copied = {item.pk for item in known(brand, mail.recipients)}
        found = [item for item in found if item.pk in copied] or found
    if len(found) != 1:
        return Place()
    return Place(_running(found[0], mail, mailbox, at), found[0])


def thread_of(brand: Brand, message_ids: Sequence[str]) -> Thread | None:
    """The thread of the first of these mails that the brand has."""
    wanted = [message_id for message_id in message_ids if message_id]
    rows = Message.objects.filter(brand=brand, message_id__in=wanted).select_related(
        "thread__relationship__brand", "thread__relationship__creator"
    )
    found = {row.message_id: row.thread for row in rows}
    return next((found[message_id] for message_id in wanted if message_id in found), None)


def known(brand: Brand, addresses: Sequence[str]) -> list[Relationship]:
    """The relationships of creators who are written to by one of these addresses, or whose agents
    are: several where an agent speaks for several."""
    wanted = list(dict.fromkeys(addresses))
    creators = set(
        ContactPoint.objects.filter(
            brand=brand, kind=ContactKind.EMAIL, value__in=wanted
        ).values_list("creator", flat=True)
    ) | set(
        Agent.objects.filter(brand=brand, emails__overlap=wanted).values_list("creators", flat=True)
    )
    rows = Relationship.objects.filter(brand=brand, creator__in=creators - {None})
    return list(rows.select_related("brand", "creator").order_by("creator__name", "pk"))


def own_addresses(brand: Brand) -> set[str]:
    """The addresses of the brand's mailboxes and people."""
    boxes = Mailbox.objects.filter(brand=brand).values_list("address", "dropbox_address")
    people = User.objects.filter(roles__brand=brand).values_list("email", flat=True)
    return {address for pair in boxes for address in pair if address} | {
        email.lower() for email in people
    }


def bare(subject: str) -> str:
    """The subject without "Re:" and its like in other languages."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.lower().split())


def _running(
    relationship: Relationship, mail: Received, mailbox: Mailbox, at: datetime
) -> Thread | None:
    """The creator's conversation about the same subject, where one is recent."""
    recent = Thread.objects.filter(
        relationship=relationship, mailbox=mailbox, last_at__gte=at - SAME_THREAD
    ).order_by("-last_at", "-pk")
    subject = bare(mail.subject)
    return next((item for item in recent[:20] if subject and bare(item.subject) == subject), None)
