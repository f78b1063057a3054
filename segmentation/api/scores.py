"""Score models over REST: definitions in versions, the ranking, and a creator's scores in parts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.models import Creator
from segmentation.choices import ErrandStatus
from segmentation.models import ScoreModel, ScoreVersion
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.selectors import scores as selectors
from segmentation.selectors.scores import PartTold, ScoreTold
from segmentation.services.edits import EditRefused
from segmentation.services.scores import writing
from segmentation.services.scores.writing import PURPOSE_MAX, REASON_MAX

KEY = "[a-z][a-z0-9_]{0,39}"
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `archived`, `in_use`, `not_in_use`, `outdated` or "
        "`too_many`.",
    )
}
EXAMPLE = {
    "key": "fit",
    "name": "Fit",
    "purpose": "Whom to ask first for a launch.",
    "reason": "First try",
    "definition": {
        "least_known": 0.5,
        "components": [
            {
                "key": "engagement",
                "label": "Engagement",
                "fact": "engagement_rate",
                "weight": 60,
                "scale": {"kind": "percentile", "peers": ["tier"], "better": "higher"},
                "missing": "leave_out",
            },
            {
                "key": "bond",
                "label": "Bond",
                "fact": "stage",
                "weight": 40,
                "scale": {"kind": "values", "points": {"core": 80, "advocate": 100}, "other": 10},
            },
        ],
    },
}
_DEFINITION = (
    "`components`, each with `key`, `label`, `fact`, `weight`, `scale` and `missing`, and "
    "`least_known` (0 to 1): docs/scores.md."
)


class ScoreVersionSerializer(serializers.Serializer[Any]):
    """A definition; never changed."""

    number = serializers.IntegerField()
    definition = serializers.DictField(help_text=_DEFINITION)
    reason = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    activated_at = serializers.DateTimeField(allow_null=True, help_text="Null: a draft.")


class ScoreModelSerializer(serializers.Serializer[Any]):
    """A score of the brand. Rules call it `score_` and its key."""

    key = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    active_version = serializers.IntegerField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(choices=ErrandStatus.choices, help_text="Of the counting.")
    error = serializers.CharField(allow_null=True)
    counted_at = serializers.DateTimeField(allow_null=True)
    counted_version = serializers.IntegerField(allow_null=True)
    scored = serializers.IntegerField(allow_null=True, help_text="Creators who have it.")
    unscored = serializers.IntegerField(allow_null=True, help_text="Creators who do not.")
    stability = serializers.DictField(
        allow_null=True,
        help_text="`overlap`: which share of the first `top` stays when weights are off; null "
        "where it cannot be told.",
    )
    versions = ScoreVersionSerializer(many=True)


class RankedSerializer(serializers.Serializer[Any]):
    """A creator's place in the ranking."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    score = serializers.FloatField(help_text="0 to 100.")
    known = serializers.FloatField(help_text="Share of the weight whose facts were known.")
    stage = serializers.ChoiceField(choices=Stage.choices, allow_null=True)
    followers = serializers.IntegerField(allow_null=True)
    counted_at = serializers.DateTimeField()


