"""Which links and codes a list shows: the same for the page, its export and the API."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from campaigns.models import PromoCode, TrackingLink

STATES = (("in_use", "In use"), ("archived", "Put away"))


def _by_state(rows: QuerySet[TrackingLink], _name: str, value: str) -> QuerySet[TrackingLink]:
    return rows.filter(archived_at__isnull=value == "in_use")


class _Shared(filters.FilterSet):  # type: ignore[misc] # it ships no types
    state = filters.ChoiceFilter(choices=STATES, method=_by_state)
    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="The key of a campaign"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    q = filters.CharFilter(method="search", max_length=100, label="Words of it, or of the name")


class LinkFilter(_Shared):
    """Links by state, campaign and creator, or by what stands in them."""

    def search(
        self, rows: QuerySet[TrackingLink], _name: str, value: str
    ) -> QuerySet[TrackingLink]:
        """By label, variant, short address or creator."""
        return rows.filter(
            Q(label__icontains=value)
            | Q(variant__icontains=value)
            | Q(code=value.rsplit("/", 1)[-1].lower())
            | Q(relationship__creator__name__icontains=value)
        )

    class Meta:
        model = TrackingLink
        fields: list[str] = []


class CodeFilter(_Shared):
    """Codes by state, campaign and creator, or by what they are called."""

    def search(self, rows: QuerySet[PromoCode], _name: str, value: str) -> QuerySet[PromoCode]:
        """By code or creator."""
        return rows.filter(
            Q(code__istartswith=value) | Q(relationship__creator__name__icontains=value)
        )

    class Meta:
        model = PromoCode
        fields: list[str] = []
