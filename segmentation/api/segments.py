"""Segments of the brand: their rules, versions and members."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.query import MomentField, require_valid
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.models import User
from crm.paging import Order
from segmentation.api.dimensions import KEY
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.filters import IN_BY, MemberFilter, SegmentFilter
from segmentation.models import Membership, Segment, SegmentVersion
from segmentation.services import metadata
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


class SegmentChange(Body):
    """What to change; what is left out stays. The rule has versions of its own."""

    name = serializers.CharField(max_length=120, required=False)
    purpose = serializers.CharField(max_length=2_000, required=False)
    definition = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    primary_kpi = serializers.CharField(max_length=60, allow_blank=True, required=False)
    kpis = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=20, required=False
    )
    owner = serializers.EmailField(
        allow_null=True, required=False, help_text="Somebody with a role in the brand, or null."
    )

    def validate_owner(self, email: str | None) -> User | None:
        """The user; whether an account exists elsewhere is not told."""
        if email is None:
            return None
        brand = self.context["brand"]
        owner = User.objects.filter(email__iexact=email, roles__brand=brand).first()
        if owner is None:
            words = f"Nobody with this address has a role in {brand}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_user"))
        return owner


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
        request=SegmentChange,
        responses={
            200: SegmentSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="`errors[0].code` is `archived` or names the field."
            ),
        },
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Change what the segment is for, its KPIs or its owner."""
        segment = self.one(named(self.get_queryset(), key).values("id"))
        body = SegmentChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        try:
            metadata.change_segment(
                segment_id=segment["id"],
                changes=body.validated_data,
                at=timezone.now(),
                actor=self.actor,
            )
        except EditRefused as refusal:
            raise Refused(refusal, code=refusal.code) from refusal
        return self.retrieve(request, key)

    @extend_schema(responses=MemberSerializer(many=True), filters=False)
    @action(detail=True)
    def members(self, request: Request, key: str) -> Response:
        """Who is, or was at `as_of`, in the segment."""
        segment = self.one(named(self.get_queryset(), key).values("id"))
        moment = self.query.get("as_of")
        stays = Membership.objects.filter(segment=segment["id"])
        stays = stays.filter(left_at=None) if moment is None else stays.as_of(moment)
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


def named(found: QuerySet[Segment], key: str) -> QuerySet[Segment]:
    """The segment of this key; where there is none, that of this id."""
    by_key = found.filter(key=key)
    if key.isdigit() and not by_key.exists():
        return found.filter(pk=int(key))
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
