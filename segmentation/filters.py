"""Which segments, members and runs: one filter for the page, the export and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django_filters.fields import ModelChoiceField as FilterChoiceField

from crm.choices import Stage
from crm.filters import named
from crm.models import Brand, Platform, Profile, Relationship, Tier
from crm.selectors import TierTable
from segmentation.choices import Cause, RunStatus, SegmentStatus, Trigger
from segmentation.models import Dimension, Membership, Run, Segment
from segmentation.selectors.members import MEMBER_SORTS
from segmentation.selectors.names import SegmentChoiceField

Stays = QuerySet[Any, Any]
# What can have brought a member in; the other causes end stays.
IN_BY = [
    (cause.value, cause.label)
    for cause in (Cause.RULE, Cause.OVERRIDE, Cause.PRECEDENCE, Cause.ROLLBACK)
]


def _brand_of(request: HttpRequest | None) -> Brand | None:
    """The brand of a page's request, or of an API request's token; None for the schema."""
    found: Brand | None = getattr(request, "brand", None) or getattr(
        getattr(request, "auth", None), "brand", None
    )
    return found


def _dimensions(request: HttpRequest | None) -> QuerySet[Dimension]:
    return Dimension.objects.filter(brand=_brand_of(request))


def _segments_in_use(request: HttpRequest | None) -> QuerySet[Segment]:
    found = Segment.objects.filter(brand=_brand_of(request))
    in_use = found.exclude(status=SegmentStatus.ARCHIVED).select_related("dimension")
    return in_use.order_by("name", "pk")


class _SegmentField(SegmentChoiceField, FilterChoiceField):  # type: ignore[misc]
    """A choice of a filter that names segments as other choices do."""


class _SegmentChoice(filters.ModelChoiceFilter):  # type: ignore[misc] # it ships no types
    """One of the brand's segments."""

    field_class = _SegmentField


class _Filter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """A filter whose fields have ids of their own, and which knows whether it narrows anything."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        queryset: QuerySet[Any],
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data if data is not None else {}, queryset, request=request, prefix=prefix)
        self.complete()
        for name, item in self.filters.items():
            widget = item.field.widget
            look = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs |= {"id": f"filter-{name}", "class": look}

    def complete(self) -> None:
        """Give filters what only this request knows, before their fields are made."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self.form[name].data for name in self.filters)


class SegmentFilter(_Filter):
    """Segments of a dimension (by its key), of a status. A page hides the archived ones itself."""

    dimension = filters.ModelChoiceFilter(
        label="Dimension", queryset=_dimensions, to_field_name="key", empty_label="All dimensions"
    )
    status = filters.ChoiceFilter(
        label="Status", choices=SegmentStatus.choices, empty_label="All but archived"
    )

    class Meta:
        model = Segment
        fields: list[str] = []

    def in_use(self) -> QuerySet[Segment]:
        """The rows, without the archived ones unless they are asked for; none with errors."""
        if not self.is_valid():
            return self.queryset.none()  # type: ignore[no-any-return] # no types
        found: QuerySet[Segment] = self.qs
        if not self.form.cleaned_data.get("status"):
            found = found.exclude(status=SegmentStatus.ARCHIVED)
        return found


