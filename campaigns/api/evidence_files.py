"""Files that show a piece: evidence for a review, and captures of a publication; multipart."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.disclosure_bodies import EvidenceSerializer, evidence_row
from campaigns.choices import EvidenceFileKind
from campaigns.models import Deliverable, DisclosureReview
from campaigns.services.deliverables.files import FILES_MAX
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import gathering
from campaigns.services.publishing import sightings
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.parsing import StrictJSONParser
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.permissions import Can

# A body without files is read as well, to say that they are missing.
PARSERS = [MultiPartParser, StrictJSONParser]


class EvidenceFilesBody(Body):
    """Files with the moment at which the piece looked like that."""

    uploads = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        allow_empty=False,
        max_length=FILES_MAX,
        help_text="Pictures, films, sound or PDF, by their content; 300 MB each.",
    )
    captured_at = MomentField()
    kind = serializers.ChoiceField(
        choices=EvidenceFileKind.choices, required=False, default="", allow_blank=True
    )
    note = serializers.CharField(
        max_length=gathering.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class CaptureBody(Body):
    """A picture of a publication where it should be, or of its being gone."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="PNG, JPEG or WebP by its content; 10 MB."
    )
    seen_at = MomentField()
    is_there = serializers.BooleanField(default=True)
    note = serializers.CharField(
        max_length=sightings.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class CaptureSerializer(serializers.Serializer[Any]):
    """A capture as it was kept."""

    id = serializers.IntegerField()
    seen_at = serializers.DateTimeField()
    is_there = serializers.BooleanField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()


class EvidenceFilesViewSet(BrandViewSet[DisclosureReview]):
    """Files as evidence for a review."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_EVIDENCE
    queryset = DisclosureReview.objects.none()
    serializer_class = EvidenceSerializer
    parser_classes = PARSERS
    lookup_value_regex = ID
    http_method_names = ["post"]

    def get_queryset(self) -> QuerySet[DisclosureReview]:
        """Reviews of the token's brand."""
        return DisclosureReview.objects.filter(brand=self.brand)

    @extend_schema(
        request={"multipart/form-data": EvidenceFilesBody},
        responses={201: EvidenceSerializer, **REFUSED},
    )
    def create(self, request: Request, pk: str) -> Response:
        """Keep files that show the piece of a review; the rules are asked again."""
        review = self.get_queryset().filter(pk=pk).first()
        if review is None:
            raise Http404
        body = EvidenceFilesBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = gathering.gather(
                deliverable_id=review.deliverable_id,
                brand=self.brand,
                draft_id=review.draft_id,
                seen={},
                uploads=said["uploads"],
                kind=said["kind"],
                note=said["note"],
                captured_at=said["captured_at"],
                actor=Actor(self.actor),
                at=timezone.now(),
            )
        return Response(evidence_row(made), status=201)


class CaptureViewSet(BrandViewSet[Deliverable]):
    """Captures of publications."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Deliverable.objects.none()
    serializer_class = CaptureSerializer
    parser_classes = PARSERS
    lookup_value_regex = ID
    http_method_names = ["post"]

    def get_queryset(self) -> QuerySet[Deliverable]:
        """Pieces of content of the token's brand."""
        return Deliverable.objects.filter(engagement__campaign__brand=self.brand)

    @extend_schema(
        request={"multipart/form-data": CaptureBody},
        responses={201: CaptureSerializer, **REFUSED},
    )
    def create(self, request: Request, pk: str) -> Response:
        """Keep a picture that shows a publication, or that it is gone."""
        if not self.get_queryset().filter(pk=pk).exists():
            raise Http404
        body = CaptureBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = sightings.add_capture(
                deliverable_id=int(pk),
                brand=self.brand,
                content=said["file"].read(),
                seen_at=said["seen_at"],
                is_there=said["is_there"],
                note=said["note"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(
            {
                "id": made.pk,
                "seen_at": made.seen_at,
                "is_there": said["is_there"],
                "content_type": made.content_type,
                "sha256": made.digest,
            },
            status=201,
        )
