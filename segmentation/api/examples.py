"""Examples of segments: the creators who show what a segment means."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from segmentation.api.segments import named
from segmentation.models import Segment, SegmentExample
from segmentation.services import playbooks as service
from segmentation.services.edits import EditRefused

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`errors[0].code` is `archived` or `too_many_examples`."
    )
}


class ExampleSerializer(serializers.Serializer[Any]):
    """A creator who shows what the segment means."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    belongs = serializers.BooleanField(help_text="False: is rightly out.")
    note = serializers.CharField(allow_null=True, help_text="Why.")
    added_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewExample(Body):
    """Who shows what the segment means; of one who does already it is said anew."""

    creator = KnownCreatorField()
    belongs = serializers.BooleanField(help_text="False: is rightly out.")
    note = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")


class ExampleViewSet(BrandViewSet[SegmentExample]):
    """The examples of a segment."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = SegmentExample.objects.none()
    serializer_class = ExampleSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[SegmentExample]:
        """Those of the segment, which is of the token's brand."""
        segments = named(Segment.objects.filter(brand=self.brand), self.kwargs["key"])
        segment = self.one(segments.values("id"))
        return SegmentExample.objects.filter(segment=segment["id"])

    def list(self, request: Request, key: str) -> Response:
        """All of them, who belongs first."""
        return self.whole(_examples(self.get_queryset().order_by("-belongs", "pk")))

    @extend_schema(request=NewExample, responses={201: ExampleSerializer, **REFUSED})
    def create(self, request: Request, key: str) -> Response:
        """Show a creator as one who belongs to the segment, or as one who rightly does not."""
        segments = named(Segment.objects.filter(brand=self.brand), key)
        segment = self.one(segments.values("id"))
        body = NewExample(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        with refusals(EditRefused, body=body):
            made = service.set_example(
                segment_id=segment["id"],
                creator_id=said.pop("creator").creator_id,
                at=timezone.now(),
                actor=self.actor,
                **said,
            )
        [found] = _examples(self.get_queryset().filter(pk=made.pk))
        return Response(found, status=201)

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, key: str, pk: str) -> Response:
        """Show the creator as an example no more."""
        example = self.one(self.get_queryset().filter(pk=pk).values("segment", "creator"))
        with refusals(EditRefused):
            service.remove_example(
                segment_id=example["segment"],
                creator_id=example["creator"],
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(status=204)


def _examples(rows: QuerySet[SegmentExample]) -> list[Row]:
    return [
        {
            "id": row.pk,
            "creator": {"uid": row.creator.uid, "name": row.creator.name},
            "belongs": row.belongs,
            "note": row.note or None,
            "added_by": row.added_by and row.added_by.email,
            "created_at": row.created_at,
        }
        for row in rows.select_related("creator", "added_by")
    ]
