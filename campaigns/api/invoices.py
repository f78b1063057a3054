"""Bills that came in, over REST: enter them, say what they are for, set wrong ones aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.models import Invoice, Payable
from campaigns.services.payments import invoices as service
from campaigns.services.payments.record import NOTE_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

ORDER = Order("invoices-api", key="id")
MOST = 100
# The services call amounts payables.
_PLACES = {"payables": "/payments"}
_MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
COLUMNS = (
    "id", "relationship__creator__uid", "relationship__creator__name", "payee", "number",
    "issued_on", "amount", "currency", "note", "file_name", "file_sha256", "voided_at",
    "void_reason", "created_at",
)  # fmt: skip


class InvoiceSerializer(serializers.Serializer[Any]):
    """A bill, and which amounts it is for."""

    id = serializers.IntegerField()
    creator = serializers.UUIDField(allow_null=True, help_text="Whose it is; null: `payee`'s.")
    payee = serializers.CharField(help_text="The creator's name, or who else it is from.")
    number = serializers.CharField()
    issued_on = serializers.DateField()
    amount = serializers.DecimalField(**_MONEY)
    currency = serializers.CharField()
    note = serializers.CharField(allow_null=True)
    file_name = serializers.CharField(allow_null=True, help_text="Files are added on the page.")
    file_sha256 = serializers.CharField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True, help_text="Since when it is set aside.")
    void_reason = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    payments = serializers.ListField(
        child=serializers.IntegerField(), help_text="The amounts that it is for."
    )


def _payments(*, is_needed: bool) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=is_needed,
        allow_empty=not is_needed,
        max_length=MOST,
        help_text="Amounts that it is for: of the same creator, in the same currency.",
    )


class NewInvoice(Body):
    """A bill as it stands on the paper. A creator's, or somebody else's by name."""

    creator = serializers.UUIDField(required=False, allow_null=True)
    payee = serializers.CharField(max_length=200, **_TEXT)
    number = serializers.CharField(max_length=60)
    issued_on = DayField()
    amount = serializers.DecimalField(**_MONEY)
    currency = serializers.CharField(max_length=3, help_text="ISO 4217.")
    note = serializers.CharField(max_length=500, **_TEXT)
    payments = _payments(is_needed=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The creator is known to the brand."""
        uid = values.pop("creator", None)
        found = None
        if uid is not None:
            rows = Relationship.objects.select_related("creator").filter(
                brand=self.context["brand"]
            )
            found = rows.filter(creator__uid=uid).first()
            if found is None:
                detail = ErrorDetail("The brand knows no such creator.", "unknown_creator")
                raise serializers.ValidationError({"creator": detail})
        return values | {"relationship": found}


class InvoiceFor(Body):
    """What else it is for."""

    payments = _payments(is_needed=True)


class InvoiceAside(Body):
    """A wrong one is set aside; it stays to be seen."""

    reason = serializers.CharField(max_length=NOTE_MAX)


class InvoiceViewSet(BrandViewSet[Invoice]):
    """Bills of creators and others."""

    scope = Scope.PAYMENTS_READ
    write_scope = Scope.PAYMENTS_WRITE
    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Invoice]:
        """Bills of the token's brand, also those that were set aside."""
        return Invoice.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Bills in the order in which they were entered."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=_shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One bill."""
        return Response(self._one(pk))

    @extend_schema(request=NewInvoice, responses={201: InvoiceSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Enter a bill; the same number of the same sender is refused while the first stands."""
        body = NewInvoice(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        payables = given.pop("payments", [])
        with refusals(CampaignRefused, body=body, places=_PLACES):
            made = service.enter(
                brand=self.brand,
                bill=service.Bill(**given),
                payables=payables,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(made.pk), status=201)

    @extend_schema(request=InvoiceFor, responses={200: InvoiceSerializer, **REFUSED})
    def attach(self, request: Request, pk: str) -> Response:
        """Say what it is for, besides what was said."""
        return self._do(service.attach, pk, InvoiceFor, payments="payables")

    @extend_schema(request=InvoiceAside, responses={200: InvoiceSerializer, **REFUSED})
    def set_aside(self, request: Request, pk: str) -> Response:
        """Set a wrong one aside: what it was for has no bill any more."""
        return self._do(service.set_aside, pk, InvoiceAside, reason="reason")

    def _do(self, act: Callable[..., object], pk: str, kind: type[Body], **names: str) -> Response:
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        said = {names[name]: value for name, value in body.validated_data.items()}
        with refusals(CampaignRefused, body=body, places=_PLACES):
            act(invoice_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now(), **said)
        return Response(self._one(pk))

    def _one(self, pk: int | str) -> Row:
        [found] = _shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def _shown(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them: one query for what all of them are for."""
    named: dict[int, list[int]] = {row["id"]: [] for row in rows}
    pairs = Payable.objects.filter(invoice__in=list(named)).order_by("pk")
    for payable, invoice in pairs.values_list("pk", "invoice"):
        named[invoice].append(payable)
    return [
        {name: row[name] for name in COLUMNS if "__" not in name}
        | {
            "creator": row["relationship__creator__uid"],
            "payee": row["relationship__creator__name"] or row["payee"],
            "amount": str(row["amount"]),
            "payments": named[row["id"]],
        }
        | {name: row[name] or None for name in ("note", "file_name", "file_sha256", "void_reason")}
        for row in rows
    ]
