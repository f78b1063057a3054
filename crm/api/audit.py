"""The audit ledger of the brand, as it was written."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import PageQuery, Row
from crm.api.query import MomentField
from crm.choices import Scope
from crm.forms.ledger import LedgerFilter, within
from crm.models import AuditEntry
from crm.paging import Order

ORDER = Order("audit", key="number", descending=True)
COLUMNS = (
    "number",
    "at",
    "actor",
    "verb",
    "target_type",
    "target_id",
    "facts",
    "text_digest",
    "previous_hash",
    "hash",
    "text__salt",
    "text__actor_label",
    "text__target_label",
    "text__personal",
)


class AuditTextSerializer(serializers.Serializer[Any]):
    """What is personal of an act. It may be erased: the entry's digest of it stays."""

    salt = serializers.CharField()
    actor = serializers.CharField(help_text="An e-mail address as it was then, or `system`.")
    target = serializers.CharField(help_text="What the target was called then.")
    personal = serializers.DictField()


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One act: its hash covers all of it, the text by its digest, and the hash before."""

    number = serializers.IntegerField(help_text="From 1 on, without gaps, in each brand.")
    at = serializers.DateTimeField()
    actor = serializers.IntegerField(
        allow_null=True, help_text="The account's number; null is the system."
    )
    verb = serializers.CharField()
    target_type = serializers.CharField()
    target_id = serializers.IntegerField(allow_null=True)
    facts = serializers.DictField(help_text="Numbers, days, states and keys: nothing personal.")
    text = AuditTextSerializer(allow_null=True, help_text="Null where it was erased.")
    text_digest = serializers.CharField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


class AuditQuery(PageQuery):
    """From when to when."""

    since = MomentField(required=False, help_text="At or after this moment.")
    before = MomentField(required=False, help_text="Before this moment.")


def acts(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [_act(row) for row in rows]


def _act(row: Row) -> Row:
    shown = {name: row[name] for name in COLUMNS if "__" not in name}
    salt = row["text__salt"]
    return shown | {
        "text": salt
        and {
            "salt": salt,
            "actor": row["text__actor_label"],
            "target": row["text__target_label"],
            "personal": row["text__personal"],
        }
    }


class AuditViewSet(BrandViewSet[AuditEntry]):
    """What was done in the brand, by whom."""

    scope = Scope.AUDIT_READ
    queryset = AuditEntry.objects.none()
    serializer_class = AuditEntrySerializer
    filterset_class = LedgerFilter
    lookup_field = "number"
    lookup_value_regex = ID
    queries = {"list": AuditQuery}

    def list(self, request: Request) -> Response:
        """Entries, newest first."""
        entries: QuerySet[AuditEntry] = AuditEntry.objects.filter(brand=self.brand)
        entries = within(
            self.filter_queryset(entries),
            since=self.query.get("since"),
            before=self.query.get("before"),
        )
        return self.page(entries.values(*COLUMNS), order=ORDER, represent=acts)

    def retrieve(self, _request: Request, number: str) -> Response:
        """One entry."""
        rows = AuditEntry.objects.filter(brand=self.brand, number=number).values(*COLUMNS)
        return Response(_act(self.one(rows)))
