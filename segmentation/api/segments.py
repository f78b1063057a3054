"""Segments of the brand: their rules, versions and members."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.query import MomentField, require_valid
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.paging import Order
from crm.sent import row_number
from segmentation.api.dimensions import KEY
from segmentation.api.rules import REFUSED as RULE_REFUSED
from segmentation.api.segment_bodies import Archiving, NewSegment, NewVersion, SegmentChange
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.filters import IN_BY, MemberFilter, SegmentFilter
from segmentation.models import Membership, Segment, SegmentVersion
from segmentation.rules.errors import RuleInvalid
from segmentation.services import metadata
from segmentation.services import segments as service
from segmentation.services.edits import EditRefused

ORDER = Order("segments", key="key")
MEMBER_ORDER = Order("members", key="creator_id", tie="creator_id")
VERSION_ORDER = Order("versions", key="number", descending=True)


class SegmentSerializer(serializers.Serializer[Any]):
    """A rule in a dimension, with a job to do."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    dimension = serializers.CharField(help_text="The dimension's key.")
    purpose = serializers.CharField(allow_blank=True)
    definition = serializers.CharField(
        allow_blank=True, help_text="Who belongs, as one would write it in a document."
    )
    primary_kpi = serializers.CharField(allow_null=True)
    kpis = serializers.ListField(child=serializers.CharField())
    owner = serializers.EmailField(allow_null=True)
    position = serializers.IntegerField(help_text="Lower comes first in its dimension.")
    status = serializers.ChoiceField(choices=SegmentStatus.choices)
    broken_reason = serializers.CharField(allow_null=True)
    unknown_policy = serializers.ChoiceField(choices=UnknownPolicy.choices)
    version = serializers.IntegerField(allow_null=True, help_text="The version in use.")
    rule_json = serializers.DictField(allow_null=True)
    rule_text = serializers.CharField(allow_null=True)
    members_count = serializers.IntegerField()
    origin = serializers.CharField(allow_null=True, help_text="The pack it came from.")
    created_at = serializers.DateTimeField()


class VersionSerializer(serializers.Serializer[Any]):
    """One wording of the rule; it is never changed."""

    number = serializers.IntegerField()
    rule_json = serializers.DictField()
    rule_text = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    activated_at = serializers.DateTimeField(allow_null=True)
    is_active = serializers.BooleanField()