class ScorePartSerializer(serializers.Serializer[Any]):
    """What a component brings. Contributions add up to the score."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    fact = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text="In words; null: not known.")
    weight = serializers.FloatField()
    points = serializers.FloatField(allow_null=True, help_text="0 to 100; null: does not count.")
    is_assumed = serializers.BooleanField(help_text="Points that count because it is not known.")
    contribution = serializers.FloatField(allow_null=True)
    compared_with = serializers.CharField(allow_null=True, help_text="Peers, of a rank.")
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment] # a field's name
    captured_at = serializers.DateTimeField(allow_null=True)


class CreatorScoreSerializer(serializers.Serializer[Any]):
    """A creator's score by one model: as it was counted, and part by part by today's facts."""

    key = serializers.CharField()
    name = serializers.CharField()
    score = serializers.FloatField(allow_null=True, help_text="As it was counted.")
    counted_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    now = serializers.FloatField(allow_null=True, help_text="By today's facts.")
    known = serializers.FloatField()
    reason = serializers.CharField(allow_null=True, help_text="Why there is none.")
    parts = ScorePartSerializer(many=True)


class NewScoreVersion(Body):
    """Another definition."""

    name = serializers.CharField(max_length=80)
    purpose = serializers.CharField(max_length=PURPOSE_MAX)
    definition = serializers.DictField(help_text=_DEFINITION)
    reason = serializers.CharField(max_length=REASON_MAX)


class NewScore(NewScoreVersion):
    """A score with its first definition, a draft."""

    key = serializers.CharField(max_length=30)


class NextScoreVersion(NewScoreVersion):
    """Another definition of a score, a draft."""

    seen_version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The newest that you know: refused where there is another by now.",
    )


class WhichVersion(Body):
    """A version by its number."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class ScoreModelViewSet(BrandViewSet[ScoreModel]):
    """Scores of the brand."""

    scope = Scope.SCORES_READ
    write_scope = Scope.SCORES_WRITE
    queryset = ScoreModel.objects.none()
    serializer_class = ScoreModelSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY
    queries = {"creators": PageQuery}

    def get_queryset(self) -> QuerySet[ScoreModel]:
        """Models of the token's brand."""
        return selectors.models_of(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, archived ones too."""
        return self.whole([_model(one) for one in self.get_queryset()])

    def retrieve(self, request: Request, key: str) -> Response:
        """One with its versions; ask again while its status is `queued`."""
        return Response(_model(self._found(key)))

    @extend_schema(
        request=NewScore,
        responses={201: ScoreModelSerializer, **REFUSED},
        examples=[OpenApiExample("Engagement and bond", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Begin a score: its first version is a draft, and nobody is scored by it yet."""
        body = NewScore(data=request.data)
        body.is_valid(raise_exception=True)
        version = self._written(
            writing.create_model, body, brand=self.brand, at=timezone.now(), **body.validated_data
        )
        return Response(_model(self._found(version.model.key)), status=HTTPStatus.CREATED)

    @extend_schema(request=NextScoreVersion, responses={201: ScoreVersionSerializer, **REFUSED})
    def word(self, request: Request, key: str) -> Response:
        """Save another version, a draft; the one in use stays in use."""
        body = NextScoreVersion(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        version = self._written(
            writing.save_version,
            body,
            model_id=self._found(key).pk,
            seen=given.pop("seen_version", None),
            at=timezone.now(),
            **given,
        )
        return Response(_version(version), status=HTTPStatus.CREATED)

    @extend_schema(
        request=WhichVersion,
        responses={202: ScoreModelSerializer, **REFUSED},
        examples=[OpenApiExample("The first", value={"version": 1}, request_only=True)],
    )
    def activate(self, request: Request, key: str) -> Response:
        """Score creators by a version from now on; counting them takes a moment."""
        body = WhichVersion(data=request.data)
        body.is_valid(raise_exception=True)
        model = self._found(key)
        version = model.versions.filter(number=body.validated_data["version"]).first()
        if version is None:
            raise BadBody([Fault("/version", "not_found", "There is no such version.")])
        self._written(writing.activate, body, version_id=version.pk, at=timezone.now())
        return Response(_model(self._found(key)), status=HTTPStatus.ACCEPTED)

    @extend_schema(request=None, responses={202: ScoreModelSerializer, **REFUSED})
    def count(self, request: Request, key: str) -> Response:
        """Have the creators counted again by the version in use."""
        self._written(writing.count_again, model_id=self._found(key).pk, at=timezone.now())
        return Response(_model(self._found(key)), status=HTTPStatus.ACCEPTED)

    @extend_schema(request=None, responses={200: ScoreModelSerializer, **REFUSED})
    def archive(self, request: Request, key: str) -> Response:
        """Take the score out of use."""
        self._written(writing.archive, model_id=self._found(key).pk, at=timezone.now())
        return Response(_model(self._found(key)))

    @extend_schema(responses=RankedSerializer(many=True))
    @action(detail=True, pagination_class=KeysetPagination)
    def creators(self, request: Request, key: str) -> Response:
        """Who has the score, the highest first."""
        rows = selectors.ranking_rows(self._found(key))
        return self.page(rows, order=selectors.RANKING, represent=_ranked)

    def _found(self, key: str) -> ScoreModel:
        model = self.get_queryset().filter(key=key).first()
        if model is None:
            raise Http404
        return model

    def _written(self, act: Any, body: Body | None = None, **given: Any) -> Any:
        """Do what a service does, and tell its refusals as answers."""
        try:
            with refusals(EditRefused, body=body):
                return act(actor=self.actor, **given)
        except DefinitionInvalid as invalid:
            raise BadBody(
                [
                    Fault(f"/definition{fault.pointer}", "invalid", fault.message)
                    for fault in invalid.faults
                ]
            ) from invalid


class CreatorScoreViewSet(BrandViewSet[Creator]):
    """A creator's scores."""

    scope = Scope.SCORES_READ
    queryset = Creator.objects.none()
    serializer_class = CreatorScoreSerializer
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """The score by each model in use, part by part."""
        rows = Creator.objects.filter(relationships__brand=self.brand, uid=uid)
        self.one(rows.values("uid"))
        told = selectors.scores_of(self.brand, rows.get(), at=timezone.now())
        return self.whole([_told(one) for one in told])


def _model(model: ScoreModel) -> Row:
    return {
        "key": model.key,
        "name": model.name,
        "purpose": model.purpose,
        "active_version": model.active_version and model.active_version.number,
        "archived_at": model.archived_at,
        "status": model.status,
        "error": model.error or None,
        "counted_at": model.counted_at,
        "counted_version": model.counted_version and model.counted_version.number,
        "scored": model.scored,
        "unscored": model.unscored,
        "stability": model.stability or None,
        "versions": [_version(version) for version in model.versions.all()],
    }


def _version(version: ScoreVersion) -> Row:
    return {
        "number": version.number,
        "definition": version.definition,
        "reason": version.reason,
        "author": version.author and version.author.email,
        "created_at": version.created_at,
        "activated_at": version.activated_at,
    }


def _ranked(rows: list[Row]) -> list[Row]:
    return [
        {
            "creator": row["uid"],
            "name": row["name"],
            "score": row["score"],
            "known": row["known"],
            "stage": row["stage"],
            "followers": row["followers"],
            "counted_at": row["counted_at"],
        }
        for row in rows
    ]


def _told(told: ScoreTold) -> Row:
    held = told.held
    return {
        "key": told.model.key,
        "name": told.model.name,
        "score": held and held.score,
        "counted_at": held and held.counted_at,
        "version": held and held.version.number,
        "now": told.now.value,
        "known": told.now.known,
        "reason": told.now.reason or None,
        "parts": [_part(part, has_score=told.now.value is not None) for part in told.parts],
    }


def _part(told: PartTold, *, has_score: bool) -> Row:
    part = told.part
    counts = has_score and part.points is not None
    return {
        "key": part.component.key,
        "label": part.component.label,
        "fact": part.component.fact,
        "value": told.value or None,
        "weight": part.component.weight,
        "points": part.points,
        "is_assumed": part.is_assumed,
        "contribution": part.contribution if counts else None,
        "compared_with": told.compared or None,
        "source": told.source or None,
        "captured_at": told.captured_at,
    }
