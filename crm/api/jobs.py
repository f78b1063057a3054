"""Work in the background: how far it is, what came of it, to be stopped and undone."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.problems import Refused
from crm.choices import JobStatus, Scope
from crm.lists import changes
from crm.models import Job
from crm.paging import Order
from crm.services import jobs as service

ORDER = Order("jobs", key="created_at", descending=True)
COLUMNS = (
    "id",
    "kind",
    "title",
    "status",
    "done",
    "total",
    "result",
    "error",
    "undoes",
    "undo_until",
    "created_at",
    "started_at",
    "finished_at",
)


class JobSerializer(serializers.Serializer[Any]):
    """A piece of work that the token's user asked for."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True, help_text="Null: not known yet.")
    result = serializers.CharField(allow_null=True, help_text="What came of it, in words.")
    error = serializers.CharField(allow_null=True, help_text="Why it failed, in words.")
    undoes = serializers.IntegerField(allow_null=True, help_text="The job that this one undoes.")
    undo_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def jobs(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {**row, "result": row["result"] or None, "error": row["error"] or None}
        for row in ({name: one[name] for name in COLUMNS} for one in rows)
    ]


class JobViewSet(BrandViewSet[Job]):
    """What the token's user had done in the background."""

    scope = Scope.JOBS_READ
    write_scope = Scope.JOBS_WRITE
    queryset = Job.objects.none()
    serializer_class = JobSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Job]:
        """Jobs of the token's user in its brand."""
        return Job.objects.visible_to(self.actor).filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Jobs, newest first."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=jobs)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One job: ask again to follow its progress."""
        return Response(self._shown(int(pk)))

    @extend_schema(request=None, responses=JobSerializer)
    def stop(self, request: Request, pk: str) -> Response:
        """End a job after the part at which it is; 409 where it has ended."""
        try:
            service.stop(job=self._job(pk), at=timezone.now())
        except service.JobRefused as refusal:
            raise Refused(refusal, code="at_its_end") from refusal
        return Response(self._shown(int(pk)))

    @extend_schema(request=None, responses=JobSerializer)
    def undo(self, request: Request, pk: str) -> Response:
        """Put back what a job changed, by a job that is the answer; 409 where that cannot be."""
        if self.role is None:
            raise Http404
        try:
            undoing = changes.undo(
                job=self._job(pk), actor=self.actor, role=self.role, at=timezone.now()
            )
        except service.JobRefused as refusal:
            raise Refused(refusal, code="not_undoable") from refusal
        return Response(self._shown(undoing.pk), status=202)

    def _job(self, pk: str) -> Job:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _shown(self, pk: int) -> Row:
        [found] = jobs([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found
