"""Pulls of connectors: what each brought, answer by answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.choices import PullStatus, Scope
from crm.models import Brand, Pull
from crm.models.connectors import CAME
from crm.paging import Order

ORDER = Order("connector-pulls", key="started_at", descending=True)
# Of one pull in one answer of ours; the page of the product shows all.
ANSWERS_MAX = 500


class PullSerializer(serializers.Serializer[Any]):
    """One round of a connector over its profiles."""

    id = serializers.IntegerField()
    connector = serializers.IntegerField()
    status = serializers.ChoiceField(choices=PullStatus.choices)
    reason = serializers.CharField(allow_null=True, help_text="Why it stopped before its end.")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    profiles_total = serializers.IntegerField()
    profiles_done = serializers.IntegerField()
    calls = serializers.IntegerField()
    units = serializers.IntegerField()
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="What its imports did, by name."
    )
    rejected = serializers.DictField(
        child=serializers.IntegerField(), help_text="What was not taken, by reason."
    )


class PullRejectSerializer(serializers.Serializer[Any]):
    """A profile of which something did not come."""

    profile = serializers.IntegerField()
    code = serializers.CharField()
    reason = serializers.CharField()


class PullAnswerSerializer(serializers.Serializer[Any]):
    """One answer of the other side."""

    number = serializers.IntegerField()
    step = serializers.CharField(help_text="What was asked for.")
    fetched_at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()
    status_code = serializers.IntegerField(allow_null=True)
    units = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True, help_text="Of the answer as it came.")
    error = serializers.CharField(allow_null=True)
    rows = serializers.IntegerField()
    rejected = PullRejectSerializer(many=True)
    creators_import = serializers.IntegerField(allow_null=True, help_text="Of `imports/`.")
    posts_import = serializers.IntegerField(allow_null=True, help_text="Of `imports/`.")


class PullItemSerializer(PullSerializer):
    """One round, with its first 500 answers."""

    log = PullAnswerSerializer(many=True)


class PullFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which pulls to list."""

    connector = filters.NumberFilter(field_name="connector", min_value=1, max_value=2**63 - 1)
    status = filters.ChoiceFilter(choices=PullStatus.choices)

    class Meta:
        model = Pull
        fields: list[str] = []


class PullViewSet(BrandViewSet[Pull]):
    """What the brand's connectors pulled in the last 90 days."""

    scope = Scope.CONNECTORS_READ
    queryset = Pull.objects.none()
    serializer_class = PullSerializer
    filterset_class = PullFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[Pull]:
        """Those of the token's brand."""
        return pulls_of(self.brand)

    def list(self, request: Request) -> Response:
        """Pulls, the newest first."""
        return self.page(self.filter_queryset(self.get_queryset()), order=ORDER, represent=pulls)

    @extend_schema(responses=PullItemSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One pull with its answers."""
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        [row] = pulls([found])
        log = [
            {
                "number": one.number,
                "step": one.step,
                "fetched_at": one.fetched_at,
                "took_ms": one.took_ms,
                "status_code": one.status_code,
                "units": one.units,
                "sha256": one.digest or None,
                "error": one.error or None,
                "rows": one.rows_count,
                "rejected": one.rejected,
                "creators_import": one.creators_import_id,
                "posts_import": one.posts_import_id,
            }
            for one in found.answers.defer("rows")[:ANSWERS_MAX]
        ]
        return Response({**row, "log": log})


def pulls_of(brand: Brand) -> QuerySet[Pull]:
    """A brand's pulls."""
    return Pull.objects.filter(connector__brand=brand).defer("cursor")


def pulls(rows: Iterable[Any]) -> list[Row]:
    """As the API shows them."""
    return [
        {
            "id": row.pk,
            "connector": row.connector_id,
            "status": row.status,
            "reason": row.reason or None,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
            "profiles_total": row.profiles_total,
            "profiles_done": row.profiles_done,
            "calls": row.answers_count,
            "units": row.units,
            "counts": {name: row.came[name] for name in CAME},
            "rejected": row.rejected,
        }
        for row in rows
    ]
