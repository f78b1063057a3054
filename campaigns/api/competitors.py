"""Competitors: whose mentions in posts are pointed out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.models import Competitor
from campaigns.services import competitors as service
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope


class CompetitorSerializer(serializers.Serializer[Any]):
    """With whom the brand competes."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    handles = serializers.ListField(
        child=serializers.CharField(), help_text="What is looked for in posts."
    )


class CompetitorChange(Body):
    """What to change."""

    name = serializers.CharField(max_length=service.NAME_MAX, required=False)
    handles = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=service.MAX_HANDLES,
        help_text="Empty: the name.",
    )


class NewCompetitor(CompetitorChange):
    """A competitor; without handles the name is looked for."""

    name = serializers.CharField(max_length=service.NAME_MAX)


class CompetitorViewSet(BrandViewSet[Competitor]):
    """Competitors of the brand."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Competitor.objects.none()
    serializer_class = CompetitorSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Competitor]:
        """Those of the token's brand."""
        return Competitor.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All of them by name."""
        return self.whole(list(self.get_queryset().order_by("name", "pk").values(*_COLUMNS)))

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._row(pk))

    @extend_schema(
        request=NewCompetitor,
        responses={201: CompetitorSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "By two handles",
                value={"name": "Globex", "handles": ["globex", "globexdk"]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Name a competitor: posts that mention it are pointed out from now on."""
        return self._save(NewCompetitor, {}, status=201)

    @extend_schema(request=CompetitorChange, responses={200: CompetitorSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Name one anew, or look for something else."""
        return self._save(CompetitorChange, self._row(pk), status=200)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget one: its posts are not pointed out any more."""
        with refusals():
            service.delete_competitor(
                competitor_id=self._row(pk)["id"],
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(status=204)

    def _save(self, kind: type[Body], held: Row, *, status: int) -> Response:
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        said = {"handles": []} | held | body.validated_data
        with refusals(CampaignRefused, body=body):
            made = service.save_competitor(
                brand=self.brand,
                name=said["name"],
                handles=said["handles"],
                actor=self.actor,
                at=timezone.now(),
                competitor_id=held.get("id"),
            )
        return Response(self._row(made.pk), status=status)

    def _row(self, pk: str | int) -> Row:
        return self.one(self.get_queryset().filter(pk=pk).values(*_COLUMNS))


_COLUMNS = ("id", "name", "handles")
