"""Commissions over REST: what was agreed, what a run states, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, REFUSED
from campaigns.choices import ConversionKind
from campaigns.models import Commission, CommissionLine, CommissionStatement, Engagement
from campaigns.selectors.commissions import Due, dues_of
from campaigns.services.commissions import agreeing
from campaigns.services.commissions.stating import run
from campaigns.services.contracts.variable import NET_DAYS_MAX, WAIT_DAYS_MAX, CommissionPart
from campaigns.services.offers.wanted import MONTHS_MAX
from campaigns.services.payments.record import NOTE_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("commissions-api", key="id")
LINES = Order("commission-lines-api", key="id")
_MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
_PERCENT: dict[str, Any] = {"max_digits": 7, "decimal_places": 4}
_MAY: dict[str, Any] = {"required": False, "allow_null": True}
COLUMNS = (
    "id", "campaign__key", "engagement_id", "engagement__relationship__creator__uid",
    "engagement__relationship__creator__name", "contract_id", "kind", "currency", "percent", "each",
    "starts_on", "ends_on", "wait_days", "minimum", "net_days", "end_reason", "created_at",
    "version",
)  # fmt: skip


class CommissionSerializer(serializers.Serializer[Any]):
    """So much of each sale that a creator brought."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    engagement = serializers.IntegerField()
    creator = CreatorRefSerializer()
    contract = serializers.IntegerField(allow_null=True, help_text="That agrees it.")
    kind = serializers.ChoiceField(choices=ConversionKind.choices)
    currency = serializers.CharField()
    percent = serializers.DecimalField(**_PERCENT, allow_null=True)
    each = serializers.DecimalField(**_MONEY, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    wait_days = serializers.IntegerField(help_text="So old a sale is when it counts.")
    minimum = serializers.DecimalField(**_MONEY, help_text="Less is carried to the next run.")
    net_days = serializers.IntegerField()
    end_reason = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back to end it.")


class StatementSerializer(serializers.Serializer[Any]):
    """What a run found."""

    number = serializers.IntegerField()
    until = serializers.DateField(help_text="Sales up to this of the brand's days.")
    as_of = serializers.DateTimeField()
    carried = serializers.DecimalField(**_MONEY, help_text="Left of runs before; may be below 0.")
    total = serializers.DecimalField(**_MONEY, help_text="Of its lines; may be below 0.")
    waiting = serializers.ListField(child=serializers.CharField())
    payment = serializers.IntegerField(allow_null=True, help_text="Null: carried on.")


class StatementLineSerializer(serializers.Serializer[Any]):
    """A sale: what it earns, less what was stated before."""

    id = serializers.IntegerField()
    sale = serializers.CharField(help_text="The key of the conversion.")
    sold_at = serializers.DateTimeField()
    value = serializers.DecimalField(**_MONEY, allow_null=True, help_text="What refunds left.")
    value_currency = serializers.CharField(allow_null=True)
    converted = serializers.CharField(allow_null=True, help_text="By which rate.")
    earned = serializers.DecimalField(**_MONEY)
    before = serializers.DecimalField(**_MONEY)
    amount = serializers.DecimalField(**_MONEY)


class WholeCommissionSerializer(CommissionSerializer):
    """With what a run would state now, and its statements."""

    to_state = serializers.DecimalField(**_MONEY, help_text="What a run would add now.")
    sales_to_state = serializers.IntegerField()
    sales_too_young = serializers.IntegerField()
    carried = serializers.DecimalField(**_MONEY)
    waiting = serializers.ListField(child=serializers.CharField())
    statements = StatementSerializer(many=True, help_text="The newest first.")


class NewCommission(Body):
    """One that no contract agrees. Percent or each."""

    engagement = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=ConversionKind.choices, default=ConversionKind.ORDER)
    percent = serializers.DecimalField(**_PERCENT, **_MAY)
    each = serializers.DecimalField(max_digits=12, decimal_places=2, **_MAY)
    currency = serializers.CharField(max_length=3, required=False, help_text="The campaign's.")
    starts_on = DayField()
    ends_on = DayField(**_MAY)
    months = serializers.IntegerField(min_value=1, max_value=MONTHS_MAX, **_MAY)
    wait_days = serializers.IntegerField(min_value=0, max_value=WAIT_DAYS_MAX, default=30)
    minimum = serializers.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    net_days = serializers.IntegerField(min_value=0, max_value=NET_DAYS_MAX, default=30)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The creator's place is in a campaign of the brand."""
        rows = Engagement.objects.select_related("campaign__brand", "relationship__creator")
        found = rows.filter(campaign__brand=self.context["brand"], pk=values["engagement"]).first()
        if found is None:
            detail = ErrorDetail("The brand has no such engagement.", "unknown_engagement")
            raise serializers.ValidationError({"engagement": detail})
        return values | {"engagement": found}


class CommissionEnd(Body):
    """It ends before its last day."""

    version = serializers.IntegerField(**LOCK)
    on = DayField(**_MAY, help_text="The last day; today, if left out.")
    reason = serializers.CharField(max_length=NOTE_MAX)


