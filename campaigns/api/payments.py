"""Amounts to be paid: list them, enter costs, say what became of them, hand them to finance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, REFUSED
from campaigns.choices import CostKind, PayAct, PayMetric, PayState, PayTrigger
from campaigns.filters.payments import PayableFilter
from campaigns.models import Campaign, Engagement, Payable, Payment
from campaigns.services.payments import paying, planning
from campaigns.services.payments.exporting import COLUMNS as FINANCE
from campaigns.services.payments.exporting import hand_over
from campaigns.services.payments.record import NOTE_MAX
from campaigns.services.payments.results import DAYS_MAX, Rule
from campaigns.services.payments.states import allowed
from campaigns.services.refusals import CampaignRefused
from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("payments-api", key="id")
_PLACES = {name: f"/rule/{name}" for name in ("each", "most", "least", "days")}
_PAID = ("paid_on", "amount", "currency", "reference")
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
_ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class PaidSerializer(serializers.Serializer[Any]):
    """A payment that stands."""

    paid_on = serializers.DateField()
    amount = serializers.DecimalField(**_MONEY)
    currency = serializers.CharField()
    reference = serializers.CharField(allow_null=True)


class PaymentSerializer(serializers.Serializer[Any]):
    """An amount that a campaign owes, or has paid. Bank data is kept nowhere."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    engagement = serializers.IntegerField(allow_null=True)
    payee = serializers.CharField(allow_null=True, help_text="The creator, or who else by name.")
    contract = serializers.IntegerField(allow_null=True)
    part = serializers.IntegerField(allow_null=True, help_text="Of the contract's fee, from 1 on.")
    kind = serializers.ChoiceField(choices=CostKind.choices)
    title = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(
        **_MONEY, allow_null=True, help_text="Null: its result is not counted yet."
    )
    trigger = serializers.ChoiceField(choices=PayTrigger.choices)
    trigger_on = serializers.DateField(allow_null=True)
    net_days = serializers.IntegerField()
    rule = serializers.DictField(allow_null=True, help_text="Of pay by result.")
    state = serializers.ChoiceField(choices=PayState.choices)
    state_since = serializers.DateTimeField()
    hold_reason = serializers.CharField(allow_null=True)
    ready_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    evidence = serializers.DictField(allow_null=True, help_text="What shows that it is ready.")
    invoice = serializers.CharField(allow_null=True, help_text="The invoice's number.")
    released_at = serializers.DateTimeField(allow_null=True)
    exported_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was handed to finance the last time."
    )
    payment = PaidSerializer(allow_null=True)
    acts = serializers.ListField(
        child=serializers.ChoiceField(choices=PayAct.choices), help_text="What can be done next."
    )
    version = serializers.IntegerField(help_text="Send it back with each act.")


class PayRuleBody(Body):
    """Pay by result."""

    metric = serializers.ChoiceField(choices=PayMetric.choices)
    each = serializers.DecimalField(max_digits=16, decimal_places=6, help_text="What one is worth.")
    most = serializers.DecimalField(**_MONEY)
    least = serializers.DecimalField(**_MONEY, required=False)
    days = serializers.IntegerField(
        min_value=0, max_value=DAYS_MAX, required=False, help_text="After the last publication; 30."
    )

    def validate(self, values: dict[str, Any]) -> Any:
        """The rule."""
        return Rule(**(values | {"metric": PayMetric(values["metric"])}))


