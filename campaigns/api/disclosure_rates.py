"""The disclosure compliance rate over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import DisclosureReview
from campaigns.selectors.disclosures.compliance import By, Compliance, compliance
from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.query import Query
from crm.choices import Scope


class ComplianceQuery(Query):
    """Of which posts, by the day on which legal first decided about them."""

    by = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in By], default=By.ALL.value
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    campaign = serializers.CharField(
        max_length=60, required=False, default="", help_text="Only this campaign's key."
    )

    def validate(self, attrs: Any) -> Any:
        """The days in their order."""
        if attrs["starts_on"] > attrs["ends_on"]:
            raise serializers.ValidationError(
                {"ends_on": serializers.ErrorDetail("This is before the first day.", "before")}
            )
        return attrs


class ComplianceSerializer(serializers.Serializer[Any]):
    """Published posts that needed a disclosure, and how many had a sufficient one."""

    key = serializers.CharField(help_text="Empty: all, or no segment.")
    name = serializers.CharField()
    sufficient = serializers.IntegerField(help_text="When legal first decided.")
    needed = serializers.IntegerField(help_text="Posts that needed one, unclear ones included.")
    rate = serializers.FloatField(allow_null=True, help_text="Null: too few posts for a rate.")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="95 %, after Wilson."
    )
    sufficient_now = serializers.IntegerField(help_text="As decided by now.")
    needed_now = serializers.IntegerField()
    words = serializers.CharField()


class DisclosureComplianceViewSet(BrandViewSet[DisclosureReview]):
    """How often published posts are labelled as they should be."""

    scope = Scope.LEGAL_READ
    queryset = DisclosureReview.objects.none()
    serializer_class = ComplianceSerializer
    pagination_class = WholeList
    queries = {"list": ComplianceQuery}
    http_method_names = ["get", "head"]

    @extend_schema(responses=ComplianceSerializer(many=True))
    def list(self, request: Request) -> Response:
        """By creator, campaign, segment or jurisdiction; the most posts first."""
        found = compliance(
            self.brand,
            by=By(self.query["by"]),
            starts_on=self.query["starts_on"],
            ends_on=self.query["ends_on"],
            campaign=self.query["campaign"],
        )
        return self.whole([_row(one) for one in found])


def _row(one: Compliance) -> Row:
    is_enough = one.first.is_enough
    return {
        "key": one.key,
        "name": one.name,
        "sufficient": one.first.hits,
        "needed": one.first.of,
        "rate": one.first.value if is_enough else None,
        "interval": list(one.first.interval) if is_enough else None,
        "sufficient_now": one.now.hits,
        "needed_now": one.now.of,
        "words": one.first.words,
    }
