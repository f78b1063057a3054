"""Runbooks: what is done when something goes wrong, by kind, in the brand's own words."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.services.incidents import runbooks
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import IncidentKind, RunbookPhase, Scope
from crm.models import Brand, Runbook


class RunbookSerializer(serializers.Serializer[Any]):
    """The steps for a kind of incident, by when they are due."""

    key = serializers.ChoiceField(choices=IncidentKind.choices)
    first_hour = serializers.ListField(child=serializers.CharField())
    first_day = serializers.ListField(child=serializers.CharField())
    afterwards = serializers.ListField(child=serializers.CharField())
    statement = serializers.CharField(
        allow_null=True, help_text="{creator}, {brand} and {day} are filled in."
    )
    is_own = serializers.BooleanField(help_text="In the brand's words; else as the product has it.")
    version = serializers.IntegerField(help_text="Send it back with a change; 0: nobody wrote.")


def _steps() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=runbooks.STEP_MAX),
        required=False,
        max_length=runbooks.STEPS_MAX,
    )


class RunbookChange(Body):
    """What to put into other words; what is left out stays. Open incidents keep their steps."""

    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The version that you saw."
    )
    first_hour = _steps()
    first_day = _steps()
    afterwards = _steps()
    statement = serializers.CharField(
        max_length=runbooks.STATEMENT_MAX, required=False, allow_blank=True, allow_null=True
    )


class RunbookViewSet(BrandViewSet[Runbook]):
    """Runbooks, one for each kind of incident."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    queryset = Runbook.objects.none()
    serializer_class = RunbookSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = "[a-z_]{1,30}"
    http_method_names = ["get", "head", "patch", "delete"]

    def held(self) -> QuerySet[Any]:
        """The brand: a runbook of the product has no row until somebody words it."""
        return Brand.objects.filter(pk=self.brand.pk)

    def list(self, request: Request) -> Response:
        """One for each kind."""
        return self.whole([self._row(kind) for kind in IncidentKind])

    def retrieve(self, request: Request, key: str) -> Response:
        """The one for a kind."""
        return Response(self._row(_kind(key)))

    @extend_schema(request=RunbookChange, responses={200: RunbookSerializer, **REFUSED})
    def partial_update(self, request: Request, key: str) -> Response:
        """Put it into the brand's own words."""
        kind = _kind(key)
        body = RunbookChange(data=request.data)
        body.is_valid(raise_exception=True)
        said, held = body.validated_data, runbooks.book_of(self.brand, kind)
        with refusals(CampaignRefused, body=body):
            runbooks.write(
                brand=self.brand,
                kind=kind,
                steps={phase: said.get(phase.value, held.steps[phase]) for phase in RunbookPhase},
                statement=(said["statement"] or "") if "statement" in said else held.statement,
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(self._row(kind))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """The product's steps again; open incidents keep theirs."""
        kind = _kind(key)
        runbooks.back_to_usual(brand=self.brand, kind=kind, actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    def _row(self, kind: IncidentKind) -> Row:
        book = runbooks.book_of(self.brand, kind)
        return {
            "key": kind.value,
            **{phase.value: list(book.steps[phase]) for phase in RunbookPhase},
            "statement": book.statement or None,
            "is_own": book.version > 0,
            "version": book.version,
        }


def _kind(key: str) -> IncidentKind:
    if key not in IncidentKind.values:
        raise Http404
    return IncidentKind(key)
