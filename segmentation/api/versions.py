"""Wordings of a segment's rule: one of them with what it changed, and putting a draft in use."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.problems import MEDIA_TYPE, BadQuery, Refused
from crm.api.query import Query
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from segmentation.api.segments import named
from segmentation.choices import UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.models import Segment, SegmentVersion
from segmentation.rules.difference import Part
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors.versions import compare, comparison_row, find_version
from segmentation.services.segments import SegmentRefused, activate_version

LARGEST = 2**31 - 1


class PieceSerializer(serializers.Serializer[Any]):
    """A stretch of text that stays, goes or is new."""

    part = serializers.ChoiceField(choices=[(part.value, part.value) for part in Part])
    text = serializers.CharField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """What a version changes in another."""

    before = serializers.IntegerField(allow_null=True, help_text="Null: there is none before it.")
    after = serializers.IntegerField()
    changes = serializers.ListField(
        child=serializers.CharField(), help_text="In words, a sentence each."
    )
    rule_text = PieceSerializer(many=True)
    stay_rule_text = PieceSerializer(many=True)


class VersionDetailSerializer(serializers.Serializer[Any]):
    """One wording, with what it changed."""

    number = serializers.IntegerField()
    rule_json = serializers.DictField()
    rule_text = serializers.CharField()
    stay_rule_json = serializers.DictField(
        allow_null=True, help_text="Who is in stays while this holds; null: the rule itself."
    )
    stay_rule_text = serializers.CharField(allow_null=True)
    minimum_stay_days = serializers.IntegerField()
    near_percent = serializers.IntegerField()
    unknown_policy = serializers.ChoiceField(choices=UnknownPolicy.choices)
    author = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    origin = serializers.CharField(allow_null=True, help_text="The pack that worded it.")
    created_at = serializers.DateTimeField()
    activated_at = serializers.DateTimeField(allow_null=True, help_text="Null: a draft.")
    is_active = serializers.BooleanField()
    comparison = ComparisonSerializer()


class CompareQuery(Query):
    """With which version to compare."""

    against = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST,
        required=False,
        help_text="A version's number. Default: the one in use; of that one, the one before.",
    )


class Activation(Body):
    """Why the rule changes."""

    reason = serializers.CharField(max_length=300)


class VersionViewSet(BrandViewSet[Segment]):
    """One version of a segment."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Segment.objects.none()
    serializer_class = VersionDetailSerializer
    lookup_field = "key"
    queries = {"retrieve": CompareQuery}

    def get_queryset(self) -> QuerySet[Segment]:
        """Segments of the token's brand."""
        return Segment.objects.filter(brand=self.brand)

    def _find(self, key: str, number: str) -> tuple[Segment, SegmentVersion]:
        segment = named(self.get_queryset(), key).select_related("active_version").first()
        found = None
        if segment is not None and int(number) <= LARGEST:
            found = find_version(segment, int(number))
        if segment is None or found is None:
            raise Http404
        return segment, found

    @extend_schema(responses=VersionDetailSerializer)
    def retrieve(self, request: Request, key: str, number: str) -> Response:
        """One wording of the rule, and what it changes in another."""
        segment, version = self._find(key, number)
        against = self.query.get("against")
        if against is not None:
            before = find_version(segment, against)
            if before is None:
                raise BadQuery.of(
                    "against", "unknown_version", f"{segment} has no version {against}."
                )
        elif segment.active_version_id not in {None, version.pk}:
            before = segment.active_version
        else:
            older = segment.versions.filter(number__lt=version.number)
            before = older.order_by("-number").first()
        return Response(self._shown(segment, version, before))

    @extend_schema(
        request=Activation,
        responses={
            200: VersionDetailSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="In use already, or before, or no longer valid."
            ),
        },
    )
    def activate(self, request: Request, key: str, number: str) -> Response:
        """Put a draft in use, from the next run on."""
        segment, version = self._find(key, number)
        body = Activation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        before = segment.active_version
        try:
            activate_version(
                version_id=version.pk,
                reason=body.validated_data["reason"],
                at=timezone.now(),
                actor=self.actor,
            )
        except SegmentRefused as refusal:
            raise Refused(refusal, code="refused") from refusal
        except RuleInvalid as refusal:
            raise Refused(refusal, code="rule_invalid") from refusal
        segment, version = self._find(key, number)
        return Response(self._shown(segment, version, before))

    def _shown(
        self, segment: Segment, version: SegmentVersion, before: SegmentVersion | None
    ) -> dict[str, Any]:
        return {
            "number": version.number,
            "rule_json": version.rule,
            "rule_text": version.rule_text,
            "stay_rule_json": version.stay_rule,
            "stay_rule_text": version.stay_rule_text or None,
            "minimum_stay_days": version.minimum_stay_days,
            "near_percent": version.near_percent,
            "unknown_policy": version.unknown_policy,
            "author": version.author.email if version.author else None,
            "reason": version.reason or None,
            "origin": version.origin or None,
            "created_at": version.created_at,
            "activated_at": version.activated_at,
            "is_active": version.pk == segment.active_version_id,
            "comparison": comparison_row(compare(before, version, catalogue(self.brand))),
        }
