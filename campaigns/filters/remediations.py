"""Which requests to put a disclosure right."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import RemediationState
from campaigns.models import Remediation
from crm.filters import MomentFilter


class RemediationFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Requests by where they stand and what they are about."""

    state = filters.MultipleChoiceFilter(choices=RemediationState.choices)
    campaign = filters.CharFilter(
        field_name="deliverable__engagement__campaign__key",
        max_length=60,
        label="A campaign's key",
    )
    creator = filters.UUIDFilter(
        field_name="deliverable__engagement__relationship__creator__uid", label="A creator's uid"
    )
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt", label="Due before this moment")

    class Meta:
        model = Remediation
        fields: list[str] = []