class CommissionRunBody(Body):
    """Nothing has to be said."""


class CommissionRunSerializer(serializers.Serializer[Any]):
    """What a run came to."""

    statements = serializers.IntegerField()
    payables = serializers.IntegerField(help_text="Amounts to pay.")
    carried = serializers.IntegerField(help_text="Statements that came to too little.")


class CommissionViewSet(BrandViewSet[Commission]):
    """What creators get of sales."""

    scope = Scope.PAYMENTS_READ
    write_scope = Scope.PAYMENTS_WRITE
    queryset = Commission.objects.none()
    serializer_class = CommissionSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Commission]:
        """Commissions of the token's brand."""
        return Commission.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Commissions in the order in which they were agreed."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=commissions)

    @extend_schema(responses=WholeCommissionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One, with its statements and what a run would state now."""
        return Response(self._whole(pk))

    @extend_schema(request=NewCommission, responses={201: WholeCommissionSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Agree one by hand; a contract with a commission begins one by itself."""
        body = NewCommission(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        place: Engagement = given.pop("engagement")
        currency = given.pop("currency", place.campaign.currency)
        starts_on, ends_on = given.pop("starts_on"), given.pop("ends_on", None)
        with refusals(CampaignRefused, body=body):
            made = agreeing.agree(
                engagement=place,
                part=CommissionPart(**given),
                currency=currency,
                starts_on=starts_on,
                ends_on=ends_on,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._whole(made.pk), status=201)

    @extend_schema(request=CommissionEnd, responses={200: WholeCommissionSerializer, **REFUSED})
    def end(self, request: Request, pk: str) -> Response:
        """End it: what is sold later earns nothing."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = CommissionEnd(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with refusals(CampaignRefused, body=body):
            agreeing.end(
                commission_id=int(pk),
                brand=self.brand,
                on=given.get("on"),
                reason=given["reason"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=given["version"],
            )
        return Response(self._whole(pk))

    @extend_schema(request=CommissionRunBody, responses={200: CommissionRunSerializer, **REFUSED})
    def state(self, request: Request) -> Response:
        """Make statements of all that is new; sent again, nothing is."""
        CommissionRunBody(data=request.data).is_valid(raise_exception=True)
        done = run(brand=self.brand, actor=self.actor, at=timezone.now())
        return Response(vars(done))

    def _whole(self, pk: int | str) -> Row:
        [found] = commissions([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        row = Commission.objects.select_related("engagement__relationship").get(pk=found["id"])
        due = dues_of(self.brand, [row], timezone.now())[row.pk]
        return found | _now(due) | {"statements": _statements(row)}


class StatementLineViewSet(BrandViewSet[CommissionLine]):
    """The lines of a statement."""

    scope = Scope.PAYMENTS_READ
    queryset = CommissionLine.objects.none()
    serializer_class = StatementLineSerializer

    def list(self, request: Request, pk: str, number: str) -> Response:
        """Sales of a statement, each with what it earns and what was stated for it before."""
        made = CommissionStatement.objects.filter(
            commission__brand=self.brand, commission=int(pk), number=int(number)
        ).first()
        if made is None:
            raise Http404
        rows = CommissionLine.objects.filter(statement=made).values(*LINE_COLUMNS)
        return self.page(rows, order=LINES, represent=lines)


LINE_COLUMNS = (
    "id", "sale", "sold_at", "value", "value_currency", "converted", "earned", "before", "amount",
)  # fmt: skip


def commissions(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {name.removesuffix("_id"): row[name] for name in COLUMNS if "__" not in name}
        | {
            "campaign": row["campaign__key"],
            "creator": {
                "uid": row["engagement__relationship__creator__uid"],
                "name": row["engagement__relationship__creator__name"],
            },
            "percent": None if row["percent"] is None else str(row["percent"]),
            "each": None if row["each"] is None else str(row["each"]),
            "minimum": str(row["minimum"]),
            "end_reason": row["end_reason"] or None,
        }
        for row in rows
    ]


def lines(rows: list[Row]) -> list[Row]:
    """Rows of LINE_COLUMNS as the API shows them."""
    return [
        {name: row[name] for name in LINE_COLUMNS}
        | {name: str(row[name]) for name in ("earned", "before", "amount")}
        | {
            "value": None if row["value"] is None else str(row["value"]),
            "value_currency": row["value_currency"] or None,
            "converted": row["converted"] or None,
        }
        for row in rows
    ]


def _now(due: Due) -> Row:
    return {
        "to_state": f"{due.total:.2f}",
        "sales_to_state": len(due.lines),
        "sales_too_young": due.young,
        "carried": f"{due.carried:.2f}",
        "waiting": list(due.waiting),
    }


def _statements(row: Commission) -> list[Row]:
    names = ("number", "until", "as_of", "carried", "total", "waiting", "payable_id")
    rows = CommissionStatement.objects.filter(commission=row).order_by("-number").values(*names)
    return [
        {name: found[name] for name in names[:-1]}
        | {"carried": str(found["carried"]), "total": str(found["total"])}
        | {"payment": found["payable_id"]}
        for found in rows
    ]
