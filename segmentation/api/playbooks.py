"""Playbooks of segments: how to work with their creators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from segmentation.api.segments import named
from segmentation.models import Playbook, Segment
from segmentation.services import playbooks as service
from segmentation.services.edits import EditRefused

LONGEST = 5_000
TEXTS = (
    *("outreach", "briefing", "formats", "usage_rights", "success_metrics", "dos", "donts"),
    *("claims_policy", "campaign_type"),
)
_EMPTY: Any = {"allow_blank": True, "allow_null": True, "required": False}
COSTS = [("", "Nobody said"), ("low", "Low"), ("medium", "Medium"), ("high", "High")]


class PlaybookSerializer(serializers.Serializer[Any]):
    """The strategy of a segment, in words that a brief can take over; null: nobody wrote any."""

    outreach = serializers.CharField(allow_null=True)
    briefing = serializers.CharField(allow_null=True)
    formats = serializers.CharField(allow_null=True)
    usage_rights = serializers.CharField(allow_null=True)
    success_metrics = serializers.CharField(allow_null=True)
    dos = serializers.CharField(allow_null=True)
    donts = serializers.CharField(allow_null=True)
    claims_policy = serializers.CharField(allow_null=True)
    maximum_share = serializers.FloatField(
        allow_null=True, help_text="Fraction of a campaign's creators; null: no limit."
    )
    campaign_type = serializers.CharField(allow_null=True)
    do_not_pitch = serializers.BooleanField()
    mistake_cost = serializers.ChoiceField(choices=COSTS, allow_blank=True)
    updated_by = serializers.EmailField(allow_null=True)
    updated_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: nobody has written anything yet."
    )


class PlaybookChange(Body):
    """What to change; what is left out stays, null empties a text."""

    outreach = serializers.CharField(max_length=LONGEST, **_EMPTY)
    briefing = serializers.CharField(max_length=LONGEST, **_EMPTY)
    formats = serializers.CharField(max_length=LONGEST, **_EMPTY)
    usage_rights = serializers.CharField(max_length=LONGEST, **_EMPTY)
    success_metrics = serializers.CharField(max_length=LONGEST, **_EMPTY)
    dos = serializers.CharField(max_length=LONGEST, **_EMPTY)
    donts = serializers.CharField(max_length=LONGEST, **_EMPTY)
    claims_policy = serializers.CharField(max_length=LONGEST, **_EMPTY)
    maximum_share = NumberField(min_value=0.001, max_value=1, allow_null=True, required=False)
    campaign_type = serializers.CharField(max_length=200, **_EMPTY)
    do_not_pitch = serializers.BooleanField(required=False)
    mistake_cost = serializers.ChoiceField(choices=COSTS, allow_blank=True, required=False)


class PlaybookViewSet(BrandViewSet[Segment]):
    """The playbook of a segment."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Segment.objects.none()
    serializer_class = PlaybookSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Segment]:
        """Segments of the token's brand."""
        return Segment.objects.filter(brand=self.brand)

    def held(self) -> QuerySet[Segment]:
        """The segment, by key or id."""
        return named(self.get_queryset(), self.kwargs["key"])

    def _segment(self, key: str) -> int:
        return int(self.one(named(self.get_queryset(), key).values("id"))["id"])

    @extend_schema(responses=PlaybookSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """How to work with the creators of the segment."""
        return Response(_shown(self._segment(key)))

    @extend_schema(
        request=PlaybookChange,
        responses={
            200: PlaybookSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="`errors[0].code` is `archived`."
            ),
        },
        examples=[
            OpenApiExample(
                "Leave them in peace",
                value={"do_not_pitch": True, "outreach": "Ask for feedback on the prototype."},
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Change parts of it; the audit ledger keeps what stood there before."""
        segment_id = self._segment(key)
        body = PlaybookChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            service.save_playbook(
                segment_id=segment_id,
                changes=_changes(body.validated_data),
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(_shown(segment_id))


def _changes(said: Row) -> Row:
    """With texts as they are kept: what nobody wrote is empty."""
    return {name: "" if name in TEXTS and one is None else one for name, one in said.items()}


def _shown(segment_id: int) -> Row:
    found = Playbook.objects.select_related("updated_by").filter(segment=segment_id).first()
    playbook = found or Playbook(segment_id=segment_id)
    return {
        **{name: getattr(playbook, name) for name in service.FIELDS},
        **{name: getattr(playbook, name) or None for name in TEXTS},
        "updated_by": playbook.updated_by.email if playbook.updated_by else None,
        "updated_at": playbook.updated_at,
    }
