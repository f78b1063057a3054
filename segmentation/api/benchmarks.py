"""Benchmarks and claims on trial over REST."""

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

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import TierScheme
from segmentation.choices import Benchmarked, Denominator, ErrandStatus
from segmentation.models import BenchmarkSet, ClaimTrial
from segmentation.services import benchmarks
from segmentation.services import claims as service
from segmentation.services.benchmark_files import LONGEST_TIER, MOST_ROWS, FileRefused
from segmentation.services.benchmarks import Source, all_sources
from segmentation.services.edits import EditRefused
from segmentation.services.scorecards import PeriodRefused

_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_NUMBER: dict[str, Any] = {"required": False, "allow_null": True, "max_value": 10**11 - 1}
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`errors[0].code` is `too_many`."
    )
}


class BandSerializer(serializers.Serializer[Any]):
    """What a source says for a size: fractions, or amounts in its currency; null is not said."""

    tier = serializers.CharField(allow_blank=True)
    followers_from = serializers.IntegerField(allow_null=True)
    followers_to = serializers.IntegerField(allow_null=True, help_text="Not included.")
    is_celebrity = serializers.BooleanField(
        help_text="It is about those who are marked as celebrities, whatever their followers."
    )
    low = serializers.FloatField(allow_null=True)
    typical = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class BenchmarkSourceSerializer(serializers.Serializer[Any]):
    """Engagement rates or costs that somebody has published."""

    key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    address = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True)
    platform = serializers.CharField(allow_null=True, help_text="Null: it names none.")
    of = serializers.ChoiceField(choices=Benchmarked.choices)
    currency = serializers.CharField(allow_null=True, help_text="Of costs; null otherwise.")
    denominator = serializers.ChoiceField(choices=Denominator.choices)
    says_denominator = serializers.BooleanField(
        help_text="False: the source does not say by what it divides; `denominator` is assumed."
    )
    is_own = serializers.BooleanField(help_text="Loaded by the brand.")
    set = serializers.IntegerField(
        allow_null=True, help_text="The brand's own set that it is of; DELETE takes that away."
    )
    bands = BandSerializer(many=True)


class BenchmarkRow(Body):
    """What the source says for a size; a rate is "3.1 %" or "0.031"."""

    denominator = serializers.ChoiceField(choices=Denominator.choices)
    platform = serializers.CharField(max_length=80, **_TEXT, help_text="Its key, or none.")
    tier = serializers.CharField(max_length=LONGEST_TIER, **_TEXT)
    followers_from = serializers.IntegerField(min_value=0, **_NUMBER)
    followers_to = serializers.IntegerField(min_value=0, **_NUMBER)
    low = serializers.CharField(max_length=20, **_TEXT)
    typical = serializers.CharField(max_length=20, **_TEXT)
    high = serializers.CharField(max_length=20, **_TEXT)


class NewBenchmarks(Body):
    """A set of one source and year: all of its rows are taken, or none."""

    source = serializers.CharField(max_length=200)  # type: ignore[assignment] # a field's name
    address = serializers.URLField(max_length=500, **_TEXT)
    year = serializers.IntegerField(min_value=benchmarks.FIRST_YEAR, max_value=benchmarks.LAST_YEAR)
    rows = serializers.ListField(child=BenchmarkRow(), allow_empty=False, max_length=MOST_ROWS)


