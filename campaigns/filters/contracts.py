"""Which contracts: one filter for the page, the export and the API."""

from __future__ import annotations

from datetime import timedelta

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.choices import ContractState
from campaigns.models import Contract
from campaigns.models.contracts import UNDECIDED

NOBODY = "none"


def _of_owner(rows: QuerySet[Contract], _name: str, value: str) -> QuerySet[Contract]:
    if value == NOBODY:
        return rows.filter(owner=None)
    return rows.filter(owner__email__iexact=value)


def _ends_within(rows: QuerySet[Contract], _name: str, value: int) -> QuerySet[Contract]:
    today = timezone.localdate()
    return rows.filter(
        state__in=[*UNDECIDED, ContractState.ACCEPTED],
        current__ends_on__range=(today, today + timedelta(days=int(value))),
    )


class ContractFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Contracts by where they stand, in which campaign, and when they end."""

    state = filters.MultipleChoiceFilter(choices=ContractState.choices)
    campaign = filters.CharFilter(
        field_name="engagement__campaign__key", max_length=60, label="The key of a campaign"
    )
    creator = filters.UUIDFilter(
        field_name="engagement__relationship__creator__uid", label="A creator's uid"
    )
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    ends_within = filters.NumberFilter(
        method=_ends_within,
        min_value=0,
        max_value=3_650,
        label="Alive, and the last day is within so many days",
    )

    class Meta:
        model = Contract
        fields: list[str] = []
