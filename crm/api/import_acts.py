"""Imports: what their columns mean, a dry run, all of it or nothing, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.import_bodies import (
    ImportColumnsChange,
    ImportColumnsSerializer,
    changed,
    columns_row,
)
from crm.api.imports import ImportSerializer, ImportViewSet
from crm.api.parsing import StrictJSONParser
from crm.api.problems import BadBody, Fault, Refused
from crm.api.schema import refusal
from crm.importers.mapping import ColumnMapping, MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import ImportBatch
from crm.services.imports import asking, batches, settling
from crm.services.imports.batches import ImportRefused
from crm.services.imports.undoing import UndoRefused


class ImportActViewSet(ImportViewSet):
    """What is done with an uploaded list."""

    parser_classes = [StrictJSONParser]

    @extend_schema(responses={200: ImportColumnsSerializer, **refusal("no_file")})
    def columns(self, request: Request, pk: str) -> Response:
        """What each column of an import means: as proposed, or as it was settled."""
        return Response(columns_row(_mapping(self._batch(pk))))

    @extend_schema(
        request=ImportColumnsChange,
        responses={200: ImportColumnsSerializer, **refusal("no_file", "settled")},
        examples=[
            OpenApiExample(
                "Instagram, one column left out",
                value={
                    "platform": "instagram",
                    "captured_on": "2026-05-01",
                    "columns": [{"column": "notes", "target": None}],
                },
                request_only=True,
            )
        ],
    )
    def settle(self, request: Request, pk: str) -> Response:
        """Say what columns mean; what was counted by another meaning is forgotten."""
        batch = self._batch(pk)
        names = [one.column for one in _mapping(batch).columns]
        body = ImportColumnsChange(data=request.data, context={"columns": names})
        body.is_valid(raise_exception=True)
        try:
            mapping, samples = settling.as_stored(batch)
        except Unreadable as gone:
            raise Refused(gone, code="no_file") from gone
        targets = batches.targets_of(self.brand)
        wanted = changed(mapping, body.validated_data, samples, targets)
        moment = settling.captured_at(batch, wanted)
        try:
            batches.settle(batch_id=batch.pk, mapping=wanted, captured_at=moment)
        except MappingInvalid as wrong:
            raise BadBody([Fault("/columns", "invalid", one) for one in wrong.problems]) from wrong
        except ImportRefused as late:
            raise Refused(late, code="settled") from late
        return Response(columns_row(wanted))

    @extend_schema(request=None, responses={202: ImportSerializer, **refusal("not_open")})
    def check(self, request: Request, pk: str) -> Response:
        """Have a dry run made: what it would do, and which rows it would not take (202)."""
        return self._ask(pk, partial(asking.ask_check, brand=self.brand), code="not_open")

    @extend_schema(request=None, responses={202: ImportSerializer, **refusal("not_checked")})
    def apply(self, request: Request, pk: str) -> Response:
        """Have a checked import applied, all of it or nothing (202)."""
        ask = partial(asking.ask_apply, brand=self.brand, actor=self.actor)
        return self._ask(pk, ask, code="not_checked")

    @extend_schema(request=None, responses={202: ImportSerializer, **refusal("not_undoable")})
    def undo(self, request: Request, pk: str) -> Response:
        """Have an import taken back (202); 409 names what others have built on it since."""
        ask = partial(asking.ask_undo, brand=self.brand, actor=self.actor)
        return self._ask(pk, ask, code="not_undoable")

    def _ask(self, pk: str, ask: Callable[..., None], *, code: str) -> Response:
        batch = self._batch(pk)
        try:
            ask(batch_id=batch.pk)
        except (ImportRefused, UndoRefused) as refused:
            raise Refused(refused, code=code) from refused
        return Response(self.shown(pk), status=HTTPStatus.ACCEPTED)

    def _batch(self, pk: str) -> ImportBatch:
        found = self.get_queryset().select_related("brand").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _mapping(batch: ImportBatch) -> ColumnMapping:
    try:
        return ColumnMapping.from_json(batch.mapping)
    except MappingInvalid as gone:
        words = "What the columns of this import meant is not known any more."
        raise Refused(words, code="no_file") from gone
