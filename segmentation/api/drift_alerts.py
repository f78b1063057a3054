"""Runs that moved more creators of a dimension than it allows, over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row
from crm.choices import Scope
from crm.paging import Order
from segmentation.models import DriftAlert

NEWEST = Order("drift-alerts-api", key="id", descending=True)
COLUMNS = ("id", "run_id", "dimension__key", "moved", "known", "threshold_percent", "created_at")


class DriftAlertSerializer(serializers.Serializer[Any]):
    """A run that moved a larger share of a dimension's creators than the dimension allows."""

    id = serializers.IntegerField()
    run = serializers.IntegerField(help_text="The id of one of `runs/`.")
    dimension = serializers.CharField()
    moved = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Creators whom the run before knew already.")
    share = serializers.FloatField(help_text="Moved of known.")
    allowed = serializers.FloatField(help_text="The share that the dimension allowed then.")
    created_at = serializers.DateTimeField()


class DriftAlertViewSet(BrandViewSet[DriftAlert]):
    """Alerts of the brand's runs."""

    scope = Scope.SEGMENTS_READ
    queryset = DriftAlert.objects.none()
    serializer_class = DriftAlertSerializer
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[DriftAlert]:
        """Of runs of the token's brand."""
        return DriftAlert.objects.filter(run__brand=self.brand)

    def list(self, request: Request) -> Response:
        """The newest first."""
        return self.page(self.get_queryset().values(*COLUMNS), order=NEWEST, represent=_shown)


def _shown(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "run": row["run_id"],
            "dimension": row["dimension__key"],
            "moved": row["moved"],
            "known": row["known"],
            "share": row["moved"] / row["known"],
            "allowed": row["threshold_percent"] / 100,
            "created_at": row["created_at"],
        }
        for row in rows
    ]
