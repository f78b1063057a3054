"""Who said yes before creators are pitched: asked and answered."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.api.schema import ProblemSerializer
from crm.choices import PitchDepth, PitchStatus, Scope
from crm.models import PitchApproval
from crm.paging import Order
from crm.services.outreach import pitching as service

ORDER = Order("pitch-approvals", key="id")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "depth",
    "segment",
    "reason",
    "asked_by__email",
    "asked_at",
    "status",
    "decided_by__email",
    "decided_at",
    "note",
    "until",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `already_open`, `closed`, `not_needed` "
        "or `refused`.",
    )
}


class PitchApprovalSerializer(serializers.Serializer[Any]):
    """One asking whether a creator may be pitched (a first mail, an offer), and the answer."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    depth = serializers.ChoiceField(choices=PitchDepth.choices, help_text="Who answers.")
    segment = serializers.CharField(help_text="Whose playbook says that a mistake costs much.")
    reason = serializers.CharField()
    asked_by = serializers.EmailField(allow_null=True)
    asked_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=PitchStatus.choices)
    decided_by = serializers.EmailField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="Until when a yes holds.")


class NewPitchApproval(Body):
    """Whom to pitch, and why."""

    creator = KnownCreatorField(help_text="The uid of a creator whom the brand knows.")
    reason = serializers.CharField(max_length=service.TEXT_MAX)


class PitchYes(Body):
    """What to say with a yes."""

    note = serializers.CharField(
        max_length=service.TEXT_MAX, required=False, allow_blank=True, default=""
    )


class PitchNo(Body):
    """Why not."""

    note = serializers.CharField(max_length=service.TEXT_MAX)


class PitchApprovalFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which to list."""

    status = filters.ChoiceFilter(choices=PitchStatus.choices)
    depth = filters.ChoiceFilter(choices=PitchDepth.choices)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = PitchApproval
        fields: list[str] = []


class PitchApprovalViewSet(BrandViewSet[PitchApproval]):
    """Where a mistake costs much, somebody else says yes before a first mail or offer."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    queryset = PitchApproval.objects.none()
    serializer_class = PitchApprovalSerializer
    filterset_class = PitchApprovalFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[PitchApproval]:
        """Of the token's brand."""
        return PitchApproval.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they were asked."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=approvals)

    @extend_schema(responses=PitchApprovalSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewPitchApproval,
        responses={201: PitchApprovalSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Ask",
                value={
                    "creator": "0b8f6c2e-6a0e-4f7e-9a51-3d8f1c5c7f10",
                    "reason": "She wrote about our prototype; I want to show her the next one.",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Ask whether a creator may be pitched; who can answer is told."""
        body = NewPitchApproval(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(service.PitchRefused, body=body):
            asked = service.ask(
                relationship=body.validated_data["creator"],
                reason=body.validated_data["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(asked.pk), status=201)

    @extend_schema(request=PitchYes, responses={200: PitchApprovalSerializer, **REFUSED})
    def approve(self, request: Request, pk: str) -> Response:
        """Say yes; it holds for 180 days. Who asked does not answer, unless nobody else could."""
        return self._answer(pk, PitchYes(data=request.data), is_yes=True)

    @extend_schema(request=PitchNo, responses={200: PitchApprovalSerializer, **REFUSED})
    def refuse(self, request: Request, pk: str) -> Response:
        """Say no, and why."""
        return self._answer(pk, PitchNo(data=request.data), is_yes=False)

    def _answer(self, pk: str, body: Body, *, is_yes: bool) -> Response:
        row = self._shown(pk)
        body.is_valid(raise_exception=True)
        with refusals(service.PitchRefused, body=body):
            service.decide(
                approval_id=row["id"],
                brand=self.brand,
                is_yes=is_yes,
                note=body.validated_data["note"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        return approvals([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def approvals(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "depth": row["depth"],
            "segment": row["segment"],
            "reason": row["reason"],
            "asked_by": row["asked_by__email"],
            "asked_at": row["asked_at"],
            "status": row["status"],
            "decided_by": row["decided_by__email"],
            "decided_at": row["decided_at"],
            "note": row["note"] or None,
            "until": row["until"],
        }
        for row in rows
    ]
