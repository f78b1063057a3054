"""Comparisons and back-tests of scores over REST."""

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

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.choices import Scope
from segmentation.choices import BacktestOutcome, ErrandStatus
from segmentation.models import ScoreBacktest, ScoreComparison, ScoreVersion
from segmentation.models.score_studies import LEAST_DAYS, MOST_DAYS
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.selectors import score_studies as selectors
from segmentation.selectors.score_studies import MoveTold
from segmentation.services.edits import EditRefused
from segmentation.services.scores import backtesting, comparing


class VersionNamed(Body):
    """A version of a score."""

    score = serializers.CharField(max_length=40, help_text="The score's key.")
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class NewComparison(Body):
    """Which two versions."""

    first = VersionNamed()
    second = VersionNamed()


class NewBacktest(Body):
    """Which version, as of the end of which day, and what is looked at for how long."""

    score = serializers.CharField(max_length=40, help_text="The score's key.")
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    day = serializers.DateField()
    days = serializers.IntegerField(min_value=LEAST_DAYS, max_value=MOST_DAYS)
    outcome = serializers.ChoiceField(choices=BacktestOutcome.choices)


class StudiedVersionSerializer(serializers.Serializer[Any]):
    """A version of a score."""

    score = serializers.CharField()
    version = serializers.IntegerField()


class RankCorrelationSerializer(serializers.Serializer[Any]):
    """Spearman's rank correlation with its interval of 95 %; `reason` where there is none."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class ScoreMoveSerializer(serializers.Serializer[Any]):
    """A creator who is among those that move most."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    first_rank = serializers.IntegerField()
    second_rank = serializers.IntegerField()
    first_score = serializers.FloatField()
    second_score = serializers.FloatField()
    because_of = serializers.ListField(
        child=serializers.CharField(), help_text="Components whose contribution changes most."
    )


class TopSharedSerializer(serializers.Serializer[Any]):
    """Who is among the first `size` by the one, by the other, and by both; more where equal."""

    size = serializers.IntegerField()
    first = serializers.IntegerField()
    second = serializers.IntegerField()
    shared = serializers.IntegerField()


class ScoreComparisonSerializer(serializers.Serializer[Any]):
    """Two versions over the same creators; numbers are null until they are computed."""

    id = serializers.IntegerField()
    first = StudiedVersionSerializer()
    second = StudiedVersionSerializer()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    creators = serializers.IntegerField(allow_null=True, help_text="Who have both scores.")
    spearman = RankCorrelationSerializer(allow_null=True)
    kendall = serializers.FloatField(allow_null=True)
    top = TopSharedSerializer(allow_null=True)


class ScoreComparisonFullSerializer(ScoreComparisonSerializer):
    """With what differs, in words, and who moves most."""

    differences = serializers.ListField(child=serializers.CharField())
    moves = ScoreMoveSerializer(many=True)


class BacktestGroupSerializer(serializers.Serializer[Any]):
    """A tenth of the creators by score, the lowest first, and what came of them."""

    creators = serializers.IntegerField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    mean = serializers.FloatField()
    median = serializers.FloatField()


class ScoreBacktestSerializer(serializers.Serializer[Any]):
    """A version against what came later; numbers are null until they are computed."""

    id = serializers.IntegerField()
    score = serializers.CharField()
    version = serializers.IntegerField()
    day = serializers.DateField()
    days = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=BacktestOutcome.choices)
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    scored = serializers.IntegerField(allow_null=True, help_text="Who had the score on the day.")
    creators = serializers.IntegerField(allow_null=True, help_text="Known afterwards, too.")
    correlation = RankCorrelationSerializer(allow_null=True)
    groups = BacktestGroupSerializer(many=True)
    leaks = serializers.ListField(
        child=serializers.CharField(), help_text="In what ways the test is kinder than the day was."
    )


class _Studies(BrandViewSet[Any]):
    scope = Scope.SCORES_READ
    write_scope = Scope.SCORES_WRITE
    lookup_value_regex = ID
    pagination_class = WholeList

    def _version(self, named: dict[str, Any], at: str) -> ScoreVersion:
        found = selectors.versions_of(self.brand).filter(
            model__key=named["score"], number=named["version"]
        )
        version = found.first()
        if version is None:
            raise BadBody([Fault(at, "not_found", "There is no such version of a score in use.")])
        return version