class MemberSerializer(serializers.Serializer[Any]):
    """A creator's stay in the segment, closed-open, with the creator's newest numbers."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    primary_platform = serializers.CharField(allow_null=True)
    primary_handle = serializers.CharField(allow_null=True)
    followers = serializers.IntegerField(allow_null=True)
    engagement_rate = serializers.FloatField(allow_null=True)
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="The version of the rule that let them in.")


class MembersQuery(PageQuery):
    """Of which moment, and which of them: the filter of the page."""

    as_of = MomentField(
        required=False, help_text="Members at this moment, by the ledger. Default: now."
    )
    search = serializers.CharField(
        max_length=100, required=False, help_text="Words of the name, or of a handle."
    )
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    platform = serializers.SlugField(
        max_length=30, required=False, help_text="With an account on this platform."
    )
    tier = serializers.SlugField(
        max_length=60, required=False, help_text="A tier's key in the brand's scheme."
    )
    country = serializers.CharField(max_length=2, required=False, help_text="Two letters.")
    since = serializers.DateField(required=False, help_text="Joined on this day or later.")
    cause = serializers.ChoiceField(
        choices=IN_BY, required=False, help_text="What brought them in."
    )
    also_in = serializers.SlugField(
        max_length=60, required=False, help_text="In this segment as well, by its key."
    )


REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`archived`, `rule_invalid`, or `refused`; why, in words."
    )
}
EXAMPLE = {
    "dimension": "size",
    "key": "danish-mid",
    "name": "Danish, mid-sized",
    "purpose": "They get the new serum first.",
    "rule_text": "country is DK and followers >= 10_000",
    "stay_rule_text": "followers >= 9_000",
}
COLUMNS = (
    "id",
    "key",
    "name",
    "dimension__key",
    "purpose",
    "definition",
    "primary_kpi",
    "kpis",
    "owner__email",
    "position",
    "status",
    "broken_reason",
    "unknown_policy",
    "active_version__number",
    "active_version__rule",
    "active_version__rule_text",
    "members_count",
    "origin",
    "created_at",
)
VERSION_COLUMNS = (
    "id",
    "number",
    "rule",
    "rule_text",
    "author__email",
    "reason",
    "created_at",
    "activated_at",
)
MEMBER_COLUMNS = (
    "creator__uid",
    "creator__name",
    "creator__metrics__primary_platform_id",
    "creator__metrics__primary_handle",
    "creator__metrics__followers",
    "creator__metrics__engagement_rate",
    "entered_at",
    "left_at",
    "version__number",
)


class SegmentViewSet(BrandViewSet[Segment]):
    """Segments of the brand. An item's name is its key, or its numeric id."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Segment.objects.none()
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilter
    lookup_field = "key"
    lookup_value_regex = KEY
    queries = {"members": MembersQuery, "versions": PageQuery}

    def get_queryset(self) -> QuerySet[Segment]:
        """Segments of the token's brand."""
        return Segment.objects.filter(brand=self.brand)

    def held(self) -> QuerySet[Segment]:
        """The segment, by key or id."""
        return named(self.get_queryset(), self.kwargs["key"])

    def list(self, request: Request) -> Response:
        """Segments by key, the archived ones too."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=segments)

    @extend_schema(responses=SegmentSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One segment with the rule in use."""
        [found] = segments([self.one(named(self.get_queryset(), key).values(*COLUMNS))])
        return Response(found)

    @extend_schema(
        request=NewSegment,
        responses={201: SegmentSerializer, **RULE_REFUSED, **REFUSED},
        examples=[OpenApiExample("With a looser rule to stay", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Draft a segment: no run looks at it before `versions/1:activate` puts its rule in use."""
        body = NewSegment(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wording = body.wording(body.validated_data["key"])
        try:
            made = service.draft_segment(
                **body.about, **wording, at=timezone.now(), actor=self.actor
            )
        except (service.SegmentRefused, RuleInvalid) as refusal:
            raise refused(refusal) from refusal
        [found] = segments(list(self.get_queryset().filter(pk=made.segment_id).values(*COLUMNS)))
        return Response(found, status=201)

    @extend_schema(
        request=SegmentChange,
        responses={
            200: SegmentSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="`errors[0].code` is `archived`."
            ),
        },
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Change what the segment is for, its KPIs or its owner."""
        segment = self.one(named(self.get_queryset(), key).values("id"))
        body = SegmentChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            metadata.change_segment(
                segment_id=segment["id"],
                changes=body.validated_data,
                at=timezone.now(),
                actor=self.actor,
            )
        return self.retrieve(request, key)

    @extend_schema(responses=MemberSerializer(many=True), filters=False)
    @action(detail=True)
    def members(self, request: Request, key: str) -> Response:
        """Who is, or was at `as_of`, in the segment."""
        segment = self.one(named(self.get_queryset(), key).values("id"))
        moment = self.query.get("as_of")
        stays = Membership.objects.filter(segment=segment["id"])
        stays = stays.open() if moment is None else stays.as_of(moment)
        narrowed = MemberFilter(request.query_params, stays, request=request)
        stays = require_valid(narrowed).qs
        return self.page(stays.values(*MEMBER_COLUMNS), order=MEMBER_ORDER, represent=members)

    @extend_schema(responses=VersionSerializer(many=True), filters=False)
    @action(detail=True)
    def versions(self, request: Request, key: str) -> Response:
        """The wordings of the segment's rule, newest first."""
        segment = self.one(named(self.get_queryset(), key).values("id", "active_version_id"))
        rows = SegmentVersion.objects.filter(segment=segment["id"]).values(*VERSION_COLUMNS)

        def represent(rows: list[Row]) -> list[Row]:
            return versions(rows, active=segment["active_version_id"])

        return self.page(rows, order=VERSION_ORDER, represent=represent)

    @extend_schema(
        request=NewVersion,
        responses={
            201: VersionSerializer,
            200: OpenApiResponse(
                VersionSerializer, description="The newest version says the same: it is no new one."
            ),
            **RULE_REFUSED,
            **REFUSED,
        },
        filters=False,
    )
    @versions.mapping.post
    def word(self, request: Request, key: str) -> Response:
        """Word the rule otherwise, as a draft: `versions/{number}:activate` puts it in use."""
        segment = self.one(named(self.get_queryset(), key).values("id", "key", "active_version_id"))
        body = NewVersion(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wording = body.wording(segment["key"])
        at = timezone.now()
        try:
            made = service.save_draft(segment_id=segment["id"], **wording, at=at, actor=self.actor)
        except (service.SegmentRefused, RuleInvalid) as refusal:
            raise refused(refusal) from refusal
        rows = SegmentVersion.objects.filter(pk=made.pk).values(*VERSION_COLUMNS)
        [found] = versions(list(rows), active=segment["active_version_id"])
        return Response(found, status=201 if made.created_at == at else 200)

    @extend_schema(request=Archiving, responses=SegmentSerializer)
    def archive(self, request: Request, key: str) -> Response:
        """Take a segment out of use for good: no run looks at it again, all stays end now."""
        segment = self.one(named(self.get_queryset(), key).values("id"))
        body = Archiving(data=request.data)
        body.is_valid(raise_exception=True)
        service.archive_segment(
            segment_id=segment["id"],
            at=timezone.now(),
            actor=self.actor,
            reason=body.validated_data["reason"],
        )
        return self.retrieve(request, key)


def refused(refusal: service.SegmentRefused | RuleInvalid) -> Refused:
    """As the API tells it: a rule that fitted and does so no longer has a code of its own."""
    code = "rule_invalid" if isinstance(refusal, RuleInvalid) else "refused"
    return Refused(refusal, code=code)


def named(found: QuerySet[Segment], key: str) -> QuerySet[Segment]:
    """The segment of this key; where there is none, that of this id."""
    by_key = found.filter(key=key)
    if (number := row_number(key)) is not None and not by_key.exists():
        return found.filter(pk=number)
    return by_key


def segments(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "key": row["key"],
            "name": row["name"],
            "dimension": row["dimension__key"],
            "purpose": row["purpose"],
            "definition": row["definition"],
            "primary_kpi": row["primary_kpi"] or None,
            "kpis": row["kpis"],
            "owner": row["owner__email"],
            "position": row["position"],
            "status": row["status"],
            "broken_reason": row["broken_reason"] or None,
            "unknown_policy": row["unknown_policy"],
            "version": row["active_version__number"],
            "rule_json": row["active_version__rule"],
            "rule_text": row["active_version__rule_text"],
            "members_count": row["members_count"],
            "origin": row["origin"] or None,
            "created_at": row["created_at"],
        }
        for row in rows
    ]


def versions(rows: list[Row], *, active: int | None) -> list[Row]:
    """Rows of VERSION_COLUMNS as the API shows them; `active` is the id of the one in use."""
    return [
        {
            "number": row["number"],
            "rule_json": row["rule"],
            "rule_text": row["rule_text"],
            "author": row["author__email"],
            "reason": row["reason"] or None,
            "created_at": row["created_at"],
            "activated_at": row["activated_at"],
            "is_active": row["id"] == active,
        }
        for row in rows
    ]


def members(rows: list[Row]) -> list[Row]:
    """Rows of MEMBER_COLUMNS as the API shows them."""
    return [
        {
            "uid": row["creator__uid"],
            "name": row["creator__name"],
            "primary_platform": row["creator__metrics__primary_platform_id"],
            "primary_handle": row["creator__metrics__primary_handle"] or None,
            "followers": row["creator__metrics__followers"],
            "engagement_rate": row["creator__metrics__engagement_rate"],
            "entered_at": row["entered_at"],
            "left_at": row["left_at"],
            "version": row["version__number"],
        }
        for row in rows
    ]
