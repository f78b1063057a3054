"""That mails went back and forth; what they say is read in the conversation, by who may."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.choices import MailDirection, MailKind, MailStatus
from crm.models import Message, Relationship
from crm.timeline.events import Event, Source, Window, name_of

_SENT = {
    MailStatus.SENT: "Mail sent",
    MailStatus.BOUNCED: "Mail sent, and it came back",
    MailStatus.UNKNOWN: "Mail, of which it is not known whether it left",
    MailStatus.FAILED: "Mail that could not be sent",
}


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    told = (MailStatus.RECEIVED, *_SENT)
    rows = (
        Message.objects.filter(thread__relationship=relationship, status__in=told)
        .select_related("author")
        .defer("text", "quoted")
    )
    for row in window.rows(rows, at="at", person="author"):
        url = reverse("crm:thread", args=[relationship.brand.slug, row.thread_id])
        who = name_of(row.author, row.from_name or row.from_address)
        yield Event(row.at, "mail", _title(row), who, "", row.pk, url, "Open conversation")


def _title(row: Message) -> str:
    if row.direction == MailDirection.OUT:
        return _SENT[MailStatus(row.status)]
    if row.kind == MailKind.PERSONAL:
        return "Mail received"
    return "Automatic reply" if row.kind == MailKind.AUTOMATIC else "Delivery report"


SOURCE = Source("mail", "Mails", "mail", _find)
