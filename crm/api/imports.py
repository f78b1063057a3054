"""Imports: uploaded, given a meaning, checked, applied, undone; what each brought and refused."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.import_bodies import (
    ImportFile,
)
from crm.api.pagination import PageQuery, Row
from crm.api.parsing import StrictJSONParser
from crm.api.problems import BadBody, Fault
from crm.choices import ImportStatus, Scope
from crm.importers.mapping import Kind, MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import ImportBatch, ImportReject
from crm.paging import Order
from crm.services.imports import batches
from crm.services.imports.batches import Wishes

ORDER = Order("imports", key="created_at", descending=True)
REJECT_ORDER = Order("rejects", key="line")


class ImportSerializer(serializers.Serializer[Any]):
    """One file, from upload to result."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["creators", "posts"])
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    file_name = serializers.CharField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    captured_at = serializers.DateTimeField(help_text="The day the numbers are from.")
    counts = serializers.DictField(help_text="Rows by what became of them.")
    rejected = serializers.DictField(help_text="Refused rows by reason.")
    phase = serializers.CharField(allow_null=True)
    rows_done = serializers.IntegerField()
    rows_total = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class RejectSerializer(serializers.Serializer[Any]):
    """A row that was not taken."""

    line = serializers.IntegerField(help_text="Line of the file.")
    column = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class ImportFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which imports to list."""

    status = filters.ChoiceFilter(choices=ImportStatus.choices)
    source = filters.CharFilter(max_length=60)

    class Meta:
        model = ImportBatch
        fields: list[str] = []


COLUMNS = (
    "id",
    "kind",
    "source",
    "file_name",
    "status",
    "captured_at",
    "counts",
    "rejected",
    "phase",
    "rows_done",
    "rows_total",
    "error",
    "created_by__email",
    "created_at",
    "applied_at",
    "undone_at",
)


def imports(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    found = []
    for row in rows:
        shown = {column.partition("__")[0]: row[column] for column in COLUMNS}
        found.append({**shown, "phase": row["phase"] or None, "error": row["error"] or None})
    return found


def rejects(rows: list[Row]) -> list[Row]:
    """Refused rows as the API shows them."""
    return [
        {
            "line": row["line"],
            "column": row["column"] or None,
            "value": row["value"] or None,
            "reason": row["reason"],
        }
        for row in rows
    ]


class ImportViewSet(BrandViewSet[ImportBatch]):
    """Imports of the brand."""

    scope = Scope.IMPORTS_READ
    write_scope = Scope.IMPORTS_WRITE
    queryset = ImportBatch.objects.none()
    # A body without a file is read as well, to say that it is missing.
    parser_classes = [MultiPartParser, StrictJSONParser]
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    lookup_value_regex = ID
    queries = {"rejects": PageQuery}

    def get_queryset(self) -> QuerySet[ImportBatch]:
        """Imports of the token's brand."""
        return ImportBatch.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Imports, newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=imports)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One import: ask again to follow its progress."""
        return Response(self.shown(pk))

    @extend_schema(request={"multipart/form-data": ImportFile}, responses={201: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Upload a list; nothing is taken in before its columns are settled and it is applied."""
        body = ImportFile(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        file = said.pop("file")
        kind = Kind(said.pop("kind")) if "kind" in said else None
        if said.get("platform", "") not in {"", *batches.platform_keys()}:
            words = "There is no such platform."
            raise BadBody([Fault("/platform", "does_not_exist", words)])
        try:
            made = batches.upload(
                brand=self.brand,
                actor=self.actor,
                file=file,
                file_name=Path(file.name or "list").name,
                wishes=Wishes(kind=kind, **said),
                at=timezone.now(),
            )
        except (Unreadable, MappingInvalid) as refusal:
            raise BadBody([Fault("/file", "unreadable", str(refusal))]) from refusal
        return Response(self.shown(made.pk), status=HTTPStatus.CREATED)

    @extend_schema(responses=RejectSerializer(many=True), filters=False)
    @action(detail=True)
    def rejects(self, request: Request, pk: str) -> Response:
        """The rows of an import that were not taken, in the order of the file."""
        batch = self.one(self.get_queryset().filter(pk=pk).values("id"))
        rows = ImportReject.objects.filter(batch=batch["id"]).values(
            "line", "column", "value", "reason"
        )
        return self.page(rows, order=REJECT_ORDER, represent=rejects)

    def shown(self, pk: str | int) -> Row:
        """The import as the API shows it; 404 where the brand has none of this id."""
        [found] = imports([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found
