"""How far each reviewer is from the others, and whether that moves."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.agreement.drift import Estimate, Quarter, Standing
from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.review_forms import AgreementIntervalSerializer
from crm.choices import Scope
from crm.models import Criterion
from crm.services.reviews.drift import ReviewerStanding, criteria_in_use, standings


class MeanDifferenceSerializer(serializers.Serializer[Any]):
    """A mean; null with fewer than 10 answers compared."""

    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)


class QuarterOfReviewerSerializer(serializers.Serializer[Any]):
    """Somebody's answers of one quarter."""

    begins = serializers.DateField()
    n = serializers.IntegerField()
    same = serializers.IntegerField()
    lean = MeanDifferenceSerializer(allow_null=True)


class AlphaSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha of somebody's answers and those beside them."""

    alpha = serializers.FloatField(allow_null=True)
    interval = AgreementIntervalSerializer(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)


class ReviewerDriftSerializer(serializers.Serializer[Any]):
    """One reviewer and one criterion in use, over the last eight quarters."""

    reviewer = serializers.EmailField()
    criterion = serializers.CharField(help_text="Its key.")
    n = serializers.IntegerField(help_text="Answers beside which there is another blind one.")
    others = serializers.IntegerField(help_text="Of how many different colleagues.")
    same = serializers.IntegerField(
        help_text="The same as the third person's word, or, where none was needed, the other's."
    )
    same_share = MeanDifferenceSerializer()
    lean = MeanDifferenceSerializer(
        allow_null=True, help_text="Points more than that, in the mean; null for lists."
    )
    alpha = AlphaSerializer()
    drift = MeanDifferenceSerializer(
        help_text="The newest quarter less those before: of points, or of the share that is the "
        "same."
    )
    quarters = QuarterOfReviewerSerializer(many=True, help_text="The newest first.")
    decided = serializers.IntegerField(help_text="How often a third person decided.")
    upheld = serializers.IntegerField(help_text="How often it was what this reviewer said.")
    words = serializers.CharField()


class ReviewerDriftViewSet(BrandViewSet[Criterion]):
    """How far each reviewer is from the others."""

    scope = Scope.REVIEWS_READ
    queryset = Criterion.objects.none()
    serializer_class = ReviewerDriftSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """By criterion in use, then by name; from blind reviews that are all in."""
        found = standings(self.brand, criteria_in_use(self.brand), timezone.now())
        return self.whole([_row(one) for one in found])


def _row(one: ReviewerStanding) -> Row:
    held = one.standing
    return {
        "reviewer": one.reviewer.email,
        "criterion": one.criterion.key,
        "n": held.n,
        "others": held.others,
        "same": held.same,
        "same_share": _estimate(held.same_share),
        "lean": _estimate(held.lean) if one.criterion.is_scale else None,
        "alpha": _alpha(held),
        "drift": _estimate(held.drift),
        "quarters": [_quarter(quarter, one.criterion) for quarter in held.quarters],
        "decided": held.decided,
        "upheld": held.upheld,
        "words": held.words,
    }


def _quarter(quarter: Quarter, criterion: Criterion) -> Row:
    return {
        "begins": quarter.begins,
        "n": quarter.n,
        "same": quarter.same,
        "lean": _estimate(quarter.lean) if criterion.is_scale else None,
    }


def _estimate(found: Estimate) -> Row:
    return {"n": found.n, "value": found.value, "low": found.low, "high": found.high}


def _alpha(held: Standing) -> Row:
    found = held.agreement
    interval = None
    if found.low is not None and found.high is not None:
        interval = {"level": found.level, "low": found.low, "high": found.high}
    return {
        "alpha": found.alpha,
        "interval": interval,
        "reason_if_absent": found.reason or None,
    }
