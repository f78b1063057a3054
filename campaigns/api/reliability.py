"""How reliable creators were, with every component."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from campaigns.api.readings import ComputedViewSet, of_100
from campaigns.models import ReliabilityReading
from campaigns.selectors.reliability import for_list
from campaigns.services.reliability.reading import read_one
from crm.api.pagination import Row
from crm.api.relationships import CreatorRefSerializer
from crm.models import Relationship
from crm.paging import Order


class ReliabilityComponentSerializer(serializers.Serializer[Any]):
    """One component."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the base class has one
    good = serializers.IntegerField()
    of = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Null: too few.")
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()
    weight = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    why = serializers.CharField()
    on = serializers.DateField(allow_null=True, help_text="Of the newest thing.")


class ReliabilityQuarterSerializer(serializers.Serializer[Any]):
    """One calendar quarter."""

    name = serializers.CharField()
    score = of_100()
    good = serializers.IntegerField()
    of = serializers.IntegerField()


class ReliabilitySerializer(serializers.Serializer[Any]):
    """How reliable a creator was."""

    creator = CreatorRefSerializer()
    score = of_100(help_text="Of 100; null: too little is known.")
    low = of_100()
    high = of_100()
    events = serializers.IntegerField(help_text="How many things it rests on.")
    components = ReliabilityComponentSerializer(many=True)
    quarters = ReliabilityQuarterSerializer(many=True)
    weights = serializers.CharField(help_text="Version of the published weights.")
    computed_at = serializers.DateTimeField()


class ReliabilityViewSet(ComputedViewSet[ReliabilityReading]):
    """The newest reading of each creator."""

    queryset = ReliabilityReading.objects.none()
    serializer_class = ReliabilitySerializer
    http_method_names = ["get", "head", "post"]
    order = Order("reliability-api", "score", "id", nullable=True)
    more = ("events", "components")

    def get_queryset(self) -> QuerySet[ReliabilityReading]:
        """Of creators of the token's brand."""
        return for_list(self.brand)

    def read(self, relationship: Relationship) -> None:
        """Compute the creator's reliability now."""
        read_one(relationship=relationship, at=timezone.now())

    def told(self, row: Row) -> Row:
        """Its components and quarters."""
        return {"events": row["events"], **row["components"], "computed_at": row["read_at"]}
