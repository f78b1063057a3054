"""Which reviews of disclosures: one filter for legal's queue and the API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.choices import DisclosureVerdict, ReviewStage, ReviewState, RiskTier
from campaigns.models import DisclosureReview
from campaigns.models.disclosure_reviews import OPEN_REVIEWS
from campaigns.selectors.hints import is_hinted
from crm.filters import MomentFilter


def _in_jurisdiction(
    rows: QuerySet[DisclosureReview], _name: str, value: str
) -> QuerySet[DisclosureReview]:
    return rows.filter(deliverable__engagement__campaign__jurisdictions__contains=[value.upper()])


def _late(rows: QuerySet[DisclosureReview], _name: str, value: bool) -> QuerySet[DisclosureReview]:
    late = rows.filter(state__in=OPEN_REVIEWS, due_at__lte=timezone.now())
    return late if value else rows.exclude(pk__in=late.values("pk"))


def _hinted(
    rows: QuerySet[DisclosureReview], _name: str, value: bool
) -> QuerySet[DisclosureReview]:
    return rows.filter(is_hinted()) if value else rows.exclude(is_hinted())


class DisclosureReviewFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Reviews of disclosures."""

    state = filters.MultipleChoiceFilter(choices=ReviewState.choices)
    stage = filters.ChoiceFilter(choices=ReviewStage.choices)
    verdict = filters.MultipleChoiceFilter(
        choices=DisclosureVerdict.choices, label="What people decided"
    )
    engine = filters.MultipleChoiceFilter(
        field_name="finding__verdict",
        choices=DisclosureVerdict.choices,
        label="What the rules said last",
    )
    risk = filters.MultipleChoiceFilter(choices=RiskTier.choices)
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt", label="Due before this moment")
    deliverable = filters.NumberFilter(
        field_name="deliverable", min_value=1, max_value=2**63 - 1, label="A deliverable's number"
    )
    campaign = filters.CharFilter(
        field_name="deliverable__engagement__campaign__key",
        max_length=60,
        label="A campaign's key",
    )
    creator = filters.UUIDFilter(
        field_name="deliverable__engagement__relationship__creator__uid", label="A creator's uid"
    )

    jurisdiction = filters.CharFilter(
        method=_in_jurisdiction, max_length=8, label="A jurisdiction of the campaign, e.g. DK"
    )
    is_late = filters.BooleanFilter(method=_late, label="Open and late, or the others")
    is_hinted = filters.BooleanFilter(
        method=_hinted, label="The post reads like an ad and does not say so, or the others"
    )
    platform = filters.CharFilter(
        field_name="deliverable__platform", max_length=30, label="A platform's key"
    )

    class Meta:
        model = DisclosureReview
        fields: list[str] = []
