"""What proves that nothing in the audit ledger was changed: its checkpoints, and a check of all."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.jobs import COLUMNS as JOB_COLUMNS
from crm.api.jobs import JobSerializer, jobs
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.schema import refusal
from crm.choices import Scope
from crm.models import Job, LedgerCheckpoint
from crm.paging import Order
from crm.services.ledger import checkpoints, verifying

ORDER = Order("audit-checkpoints", key="id", descending=True)


class CheckpointSerializer(serializers.Serializer[Any]):
    """How far the ledger was, signed: keep it elsewhere."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Of the last entry that it covers.")
    hash = serializers.CharField(help_text="Of that entry.")
    at = serializers.DateTimeField()
    key = serializers.CharField(help_text="The fingerprint of the key that signed it.")


class CheckpointFileSerializer(CheckpointSerializer):
    """A checkpoint with its file."""

    document = serializers.CharField(
        help_text="The file, for `manage.py verify_ledger --checkpoint FILE`."
    )


class CheckpointViewSet(BrandViewSet[LedgerCheckpoint]):
    """Checkpoints of the brand's ledger."""

    scope = Scope.AUDIT_READ
    write_scope = Scope.AUDIT_READ  # Whoever reads the ledger may have it proved.
    queryset = LedgerCheckpoint.objects.none()
    serializer_class = CheckpointSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[LedgerCheckpoint]:
        """Those of the token's brand."""
        rows = LedgerCheckpoint.objects.filter(brand=self.brand)
        return rows.select_related("brand", "key")

    def list(self, request: Request) -> Response:
        """Those that were made, the newest first."""
        return self.page(self.get_queryset(), order=ORDER, represent=_checkpoints)

    @extend_schema(responses=CheckpointFileSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One, with its file."""
        self.one(self.get_queryset().filter(pk=pk).values("pk"))
        return self._with_file(int(pk))

    @extend_schema(request=None, responses={201: CheckpointFileSerializer, **refusal("refused")})
    def create(self, request: Request) -> Response:
        """Sign how far the ledger is; where nothing was done since the last one, that one.

        It is mailed to who keeps checkpoints for the brand, too.
        """
        Body(data=request.data).is_valid(raise_exception=True)
        with refusals(checkpoints.CheckpointRefused):
            made = checkpoints.sign(brand=self.brand, at=timezone.now())
        return self._with_file(made.pk, HTTPStatus.CREATED)

    def _with_file(self, pk: int, status: HTTPStatus = HTTPStatus.OK) -> Response:
        found = self.get_queryset().get(pk=pk)
        shown = _checkpoint(found) | {"document": checkpoints.document(found)}
        return Response(shown, status=status)


class LedgerCheckViewSet(BrandViewSet[Job]):
    """A check of the whole ledger."""

    scope = Scope.AUDIT_READ
    write_scope = Scope.AUDIT_READ
    queryset = Job.objects.none()
    serializer_class = JobSerializer

    @extend_schema(
        request=None,
        responses={
            202: OpenApiResponse(
                JobSerializer, description="Queued; the Location header leads to it."
            )
        },
    )
    def check(self, request: Request) -> Response:
        """Have the whole ledger checked, entry by entry and against every checkpoint."""
        Body(data=request.data).is_valid(raise_exception=True)
        job = verifying.ask(brand=self.brand, actor=self.actor, at=timezone.now())
        [shown] = jobs([self.one(Job.objects.filter(pk=job.pk).values(*JOB_COLUMNS))])
        address = f"{reverse('api-jobs-detail', args=[job.pk])}/"
        return Response(
            shown,
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


def _checkpoints(rows: list[Any]) -> list[Row]:
    return [_checkpoint(row) for row in rows]


def _checkpoint(one: LedgerCheckpoint) -> Row:
    return {
        "id": one.pk,
        "number": one.number,
        "hash": one.hash,
        "at": one.at,
        "key": one.key.fingerprint,
    }
