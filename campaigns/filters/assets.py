"""Which assets and which rights: one filter for page, export and API."""

from __future__ import annotations

from datetime import date

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.choices import AssetKind, AssetOrigin, RightSource, Usage
from campaigns.models import Asset, UsageRight
from campaigns.selectors.rights import STATES, in_state
from campaigns.services.days import today_of
from crm.models import Brand


def _named(rows: QuerySet[Asset], _name: str, value: str) -> QuerySet[Asset]:
    words = value.strip()
    if not words:
        return rows
    return rows.filter(
        Q(title__icontains=words)
        | Q(alt_text__icontains=words)
        | Q(made_by__icontains=words)
        | Q(file_name__icontains=words)
        | Q(relationship__creator__name__icontains=words)
        | Q(tags__contains=[words.lower()])
    )


def _tagged(rows: QuerySet[Asset], _name: str, value: str) -> QuerySet[Asset]:
    return rows.filter(tags__contains=[value.strip().lower()])


def _away(rows: QuerySet[Asset], _name: str, value: bool) -> QuerySet[Asset]:
    return rows.filter(archived_at__isnull=not value)


class AssetFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Assets by what they are called and are, whom they are from, and how their rights stand."""

    search = filters.CharFilter(method=_named, max_length=100, label="Words of title, tag, creator")
    kind = filters.MultipleChoiceFilter(choices=AssetKind.choices)
    origin = filters.MultipleChoiceFilter(choices=AssetOrigin.choices)
    campaign = filters.CharFilter(
        field_name="engagement__campaign__key", max_length=60, label="A campaign's key"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    platform = filters.CharFilter(field_name="platform", max_length=30, label="A platform's key")
    tag = filters.CharFilter(method=_tagged, max_length=40)
    usage = filters.ChoiceFilter(
        choices=Usage.choices, method="as_it_is", label="The use that `rights` is about"
    )
    rights = filters.ChoiceFilter(
        choices=list(STATES.items()), method="standing", label="How their rights stand today"
    )
    is_archived = filters.BooleanFilter(method=_away, label="Those put away, or the others")

    class Meta:
        model = Asset
        fields: list[str] = []

    def as_it_is(self, rows: QuerySet[Asset], _name: str, _value: str) -> QuerySet[Asset]:
        """It says what `rights` is about; alone it leaves nothing out."""
        return rows

    def standing(self, rows: QuerySet[Asset], _name: str, value: str) -> QuerySet[Asset]:
        """By the brand's day."""
        usage = str(self.form.cleaned_data.get("usage") or "")
        return in_state(rows, value, self.today, usage)

    @property
    def today(self) -> date:
        """The brand's day."""
        return today_of(self.brand, timezone.now())

    @property
    def brand(self) -> Brand:
        """Of the request: a page's or a token's."""
        request = self.request
        found: Brand = request.brand if hasattr(request, "brand") else request.auth.brand
        return found


class RightFilter(filters.FilterSet):  # type: ignore[misc]
    """Rights by use, source, creator and campaign, and by when they end."""

    usage = filters.MultipleChoiceFilter(choices=Usage.choices)
    source = filters.ChoiceFilter(choices=RightSource.choices)
    campaign = filters.CharFilter(
        field_name="engagement__campaign__key", max_length=60, label="A campaign's key"
    )
    engagement = filters.NumberFilter(min_value=1, max_value=2**63 - 1)
    asset = filters.NumberFilter(min_value=1, max_value=2**63 - 1)
    creator = filters.UUIDFilter(
        field_name="engagement__relationship__creator__uid", label="A creator's uid"
    )
    ends_from = filters.DateFilter(
        field_name="ends_on", lookup_expr="gte", label="Ends on this day or later"
    )
    ends_to = filters.DateFilter(
        field_name="ends_on", lookup_expr="lte", label="Ends on this day at the latest"
    )
    is_revoked = filters.BooleanFilter(
        field_name="revoked_at", lookup_expr="isnull", exclude=True, label="Taken back, or not"
    )

    class Meta:
        model = UsageRight
        fields: list[str] = []