class BenchmarkViewSet(BrandViewSet[BenchmarkSet]):
    """Published engagement rates and costs."""

    scope = Scope.SCORECARDS_READ
    write_scope = Scope.SEGMENTS_WRITE
    http_method_names = ["get", "head", "post", "delete"]
    queryset = BenchmarkSet.objects.none()
    serializer_class = BenchmarkSourceSerializer
    pagination_class = WholeList
    lookup_value_regex = ID

    def list(self, request: Request) -> Response:
        """The brand's own sources, then those that come with the product."""
        return self.whole([_source(source) for source in all_sources(self.brand)])

    @extend_schema(
        request=NewBenchmarks, responses={201: BenchmarkSourceSerializer(many=True), **REFUSED}
    )
    def create(self, request: Request) -> Response:
        """Load a set of the brand's own; a source of a year that is there is removed first."""
        body = NewBenchmarks(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            with refusals(EditRefused, body=body):
                made = benchmarks.load(
                    brand=self.brand,
                    source=given["source"],
                    address=given.get("address", ""),
                    year=given["year"],
                    rows=[
                        {name: "" if cell is None else str(cell) for name, cell in row.items()}
                        for row in given["rows"]
                    ],
                    actor=self.actor,
                    at=timezone.now(),
                )
        except FileRefused as refusal:
            raise BadBody(
                [
                    Fault(f"/rows/{one.line}/{one.column}", "invalid", one.words)
                    for one in refusal.faults
                ]
            ) from refusal
        sources = [one for one in all_sources(self.brand) if one.set_id == made.pk]
        return Response([_source(one) for one in sources], status=HTTPStatus.CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take one of the brand's own sets away; the ledger keeps that it was there."""
        gone = benchmarks.remove(
            brand=self.brand, set_id=int(pk), actor=self.actor, at=timezone.now()
        )
        if gone is None:
            raise Http404
        return Response(status=HTTPStatus.NO_CONTENT)


class ClaimTierSerializer(serializers.Serializer[Any]):
    """The rate of a tier, with its 95 % interval by creator."""

    tier = serializers.CharField()
    name = serializers.CharField()
    creators = serializers.IntegerField()
    observations = serializers.IntegerField(help_text="Posts, or clicks.")
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ClaimResultSerializer(serializers.Serializer[Any]):
    """What became of a claim."""

    key = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["holds", "fails", "open", "untried"])
    words = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    needs = serializers.CharField(allow_blank=True, help_text="What it would take to tell.")
    ratio = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    tiers = ClaimTierSerializer(many=True)


class ClaimTrialSerializer(serializers.Serializer[Any]):
    """All claims by the tiers of a scheme over some quarters; no results until it is computed."""

    id = serializers.IntegerField()
    scheme = serializers.CharField()
    first_period = serializers.CharField()
    period = serializers.CharField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    results = ClaimResultSerializer(many=True)


class RequestTrial(Body):
    """By which tiers, and over which quarters (both included)."""

    scheme = serializers.SlugField(max_length=40)
    first_period = serializers.CharField(max_length=20)
    period = serializers.CharField(max_length=20)


class ClaimTrialViewSet(BrandViewSet[ClaimTrial]):
    """Claims on trial."""

    scope = Scope.SCORECARDS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = ClaimTrial.objects.none()
    serializer_class = ClaimTrialSerializer
    lookup_value_regex = ID
    pagination_class = WholeList

    def get_queryset(self) -> QuerySet[ClaimTrial]:
        """Trials of the token's brand."""
        return ClaimTrial.objects.filter(brand=self.brand).select_related("scheme")

    def list(self, request: Request) -> Response:
        """The trials there are."""
        return self.whole([_trial(trial) for trial in self.get_queryset()])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One trial: ask again while its status is `queued`."""
        found = self.get_queryset().filter(pk=pk)
        self.one(found.values("pk"))
        return Response(_trial(found.get()))

    @extend_schema(
        request=RequestTrial,
        responses={
            202: OpenApiResponse(
                ClaimTrialSerializer, description="Queued; the Location header leads to it."
            ),
        },
        examples=[
            OpenApiExample(
                "Over a year",
                value={
                    "scheme": "harvard_media",
                    "first_period": "2025Q4",
                    "period": "2026Q3",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have all claims tried; a trial of the same scheme and quarters is computed again."""
        body = RequestTrial(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values = body.validated_data
        scheme = TierScheme.objects.filter(key=values["scheme"]).first()
        if scheme is None:
            words = f"There is no tier scheme {values['scheme']!r}."
            raise BadBody([Fault("/scheme", "unknown_scheme", words)])
        with refusals(PeriodRefused, body=body):
            trial = service.request_trial(
                brand=self.brand,
                scheme=scheme,
                first_period=values["first_period"],
                period=values["period"],
                actor=self.actor,
                at=timezone.now(),
            )
        address = f"{reverse('api-claim-trials-detail', args=[trial.pk])}/"
        return Response(
            _trial(trial),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


def _source(source: Source) -> Row:
    return {
        "key": source.key,
        "source": source.source,
        "address": source.address,
        "year": source.year,
        "platform": source.platform or None,
        "of": source.of.value,
        "currency": source.currency or None,
        "denominator": source.denominator.value,
        "says_denominator": source.says_denominator,
        "set": source.set_id,
        "is_own": source.set_id is not None,
        "bands": [
            {
                "tier": band.tier,
                "followers_from": band.low_followers,
                "followers_to": band.high_followers,
                "is_celebrity": band.is_celebrity,
                "low": band.low,
                "typical": band.typical,
                "high": band.high,
            }
            for band in source.bands
        ],
    }


def _trial(trial: ClaimTrial) -> Row:
    return {
        "id": trial.pk,
        "scheme": trial.scheme.key,
        "first_period": trial.first_period,
        "period": trial.period,
        "status": trial.status,
        "error": trial.error or None,
        "as_of": trial.as_of,
        "computed_at": trial.computed_at,
        "results": trial.results,
    }