class MemberFilter(_Filter):
    """Which stays of a segment, by what is known of the creator and of how they came in.

    `queryset` are stays in one segment; `brand` is the request's unless given.
    """

    search = filters.CharFilter(
        method="by_words",
        label="Name or handle",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    stage = filters.ChoiceFilter(
        method="by_stage", label="Stage", choices=Stage.choices, empty_label="Any stage"
    )
    platform = filters.ModelChoiceFilter(
        method="by_platform",
        label="Platform",
        queryset=Platform.objects.order_by("position", "key"),
        empty_label="Any platform",
    )
    tier = filters.ChoiceFilter(method="by_tier", label="Tier", choices=(), empty_label="Any tier")
    country = filters.CharFilter(
        method="by_country", label="Country", max_length=2, help_text="Two letters: DK."
    )
    since = filters.DateFilter(
        method="by_since",
        label="Joined on or after",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    cause = filters.ChoiceFilter(
        field_name="entered_cause", label="Came in by", choices=IN_BY, empty_label="Anything"
    )
    also_in = _SegmentChoice(
        method="by_other",
        label="Also in",
        queryset=_segments_in_use,
        to_field_name="key",
        empty_label="Any segment",
    )
    sort = filters.ChoiceFilter(
        method="by_order",
        label="Sort",
        choices=list(MEMBER_SORTS.items()),
        empty_label=None,
        null_label=None,
    )

    class Meta:
        model = Membership
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        queryset: QuerySet[Any, Any],
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
    ) -> None:
        self.brand = _brand_of(request)
        super().__init__(data, queryset, request=request, prefix=prefix)

    def complete(self) -> None:
        """The tiers are those of the brand's scheme."""
        # Asked for only where the choices are shown or one is named. A function, not a method:
        # fields are copied with all that hangs on them.
        self.filters["tier"].extra["choices"] = lambda: [(t.key, t.name) for t in self.tiers]

    @cached_property
    def tiers(self) -> Sequence[Tier]:
        """The tiers of the brand's scheme, in order."""
        return TierTable.of(self.brand).tiers if self.brand else ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but an order is asked for."""
        return any(self.form[name].data for name in self.filters if name != "sort")

    @property
    def order(self) -> str:
        """The order asked for, or the first of MEMBER_SORTS."""
        chosen = self.form.cleaned_data.get("sort") if self.is_valid() else None
        return str(chosen or next(iter(MEMBER_SORTS)))

    def rows(self) -> QuerySet[Any, Any]:
        """The stays asked for; none where the filter has errors."""
        found: QuerySet[Any, Any] = self.qs if self.is_valid() else self.queryset.none()
        return found

    def by_words(self, rows: Stays, _name: str, words: str) -> Stays:
        """Creators with the words in their name or a handle, without regard to accents."""
        known = named(Relationship.objects.filter(brand=self.brand), words)
        return rows.filter(creator__in=known.values("creator"))

    def by_stage(self, rows: Stays, _name: str, stage: str) -> Stays:
        """Creators who stand in the stage with the brand."""
        known = Relationship.objects.filter(
            brand=self.brand, creator=OuterRef("creator"), stage=stage
        )
        return rows.filter(Exists(known))

    def by_platform(self, rows: Stays, _name: str, platform: Platform) -> Stays:
        """Creators with an account on the platform."""
        accounts = Profile.objects.filter(creator=OuterRef("creator"), platform=platform)
        return rows.filter(Exists(accounts))

    def by_tier(self, rows: Stays, _name: str, key: str) -> Stays:
        """Creators of the tier by the brand's scheme, as `TierTable` reads it."""
        followers = "creator__metrics__followers"
        flag = next((t for t in self.tiers if t.low is None and t.high is None), None)
        if flag is not None and flag.key == key:
            return rows.filter(creator__is_celebrity=True)
        if flag is not None:
            rows = rows.exclude(creator__is_celebrity=True)
        earlier = Q()
        for tier in self.tiers:
            if tier == flag:
                continue
            within = Q(**{f"{followers}__gte": tier.low or 0})
            if tier.high is not None:
                within &= Q(**{f"{followers}__lt": tier.high})
            if tier.key == key:
                return rows.filter(within).exclude(earlier) if earlier else rows.filter(within)
            earlier |= within
        return rows.none()

    def by_country(self, rows: Stays, _name: str, code: str) -> Stays:
        """Creators who live in the country."""
        return rows.filter(creator__country=code.upper())

    def by_since(self, rows: Stays, _name: str, day: date) -> Stays:
        """Stays that began on the day (of the brand) or later."""
        zone = ZoneInfo(self.brand.timezone) if self.brand else UTC
        return rows.filter(entered_at__gte=datetime.combine(day, time(), zone))

    def by_other(self, rows: Stays, _name: str, other: Segment) -> Stays:
        """Creators who are in the other segment as well."""
        stays = Membership.objects.filter(segment=other, creator=OuterRef("creator"), left_at=None)
        return rows.filter(Exists(stays))

    def by_order(self, rows: Stays, _name: str, _order: str) -> Stays:
        """The order narrows nothing: the pager sorts."""
        return rows


class RunFilter(_Filter):
    """Runs of a status, or started by something."""

    status = filters.ChoiceFilter(
        label="Status", choices=RunStatus.choices, empty_label="Any status"
    )
    trigger = filters.ChoiceFilter(
        label="Started by", choices=Trigger.choices, empty_label="Anything"
    )

    class Meta:
        model = Run
        fields: list[str] = []
