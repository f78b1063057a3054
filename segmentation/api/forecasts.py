"""Forecasts over REST: the versions and their trials, a creator's, a campaign's."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from crm.api.base import BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Creator
from crm.paging import Order
from segmentation.choices import ErrandStatus, Forecasted
from segmentation.models import ExpectedViews, ForecastModel
from segmentation.selectors import forecast_outcomes as outcomes
from segmentation.selectors import forecasts as selectors
from segmentation.selectors.forecast_plan import Plan, plan_of
from segmentation.services.edits import EditRefused
from segmentation.services.forecasts import asking, keeping

ORDER = Order("forecast-models", key="number")
Rows = list[Row]  # a class below has a method of that name


class ForecastModelSerializer(serializers.Serializer[Any]):
    """A version of what past posts say."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    level = serializers.FloatField(help_text="Which share of outcomes intervals are to hold.")
    requested_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="Posts up to then were read.")
    parts = serializers.ListField(
        child=serializers.DictField(),
        help_text="What was learned of each measure and platform; `trial`: how far it was off "
        "(`factor`), and how often intervals held, also by how many posts a creator had.",
    )
    absent = serializers.ListField(
        child=serializers.DictField(), help_text="What is not forecast, and why."
    )


class NewForecastModel(Body):
    """Which share of outcomes intervals are to hold; left out: as before."""

    level = NumberField(required=False, min_value=asking.LEAST_LEVEL, max_value=asking.MOST_LEVEL)


class FactorSerializer(serializers.Serializer[Any]):
    """One of the factors that multiply to what is told; the first is a count."""

    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    factor = serializers.FloatField()


class CreatorForecastSerializer(serializers.Serializer[Any]):
    """What a creator's next piece is expected to bring (or, of `price`, to cost)."""

    measure = serializers.ChoiceField(choices=Forecasted.choices)
    platform = serializers.CharField(allow_null=True, help_text="Null: on whichever.")
    currency = serializers.CharField(allow_null=True, help_text="Of a price; null otherwise.")
    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.FloatField()
    own_posts = serializers.IntegerField(help_text="0: told from followers and segments alone.")
    typical_factor = serializers.FloatField(
        allow_null=True, help_text="How far off it was for creators with as many posts."
    )
    interval_held = serializers.FloatField(allow_null=True)
    parts = FactorSerializer(many=True)
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True)


class ExpectedViewsSerializer(serializers.Serializer[Any]):
    """How often a creator's next post was expected to be seen, as the fact `expected_views` is."""

    told_at = serializers.DateTimeField()
    replaced_at = serializers.DateTimeField(allow_null=True, help_text="Null: it holds.")
    platform = serializers.CharField(help_text="Where the next post was expected to be seen most.")
    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.FloatField(help_text="Which share of outcomes lies between low and high.")
    own_posts = serializers.IntegerField(help_text="0: told from followers and segments alone.")
    version = serializers.IntegerField()


class TotalSerializer(serializers.Serializer[Any]):
    """The sum of a measure; null where nothing is known, with the reason."""

    measure = serializers.ChoiceField(choices=Forecasted.choices)
    low = serializers.FloatField(allow_null=True)
    middle = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    pieces = serializers.IntegerField(help_text="In the sum.")
    unknown = serializers.IntegerField(help_text="Pieces of whom nothing is forecast.")
    typical_factor = serializers.FloatField(allow_null=True)
    interval_held = serializers.FloatField(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)


class PlanLineSerializer(serializers.Serializer[Any]):
    """A creator's pieces on a platform, and what one of them is expected to bring."""

    engagement = serializers.IntegerField()
    creator = serializers.UUIDField()
    name = serializers.CharField()
    platform = serializers.CharField(allow_null=True)
    pieces = serializers.IntegerField()
    is_assumed = serializers.BooleanField(
        help_text="Nobody planned pieces, nor did a plan that was taken over: one is taken."
    )
    told = serializers.ListField(child=serializers.DictField())


