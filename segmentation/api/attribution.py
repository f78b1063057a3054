"""Reports of attribution: which there are, one in full, and having one computed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.query import DayField
from crm.choices import Scope
from crm.paging import Order
from segmentation.choices import ErrandStatus
from segmentation.models import AttributionReport
from segmentation.selectors.attribution import GONE, names_of
from segmentation.services.attribution import requests

ORDER = Order("attribution-api", key="id")
Rows = list[Row]  # a class below has a method of that name


class AttributionSummarySerializer(serializers.Serializer[Any]):
    """A report: which days, of what, by which settings, and how far it is."""

    id = serializers.IntegerField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    campaign = serializers.CharField(allow_null=True, help_text="Null: all of the brand.")
    currency = serializers.CharField(allow_null=True, help_text="Null: no values.")
    settings_version = serializers.IntegerField(allow_null=True, help_text="Null: the product's.")
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(allow_null=True, help_text="SHA-256 of all that went in.")


class CreatorCreditSerializer(serializers.Serializer[Any]):
    """What a model credits a creator with; `interval` (95 %) from 20 conversions on."""

    creator = serializers.UUIDField(allow_null=True, help_text="Null: gone since.")
    name = serializers.CharField()
    conversions = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    share = serializers.FloatField()
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class ModelCreditSerializer(serializers.Serializer[Any]):
    """A model's answer; `reason_if_absent` where it has none."""

    model = serializers.ChoiceField(choices=[(model.value, model.value) for model in Model])
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    formula = serializers.CharField()
    version = serializers.IntegerField()
    parameters = serializers.CharField(allow_blank=True)
    conversions = serializers.FloatField()
    valued = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)
    credits = CreatorCreditSerializer(many=True)


class SegmentCreditSerializer(serializers.Serializer[Any]):
    """What a model credits a segment with: what its members earned while they were members."""

    segment = serializers.CharField()
    conversions = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    share = serializers.FloatField()


class SegmentModelSerializer(serializers.Serializer[Any]):
    """A model's answer by segment, and what is in none of them."""

    model = serializers.CharField()
    reason_if_absent = serializers.CharField(allow_null=True)
    outside = serializers.FloatField()
    counted_again = serializers.FloatField()
    credits = SegmentCreditSerializer(many=True)


class CreditedDimensionSerializer(serializers.Serializer[Any]):
    """A dimension."""

    dimension = serializers.CharField()
    models = SegmentModelSerializer(many=True)


class CreatorRoleSerializer(serializers.Serializer[Any]):
    """The parts that a creator played on the way to conversions."""

    creator = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    alone = serializers.FloatField()
    closed = serializers.FloatField()
    introduced = serializers.FloatField()
    influenced = serializers.FloatField()


class AttributionReportSerializer(AttributionSummarySerializer):
    """A report in full; empty lists until it is computed."""

    counts = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="What is in it, and what is not."
    )
    models = ModelCreditSerializer(many=True)
    roles = CreatorRoleSerializer(many=True)
    dimensions = CreditedDimensionSerializer(many=True)


class NewAttributionReport(Body):
    """Days, both included, by the brand's calendar."""

    first_on = DayField()
    last_on = DayField()
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    campaign = serializers.CharField(max_length=60, required=False, allow_null=True)


class AttributionViewSet(BrandViewSet[AttributionReport]):
    """Reports of attribution of the brand."""

    scope = Scope.SCORECARDS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = AttributionReport.objects.none()
    serializer_class = AttributionSummarySerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[AttributionReport]:
        """Reports of the token's brand."""
        return AttributionReport.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """The reports there are, in the order in which they were asked for."""
        return self.page(
            self.get_queryset().for_list(),  # type: ignore[attr-defined]
            order=ORDER,
            represent=lambda rows: [summary(row) for row in rows],  # type: ignore[arg-type]
        )

    @extend_schema(responses=AttributionReportSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One report in full: ask again while its status is `queued`."""
        found = self.get_queryset().filter(pk=pk).select_related("campaign", "settings")
        self.one(found.values("pk"))
        return Response(in_full(found.get()))

    @extend_schema(
        request=NewAttributionReport,
        responses={
            202: OpenApiResponse(
                AttributionReportSerializer, description="Queued; the Location header leads to it."
            )
        },
        examples=[
            OpenApiExample(
                "A quarter",
                value={"first_on": "2026-07-01", "last_on": "2026-09-30", "currency": "EUR"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have the conversions of some days divided by every model."""
        body = NewAttributionReport(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        campaign, key = None, said.get("campaign")
        if key:
            campaign = Campaign.objects.filter(brand=self.brand, key=key).first()
            if campaign is None:
                words = f"There is no campaign “{key}”."
                raise BadBody([Fault("/campaign", "unknown_campaign", words)])
        try:
            report = requests.request_report(
                brand=self.brand,
                campaign=campaign,
                first_on=said["first_on"],
                last_on=said["last_on"],
                currency=said.get("currency", "").strip().upper(),
                actor=self.actor,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            raise BadBody([Fault(f"/{refusal.field}", "refused", str(refusal))]) from refusal
        address = f"{reverse('api-attribution-reports-detail', args=[report.pk])}/"
        return Response(
            in_full(report),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


def summary(report: AttributionReport) -> Row:
    """A report in the list."""
    return {
        "id": report.pk,
        "first_on": report.first_on,
        "last_on": report.last_on,
        "campaign": report.campaign.key if report.campaign else None,
        "currency": report.currency or None,
        "settings_version": report.settings.number if report.settings else None,
        "status": report.status,
        "error": report.error or None,
        "requested_at": report.requested_at,
        "computed_at": report.computed_at,
        "as_of": report.as_of,
        "digest": report.digest or None,
    }


def in_full(report: AttributionReport) -> Row:
    """A report with all that was found."""
    models = report.found.get("models", [])
    names = names_of([one["key"] for stored in models for one in stored["credits"]])

    def who(key: int) -> Row:
        name, uid = names.get(key, (GONE, ""))
        return {"creator": uid or None, "name": name}

    return summary(report) | {
        "counts": report.found.get("counts", {}),
        "models": [
            _model(stored)
            | {
                "label": FORMULAS[Model(stored["model"])].label,
                "formula": FORMULAS[Model(stored["model"])].formula,
                "credits": [who(one["key"]) | _without_key(one) for one in stored["credits"]],
            }
            for stored in models
        ],
        "roles": [who(one["key"]) | _without_key(one) for one in report.found.get("roles", [])],
        "dimensions": [
            {
                "dimension": one["dimension"],
                "models": [
                    _model(stored)
                    | {
                        "credits": [
                            {"segment": credit["key"]} | _without_key(credit)
                            for credit in stored["credits"]
                        ]
                    }
                    for stored in one["models"]
                ],
            }
            for one in report.found.get("dimensions", [])
        ],
    }


def _model(stored: Row) -> Row:
    return {name: value for name, value in stored.items() if name != "reason"} | {
        "reason_if_absent": stored["reason"]
    }


def _without_key(stored: Row) -> Row:
    return {name: value for name, value in stored.items() if name != "key"}
