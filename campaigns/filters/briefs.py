"""Which briefs and claims: one filter for each list of the API."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import ClaimStatus
from campaigns.models import Brief, Claim


class BriefFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Briefs of a campaign, or for a segment."""

    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="A campaign's key"
    )
    segment = filters.CharFilter(max_length=60, label="A segment's key")

    class Meta:
        model = Brief
        fields: list[str] = []


class ClaimFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Claims by whether they may be made."""

    status = filters.MultipleChoiceFilter(choices=ClaimStatus.choices)

    class Meta:
        model = Claim
        fields: list[str] = []