class NewPayment(Body):
    """A cost without a contract."""

    campaign = serializers.CharField(max_length=60, help_text="The campaign's key.")
    engagement = serializers.IntegerField(**_ID, required=False, allow_null=True)
    payee = serializers.CharField(max_length=200, **_TEXT)
    kind = serializers.ChoiceField(choices=CostKind.choices)
    title = serializers.CharField(max_length=200)
    currency = serializers.CharField(max_length=3, help_text="ISO 4217.")
    amount = serializers.DecimalField(
        **_MONEY, required=False, allow_null=True, help_text="Null with a rule."
    )
    trigger = serializers.ChoiceField(choices=PayTrigger.choices, default=PayTrigger.HAND)
    on = DayField(required=False, allow_null=True, help_text="With the trigger `date`.")
    net_days = serializers.IntegerField(min_value=0, max_value=planning.NET_DAYS_MAX, default=30)
    rule = PayRuleBody(required=False, allow_null=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The campaign and the creator's place are the brand's."""
        brand = self.context["brand"]
        rows = Campaign.objects.select_related("brand").filter(brand=brand)
        campaign = rows.filter(key=values["campaign"]).first()
        if campaign is None:
            words = "There is no such campaign."
            raise serializers.ValidationError({"campaign": ErrorDetail(words, "unknown_campaign")})
        place = None
        if values.get("engagement") is not None:
            place = Engagement.objects.filter(campaign=campaign, pk=values["engagement"]).first()
            if place is None:
                words = "There is no such creator in this campaign."
                detail = ErrorDetail(words, "unknown_engagement")
                raise serializers.ValidationError({"engagement": detail})
        return values | {"campaign": campaign, "engagement": place}


class PaymentAct(Body):
    """What is done with an amount."""

    version = serializers.IntegerField(**LOCK)
    act = serializers.ChoiceField(choices=PayAct.choices)
    note = serializers.CharField(max_length=NOTE_MAX, **_TEXT, help_text="Why.")
    on = DayField(required=False, allow_null=True, help_text="Today, if left out.")
    reference = serializers.CharField(max_length=120, **_TEXT, help_text="Of `pay`.")
    amount = serializers.DecimalField(
        **_MONEY, required=False, allow_null=True, help_text="Of `pay`: what left the account."
    )
    currency = serializers.CharField(max_length=3, **_TEXT)


class HandedOver(serializers.Serializer[Any]):
    """The file for finance, as rows."""

    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())


class ExportBody(Body):
    """Which amounts."""

    states = serializers.ListField(
        child=serializers.ChoiceField(choices=PayState.choices),
        required=False,
        max_length=len(PayState),
        help_text="All, if left out.",
    )


class PaymentViewSet(BrandViewSet[Payable]):
    """What the brand's campaigns owe and have paid."""

    scope = Scope.PAYMENTS_READ
    write_scope = Scope.PAYMENTS_WRITE
    queryset = Payable.objects.none()
    serializer_class = PaymentSerializer
    filterset_class = PayableFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        campaign=lookups.word("campaign__key"),
        state=lookups.choice("state", PayState),
        state_since=lookups.moment("state_since"),
        kind=lookups.choice("kind", CostKind),
        title=lookups.text("title"),
        amount=lookups.money("amount", null=True),
        currency=lookups.word("currency"),
        ready_on=lookups.day("ready_on", null=True),
        due_on=lookups.day("due_on", null=True),
    )
    orders = {"id": ORDER, "-id": replace(ORDER, name="-payments-api", descending=True)}
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Payable]:
        """Amounts of the token's brand."""
        return Payable.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Amounts in the order in which they came to be."""
        rows = _values(self.filter_queryset(self.get_queryset()))
        return self.page(rows, order=ORDER, represent=payments)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One amount."""
        return Response(self._shown(pk))

    @extend_schema(request=NewPayment, responses={201: PaymentSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Enter a cost without a contract; it becomes ready by its trigger."""
        body = NewPayment(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        campaign, place = given.pop("campaign"), given.pop("engagement")
        given |= {"kind": CostKind(given["kind"]), "trigger": PayTrigger(given["trigger"])}
        with refusals(CampaignRefused, body=body, places=_PLACES):
            made = planning.add_cost(
                campaign=campaign,
                engagement=place,
                cost=planning.Cost(**given),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=PaymentAct, responses={200: PaymentSerializer, **REFUSED})
    def act(self, request: Request, pk: str) -> Response:
        """Do something with it; `acts` says what can be done."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = PaymentAct(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        version, act = given.pop("version"), PayAct(given.pop("act"))
        with refusals(CampaignRefused, body=body):
            paying.do(
                payable_id=int(pk),
                brand=self.brand,
                act=act,
                said=paying.Said(**given),
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self._shown(pk))

    @extend_schema(request=ExportBody, responses={200: HandedOver, **REFUSED})
    def export(self, request: Request) -> Response:
        """The rows for finance (docs/payments.md); each amount is marked as handed over."""
        body = ExportBody(data=request.data)
        body.is_valid(raise_exception=True)
        rows = self.get_queryset()
        if states := body.validated_data.get("states"):
            rows = rows.filter(state__in=states)
        with refusals(CampaignRefused, body=body):
            lines = hand_over(brand=self.brand, rows=rows, actor=self.actor, at=timezone.now())
        return Response({"columns": FINANCE, "rows": lines})

    def _shown(self, pk: int | str) -> Row:
        [found] = payments([self.one(_values(self.get_queryset().filter(pk=pk)))])
        return found


COLUMNS = (
    "id",
    "campaign__key",
    "engagement_id",
    "payee",
    "contract_id",
    "part",
    "kind",
    "title",
    "currency",
    "amount",
    "trigger",
    "trigger_on",
    "net_days",
    "rule",
    "state",
    "state_since",
    "hold_reason",
    "ready_on",
    "due_on",
    "evidence",
    "invoice__number",
    "released_at",
    "exported_at",
    "version",
)


def _values(rows: QuerySet[Payable]) -> Any:
    paid = Payment.objects.filter(payable=OuterRef("pk"), reversed_at=None)
    return rows.annotate(
        creator=F("engagement__relationship__creator__name"),
        **{f"was_{name}": Subquery(paid.values(name)[:1]) for name in _PAID},
    ).values(*COLUMNS, "creator", *(f"was_{name}" for name in _PAID))


def payments(rows: Sequence[Row]) -> list[Row]:
    """Rows as the API shows them."""
    return [_shown(row) for row in rows]


def _shown(row: Row) -> Row:
    paid = None
    if row["was_paid_on"] is not None:
        paid = {
            "paid_on": row["was_paid_on"],
            "amount": str(row["was_amount"]),
            "currency": row["was_currency"],
            "reference": row["was_reference"] or None,
        }
    shown = {name.removesuffix("_id"): row[name] for name in COLUMNS if "__" not in name}
    return shown | {
        "campaign": row["campaign__key"],
        "payee": row["creator"] or row["payee"] or None,
        "amount": None if row["amount"] is None else str(row["amount"]),
        "hold_reason": row["hold_reason"] or None,
        "invoice": row["invoice__number"],
        "payment": paid,
        "acts": list(allowed(row["state"])),
    }
