"""Evidence as an archive that proves itself: asked for, followed, fetched."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.models import Campaign, Deliverable
from campaigns.services.disclosures import export_job
from campaigns.services.disclosures.exporting import Scope as Pieces
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import Refused
from crm.api.refusals import refusals
from crm.api.schema import refusal
from crm.choices import JobStatus, Scope
from crm.models import Job
from crm.services import jobs

SHOWN = 100


class EvidenceArchiveSerializer(serializers.Serializer[Any]):
    """One archive, or the work on it."""

    id = serializers.IntegerField()
    title = serializers.CharField(help_text="Of which pieces, in words.")
    status = serializers.ChoiceField(choices=JobStatus.choices)
    done = serializers.IntegerField(help_text="Pieces that are in it.")
    total = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    has_file = serializers.BooleanField(help_text="Whether `file` has it still.")
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class NewEvidenceArchive(Body):
    """Of which pieces: one, or those of a campaign and a time; nothing named: all."""

    deliverable = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    campaign = serializers.CharField(
        max_length=60, required=False, help_text="A campaign's key; without: all campaigns."
    )
    since = serializers.DateField(required=False, allow_null=True, help_text="Looked at from.")
    until = serializers.DateField(required=False, allow_null=True)

    def validate_deliverable(self, pk: int) -> int:
        """A piece of a campaign of the brand."""
        rows = Deliverable.objects.filter(engagement__campaign__brand=self.context["brand"])
        if not rows.filter(pk=pk).exists():
            words = "There is no piece of this id."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_deliverable"))
        return pk

    def validate_campaign(self, key: str) -> str:
        """A campaign of the brand."""
        if not Campaign.objects.filter(brand=self.context["brand"], key=key).exists():
            words = "There is no campaign of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_campaign"))
        return key

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """A piece is named alone."""
        if "deliverable" in said and len(said) > 1:
            words = "Name a piece, or a campaign and a time."
            raise serializers.ValidationError({"deliverable": ErrorDetail(words, "not_both")})
        return said


class EvidenceArchiveViewSet(BrandViewSet[Job]):
    """Archives of evidence that the token's user asked for."""

    scope = Scope.AUDIT_READ
    # It changes nothing: it takes out what may be read.
    write_scope = Scope.AUDIT_READ
    queryset = Job.objects.none()
    serializer_class = EvidenceArchiveSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Job]:
        """Those of the token's user in its brand."""
        rows = Job.objects.visible_to(self.actor)
        return rows.filter(brand=self.brand, kind=export_job.KIND).order_by("-created_at", "-pk")

    def list(self, request: Request) -> Response:
        """The newest hundred."""
        return self.whole([_row(one) for one in self.get_queryset()[:SHOWN]])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One archive: ask again to follow its progress."""
        return Response(_row(self._found(pk)))

    @extend_schema(
        request=NewEvidenceArchive,
        responses={202: EvidenceArchiveSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A quarter", value={"since": "2026-07-01", "until": "2026-09-30"}, request_only=True
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Have records, files and ledger of pieces packed, with the hash of each."""
        body = NewEvidenceArchive(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            job = export_job.ask(
                brand=self.brand,
                scope=Pieces(**body.validated_data),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_row(job), status=HTTPStatus.ACCEPTED)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY, **refusal("gone")})
    def file(self, request: Request, pk: str) -> FileResponse:
        """The archive, until `expires_at`; 409 where it is not there (any more)."""
        found = self._found(pk)
        if not _has_file(found):
            raise Refused("The file is not there (any more): ask for it again.", code="gone")
        jobs.put_away(job=found, at=timezone.now())
        return FileResponse(
            found.file.open("rb"),
            as_attachment=True,
            filename=found.file_name,
            content_type="application/zip",
        )

    def _found(self, pk: str) -> Job:
        with refusals(CampaignRefused):
            return self.get_queryset().get(pk=pk)


def _has_file(job: Job) -> bool:
    return bool(job.file) and (job.expires_at is None or job.expires_at > timezone.now())


def _row(job: Job) -> Row:
    names = ("title", "status", "done", "total", "expires_at", "created_at", "finished_at")
    return {name: getattr(job, name) for name in names} | {
        "id": job.pk,
        "error": job.error or None,
        "has_file": _has_file(job),
    }