class KeptForecastSerializer(serializers.Serializer[Any]):
    """A forecast that was kept, beside what came of it."""

    kept_at = serializers.DateTimeField()
    kept_by = serializers.EmailField(allow_null=True, help_text="Null: when the campaign began.")
    version = serializers.IntegerField()
    level = serializers.FloatField()
    totals = TotalSerializer(many=True)
    outcomes = serializers.ListField(child=serializers.DictField())


class CampaignForecastSerializer(serializers.Serializer[Any]):
    """What a campaign's plan is expected to bring and to cost."""

    campaign = serializers.CharField()
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True)
    level = serializers.FloatField()
    creators = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Creators beyond those that are added up.")
    assumed = serializers.IntegerField()
    totals = TotalSerializer(many=True)
    cost = serializers.DictField(help_text="`known`, `estimated`, and `without` one.")
    lines = PlanLineSerializer(many=True)
    kept = KeptForecastSerializer(many=True)


REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `nothing_learned`, `nothing_known`, `too_many` or "
        "`under_way`.",
    )
}


class ForecastModelViewSet(BrandViewSet[ForecastModel]):
    """Versions of the brand's forecasts."""

    scope = Scope.SCORES_READ
    write_scope = Scope.RUNS_WRITE
    queryset = ForecastModel.objects.none()
    serializer_class = ForecastModelSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[ForecastModel]:
        """Versions of the token's brand."""
        return ForecastModel.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """The versions that are kept, in order."""
        return self.page(
            self.get_queryset(),
            order=ORDER,
            represent=lambda rows: [_model(row) for row in rows],  # type: ignore[arg-type]
        )

    def retrieve(self, request: Request, number: str) -> Response:
        """One version: ask again while its status is `queued`."""
        found = self.get_queryset().filter(number=int(number)).first()
        if found is None:
            raise Http404
        return Response(_model(found))

    @extend_schema(
        request=NewForecastModel,
        responses={
            202: OpenApiResponse(
                ForecastModelSerializer, description="Queued; the Location header leads to it."
            ),
            **REFUSED,
        },
        examples=[OpenApiExample("Wider intervals", value={"level": 0.9}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Have forecasts learned anew."""
        body = NewForecastModel(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            model = asking.ask(
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                level=body.validated_data.get("level"),
            )
        address = f"{reverse('api-forecast-models-detail', args=[model.number])}/"
        return Response(
            _model(model),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


class CreatorForecastViewSet(BrandViewSet[Creator]):
    """What a creator's next piece is expected to bring."""

    scope = Scope.SCORES_READ
    queryset = Creator.objects.none()
    serializer_class = CreatorForecastSerializer
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """By measure and platform, with what each is made of; empty: not known."""
        rows = Creator.objects.filter(relationships__brand=self.brand, uid=uid)
        self.one(rows.values("uid"))
        standing = selectors.standing_of(self.brand)
        if standing is None:
            return self.whole([])
        told = selectors.of_creator(self.brand, rows.get(), standing)
        return self.whole([_told(one, standing) for one in told])


class ExpectedViewsViewSet(BrandViewSet[Creator]):
    """What was expected of a creator's next post, from when until when."""

    scope = Scope.SCORES_READ
    queryset = Creator.objects.none()
    serializer_class = ExpectedViewsSerializer
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """The newest hundred, the newest first; empty: too little was known."""
        rows = Creator.objects.filter(relationships__brand=self.brand, uid=uid)
        self.one(rows.values("uid"))
        found = selectors.expected_views(self.brand, rows.get())
        return self.whole([_expected(one) for one in found[:100]])


class CampaignForecastViewSet(BrandViewSet[Campaign]):
    """What a campaign's plan is expected to bring."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Campaign.objects.none()
    serializer_class = CampaignForecastSerializer
    lookup_field = "key"
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Campaign]:
        """Campaigns of the token's brand."""
        return Campaign.objects.filter(brand=self.brand)

    @extend_schema(responses={200: CampaignForecastSerializer, **REFUSED})
    def retrieve(self, request: Request, key: str) -> Response:
        """The plan as it stands, line by line, and the forecasts that were kept."""
        campaign = self._found(key)
        standing = selectors.standing_of(self.brand)
        if standing is None:
            raise Refused(selectors.NOT_YET, code="nothing_learned")
        return Response(_campaign(campaign, plan_of(campaign, standing), standing))

    @extend_schema(request=None, responses={201: KeptForecastSerializer, **REFUSED})
    def keep(self, request: Request, key: str) -> Response:
        """Keep what is expected as of now, to be held against what comes."""
        campaign = self._found(key)
        with refusals(EditRefused):
            kept = keeping.keep(campaign_id=campaign.pk, actor=self.actor, at=timezone.now())
        (told,) = [one for one in outcomes.kept_of(campaign) if one.forecast.pk == kept.pk]
        return Response(_kept(told), status=HTTPStatus.CREATED)

    def _found(self, key: str) -> Campaign:
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise Http404
        return found


def _model(model: ForecastModel) -> Row:
    return {
        "number": model.number,
        "status": model.status,
        "error": model.error or None,
        "level": model.level,
        "requested_at": model.requested_at,
        "as_of": model.as_of,
        "parts": model.result.get("parts", []),
        "absent": model.result.get("absent", []),
    }


def _told(told: selectors.Told, standing: selectors.Standing) -> Row:
    row, band = told.forecast, told.band
    return {
        "measure": row.measure,
        "platform": row.platform or None,
        "currency": standing.currency if row.measure == Forecasted.PRICE else None,
        "low": row.low,
        "middle": row.middle,
        "high": row.high,
        "level": standing.model.level,
        "own_posts": row.own,
        "typical_factor": band and band.factor,
        "interval_held": band and band.held,
        "parts": [{"label": label, "factor": factor} for label, factor in told.lines],
        "version": standing.model.number,
        "as_of": standing.model.as_of,
    }


def _expected(row: ExpectedViews) -> Row:
    plain = ("told_at", "replaced_at", "platform", "low", "middle", "high", "level")
    return {name: getattr(row, name) for name in plain} | {
        "own_posts": row.own,
        "version": row.model_number,
    }


def _campaign(campaign: Campaign, plan: Plan, standing: selectors.Standing) -> Row:
    return {
        "campaign": campaign.key,
        "version": standing.model.number,
        "as_of": standing.model.as_of,
        "level": standing.model.level,
        **keeping.as_result(plan, standing),
        "lines": [
            {
                "engagement": line.engagement.pk,
                "creator": line.engagement.relationship.creator.uid,
                "name": line.engagement.relationship.creator.name,
                "platform": line.platform or None,
                "pieces": line.pieces,
                "is_assumed": line.is_assumed,
                "told": [
                    {
                        "measure": measure,
                        "low": row.low,
                        "middle": row.middle,
                        "high": row.high,
                        "own_posts": row.own,
                    }
                    for measure, row in sorted(line.told.items())
                ],
            }
            for line in plan.lines
        ],
        "kept": [_kept(one) for one in outcomes.kept_of(campaign)],
    }


def _kept(kept: outcomes.Kept) -> Row:
    row = kept.forecast
    return {
        "kept_at": row.kept_at,
        "kept_by": row.kept_by.email if row.kept_by else None,
        "version": row.model_number,
        "level": row.level,
        "totals": row.result.get("totals", []),
        "outcomes": [
            {
                "measure": one.measure.value,
                "posts": one.posts,
                "came": one.came,
                "expected": one.expected,
                "within": one.inside,
                "typical_factor": one.factor,
            }
            for one in kept.outcomes
        ],
    }
