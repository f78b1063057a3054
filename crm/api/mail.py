"""Mail: mailboxes without their secrets, conversations, and what was said in them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import PageQuery, Row, WholeList
from crm.api.relationships import CreatorRefSerializer
from crm.choices import MailDirection, MailKind, MailPurpose, MailStatus, Scope
from crm.models import Attachment, Mailbox, Message, Thread
from crm.outreach.servers import no_delivery
from crm.paging import Order

THREAD_ORDER = Order("threads", key="last_at", descending=True)
MAIL_ORDER = Order("mails", key="at")


class MailboxSerializer(serializers.Serializer[Any]):
    """An address from which the brand writes."""

    id = serializers.IntegerField()
    address = serializers.EmailField()
    name = serializers.CharField()
    owner = serializers.EmailField(allow_null=True, help_text="Null: shared.")
    is_paused = serializers.BooleanField()
    is_fetched = serializers.BooleanField(help_text="Whether its mail is fetched at all.")
    fetched_at = serializers.DateTimeField(allow_null=True)
    daily_cap = serializers.IntegerField()
    daily_new_cap = serializers.IntegerField()
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="What is wrong with its servers, in words."
    )


class ThreadSerializer(serializers.Serializer[Any]):
    """A conversation."""

    id = serializers.IntegerField()
    subject = serializers.CharField(allow_null=True)
    creator = CreatorRefSerializer(allow_null=True, help_text="Null: nobody said whose it is.")
    relationship = serializers.IntegerField(allow_null=True)
    mailbox = serializers.EmailField(allow_null=True)
    reply_waiting_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when the creator waits for an answer."
    )
    set_aside_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is about no creator."
    )
    created_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file that hangs on a mail; its content is to be had on the page of the conversation."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField(help_text="By its content.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    is_risky = serializers.BooleanField(help_text="Could run a program where it is opened.")
    is_kept = serializers.BooleanField(help_text="False: it was too large.")


class MailSerializer(serializers.Serializer[Any]):
    """One mail."""

    id = serializers.IntegerField()
    thread = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=MailDirection.choices)
    status = serializers.ChoiceField(choices=MailStatus.choices)
    kind = serializers.ChoiceField(choices=MailKind.choices)
    purpose = serializers.ChoiceField(choices=MailPurpose.choices, allow_null=True)
    author = serializers.EmailField(allow_null=True)
    message_id = serializers.CharField()
    in_reply_to = serializers.CharField(allow_null=True)
    from_address = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    cc = serializers.ListField(child=serializers.CharField())
    subject = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True, help_text="Without what it repeats.")
    at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(
        allow_null=True, help_text="Why it was not sent, why it waits, or why it came back."
    )
    attachments = AttachmentSerializer(many=True)


class ThreadFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which conversations to list."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid")
    waiting = filters.BooleanFilter(
        field_name="reply_waiting_since", lookup_expr="isnull", exclude=True
    )
    matched = filters.BooleanFilter(field_name="relationship", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Thread
        fields: list[str] = []


THREAD_COLUMNS = (
    "id",
    "subject",
    "relationship_id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "mailbox__address",
    "reply_waiting_since",
    "set_aside_at",
    "created_at",
    "last_at",
)
MAIL_COLUMNS = (
    "id",
    "thread_id",
    "direction",
    "status",
    "kind",
    "purpose",
    "author__email",
    "message_id",
    "in_reply_to",
    "from_address",
    "to",
    "cc",
    "subject",
    "text",
    "at",
    "sent_at",
    "reason",
)
FILE_COLUMNS = ("id", "name", "content_type", "size", "sha256", "is_risky", "is_kept")
_TEXTS = ("purpose", "in_reply_to", "subject", "text", "reason")


def threads(rows: list[Row]) -> list[Row]:
    """Rows of THREAD_COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "subject": row["subject"] or None,
            "creator": row["relationship_id"]
            and {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "relationship": row["relationship_id"],
            "mailbox": row["mailbox__address"],
            "reply_waiting_since": row["reply_waiting_since"],
            "set_aside_at": row["set_aside_at"],
            "created_at": row["created_at"],
            "last_at": row["last_at"],
        }
        for row in rows
    ]


def mails(rows: list[Row]) -> list[Row]:
    """Rows of MAIL_COLUMNS as the API shows them, with their files: one query for all."""
    files: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    held = Attachment.objects.filter(message__in=files).order_by("pk")
    for file in held.values("message_id", *FILE_COLUMNS):
        files[file.pop("message_id")].append(dict(file))
    return [
        {name.removesuffix("_id").partition("__")[0]: row[name] for name in MAIL_COLUMNS[:7]}
        | {name: row[name] for name in MAIL_COLUMNS[7:]}
        | {name: row[name] or None for name in _TEXTS}
        | {"attachments": files[row["id"]]}
        for row in rows
    ]


class MailboxViewSet(BrandViewSet[Mailbox]):
    """Mailboxes of the brand."""

    scope = Scope.MAIL_READ
    queryset = Mailbox.objects.none()
    serializer_class = MailboxSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """Mailboxes by address. Passwords and servers are not shown."""
        rows = Mailbox.objects.filter(brand=self.brand).select_related("owner")
        return self.whole([_mailbox(row) for row in rows.order_by("address", "pk")])


class ThreadViewSet(BrandViewSet[Thread]):
    """Conversations of the brand."""

    scope = Scope.MAIL_READ
    queryset = Thread.objects.none()
    serializer_class = ThreadSerializer
    filterset_class = ThreadFilter
    lookup_value_regex = ID
    queries = {"mails": PageQuery}

    def get_queryset(self) -> QuerySet[Thread]:
        """Those of the token's brand that its user may see."""
        return Thread.objects.visible_to(self.actor).filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Conversations, the newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*THREAD_COLUMNS)
        return self.page(rows, order=THREAD_ORDER, represent=threads)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One conversation."""
        [found] = threads([self.one(self.get_queryset().filter(pk=pk).values(*THREAD_COLUMNS))])
        return Response(found)

    @extend_schema(responses=MailSerializer(many=True), filters=False)
    @action(detail=True)
    def mails(self, request: Request, pk: str) -> Response:
        """The mails of a conversation, from the first on."""
        thread = self.one(self.get_queryset().filter(pk=pk).values("id"))
        rows = Message.objects.filter(thread=thread["id"]).values(*MAIL_COLUMNS)
        return self.page(rows, order=MAIL_ORDER, represent=mails)


def _mailbox(row: Mailbox) -> Row:
    problems = (no_delivery(row), row.smtp_problem, row.imap_problem)
    return {
        "id": row.pk,
        "address": row.address,
        "name": row.name,
        "owner": row.owner and row.owner.email,
        "is_paused": row.is_paused,
        "is_fetched": bool(row.imap_host),
        "fetched_at": row.fetched_at,
        "daily_cap": row.daily_cap,
        "daily_new_cap": row.daily_new_cap,
        "problems": [problem for problem in problems if problem],
    }
