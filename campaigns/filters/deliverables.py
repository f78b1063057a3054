"""How lists of pieces and of gates are narrowed: for the page and the API alike."""

from __future__ import annotations

import django_filters as filters

from campaigns.choices import DeliverableState
from campaigns.models import Deliverable
from crm.choices import PostKind


class DeliverableFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Pieces of content."""

    state = filters.MultipleChoiceFilter(choices=DeliverableState.choices)
    form = filters.ChoiceFilter(choices=PostKind.choices)
    platform = filters.CharFilter(field_name="platform", max_length=30, label="A platform's key")
    campaign = filters.CharFilter(
        field_name="engagement__campaign__key", max_length=60, label="A campaign's key"
    )
    creator = filters.UUIDFilter(
        field_name="engagement__relationship__creator__uid", label="A creator's uid"
    )

    class Meta:
        model = Deliverable
        fields: list[str] = []
