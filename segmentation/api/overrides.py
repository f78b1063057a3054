"""What people decided about creators and segments, whatever the rules say."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Creator
from crm.paging import Order
from segmentation.choices import OverrideKind
from segmentation.models import Override, Segment
from segmentation.services import overrides as service

ORDER = Order("overrides", key="starts_at", descending=True)
COLUMNS = (
    "id",
    "segment__key",
    "creator__uid",
    "creator__name",
    "kind",
    "reason",
    "author__email",
    "starts_at",
    "ends_at",
    "withdrawn_by__email",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `archived` or `ended`.",
    )
}


class DecidedCreatorSerializer(serializers.Serializer[Any]):
    """About whom."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class OverrideSerializer(serializers.Serializer[Any]):
    """A decision that wins over the rule: closed-open, open-ended without `ends_at`."""

    id = serializers.IntegerField()
    segment = serializers.CharField(help_text="The segment's key.")
    creator = DecidedCreatorSerializer()
    kind = serializers.ChoiceField(choices=OverrideKind.choices)
    reason = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.EmailField(allow_null=True)


class OverridesQuery(PageQuery):
    """Which decisions."""

    segment = serializers.SlugField(max_length=60, required=False, help_text="A segment's key.")
    creator = serializers.UUIDField(required=False, help_text="A creator's uid.")
    in_force_at = MomentField(
        required=False,
        help_text="Only those that hold at this moment. Default: the ended ones too.",
    )


class NewOverride(Body):
    """A decision, from now on."""

    segment = serializers.SlugField(max_length=60, help_text="A segment's key.")
    creator = serializers.UUIDField(help_text="A creator's uid.")
    kind = serializers.ChoiceField(choices=OverrideKind.choices)
    reason = serializers.CharField(max_length=service.REASON_MAX)
    until = MomentField(
        required=False, allow_null=True, help_text="Then the rule decides again. Default: open."
    )

    def validate_segment(self, key: str) -> Segment:
        """The brand's segment of this key."""
        found = Segment.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            words = f"There is no segment {key!r}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_segment"))
        return found

    def validate_creator(self, uid: Any) -> Creator:
        """A creator whom the brand knows."""
        found = Creator.objects.of_brand(self.context["brand"]).filter(uid=uid).first()
        if found is None:
            words = f"{self.context['brand']} knows no creator of this uid."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_creator"))
        return found


class OverrideViewSet(BrandViewSet[Override]):
    """Decisions of people about creators and segments."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Override.objects.none()
    serializer_class = OverrideSerializer
    lookup_value_regex = ID
    queries = {"list": OverridesQuery}

    def get_queryset(self) -> QuerySet[Override]:
        """Decisions in segments of the token's brand."""
        return Override.objects.filter(segment__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Decisions, newest first, the ended ones too."""
        rows = Override.objects.filter(segment__brand=self.brand)
        if key := self.query.get("segment"):
            rows = rows.filter(segment__key=key)
        if uid := self.query.get("creator"):
            rows = rows.filter(creator__uid=uid)
        if moment := self.query.get("in_force_at"):
            rows = rows.in_force(moment)
        return self.page(rows.values(*COLUMNS), order=ORDER, represent=overrides)

    def _shown(self, pk: int | str) -> Row:
        [found] = overrides([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found

    @extend_schema(responses=OverrideSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One decision."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewOverride,
        responses={201: OverrideSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Never in, until the end of the year",
                value={
                    "segment": "persona-innovator",
                    "creator": "5f0c4f0e-7a54-4b6a-9c39-7f0c4f0e7a54",
                    "kind": "out",
                    "reason": "Asked not to be contacted before the launch",
                    "until": "2027-01-01",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Force a creator in or out; one that holds already for the two ends."""
        body = NewOverride(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        with refusals(service.OverrideRefused, body=body):
            made = service.force(
                segment_id=wanted["segment"].pk,
                creator_id=wanted["creator"].pk,
                kind=OverrideKind(wanted["kind"]),
                reason=wanted["reason"],
                until=wanted.get("until"),
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=None, responses={200: OverrideSerializer, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Let the rule decide about the creator again."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        with refusals(service.OverrideRefused):
            service.withdraw(override_id=row["id"], at=timezone.now(), actor=self.actor)
        return Response(self._shown(row["id"]))


def overrides(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "segment": row["segment__key"],
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "kind": row["kind"],
            "reason": row["reason"],
            "author": row["author__email"],
            "starts_at": row["starts_at"],
            "ends_at": row["ends_at"],
            "withdrawn_by": row["withdrawn_by__email"],
        }
        for row in rows
    ]