class ScoreComparisonViewSet(_Studies):
    """Comparisons of scores."""

    queryset = ScoreComparison.objects.none()
    serializer_class = ScoreComparisonSerializer

    def get_queryset(self) -> QuerySet[ScoreComparison]:
        """Of the token's brand."""
        return selectors.comparisons_of(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        return self.whole([_comparison(one) for one in self.get_queryset()])

    @extend_schema(responses=ScoreComparisonFullSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One with its movers; ask again while its status is `queued`."""
        found = self.get_queryset().filter(pk=pk)
        self.one(found.values("pk"))
        return Response(_in_full(found.get()))

    @extend_schema(
        request=NewComparison,
        responses={
            202: OpenApiResponse(
                ScoreComparisonFullSerializer, description="Queued; Location leads to it."
            )
        },
        examples=[
            OpenApiExample(
                "Two versions of a score",
                value={
                    "first": {"score": "fit", "version": 1},
                    "second": {"score": "fit", "version": 2},
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have two versions compared, over the facts of now."""
        body = NewComparison(data=request.data)
        body.is_valid(raise_exception=True)
        first, second = (
            self._version(body.validated_data[name], f"/{name}") for name in ("first", "second")
        )
        try:
            found = comparing.request_comparison(
                first=first, second=second, actor=self.actor, at=timezone.now()
            )
        except EditRefused as refusal:
            raise BadBody([Fault(f"/{refusal.field}", refusal.code, str(refusal))]) from refusal
        address = f"{reverse('api-score-comparisons-detail', args=[found.pk])}/"
        return Response(_in_full(found), status=HTTPStatus.ACCEPTED, headers={"Location": address})


class ScoreBacktestViewSet(_Studies):
    """Back-tests of scores."""

    queryset = ScoreBacktest.objects.none()
    serializer_class = ScoreBacktestSerializer

    def get_queryset(self) -> QuerySet[ScoreBacktest]:
        """Of the token's brand."""
        return selectors.backtests_of(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        return self.whole([_backtest(one) for one in self.get_queryset()])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One; ask again while its status is `queued`."""
        found = self.get_queryset().filter(pk=pk)
        self.one(found.values("pk"))
        return Response(_backtest(found.get()))

    @extend_schema(
        request=NewBacktest,
        responses={
            202: OpenApiResponse(
                ScoreBacktestSerializer, description="Queued; Location leads to it."
            )
        },
        examples=[
            OpenApiExample(
                "A quarter of engagement",
                value={
                    "score": "fit",
                    "version": 1,
                    "day": "2026-06-30",
                    "days": 90,
                    "outcome": "engagement",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have a version held against what came after a day."""
        body = NewBacktest(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            found = backtesting.request_backtest(
                version=self._version(given, "/version"),
                day=given["day"],
                days=given["days"],
                outcome=BacktestOutcome(given["outcome"]),
                actor=self.actor,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            raise BadBody([Fault(f"/{refusal.field}", refusal.code, str(refusal))]) from refusal
        except DefinitionInvalid as invalid:
            raise BadBody([Fault("/version", "invalid", str(invalid))]) from invalid
        address = f"{reverse('api-score-backtests-detail', args=[found.pk])}/"
        return Response(_backtest(found), status=HTTPStatus.ACCEPTED, headers={"Location": address})


def _named(version: ScoreVersion) -> Row:
    return {"score": version.model.key, "version": version.number}


def _comparison(found: ScoreComparison) -> Row:
    result = found.result
    return {
        "id": found.pk,
        "first": _named(found.first),
        "second": _named(found.second),
        "status": found.status,
        "error": found.error or None,
        "requested_at": found.requested_at,
        "computed_at": found.computed_at,
        "creators": result.get("both"),
        "spearman": _correlation(result.get("spearman")),
        "kendall": result.get("kendall"),
        "top": result.get("top"),
    }


def _in_full(found: ScoreComparison) -> Row:
    told = selectors.told(found)
    moves = sorted((*told.rising, *told.falling), key=lambda one: -abs(one.places))
    return {
        **_comparison(found),
        "differences": list(told.differences),
        "moves": [_move(one) for one in moves],
    }


def _move(one: MoveTold) -> Row:
    return {
        "creator": one.creator.uid,
        "name": one.creator.name,
        "first_rank": one.move.first_rank,
        "second_rank": one.move.second_rank,
        "first_score": one.move.first_score,
        "second_score": one.move.second_score,
        "because_of": [part.label for part in one.parts],
    }


def _backtest(found: ScoreBacktest) -> Row:
    result = found.result
    return {
        "id": found.pk,
        **_named(found.version),
        "day": found.day,
        "days": found.days,
        "outcome": found.outcome,
        "status": found.status,
        "error": found.error or None,
        "requested_at": found.requested_at,
        "computed_at": found.computed_at,
        "scored": result.get("scored"),
        "creators": result.get("creators"),
        "correlation": _correlation(result.get("correlation")),
        "groups": result.get("groups", []),
        "leaks": result.get("leaks", []),
    }


def _correlation(found: dict[str, Any] | None) -> Row | None:
    return None if found is None else {**found, "reason": found["reason"] or None}
