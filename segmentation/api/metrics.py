"""The catalogue of metrics: what a scorecard measures, by which formula, and how sure it is."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import WholeList
from crm.choices import Scope, Source
from segmentation.metrics.catalogue import CATALOGUE, METRICS, Better, Method, Unit, entry
from segmentation.models import Scorecard


class CatalogueEntrySerializer(serializers.Serializer[Any]):
    """A metric: its question, its named and versioned formula, and how to read its numbers."""

    key = serializers.CharField(help_text="A row of a scorecard adds a part: stage_share:core.")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    family = serializers.CharField()
    family_label = serializers.CharField()
    question = serializers.CharField()
    formula = serializers.CharField()
    version = serializers.IntegerField()
    numerator = serializers.CharField()
    denominator = serializers.CharField(help_text="Empty: a count.")
    basis = serializers.CharField(
        help_text="The denominator as a key: only benchmarks of the same are comparable."
    )
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    better = serializers.ChoiceField(choices=[better.value for better in Better])
    minimum_n = serializers.IntegerField(help_text="Fewer creators give no number.")
    method = serializers.ChoiceField(
        choices=[method.value for method in Method], help_text="How the interval is computed."
    )
    uncertainty = serializers.CharField(help_text="The same in words.")
    accepts = serializers.ListField(
        child=serializers.ChoiceField(choices=Source.values),
        help_text="The kinds of sources that the inputs may come from.",
    )
    source = serializers.CharField()  # type: ignore[assignment] # a field's name


class MetricViewSet(BrandViewSet[Scorecard]):
    """Metrics of scorecards."""

    scope = Scope.SCORECARDS_READ
    queryset = Scorecard.objects.none()
    serializer_class = CatalogueEntrySerializer
    lookup_field = "key"
    lookup_value_regex = "[a-z0-9_]{1,60}"
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """The whole catalogue, in the order of a scorecard's rows."""
        return self.whole([{**entry(metric)} for metric in METRICS])

    @extend_schema(responses=CatalogueEntrySerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One metric."""
        metric = CATALOGUE.get(key)
        if metric is None:
            raise Http404
        return Response(entry(metric))
