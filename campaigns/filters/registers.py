"""Which papers and alerts: filters of the API."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import AlertLevel, AlertState, PaperKind
from campaigns.models import Permit, RuleAlert


class PermitFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Papers by creator, place and kind."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    jurisdiction = filters.CharFilter(max_length=2, label="The key of a rule pack")
    kind = filters.MultipleChoiceFilter(choices=PaperKind.choices)
    ends_by = filters.DateFilter(field_name="valid_until", lookup_expr="lte", label="Ends by")

    class Meta:
        model = Permit
        fields: list[str] = []


class RuleAlertFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Alerts by creator, place and state."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    jurisdiction = filters.CharFilter(max_length=2, label="The key of a rule pack")
    state = filters.MultipleChoiceFilter(choices=AlertState.choices)
    level = filters.MultipleChoiceFilter(choices=AlertLevel.choices)

    class Meta:
        model = RuleAlert
        fields: list[str] = []
