"""Which campaigns, and which creators in them: one filter for page, export and API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Q, QuerySet

from campaigns.choices import CampaignStatus, EngagementStage, UseCase
from campaigns.filters.offers import NOBODY
from campaigns.models import Campaign, Engagement


def _named(rows: QuerySet[Campaign], _name: str, value: str) -> QuerySet[Campaign]:
    words = value.strip()
    return rows.filter(Q(name__icontains=words) | Q(key__icontains=words)) if words else rows


def _of_owner(rows: QuerySet[Campaign], _name: str, value: str) -> QuerySet[Campaign]:
    if value == NOBODY:
        return rows.filter(owner=None)
    return rows.filter(owner__email__iexact=value)


def _on(rows: QuerySet[Campaign], _name: str, value: str) -> QuerySet[Campaign]:
    return rows.filter(platforms__contains=[value])


def _away(rows: QuerySet[Campaign], _name: str, value: bool) -> QuerySet[Campaign]:
    return rows.filter(archived_at__isnull=not value)


class CampaignFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Campaigns by what they are called, where they stand, and whose they are."""

    search = filters.CharFilter(method=_named, max_length=100, label="Words of the name")
    status = filters.MultipleChoiceFilter(choices=CampaignStatus.choices)
    use_case = filters.ChoiceFilter(choices=UseCase.choices)
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    platform = filters.CharFilter(method=_on, max_length=30, label="A platform's key")
    starts_from = filters.DateFilter(
        field_name="starts_on", lookup_expr="gte", label="Starts on this day or later"
    )
    starts_to = filters.DateFilter(
        field_name="starts_on", lookup_expr="lte", label="Starts on this day at the latest"
    )
    is_archived = filters.BooleanFilter(
        method=_away, label="Those that were put away, or the others"
    )

    class Meta:
        model = Campaign
        fields: list[str] = []


class EngagementFilter(filters.FilterSet):  # type: ignore[misc]
    """Creators in campaigns by campaign, stage, owner, tier and segment."""

    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="A campaign's key"
    )
    stage = filters.MultipleChoiceFilter(choices=EngagementStage.choices)
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    tier = filters.CharFilter(max_length=40, label="A tier's key")
    segment = filters.CharFilter(max_length=60, label="A segment's key")

    class Meta:
        model = Engagement
        fields: list[str] = []
