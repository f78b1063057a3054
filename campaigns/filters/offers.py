"""Which offers and gifts: one filter for the page, the export and the API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet

from campaigns.choices import Compensation, GiftState, OfferState
from campaigns.models import Gift, Offer

NOBODY = "none"


def _of_owner(rows: QuerySet[Offer], _name: str, value: str) -> QuerySet[Offer]:
    if value == NOBODY:
        return rows.filter(owner=None)
    return rows.filter(owner__email__iexact=value)


class OfferFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Offers by where they stand, who leads them and until when they hold."""

    state = filters.MultipleChoiceFilter(choices=OfferState.choices)
    compensation = filters.ChoiceFilter(
        field_name="current__compensation", choices=Compensation.choices
    )
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    valid_from = filters.DateFilter(
        field_name="current__valid_until", lookup_expr="gte", label="Valid until this day or later"
    )
    valid_to = filters.DateFilter(
        field_name="current__valid_until",
        lookup_expr="lte",
        label="Valid until this day at the latest",
    )

    class Meta:
        model = Offer
        fields: list[str] = []


class GiftFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Gifts by where they stand and who sees to them."""

    state = filters.MultipleChoiceFilter(choices=GiftState.choices)
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    offer = filters.NumberFilter(
        field_name="offer", min_value=1, max_value=2**63 - 1, label="The number of an offer"
    )

    class Meta:
        model = Gift
        fields: list[str] = []
