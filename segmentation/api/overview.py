"""The brand's segments as a whole: what is to be tidied up, and creators by two things at once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import WholeList
from crm.api.problems import BadQuery
from crm.api.query import Query
from crm.choices import Scope
from segmentation.facts.catalogue import catalogue
from segmentation.models import Segment
from segmentation.selectors import matrix as matrices
from segmentation.selectors.hygiene import check_row, hygiene


class FindingSerializer(serializers.Serializer[Any]):
    """A segment with something to be tidied up."""

    segment = serializers.CharField()
    other = serializers.CharField(allow_null=True, help_text="The second of a pair.")
    version = serializers.IntegerField(allow_null=True, help_text="Of a forgotten draft.")
    words = serializers.CharField()


class CheckSerializer(serializers.Serializer[Any]):
    """One thing that is looked for; without findings it is in order."""

    key = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    advice = serializers.CharField()
    findings = FindingSerializer(many=True)


class HygieneViewSet(BrandViewSet[Segment]):
    """What slows the work with segments down."""

    scope = Scope.SEGMENTS_READ
    queryset = Segment.objects.none()
    serializer_class = CheckSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """Every check with its findings."""
        return self.whole([check_row(one) for one in hygiene(self.brand, at=timezone.now())])


class ValueSerializer(serializers.Serializer[Any]):
    """A line or a column."""

    key = serializers.CharField(help_text="“-” is in no segment, or not known.")
    name = serializers.CharField()
    creators = serializers.IntegerField()


class MatrixSerializer(serializers.Serializer[Any]):
    """Creators by two things; `cells` has a list for each row, in the order of the columns."""

    rows_by = serializers.CharField()
    columns_by = serializers.CharField()
    population = serializers.IntegerField()
    rows = ValueSerializer(many=True)
    columns = ValueSerializer(many=True)
    cells = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class MatrixQuery(Query):
    """What to cut by: a dimension's key, or fact.KEY of a choice, country or language."""

    rows = serializers.CharField(max_length=120, default="fact.country")
    columns = serializers.CharField(max_length=120, default="fact.primary_platform")


class MatrixViewSet(BrandViewSet[Segment]):
    """The brand's creators cut in two ways at once."""

    scope = Scope.SEGMENTS_READ
    queryset = Segment.objects.none()
    serializer_class = MatrixSerializer
    queries = {"retrieve": MatrixQuery}

    @extend_schema(responses=MatrixSerializer)
    def retrieve(self, request: Request) -> Response:
        """Counts of creators. Who is in several segments of a dimension counts in each."""
        axes = matrices.axes_of(self.brand, catalogue(self.brand))
        chosen = []
        for name in ("rows", "columns"):
            key = self.query[name]
            if key not in axes:
                raise BadQuery.of(
                    name, "unknown_axis", f"There is no dimension and no such fact {key[:60]!r}."
                )
            chosen.append(axes[key])
        found = matrices.matrix(self.brand, *chosen, at=timezone.now(), whole=True)
        return Response(
            {
                "rows_by": found.rows.key,
                "columns_by": found.across.key,
                "population": found.population,
                "rows": [_value(one) for one in found.lines],
                "columns": [_value(one) for one in found.columns],
                "cells": [[creators for _, creators in cells] for _, cells in found.table()],
            }
        )


def _value(one: matrices.Value) -> dict[str, Any]:
    return {"key": one.key, "name": one.label, "creators": one.creators}
