"""Which reviews of disclosures: one filter for legal's queue and the API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.choices import DisclosureVerdict, ReviewStage, ReviewState, RiskTier
from campaigns.models import DisclosureReview

REVIEW_FIELDS = (
    "stage",
    "risk",
    "state",
    "platform",
    "jurisdiction",
    "campaign",
    "creator",
    "finding",
    "verdict",
    "is_late",
)


def _in_jurisdiction(
    rows: QuerySet[DisclosureReview], _name: str, value: str
) -> QuerySet[DisclosureReview]:
    return rows.filter(deliverable__engagement__campaign__jurisdictions__contains=[value.upper()])


def _late(rows: QuerySet[DisclosureReview], _name: str, value: bool) -> QuerySet[DisclosureReview]:
    late = {"due_at__lte": timezone.now()}
    return rows.open().filter(**late) if value else rows.exclude(**late)  # type: ignore[attr-defined]


class DisclosureReviewFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Reviews by what they are about, how careful to be, and what was found."""

    stage = filters.ChoiceFilter(choices=ReviewStage.choices)
    risk = filters.ChoiceFilter(choices=RiskTier.choices)
    state = filters.MultipleChoiceFilter(choices=ReviewState.choices)
    platform = filters.CharFilter(
        field_name="deliverable__platform", max_length=30, label="A platform's key"
    )
    jurisdiction = filters.CharFilter(
        method=_in_jurisdiction, max_length=8, label="A jurisdiction of the campaign, e.g. DK"
    )
    campaign = filters.CharFilter(
        field_name="deliverable__engagement__campaign__key",
        max_length=60,
        label="A campaign's key",
    )
    creator = filters.UUIDFilter(
        field_name="deliverable__engagement__relationship__creator__uid", label="A creator's uid"
    )
    finding = filters.ChoiceFilter(
        field_name="finding__verdict",
        choices=DisclosureVerdict.choices,
        label="What the rules say",
    )
    verdict = filters.ChoiceFilter(choices=DisclosureVerdict.choices, label="What people decided")
    is_late = filters.BooleanFilter(method=_late, label="Open and late, or the others")

    class Meta:
        model = DisclosureReview
        fields: list[str] = []
