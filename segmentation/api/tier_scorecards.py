"""Scorecards of a quarter by the tiers of a scheme, computed on request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.choices import Scope
from crm.models import TierScheme
from crm.paging import Order
from segmentation.api.scorecard_orders import PeriodBody
from segmentation.api.scorecards import MetricSerializer
from segmentation.choices import ErrandStatus
from segmentation.models import TierScorecards
from segmentation.services import tier_scorecards

ORDER = Order("tier-scorecards", key="id", descending=True)


class TierScorecardSerializer(serializers.Serializer[Any]):
    """A tier's scorecard: followers from `low` to under `high`; both null: marked by hand."""

    key = serializers.CharField()
    name = serializers.CharField()
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    size = serializers.IntegerField()
    metrics = MetricSerializer(many=True)


class TierScorecardsSummarySerializer(serializers.Serializer[Any]):
    """A quarter by the tiers of a scheme, in the list."""

    id = serializers.IntegerField()
    scheme = serializers.CharField(help_text="Its key.")
    period = serializers.CharField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="The end of what was looked at.")


class TierScorecardsSerializer(TierScorecardsSummarySerializer):
    """A quarter by the tiers of a scheme: by followers as of each post. Empty: not computed yet."""

    tiers = TierScorecardSerializer(many=True)


class TierScorecardsBody(PeriodBody):
    """Which quarter, by which scheme."""

    scheme = serializers.CharField(max_length=40, help_text="The key of one of `tier-schemes/`.")

    def validate_scheme(self, key: str) -> TierScheme:
        """The scheme."""
        found = TierScheme.objects.filter(key=key).first()
        if found is None:
            words = "There is no such tier scheme: tier-schemes/ names them."
            raise serializers.ValidationError(ErrorDetail(words, "does_not_exist"))
        return found


class TierScorecardsViewSet(BrandViewSet[TierScorecards]):
    """Scorecards by the tiers of schemes, whether or not the brand segments by them."""

    scope = Scope.SCORECARDS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = TierScorecards.objects.none()
    serializer_class = TierScorecardsSummarySerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[TierScorecards]:
        """Those of the token's brand."""
        return TierScorecards.objects.filter(brand=self.brand).select_related("scheme")

    def list(self, request: Request) -> Response:
        """What was asked for, the newest first; each scheme and quarter once."""
        return self.page(self.get_queryset().defer("tiers"), order=ORDER, represent=_summaries)

    @extend_schema(responses=TierScorecardsSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One in full: ask again while its status is `queued`."""
        self.one(self.get_queryset().filter(pk=pk).values("pk"))
        return Response(_in_full(self.get_queryset().get(pk=pk)))

    @extend_schema(
        request=TierScorecardsBody,
        responses={
            202: OpenApiResponse(
                TierScorecardsSerializer, description="Queued; the Location header leads to it."
            )
        },
        examples=[
            OpenApiExample(
                "A quarter by a scheme",
                value={"scheme": "glossary_6", "period": "2026Q3"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have a quarter computed by a scheme; asked again, it is computed again."""
        body = TierScorecardsBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        asked = tier_scorecards.request_scorecards(
            brand=self.brand,
            scheme=body.validated_data["scheme"],
            period=body.validated_data["period"],
            actor=self.actor,
            at=timezone.now(),
        )
        address = f"{reverse('api-tier-scorecards-detail', args=[asked.pk])}/"
        return Response(
            _in_full(self.get_queryset().get(pk=asked.pk)),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


def _summaries(rows: list[Any]) -> list[Row]:
    return [_summary(row) for row in rows]


def _summary(one: TierScorecards) -> Row:
    plain = ("period", "status", "requested_at", "computed_at", "starts_at", "ends_at", "as_of")
    return {"id": one.pk, "scheme": one.scheme.key, "error": one.error or None} | {
        name: getattr(one, name) for name in plain
    }


def _in_full(one: TierScorecards) -> Row:
    """With each tier's numbers; what has no target anywhere says null."""
    plain = ("key", "name", "low", "high", "size")
    return _summary(one) | {
        "tiers": [
            {name: card[name] for name in plain}
            | {
                "metrics": [
                    {name: value for name, value in cell.items() if name != "inputs"}
                    | {"target": None, "target_verdict": None}
                    for cell in card["metrics"]
                ]
            }
            for card in one.tiers
        ]
    }
