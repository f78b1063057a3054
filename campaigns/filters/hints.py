"""Which hints at advertising: one filter for the page and the API."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import HintSource, HintState
from campaigns.models import DisclosureHint


class HintFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Hints by what became of them and what they are about."""

    state = filters.MultipleChoiceFilter(choices=HintState.choices)
    kind = filters.ChoiceFilter(
        field_name="source", choices=HintSource.choices, label="What told it"
    )
    creator = filters.UUIDFilter(field_name="post__creator__uid", label="A creator's uid")
    platform = filters.CharFilter(
        field_name="post__profile__platform", max_length=30, label="A platform's key"
    )
    post = filters.NumberFilter(
        field_name="post", min_value=1, max_value=2**63 - 1, label="A post's number"
    )
    least_sure = filters.NumberFilter(
        field_name="sure", lookup_expr="gte", min_value=0, max_value=1, label="At least so sure"
    )

    class Meta:
        model = DisclosureHint
        fields: list[str] = []
