"""Causes of creators, and what shows them."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.causes.taxonomy import standard
from campaigns.models import CauseTag
from campaigns.services.causes import tagging
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.paging import Order

TAGS = Order("causes-api", "id", "id")
KEYS = [(key, cause.name) for key, cause in standard().causes.items()]
TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}


class CauseProofSerializer(serializers.Serializer[Any]):
    """What shows a cause."""

    id = serializers.IntegerField()
    what = serializers.CharField()
    on = serializers.DateField()
    url = serializers.CharField(allow_null=True)
    file = serializers.CharField(allow_null=True, help_text="Its name; fetched on its page.")
    sha256 = serializers.CharField(allow_null=True)


class CauseTagSerializer(serializers.Serializer[Any]):
    """That a creator stands for a cause."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    cause = serializers.ChoiceField(choices=KEYS)
    note = serializers.CharField()
    evidence = CauseProofSerializer(many=True)
    created_at = serializers.DateTimeField()


class NewCauseTag(Body):
    """A cause of a creator."""

    creator = KnownCreatorField()
    cause = serializers.ChoiceField(choices=KEYS)
    note = serializers.CharField(max_length=tagging.NOTE_MAX, **TEXT)


class NewCauseProof(Body):
    """A link that shows a cause; files are added on its page."""

    what = serializers.CharField(max_length=300)
    on = serializers.DateField(help_text="Of which day it is.")
    url = serializers.CharField(max_length=500)


class CauseTagFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By cause and creator."""

    cause = filters.ChoiceFilter(choices=KEYS)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = CauseTag
        fields: list[str] = []


class CauseTagViewSet(BrandViewSet[CauseTag]):
    """Causes of the brand's creators."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = CauseTag.objects.none()
    serializer_class = CauseTagSerializer
    filterset_class = CauseTagFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[CauseTag]:
        """Those that nobody took away."""
        rows = CauseTag.objects.standing().filter(brand=self.brand)
        return rows.select_related("relationship__creator").prefetch_related("evidence")

    def list(self, request: Request) -> Response:
        """Causes in the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(rows, order=TAGS, represent=_tags)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One cause of a creator."""
        return Response(_tag(self._found(pk)))

    @extend_schema(request=NewCauseTag, responses={201: CauseTagSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Say that a creator stands for a cause."""
        body = NewCauseTag(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = tagging.tag(
                relationship=said["creator"],
                cause=said["cause"],
                note=said["note"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_tag(self._found(str(made.pk))), status=201)

    @extend_schema(request=NewCauseProof, responses={200: CauseTagSerializer, **REFUSED})
    def show(self, request: Request, pk: str) -> Response:
        """Add a link that shows it."""
        found = self._found(pk)
        body = NewCauseProof(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            tagging.add_evidence(
                tag_id=found.pk,
                relationship=found.relationship,
                **body.validated_data,
                paper=None,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_tag(self._found(pk)))

    @extend_schema(request=None, responses={204: None})
    def remove(self, request: Request, pk: str) -> Response:
        """Take it away; its evidence stays in the record."""
        found = self._found(pk)
        with refusals():
            tagging.remove(
                tag_id=found.pk,
                relationship=found.relationship,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(status=204)

    def _found(self, pk: str) -> CauseTag:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _tags(rows: Any) -> list[Row]:
    return [_tag(row) for row in rows]


def _tag(row: CauseTag) -> Row:
    creator = row.relationship.creator
    return {
        "id": row.pk,
        "creator": {"uid": creator.uid, "name": creator.name},
        "cause": row.cause,
        "note": row.note,
        "evidence": [
            {
                "id": one.pk,
                "what": one.what,
                "on": one.on,
                "url": one.url or None,
                "file": one.file_name or None,
                "sha256": one.file_sha256 or None,
            }
            for one in row.evidence.all()
        ],
        "created_at": row.created_at,
    }
