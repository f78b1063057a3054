"""Everything of the brand as a file, over REST: asked for, followed, fetched, deleted."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.schema import ProblemSerializer
from crm.choices import JobStatus, Scope
from crm.models import Job
from crm.services.round_trip import asking, places

SHOWN = 100
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `under_way` or `gone`.",
    )
}


class BrandExportSerializer(serializers.Serializer[Any]):
    """One file with everything of the brand, or the work on it."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    done = serializers.IntegerField(help_text="Steps that are done.")
    total = serializers.IntegerField(allow_null=True, help_text="Steps; null: not known yet.")
    error = serializers.CharField(allow_null=True)
    moment = serializers.DateTimeField(allow_null=True, help_text="All tables are as of it.")
    rows = serializers.IntegerField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(allow_null=True)
    has_file = serializers.BooleanField(help_text="Whether `file` has it still.")
    expires_at = serializers.DateTimeField(allow_null=True)
    asked_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class NoMembers(Body):
    """Nothing is chosen: all of the brand is written."""


class BrandExportViewSet(BrandViewSet[Job]):
    """Exports of the brand, whoever asked for them."""

    scope = Scope.BRAND_EXPORT
    write_scope = Scope.BRAND_EXPORT
    queryset = Job.objects.none()
    serializer_class = BrandExportSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[Job]:
        """Those of the token's brand, newest first."""
        return asking.of_brand(self.brand).select_related("brand", "asked_by")

    def list(self, request: Request) -> Response:
        """The newest hundred exports."""
        return self.whole([_shown(job) for job in self.get_queryset()[:SHOWN]])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One export: ask again to follow its progress."""
        return Response(_shown(self._export(pk)))

    @extend_schema(request=NoMembers, responses={202: BrandExportSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Have everything of the brand written into a file; 409 while one is being written."""
        NoMembers(data=request.data).is_valid(raise_exception=True)
        try:
            job = asking.ask(brand=self.brand, actor=self.actor, at=timezone.now())
        except asking.ExportRefused as refusal:
            raise Refused(refusal, code="under_way") from refusal
        return Response(_shown(self._export(str(job.pk))), status=HTTPStatus.ACCEPTED)

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete the file before its time is over."""
        job = self._export(pk)
        try:
            asking.delete(job=job, actor=self.actor, at=timezone.now())
        except asking.ExportRefused as refusal:
            code = "under_way" if job.is_under_way else "gone"
            raise Refused(refusal, code=code) from refusal
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY, **REFUSED})
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file; the ledger tells that it was fetched. 409 where it is not there (any more)."""
        try:
            path = asking.fetch(job=self._export(pk), actor=self.actor, at=timezone.now())
        except asking.ExportRefused as refusal:
            raise Refused(refusal, code="gone") from refusal
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=path.name, content_type="application/zip"
        )

    def _export(self, pk: str) -> Job:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _shown(job: Job) -> Row:
    said = job.params
    return {
        "id": job.pk,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "error": job.error or None,
        "moment": said.get("moment"),
        "rows": said.get("rows"),
        "size": said.get("size"),
        "sha256": said.get("sha256"),
        "has_file": places.file_of(job) is not None,
        "expires_at": job.expires_at,
        "asked_by": job.asked_by.email if job.asked_by else None,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
