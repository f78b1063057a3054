"""Which conversions: a filter of the API."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import ConversionKind, ConversionSource
from campaigns.models import Conversion
from crm.filters import MomentFilter


class ConversionFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Conversions by key, code, campaign, source, kind and time."""

    key = filters.CharFilter(max_length=200, label="The shop's own number")
    code = filters.CharFilter(
        field_name="code_text", lookup_expr="iexact", max_length=80, label="The code as given"
    )
    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="The key of a campaign"
    )
    source = filters.MultipleChoiceFilter(choices=ConversionSource.choices)
    kind = filters.MultipleChoiceFilter(choices=ConversionKind.choices)
    since = MomentFilter(field_name="at", lookup_expr="gte", label="From this moment on")
    until = MomentFilter(field_name="at", lookup_expr="lt", label="Before this moment")

    class Meta:
        model = Conversion
        fields: list[str] = []
