"""The catalogue of facts: what a rule may ask about a creator."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.choices import Scope
from segmentation.facts.catalogue import catalogue
from segmentation.models import CreatorFacts
from segmentation.rules.facts import Fact, FactType

KEY = "[a-z0-9_.]{1,100}"


class FactValueSerializer(serializers.Serializer[Any]):
    """A value that a rule may name."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name


class FactSerializer(serializers.Serializer[Any]):
    """A named, typed, documented value of a creator for a brand."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    type = serializers.ChoiceField(choices=[kind.value for kind in FactType])
    unit = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    app = serializers.CharField()
    operators = serializers.ListField(child=serializers.CharField())
    values = FactValueSerializer(
        many=True, allow_null=True, help_text="The only values allowed; null: any of the type."
    )
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)


class FactViewSet(BrandViewSet[CreatorFacts]):
    """Facts that rules may read."""

    scope = Scope.SEGMENTS_READ
    queryset = CreatorFacts.objects.none()
    serializer_class = FactSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """The whole catalogue, in the order in which it is shown to people."""
        return self.whole([fact_row(fact) for fact in catalogue(self.brand).values()])

    @extend_schema(responses=FactSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One fact."""
        fact = catalogue(self.brand).get(key)
        if fact is None:
            raise Http404
        return Response(fact_row(fact))


def fact_row(fact: Fact) -> Row:
    """A fact as the API shows it."""
    low, high = fact.bounds
    return {
        "key": fact.key,
        "label": fact.label,
        "type": fact.type.value,
        "unit": fact.unit or None,
        "description": fact.description,
        "source": fact.source,
        "app": fact.app,
        "operators": [operator.value for operator in fact.operators],
        "values": None
        if fact.allowed is None
        else [{"value": value, "label": fact.label_of(value)} for value in fact.allowed],
        "minimum": low,
        "maximum": high,
    }
