"""Guidelines: the lines by which each piece of content is looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import GuidelineKind
from campaigns.models import Guideline
from campaigns.services import guidelines
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope

_NARROWED: dict[str, Any] = {"required": False, "allow_blank": True}


class GuidelineSerializer(serializers.Serializer[Any]):
    """A line of the checklist; null: for all."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=GuidelineKind.choices)
    text = serializers.CharField()
    platform = serializers.CharField(allow_null=True)
    jurisdiction = serializers.CharField(allow_null=True)
    segment = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewGuideline(Body):
    """Another line; what is left out does not narrow it."""

    kind = serializers.ChoiceField(choices=GuidelineKind.choices)
    text = serializers.CharField(max_length=guidelines.TEXT_MAX)
    platform = serializers.CharField(max_length=30, **_NARROWED, help_text="A platform's key.")
    jurisdiction = serializers.CharField(
        max_length=2, **_NARROWED, help_text="The key of a rule pack."
    )
    segment = serializers.CharField(
        max_length=60, **_NARROWED, help_text="A segment that creators were taken from."
    )


class GuidelineViewSet(BrandViewSet[Guideline]):
    """Guidelines that hold."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.POLICIES_WRITE
    queryset = Guideline.objects.none()
    serializer_class = GuidelineSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[Guideline]:
        """Lines of the token's brand that nobody put away."""
        return Guideline.objects.filter(brand=self.brand, archived_at=None)

    def list(self, request: Request) -> Response:
        """All of them: what to do, then what not."""
        return self.whole([_row(one) for one in self.get_queryset().order_by("kind", "pk")])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(_row(self._found(pk)))

    @extend_schema(
        request=NewGuideline,
        responses={201: GuidelineSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A line",
                value={"kind": "do", "text": "Show the product in use", "platform": "instagram"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add a line: it is on the checklist from now on."""
        body = NewGuideline(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = guidelines.add_guideline(
                brand=self.brand, **body.validated_data, actor=self.actor, at=timezone.now()
            )
        return Response(_row(made), status=HTTPStatus.CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put a line away: it is on no checklist any more; what was checked by it keeps it."""
        found = self._found(pk)
        guidelines.put_away(
            guideline_id=found.pk, brand=self.brand, actor=self.actor, at=timezone.now()
        )
        return Response(status=HTTPStatus.NO_CONTENT)

    def _found(self, pk: str) -> Guideline:
        with refusals(CampaignRefused):
            return self.get_queryset().get(pk=pk)


def _row(one: Guideline) -> Row:
    return {
        "id": one.pk,
        "kind": one.kind,
        "text": one.text,
        "platform": one.platform_id,
        "jurisdiction": one.jurisdiction or None,
        "segment": one.segment or None,
        "created_at": one.created_at,
    }
